"""In scope against out of scope: what a stricter threshold costs, and what it saves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spinechat.evaluation.assistant import Heard
from spinechat.evaluation.messages import Single
from spinechat.evaluation.scores import FALLBACK, Share, share

OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True)
class Point:
    """What happens at one threshold.

    Attributes:
        threshold: least confidence of a topic that is served (0 to 1).
        right: in-scope messages with the right topic at or above it.
        let_through: out-of-scope messages with some topic at or above it.
    """

    threshold: float
    right: Share
    let_through: Share


def topic_of(heard: Heard) -> str | None:
    """The classifier's first label, whatever its confidence."""
    return next((name for name, _ in heard.ranking if name != FALLBACK), None)


def point(messages: Sequence[Single], heard: Sequence[Heard], threshold: float) -> Point:
    """Both shares at a threshold."""
    pairs = list(zip(messages, heard, strict=True))
    return Point(
        threshold,
        share(
            h.confidence >= threshold and m.accepts(topic_of(h))
            for m, h in pairs
            if m.label != OUT_OF_SCOPE
        ),
        share(
            h.confidence >= threshold and topic_of(h) != OUT_OF_SCOPE
            for m, h in pairs
            if m.label == OUT_OF_SCOPE
        ),
    )


def curve(messages: Sequence[Single], heard: Sequence[Heard]) -> list[Point]:
    """The points of all thresholds at which something changes, the strictest first.

    Dhamija et al. 2018, "Reducing Network Agnostophobia", call it the open-set classification
    rate curve.
    """
    thresholds = sorted({h.confidence for h in heard} | {0.0}, reverse=True)
    return [point(messages, heard, threshold) for threshold in thresholds]
