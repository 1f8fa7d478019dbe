"""A whole evaluation: plays the message sets, puts the scores together, prints and writes them."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Protocol, TypeVar

from tqdm import tqdm

from spinechat.evaluation import messages, scores
from spinechat.evaluation.assistant import Assistant, Heard
from spinechat.evaluation.messages import Dialogue, Multi, Single
from spinechat.evaluation.pictures import (
    confidence_histogram,
    confusion_matrix,
    reliability_diagram,
)
from spinechat.evaluation.scores import LabelScore, Share
from spinechat.evaluation.tables import percent, table
from spinechat.project import project_root

_Item = TypeVar("_Item")
SINGLES, FRESH = "single messages right", "fresh messages right"
LOOKALIKES = "look-alikes right"


class Namer(Protocol):
    """A baseline: names a label for a text."""

    def label(self, text: str) -> str | None:
        """The label, or None."""


def thinned(items: Sequence[_Item], limit: int | None) -> list[_Item]:
    """At most `limit` items, evenly spaced: the sets are sorted by label."""
    if limit is None or len(items) <= limit:
        return list(items)
    return [items[index * len(items) // limit] for index in range(limit)]


@dataclass(frozen=True)
class MessageSets:
    """One half of the test messages, maybe thinned."""

    singles: list[Single]
    fresh: list[Single]
    lookalikes: list[Single]
    multi: list[Multi]
    dialogues: list[Dialogue]

    @classmethod
    def read(cls, half: str, limit: int | None = None) -> MessageSets:
        """The sets of a half; with a limit, at most so many of each."""
        return cls(
            thinned(messages.singles(half), limit),
            thinned(messages.fresh(half), limit),
            thinned(messages.lookalikes(half), limit),
            thinned(messages.multi(half), limit),
            thinned(messages.dialogues(half), limit),
        )


@dataclass(frozen=True)
class Replies:
    """What the assistant made of the sets, in their order; dialogues turn by turn."""

    singles: list[Heard]
    fresh: list[Heard]
    lookalikes: list[Heard]
    multi: list[Heard]
    dialogues: list[list[Heard]]


def play(assistant: Assistant, sets: MessageSets) -> Replies:
    """Puts every message to the assistant."""
    return Replies(
        [assistant.ask(m.text) for m in tqdm(sets.singles, "singles", leave=False)],
        [assistant.ask(m.text) for m in tqdm(sets.fresh, "fresh", leave=False)],
        [assistant.ask(m.text) for m in tqdm(sets.lookalikes, "look-alikes", leave=False)],
        [assistant.ask(m.text) for m in tqdm(sets.multi, "multi", leave=False)],
        [
            assistant.converse([turn.text for turn in dialogue.turns])
            for dialogue in tqdm(sets.dialogues, "dialogues", leave=False)
        ],
    )


@dataclass(frozen=True)
class Report:
    """The assistant's scores.

    Attributes:
        shares: by name, in the order shown.
        labels: of each label of the single messages.
        error: expected calibration error (0 to 1) on the single messages.
    """

    shares: dict[str, Share]
    labels: list[LabelScore]
    error: float


def score(sets: MessageSets, replies: Replies) -> Report:
    """All scores of the assistant."""
    served = [scores.named(heard) for heard in replies.singles]
    singles = list(zip(sets.singles, replies.singles, strict=True))
    multi = list(zip(sets.multi, replies.multi, strict=True))
    turns = [
        (turn, heard)
        for dialogue, played in zip(sets.dialogues, replies.dialogues, strict=True)
        for turn, heard in zip(dialogue.turns, played, strict=True)
    ]
    right = scores.rights(sets.singles, served)
    fresh = scores.rights(sets.fresh, [scores.named(h) for h in replies.fresh])
    lookalikes = scores.rights(sets.lookalikes, [scores.named(h) for h in replies.lookalikes])
    shares = {
        SINGLES: scores.share(right),
        FRESH: scores.share(fresh),
        LOOKALIKES: scores.share(lookalikes),
        "multi: first two answered": scores.share(
            scores.first_two_served(m, heard) for m, heard in multi
        ),
        "multi: all answered or offered": scores.share(
            scores.all_reached(m, heard) for m, heard in multi
        ),
        "dialogue turns right": scores.share(scores.turn_is_right(t, heard) for t, heard in turns),
        "singles answered wrongly": scores.share(
            scores.answered_wrongly(m, heard) for m, heard in singles
        ),
        "fresh answered wrongly": scores.share(
            scores.answered_wrongly(m, heard)
            for m, heard in zip(sets.fresh, replies.fresh, strict=True)
        ),
        "singles not understood": scores.fallback_rate(replies.singles),
        "out of scope: not answered": scores.out_of_scope_recall(sets.singles, replies.singles),
        "emergency recall": scores.recall_of("emergency", sets.singles, replies.singles),
        "crisis recall": scores.recall_of("crisis", sets.singles, replies.singles),
    }
    bins = scores.calibration([heard.confidence for heard in replies.singles], right)
    labels = scores.per_label(sets.singles, served)
    return Report(shares, labels, scores.calibration_error(bins))


def score_baseline(name: str, baseline: Namer, sets: MessageSets) -> dict[str, Share]:
    """A baseline's shares of right messages, under the same names as the assistant's."""
    shares = {}
    kinds = ((SINGLES, sets.singles), (FRESH, sets.fresh), (LOOKALIKES, sets.lookalikes))
    for kind, chosen in kinds:
        labels = [baseline.label(m.text) for m in tqdm(chosen, f"{name}: {kind}", leave=False)]
        shares[kind] = scores.share(scores.rights(chosen, labels))
    return shares


def as_text(report: Report, baselines: dict[str, dict[str, Share]]) -> str:
    """Two tables: the assistant beside the baselines, and its labels."""
    side_by_side = [
        [
            name,
            percent(share),
            *(percent(found[name]) if name in found else "" for found in baselines.values()),
        ]
        for name, share in report.shares.items()
    ]
    calibration = ["calibration error", f"{report.error:.3f}", *("" for _ in baselines)]
    labels = [
        [
            label.label,
            str(label.recall.count),
            f"{label.precision.value:.0%}" if label.precision.count else "-",
            f"{label.recall.value:.0%}" if label.recall.count else "-",
            f"{label.f1:.2f}",
        ]
        for label in report.labels
    ]
    above = table(["", "assistant", *baselines], [*side_by_side, calibration])
    below = table(["label", "messages", "precision", "recall", "F1"], labels)
    return f"{above}\n\n{below}"


def draw(sets: MessageSets, replies: Replies, folder: Path) -> list[Path]:
    """Writes the pictures of the single messages."""
    served = [scores.named(heard) for heard in replies.singles]
    right = scores.rights(sets.singles, served)
    confidences = [heard.confidence for heard in replies.singles]
    bins = scores.calibration(confidences, right)
    rows, columns, counts = scores.confusion(sets.singles, served)
    error = scores.calibration_error(bins)
    return [
        confusion_matrix(rows, columns, counts, folder / "confusion.png"),
        confidence_histogram(confidences, right, folder / "confidence.png"),
        reliability_diagram(bins, error, folder / "reliability.png"),
    ]


def origin() -> dict[str, Any]:
    """When and from which commit a result comes; commit null outside a repository."""
    command = ["git", "describe", "--always", "--abbrev=40", "--dirty"]
    found = subprocess.run(
        command, cwd=project_root(), capture_output=True, text=True, timeout=30, check=False
    )
    return {
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "commit": found.stdout.strip() or None,
    }


def sha256(path: Path) -> str:
    """Checksum of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_scores(
    path: Path, report: Report, baselines: dict[str, dict[str, Share]], about: dict[str, Any]
) -> None:
    """Writes everything as JSON, led by `about` (where the result comes from)."""
    contents = {
        **about,
        "assistant": {name: share.as_json() for name, share in report.shares.items()},
        "calibration_error": round(report.error, 4),
        "baselines": {
            baseline: {name: share.as_json() for name, share in shares.items()}
            for baseline, shares in baselines.items()
        },
        "labels": {
            label.label: {
                "precision": label.precision.as_json(),
                "recall": label.recall.as_json(),
                "f1": round(label.f1, 4),
            }
            for label in report.labels
        },
    }
    path.write_text(json.dumps(contents, indent=2) + "\n", encoding="utf-8")
