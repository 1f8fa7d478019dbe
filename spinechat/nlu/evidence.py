"""What speaks for a group of intents in a message: numbers that one logistic function weighs.

The linear scores, the tuned layers' scores and the head of a group err on different messages, and
so do the whole message and its clauses. Weighed together they tell more than each with a bar of
its own (docs/decisions.md). Kept apart from Rasa, so that tests can use it on any scores.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from spinechat.redflags import Screening

Array = np.ndarray[Any, Any]
# Keeps a single number from deciding alone; natural log-odds beyond it say no more.
MOST = 20.0
# Alarms and requests for advice are seldom told in a few words, but one that is must not be
# weighed down by it: shorter messages count as this long, longer ones as that.
SHORT, LONG = 70, 250
# Chances nearer to 0 or 1 than that are taken for it.
LEAST = 1e-9


@dataclass(frozen=True)
class TopicScores:
    """What was heard in a message and its clauses: rows for the whole, then for each clause.

    Attributes:
        labels: the intents, in the order of the columns.
        linear: probabilities by the linear model, [rows, intents].
        tuned: probabilities by the encoder's tuned layers; the linear ones if it was not tuned.
        both: probabilities of both together.
        heads: for each group of intents the tuned layers' own scores, [rows]; empty if not tuned.
    """

    labels: Sequence[str]
    linear: Array
    tuned: Array
    both: Array
    heads: Mapping[str, Array]

    def chance_of(self, label: str) -> float:
        """Of one intent in the whole message; 0 if it is unknown."""
        return float(self.both[0, self.labels.index(label)]) if label in self.labels else 0.0


def _log_odds(chances: Array) -> Array:
    kept = np.clip(chances, LEAST, 1 - LEAST)
    return np.asarray(np.log(kept / (1 - kept)))


def _log(chance: float) -> float:
    return math.log(max(chance, LEAST))


def group_evidence(
    scores: TopicScores, members: Sequence[str], head: str, letters: int
) -> dict[str, float]:
    """What the scores say of a group of intents, by the names that config.yml weighs.

    Args:
        scores: of the message.
        members: the intents of the group, one of them known at least.
        head: the group's name among the heads.
        letters: length of the message.
    """
    own = [scores.labels.index(label) for label in members if label in scores.labels]
    linear = _log_odds(scores.linear[:, own].sum(axis=1))
    tuned = _log_odds(scores.tuned[:, own].sum(axis=1))
    calls = scores.heads.get(head, linear)
    evidence = {
        "head": calls[0],
        "head_most": calls[1:].max(initial=-np.inf) if len(calls) > 1 else calls[0],
        "head_least": calls[1:].min(initial=np.inf) if len(calls) > 1 else calls[0],
        "linear": linear[0],
        "linear_most": linear[1:].max(initial=-np.inf) if len(linear) > 1 else linear[0],
        "tuned": tuned[0],
        "tuned_most": tuned[1:].max(initial=-np.inf) if len(tuned) > 1 else tuned[0],
        "other": _log(float(np.delete(scores.both[0], own).max(initial=0.0))),
        "letters": math.log(min(max(letters, SHORT), LONG)),
        "rows": len(linear),
    }
    return {name: float(np.clip(value, -MOST, MOST)) for name, value in evidence.items()}


def alarm_evidence(
    scores: TopicScores, members: Sequence[str], head: str, letters: int, screening: Screening
) -> dict[str, float]:
    """`group_evidence` for alarms, with what the screen found and what else it may be."""
    return {
        **group_evidence(scores, members, head, letters),
        "post_op_problem": _log(scores.chance_of("post_op_problem")),
        "screen_emergency": float(screening.action == "emergency"),
        "screen_crisis": float(screening.action == "crisis"),
        "screen_silenced": float(screening.all_silenced),
    }


def weighed(evidence: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The log-odds that the evidence adds up to; `weights` has one of each name, and `bias`."""
    return weights["bias"] + sum(weights[name] * value for name, value in evidence.items())
