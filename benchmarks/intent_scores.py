"""Scores of intent predictions with out-of-scope rows. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.intent_sets import OUTSIDE


@dataclass(frozen=True)
class Guess:
    """What a system says of one text.

    Attributes:
        label: the likeliest.
        confidence: its probability (0 to 1).
        lead: by how much it is likelier than the second (0 to 1).
    """

    label: str
    confidence: float
    lead: float

    def final(self, threshold: float, ambiguity: float) -> str:
        """The intent that Rasa's FallbackClassifier leaves; OUTSIDE for a fallback."""
        if self.confidence < threshold or self.lead < ambiguity:
            return OUTSIDE
        return self.label


@dataclass(frozen=True)
class Score:
    """How predictions fare.

    Attributes:
        in_scope: share of the rows with an intent that got it (0 to 1).
        outside: share of the rows out of scope that got no intent; NaN if there are none.
        mcc: Matthews correlation over all rows, out of scope as one more class (-1 to 1).
    """

    in_scope: float
    outside: float
    mcc: float


def matthews(truth: Sequence[str], predicted: Sequence[str]) -> float:
    """Multiclass Matthews correlation (Gorodkin 2004); 0 where one side has a single class."""
    names = sorted({*truth, *predicted})
    place = {name: index for index, name in enumerate(names)}
    counts = np.zeros((len(names), len(names)))
    for true, guess in zip(truth, predicted, strict=True):
        counts[place[true], place[guess]] += 1
    wanted, given, total = counts.sum(axis=1), counts.sum(axis=0), counts.sum()
    shared = np.trace(counts) * total - wanted @ given
    spread = (total**2 - given @ given) * (total**2 - wanted @ wanted)
    return float(shared / math.sqrt(spread)) if spread else 0.0


def _share(hits: Any) -> float:
    return float(np.mean(hits)) if len(hits) else math.nan


def score(truth: Sequence[str], predicted: Sequence[str]) -> Score:
    """All three figures."""
    pairs = list(zip(truth, predicted, strict=True))
    return Score(
        _share([guess == true for true, guess in pairs if true != OUTSIDE]),
        _share([guess == true for true, guess in pairs if true == OUTSIDE]),
        matthews(truth, predicted),
    )


def score_at(
    truth: Sequence[str], guesses: Sequence[Guess], threshold: float, ambiguity: float
) -> Score:
    """Figures at a threshold."""
    return score(truth, [guess.final(threshold, ambiguity) for guess in guesses])


def curve(
    truth: Sequence[str], guesses: Sequence[Guess], ambiguity: float, steps: int = 100
) -> list[Score]:
    """Figures at thresholds from 0 to 1 in even steps."""
    return [score_at(truth, guesses, step / steps, ambiguity) for step in range(steps + 1)]
