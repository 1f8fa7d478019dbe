"""Scores: from what was expected and what became of it to numbers. Pure functions, no model.

A single message is right when the first topic that its reply serves is accepted; see `named`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from spinechat.evaluation.assistant import Heard
from spinechat.evaluation.messages import Multi, Single, Turn
from spinechat.topics import Outcome, topic_book

FALLBACK = "nlu_fallback"
# Columns of the confusion matrix for what is no topic of data/topics.yml.
OTHER = "other"
BINS = 10
# Two-sided 95 % of the normal distribution, in standard deviations.
_Z = 1.959964


@dataclass(frozen=True)
class Share:
    """Hits out of a count, as a share with its uncertainty.

    Attributes:
        hits: how many did it.
        count: out of how many.
    """

    hits: int
    count: int

    @property
    def value(self) -> float:
        """Hits by count (0 to 1); NaN of nothing."""
        return self.hits / self.count if self.count else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval (0 to 1), which also holds near 0 and 1; (0, 1) of nothing."""
        if not self.count:
            return 0.0, 1.0
        square = _Z * _Z / self.count
        middle = (self.value + square / 2) / (1 + square)
        spread = self.value * (1 - self.value) / self.count + square / (4 * self.count)
        half = _Z * math.sqrt(spread) / (1 + square)
        return max(0.0, middle - half), min(1.0, middle + half)

    def as_json(self) -> dict[str, Any]:
        """For scores.json; shares rounded to four places, null of nothing."""
        low, high = self.interval
        value = round(self.value, 4) if self.count else None
        return {
            "share": value,
            "low": round(low, 4),
            "high": round(high, 4),
            "hits": self.hits,
            "count": self.count,
        }


def share(flags: Iterable[bool]) -> Share:
    """The share of true ones."""
    seen = list(flags)
    return Share(sum(seen), len(seen))


