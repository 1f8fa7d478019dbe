"""A choice made in words: "2", "(2)" or "recovery" in place of a tap on a button.

The choices are the buttons with a payload of the last turn that offered any; rendering.py
numbers them in the same order, over all replies of that turn.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from spinechat.nlu.text import normalised
from spinechat.project import read_yaml

# Turns back that choices stay open: as long as a button's payload is obeyed (gate.py).
OPEN_TURNS = 6
_NUMBER = re.compile(r"\W*(?:(?:number|option|choice|no|nr)\W+)?(\d{1,2})\W*\Z", re.IGNORECASE)
_WORDS = {word: at for at, word in enumerate(
    "one two three four five six seven eight nine ten".split(), start=1
)}  # fmt: skip
# A single shorter word says too little to mean a title ("is", "it", "my").
LEAST_LETTERS = 4


@lru_cache(maxsize=1)
def _commands() -> frozenset[str]:
    """Words that always work, whatever is offered ("human", "menu")."""
    entries = read_yaml("data/commands.yml").values()
    return frozenset(normalised(str(words)) for group in entries for words in group)


def last_choices(tracker: DialogueStateTracker | None) -> list[dict[str, str]]:
    """The buttons with a payload that the last turn with any offered, in their order."""
    found: list[dict[str, str]] = []
    turns = 0
    for event in reversed(list(tracker.events) if tracker is not None else []):
        if isinstance(event, UserUttered):
            turns += 1
            if found or turns >= OPEN_TURNS:
                break
        elif isinstance(event, BotUttered):
            found = payload_buttons(event.data.get("buttons") or []) + found
    return found


def payload_buttons(buttons: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Those of a reply's buttons that ask something; the others lead to a phone number."""
    return [button for button in buttons if button.get("payload")]


def chosen(tracker: DialogueStateTracker | None, text: str) -> str:
    """The payload that a typed text picks among the last choices, or nothing."""
    words = normalised(text)
    if words in _commands():
        return ""
    choices = last_choices(tracker)
    number = _NUMBER.match(text)
    at = int(number[1]) if number else _WORDS.get(words, 0)
    if at:
        return choices[at - 1]["payload"] if at <= len(choices) else ""
    said, titles = _words(text), [_words(button["title"]) for button in choices]
    fits = [at for at, title in enumerate(titles) if said == title]
    if not fits and len(said) == 1 and len(said[0]) >= LEAST_LETTERS:
        fits = [at for at, title in enumerate(titles) if said[0] in title]
    return choices[fits[0]]["payload"] if len(fits) == 1 else ""


def _words(text: str) -> list[str]:
    return re.findall(r"[\w']+", normalised(text))
