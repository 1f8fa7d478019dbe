"""docs/benchmarks.md and its picture, from the results of a run."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")  # no display

import matplotlib.pyplot as plt

from benchmarks.intent_scores import Guess, Score, curve, score_at
from benchmarks.intent_sets import OUTSIDE, PUBLISHED, IntentSet

# The threshold at which HINT3's authors state in-scope accuracy; for sets without rows out of
# scope the accuracy with no threshold at all.
LOW_THRESHOLD = 0.1
OWN, DEFAULT = "SpineChat", "Rasa's default pipeline, this run"


@dataclass(frozen=True)
class SystemResult:
    """What one system reached on one set in this run.

    Attributes:
        system: its name.
        threshold: below which a row counts as out of scope (0 to 1).
        plain: figures at LOW_THRESHOLD, or at 0 without rows out of scope; never ambiguous.
        shipped: figures at `threshold`, with the system's ambiguity threshold.
        seconds: for training, finding the threshold and parsing.
        curve: figures at thresholds from 0 to 1.
    """

    system: str
    threshold: float
    plain: Score
    shipped: Score
    seconds: float
    curve: list[Score]


@dataclass(frozen=True)
class SetResult:
    """The results on one set.

    Attributes:
        name: of the set.
        source: where it is to be had.
        counts: training rows, test rows, test rows out of scope.
        about: when, from which commit and under which load it was measured.
        systems: this run's.
    """

    name: str
    source: str
    counts: tuple[int, int, int]
    about: dict[str, Any]
    systems: list[SystemResult]

    def save(self, folder: Path) -> None:
        """Writes it as JSON, so that a later run of other sets keeps it."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.name}.json").write_text(json.dumps(asdict(self)) + "\n")

    @classmethod
    def load(cls, file: Path) -> SetResult:
        """Reads what `save` wrote."""
        kept = json.loads(file.read_text())
        systems = [
            SystemResult(
                **{
                    **own,
                    "plain": Score(**own["plain"]),
                    "shipped": Score(**own["shipped"]),
                    "curve": [Score(**point) for point in own["curve"]],
                }
            )
            for own in kept["systems"]
        ]
        return cls(**{**kept, "counts": tuple(kept["counts"]), "systems": systems})


def counts(data: IntentSet) -> tuple[int, int, int]:
    """Training rows, test rows, test rows out of scope."""
    return len(data.train), len(data.test), sum(label == OUTSIDE for _, label in data.test)


def result(
    system: str,
    data: IntentSet,
    guesses: Sequence[Guess],
    fallback: tuple[float, float],
    seconds: float,
) -> SystemResult:
    """Figures of a system's guesses on a set's test rows.

    Args:
        system: its name.
        data: the set.
        guesses: one a test row.
        fallback: threshold and ambiguity threshold.
        seconds: what it took.
    """
    truth = [label for _, label in data.test]
    low = LOW_THRESHOLD if OUTSIDE in truth else 0.0
    return SystemResult(
        system,
        fallback[0],
        score_at(truth, guesses, low, 0.0),
        score_at(truth, guesses, *fallback),
        seconds,
        curve(truth, guesses, fallback[1]),
    )


def draw(results: Sequence[SetResult], path: Path) -> Path:
    """In-scope accuracy against out-of-scope recall over thresholds, a panel for each set."""
    shown = [one for one in results if one.counts[2]]
    width = max(1, len(shown))
    figure, panels = plt.subplots(
        1, width, figsize=(4.4 * width, 4.6), layout="constrained", squeeze=False
    )
    for axes, one in zip(panels[0], shown, strict=False):
        for system in one.systems:
            points = [(100 * s.outside, 100 * s.in_scope) for s in system.curve]
            (line,) = axes.plot(*zip(*points, strict=True), label=system.system)
            axes.plot(
                100 * system.shipped.outside,
                100 * system.shipped.in_scope,
                "o",
                color=line.get_color(),
            )
        for other in PUBLISHED[one.name]:
            if other.outside is not None and other.in_scope is not None:
                axes.plot(other.outside, other.in_scope, "x", color="#888888")
                axes.annotate(other.system, (other.outside, other.in_scope), fontsize=7)
        axes.set_title(one.name)
        axes.set_xlabel("Out-of-scope recall, %")
        axes.set_ylabel("In-scope accuracy, %")
        axes.set_xlim(0, 100)
        axes.set_ylim(0, 100)
        axes.legend(loc="lower left", fontsize=8)
    figure.savefig(path, dpi=130)
    plt.close(figure)
    return path


def _percent(share: float | None) -> str:
    return "" if share is None or math.isnan(share) else f"{share:.1f}"


def rows(one: SetResult) -> list[list[str]]:
    """Cells of a set's table: this run's systems, then the published ones."""
    own = [
        [
            system.system,
            f"{system.threshold:.2f}",
            _percent(100 * system.plain.in_scope),
            f"{system.shipped.mcc:.3f}",
            _percent(100 * system.shipped.in_scope),
            _percent(100 * system.shipped.outside),
        ]
        for system in one.systems
    ]
    others = [
        [
            other.system,
            "",
            _percent(other.plain),
            "" if other.mcc is None else f"{other.mcc:.3f}",
            _percent(other.in_scope),
            _percent(other.outside),
        ]
        for other in PUBLISHED[one.name]
    ]
    return own + others


HEAD = (
    "system",
    "threshold",
    "in-scope accuracy, low threshold",
    "MCC",
    "in-scope accuracy",
    "out-of-scope recall",
)


def section(one: SetResult) -> str:
    """A set's part of docs/benchmarks.md."""
    train, test, outside = one.counts
    lines = [
        f"## {one.name}",
        "",
        f"{train:,} training rows; {test:,} test rows, {outside:,} of them out of scope. "
        f"{one.source}.",
        f"Measured {one.about['date']}, commit {one.about['commit']}, load {one.about['load']}: "
        + ", ".join(f"{s.system} {s.seconds / 60:.1f} minutes" for s in one.systems)
        + ".",
        "",
        "| " + " | ".join(HEAD) + " |",
        "|---" * len(HEAD) + "|",
        *("| " + " | ".join(row) + " |" for row in rows(one)),
    ]
    return "\n".join(lines)


def document(about: str, results: Sequence[SetResult], picture: str) -> str:
    """The whole of docs/benchmarks.md.

    Args:
        about: what stands above the sets.
        results: in the order shown.
        picture: path of the picture, relative to the document.
    """
    figure = f"![In-scope accuracy against out-of-scope recall]({picture})"
    return "\n\n".join([about.strip(), figure, *(section(one) for one in results)]) + "\n"
