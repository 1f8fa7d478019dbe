"""Fits the weights of the safety classifier on the dev half and prints them for config.yml.

    python -m spinechat.evaluation.safety_weights

It also prints, for a range of bars, how many alarms would be missed and how many other messages
called one, each message judged by weights that were fitted without it (ten folds).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

from spinechat.evaluation import messages
from spinechat.evaluation.listener import Listener
from spinechat.evaluation.safety import HOLDING, NONE, ordinary_texts
from spinechat.evaluation.tables import table
from spinechat.nlu.safety_classifier import SAFETY, SafetyCall
from spinechat.topics import ALARMS

Array = np.ndarray[Any, Any]
# Smaller trusts single messages less.
PENALTY = 0.3
FOLDS = 10
ADVICE = "medical_advice"
ALARM, LOOK_ALIKE, ORDINARY, REQUEST = "alarm", "look-alike", "ordinary", "request"
MISSED = (0, 1, 2, 3, 4, 6, 8, 10, 15, 20)


@dataclass(frozen=True)
class Evidence:
    """Evidence of many messages.

    Attributes:
        names: of the pieces of evidence.
        rows: [messages, names].
        kinds: what each message is (ALARM, ...), [messages].
        would_be: which alarm each would be if it were one, [messages].
    """

    names: tuple[str, ...]
    rows: Array
    kinds: Array
    would_be: Array

    def truth(self, kind: str) -> Array:
        """Which messages are of a kind."""
        return np.asarray(self.kinds == kind)


def alarm_texts() -> list[tuple[str, str]]:
    """The dev half's messages, with their kind; of an alarm over two turns the last message."""
    pairs = [
        (alarm.turns[-1], LOOK_ALIKE if alarm.label == NONE else ALARM)
        for alarm in messages.alarms("dev")
    ]
    return pairs + [(text, ORDINARY) for text in ordinary_texts("dev")]


def advice_texts() -> list[tuple[str, str]]:
    """Requests for advice, and messages that nothing holds back."""
    pairs = [(request.text, REQUEST) for request in messages.advice("dev")]
    for one in [*messages.singles("dev"), *messages.lookalikes("dev")]:
        if one.label == ADVICE:
            pairs.append((one.text, REQUEST))
        elif not {one.label, one.also} & set(HOLDING):
            pairs.append((one.text, ORDINARY))
    several = [m for m in messages.multi("dev") if not set(m.labels) & set(HOLDING)]
    return pairs + [(m.text, ORDINARY) for m in several]


def gathered(listener: Listener, pairs: Sequence[tuple[str, str]], advice: bool) -> Evidence:
    """The evidence of the messages."""
    calls: list[SafetyCall] = [
        listener.message(text).get(SAFETY) for text, _ in tqdm(pairs, "reading", unit="message")
    ]
    found = [call.advice_evidence if advice else call.evidence for call in calls]
    names = tuple(found[0])
    rows = np.array([[one[name] for name in names] for one in found])
    kinds, would_be = [kind for _, kind in pairs], [call.kind for call in calls]
    return Evidence(names, rows, np.array(kinds), np.array(would_be))


def _machine() -> Any:
    return make_pipeline(StandardScaler(), LogisticRegression(C=PENALTY, max_iter=5000))


def weights(evidence: Evidence, kind: str) -> dict[str, float]:
    """The weights of the evidence as it is, and the bias."""
    machine = _machine().fit(evidence.rows, evidence.truth(kind))
    scaler, line = machine[0], machine[1]
    own = line.coef_[0] / scaler.scale_
    bias = float(line.intercept_[0] - own @ scaler.mean_)
    return {"bias": bias, **dict(zip(evidence.names, own.tolist(), strict=True))}


def unseen(evidence: Evidence, kind: str) -> Array:
    """Log-odds of each message by weights that were fitted without it."""
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    odds = cross_val_predict(
        _machine(), evidence.rows, evidence.truth(kind), cv=folds, method="decision_function"
    )
    return np.asarray(odds)


def bars(evidence: Evidence, kind: str, would_be: tuple[str, ...]) -> str:
    """A table: for numbers of missed messages the bar, and how many others are over it.

    Args:
        evidence: of all messages.
        kind: what must not be missed.
        would_be: only messages that would be one of these alarms.
    """
    odds, counted = unseen(evidence, kind), np.isin(evidence.would_be, would_be)
    truth = evidence.truth(kind) & counted
    others = [name for name in (LOOK_ALIKE, ORDINARY) if evidence.truth(name).any()]
    rows = []
    for missed in MISSED:
        bar = float(np.sort(odds[truth])[missed])
        over = [
            f"{(odds[evidence.truth(name) & counted] >= bar).sum()} of {evidence.truth(name).sum()}"
            for name in others
        ]
        rows.append([f"{missed} of {truth.sum()}", f"{bar:.2f}", *over])
    of = f"{kind}s" if len(would_be) > 1 else f"{kind}s ({would_be[0]})"
    return table([f"{of} missed", "bar", *others], rows)


def main() -> None:
    """Runs it."""
    parser = argparse.ArgumentParser(prog="python -m spinechat.evaluation.safety_weights")
    parser.add_argument("--model", type=Path, default=Path("models/spinechat.tar.gz"))
    listener = Listener(parser.parse_args().model)
    alarms = gathered(listener, alarm_texts(), advice=False)
    requests = gathered(listener, advice_texts(), advice=True)
    for name, evidence, kind in (("alarm", alarms, ALARM), ("advice", requests, REQUEST)):
        for would_be in (ALARMS[:1], ALARMS[1:]) if kind == ALARM else (ALARMS,):
            print(bars(evidence, kind, would_be))
        print(f"\n    {name}:")
        for part, weight in weights(evidence, kind).items():
            print(f"      {part}: {weight:.4f}")
        print()


if __name__ == "__main__":
    main()
