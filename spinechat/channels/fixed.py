"""Fixed replies for when Rasa does not answer: they need no model and no database."""

from __future__ import annotations

from functools import lru_cache

from spinechat.channels.output import Reply, plain_reply
from spinechat.clinic import clinic
from spinechat.project import read_yaml
from spinechat.replies.book import ReplyBook
from spinechat.spanish import looks_spanish


@lru_cache(maxsize=1)
def _book() -> ReplyBook:
    return ReplyBook(read_yaml("domain.yml")["responses"])


def fixed_reply(reason: str = "") -> Reply:
    """The fixed sentence with 911 and the clinic's number, led by what to do differently."""
    return plain_reply(f"{reason} {clinic().fixed_sentence}".strip())


def safety_reply(action: str, text: object) -> Reply:
    """domain.yml's reply to "emergency" or "crisis", in the language of the patient's text."""
    reply = _book().first(action)
    spanish = isinstance(text, str) and looks_spanish(text)
    said = _book().line(action, "es") if spanish else reply.text
    return {"text": said, "buttons": [dict(button) for button in reply.buttons]}