@dataclass(frozen=True)
class LabelScore:
    """How one label fares.

    Attributes:
        label: the topic.
        precision: of the messages that were given this label, those where it is accepted.
        recall: of the messages of this label, those that were right.
    """

    label: str
    precision: Share
    recall: Share

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall (0 to 1); 0 where one of them is 0 or empty."""
        if not self.precision.hits or not self.recall.hits:
            return 0.0
        precision, recall = self.precision.value, self.recall.value
        return 2 * precision * recall / (precision + recall)


def named(heard: Heard) -> str:
    """The label by which a reply is judged: the first topic served, else the intent."""
    return heard.topics[0] if heard.topics else heard.intent


def rights(messages: Sequence[Single], labels: Sequence[str | None]) -> list[bool]:
    """For each message, whether the label named for it is accepted."""
    return [message.accepts(label) for message, label in zip(messages, labels, strict=True)]


def per_label(messages: Sequence[Single], labels: Sequence[str | None]) -> list[LabelScore]:
    """Scores of each label that is expected or named, the expected ones first."""
    flags = rights(messages, labels)
    expected = Counter(message.label for message in messages)
    reached = Counter(m.label for m, right in zip(messages, flags, strict=True) if right)
    given = Counter(label for label in labels if label is not None)
    fits = Counter(label for label, right in zip(labels, flags, strict=True) if right)
    return [
        LabelScore(label, Share(fits[label], given[label]), Share(reached[label], expected[label]))
        for label in dict.fromkeys([*expected, *given])
    ]


def answered_wrongly(message: Single, heard: Heard) -> bool:
    """Whether the reply states facts about something that was not asked.

    That is: its outcome is "answered", and one of the faq topics served is not accepted. It is
    the mistake that costs trust; a wrong handoff or a miss only costs time.
    """
    if heard.outcome != Outcome.ANSWERED.value:
        return False
    faq = {topic.label for topic in topic_book().of_kind("faq")}
    return any(topic in faq and not message.accepts(topic) for topic in heard.topics)


def first_two_served(message: Multi, heard: Heard) -> bool:
    """Whether the reply answers the first two questions."""
    return set(message.labels[:2]) <= set(heard.topics)


def all_reached(message: Multi, heard: Heard) -> bool:
    """Whether every question is answered, or stands as a button under the reply."""
    offered = {payload.removeprefix("/") for payload in heard.buttons}
    return set(message.labels) <= set(heard.topics) | offered


def turn_is_right(turn: Turn, heard: Heard) -> bool:
    """Whether a dialogue's turn went as it should.

    All expected topics must be served (none expected: any will do), and the outcome must be the
    expected one. Expected "talk" accepts any outcome, as small talk has none of its own. A turn
    whose only topic is medical_advice accepts "clinic" and "safety": both send the patient to a
    person, and the message sets use either word.
    """
    if not set(turn.topics) <= set(heard.topics):
        return False
    if turn.outcome == "talk":
        return True
    if turn.topics == ("medical_advice",):
        return heard.outcome in (Outcome.CLINIC.value, Outcome.SAFETY.value)
    return heard.outcome == turn.outcome


def fallback_rate(heard: Sequence[Heard]) -> Share:
    """Messages that were not understood."""
    return share(h.intent == FALLBACK for h in heard)


def recall_of(label: str, messages: Sequence[Single], heard: Sequence[Heard]) -> Share:
    """Messages of a label whose reply serves just that label, first or later."""
    pairs = zip(messages, heard, strict=True)
    return share(label in h.topics for message, h in pairs if message.label == label)


def out_of_scope_recall(messages: Sequence[Single], heard: Sequence[Heard]) -> Share:
    """Messages about something else whose reply does not pretend to know (outcome unsure)."""
    pairs = zip(messages, heard, strict=True)
    return share(h.outcome == Outcome.UNSURE.value for m, h in pairs if m.label == "out_of_scope")


@dataclass(frozen=True)
class Bin:
    """Messages of similar confidence.

    Attributes:
        count: how many.
        confidence: their mean confidence (0 to 1).
        right: the share of them that is right (0 to 1).
    """

    count: int
    confidence: float
    right: float


def calibration(confidences: Sequence[float], flags: Sequence[bool], bins: int = BINS) -> list[Bin]:
    """Messages by confidence, in `bins` equally wide bins; empty ones are left out.

    Raises:
        ValueError: if a confidence is outside 0 to 1, or the lengths differ.
    """
    if len(confidences) != len(flags):
        raise ValueError(f"{len(confidences)} confidences for {len(flags)} messages")
    values, right = np.asarray(confidences, dtype=float), np.asarray(flags, dtype=bool)
    # A softmax in single precision may end a hair above 1.
    if values.size and (values.min() < 0 or values.max() > 1 + 1e-6):
        raise ValueError("a confidence must lie between 0 and 1")
    where = np.minimum((values * bins).astype(int), bins - 1)
    chosen = [where == index for index in range(bins) if (where == index).any()]
    return [Bin(int(w.sum()), float(values[w].mean()), float(right[w].mean())) for w in chosen]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error (0 to 1): by how much confidence misses accuracy, on average."""
    total = sum(b.count for b in bins)
    return sum(b.count * abs(b.confidence - b.right) for b in bins) / total if total else math.nan


def confusion(
    messages: Sequence[Single], labels: Sequence[str | None]
) -> tuple[list[str], list[str], np.ndarray[Any, np.dtype[np.int64]]]:
    """Which topic was taken for which.

    An accepted second label counts as the expected one, so that every right message stands on
    the diagonal.

    Returns:
        The rows' names (topics), the columns' names (topics, then nlu_fallback and "other", for
        intents that are no topics), and the counts.
    """
    rows = list(topic_book().topics)
    columns = [*rows, FALLBACK, OTHER]
    counts = np.zeros((len(rows), len(columns)), dtype=np.int64)
    for message, label in zip(messages, labels, strict=True):
        shown = message.label if message.accepts(label) else label
        column = columns.index(shown) if shown in columns else len(columns) - 1
        counts[rows.index(message.label), column] += 1
    return rows, columns, counts
