"""The topics a message can be about: their kinds, names and outcomes (data/topics.yml)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from spinechat.project import read_yaml

# Topics that come before everything else, the first before the second.
ALARMS = ("crisis", "emergency")


class Outcome(str, Enum):
    """What became of a turn."""

    ANSWERED = "answered"  # facts of the article
    CLINIC = "clinic"  # only the clinic knows: its number
    SAFETY = "safety"  # 911, 988 or the surgeon; no advice
    UNSURE = "unsure"  # not understood, or nothing to do with the clinic


@dataclass(frozen=True)
class Topic:
    """One topic.

    Attributes:
        label: the intent's name.
        kind: faq, handoff, safety or talk.
        title: its name on a button, at most 20 characters (WhatsApp's limit).
        question: how it stands on a visit summary; empty if it does not.
    """

    label: str
    kind: str
    title: str
    question: str


@dataclass(frozen=True)
class TopicBook:
    """All topics by label, in the order of data/topics.yml."""

    topics: dict[str, Topic]

    def of_kind(self, kind: str) -> list[Topic]:
        """The topics of a kind."""
        return [topic for topic in self.topics.values() if topic.kind == kind]

    @property
    def servable(self) -> frozenset[str]:
        """Labels that can stand beside another answer in one reply."""
        return frozenset(t.label for t in self.topics.values() if t.kind in ("faq", "handoff"))

    def outcome(self, label: str) -> Outcome:
        """What a reply to this topic amounts to.

        medical_advice counts as safety, as it gives no facts; talk as answered: it needs no facts.
        """
        topic = self.topics.get(label)
        if label == "out_of_scope":
            return Outcome.UNSURE
        if topic is not None and topic.kind == "handoff":
            return Outcome.CLINIC
        if topic is not None and topic.kind == "safety":
            return Outcome.SAFETY
        return Outcome.ANSWERED


@lru_cache(maxsize=1)
def topic_book() -> TopicBook:
    """The topics of this project, read once."""
    topics: dict[str, Topic] = {}
    for kind, members in read_yaml("data/topics.yml").items():
        for label, entry in members.items():
            topics[label] = Topic(label, kind, entry["title"], entry["question"])
    return TopicBook(topics)
