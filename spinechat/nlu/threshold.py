"""From which confidence on a message is answered: a rule for FallbackClassifier's setting.

Found on training phrases alone: some are held out, and of some labels every phrase, so that those
stand for messages about something else. A threshold is good if it lets the first kind be answered
rightly and the second kind not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
# A round leaves out every label once in so many, and as large a part of the other labels' phrases.
PART = 5
# Rounds end when so many phrases were held out, or when every label was left out once.
ENOUGH = 200
# The share of messages that are taken to be about something else: one in four. Held-out phrases
# do not tell it; fewer would answer nearly everything, more would turn many good questions away.
OUTSIDERS = 0.25


def held_out_rounds(labels: Sequence[str], seed: int = 0) -> Iterator[tuple[Array, Array]]:
    """Positions to learn from and positions to try, for as many rounds as the rule needs.

    In each round the phrases of a fifth of the labels are all tried, none learned, and so is a
    fifth of every other label's phrases; a label keeps one phrase at least.

    Args:
        labels: of the training phrases.
        seed: of the order in which labels and phrases are left out.
    """
    random = np.random.RandomState(seed)
    everyone = np.array(labels)
    order = random.permutation(sorted(set(labels)))
    shuffled = random.permutation(len(everyone))
    tried = 0
    for turn in range(PART):
        left_out = set(order[turn::PART])
        test: list[int] = []
        for place, label in enumerate(order):
            own = shuffled[everyone[shuffled] == label]
            test += list(own if label in left_out else own[1:][(turn + place) % PART :: PART])
        yield np.setdiff1d(np.arange(len(everyone)), test), np.array(sorted(test))
        tried += len(test)
        if tried >= ENOUGH:
            return


def best_threshold(
    confidences: Sequence[float], right: Sequence[bool], outside: Sequence[bool]
) -> float:
    """The threshold with which most messages are handled rightly, if OUTSIDERS of them are others.

    Rightly: a phrase of a learned label gets it, a phrase of another label is not answered. Where
    several thresholds are as good, the lowest: asking again costs patience.

    Args:
        confidences: of each phrase's likeliest label (0 to 1).
        right: whether that label is the phrase's own.
        outside: whether the phrase's label was not learned.

    Returns:
        A confidence (0 to 1); messages below it are not answered.

    Raises:
        ValueError: if there is no phrase of either kind.
    """
    values, hits, others = np.array(confidences), np.array(right), np.array(outside)
    if others.all() or not others.any():
        raise ValueError("a threshold needs phrases of learned and of other labels")
    bars = np.unique(np.append(values, 0.0))
    answered = values[None, :] >= bars[:, None]
    gained = (answered & hits & ~others).sum(axis=1) / (~others).sum()
    refused = (~answered & others).sum(axis=1) / others.sum()
    best = int(np.argmax((1 - OUTSIDERS) * gained + OUTSIDERS * refused))
    # Halfway to the confidence below: the phrases met are only a sample.
    return float(bars[best] + bars[max(best - 1, 0)]) / 2
