"""A reply, its outcome and the topics it serves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from spinechat.topics import Outcome

# At most so many quick replies under an answer; the menu is the exception.
MAX_BUTTONS = 3
Button = dict[str, str]


@dataclass(frozen=True)
class Reply:
    """What the patient gets in one turn.

    Attributes:
        text: one block of text.
        outcome: what the turn amounts to.
        topics: labels of data/topics.yml served, in order.
        buttons: each with a title and a payload ("/intent") or a url (tel:).
        facts: ids of data/facts.yml that the text states.
        part: which part of a topic's answer this is ("first", "more", ...).
        offer: the intent that a "yes" would mean, if the reply offers something.
    """

    text: str
    outcome: Outcome
    topics: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    facts: tuple[str, ...] = ()
    part: str = "first"
    offer: str = ""

    def led_by(self, line: str) -> Reply:
        """The same reply with a sentence before it."""
        return replace(self, text=f"{line} {self.text}")

    def as_response(self) -> dict[str, Any]:
        """As Rasa's actions want it; unknown keys become the bot event's metadata."""
        return {
            "text": self.text,
            "buttons": [dict(button) for button in self.buttons],
            "outcome": self.outcome.value,
            "topics": list(self.topics),
            "facts": list(self.facts),
            "part": self.part,
            "offer": self.offer,
        }


@dataclass(frozen=True)
class SaidBefore:
    """A reply as the tracker kept it."""

    action: str
    text: str
    buttons: tuple[Button, ...] = ()
    outcome: str = ""
    topics: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    part: str = "first"
    offer: str = ""

    def again(self) -> Reply:
        """The same reply once more."""
        return Reply(
            self.text,
            Outcome(self.outcome),
            self.topics,
            self.buttons,
            self.facts,
            self.part,
            self.offer,
        )
