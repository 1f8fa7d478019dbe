"""The messaging channels' own texts (texts.yml), with the clinic's name and number filled in."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from spinechat.clinic import clinic
from spinechat.project import read_yaml

FILE = "spinechat/channels/texts.yml"


@lru_cache(maxsize=1)
def _texts() -> Any:
    return read_yaml(FILE)


def _text(group: str, name: str) -> str:
    return clinic().fill(_texts()[group][name])


def notice(channel: str) -> str:
    """What a person is told once, at the first message of a conversation."""
    return _text("notices", channel)


def fixed_text(name: str) -> str:
    """A fixed answer."""
    return _text("fixed", name)


def spoken(name: str, **values: str) -> str:
    """A line on the phone, with its blanks filled in."""
    text = _text("voice", name)
    for blank, value in values.items():
        text = text.replace("{" + blank + "}", value)
    return text


def choices_line(name: str) -> str:
    """What leads a list of choices."""
    return _text("choices", name)
