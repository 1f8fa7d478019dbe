"""The frozen test messages (tests/messages): patients' words with what a right reply is about."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spinechat.project import project_root

HALVES = ("dev", "test")
KINDS = ("singles", "lookalikes", "multi", "dialogues")


@dataclass(frozen=True)
class Single:
    """One message.

    Attributes:
        text: what the patient wrote.
        label: the topic a right reply serves.
        also: a second label that a fair reader accepts, or "".
        trap: for a look-alike, the label that its keywords suggest, else "".
    """

    text: str
    label: str
    also: str
    trap: str

    def accepts(self, label: str | None) -> bool:
        """Whether a label is right."""
        return label is not None and label in (self.label, self.also)


@dataclass(frozen=True)
class Multi:
    """One message with several questions, their labels in the order asked."""

    text: str
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Turn:
    """One turn of a dialogue: the patient's words, the topics and outcome of a right reply."""

    text: str
    topics: tuple[str, ...]
    outcome: str


@dataclass(frozen=True)
class Dialogue:
    """A conversation of several turns."""

    persona: str
    turns: tuple[Turn, ...]


def messages_folder() -> Path:
    """Where the sets lie."""
    return project_root() / "tests" / "messages"


def _lines(half: str, kind: str) -> list[dict[str, Any]]:
    path = messages_folder() / half / f"{kind}.jsonl"
    return [
        json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
    ]


def _single(entry: dict[str, Any]) -> Single:
    return Single(entry["text"], entry["label"], entry.get("also") or "", entry.get("trap") or "")


def singles(half: str) -> list[Single]:
    """Single messages over all labels."""
    return [_single(entry) for entry in _lines(half, "singles")]


def lookalikes(half: str) -> list[Single]:
    """Keyword traps."""
    return [_single(entry) for entry in _lines(half, "lookalikes")]


def multi(half: str) -> list[Multi]:
    """Messages with two or three questions."""
    return [Multi(entry["text"], tuple(entry["labels"])) for entry in _lines(half, "multi")]


def dialogues(half: str) -> list[Dialogue]:
    """Conversations."""
    return [
        Dialogue(
            entry["persona"],
            tuple(Turn(t["text"], tuple(t["topics"]), t["outcome"]) for t in entry["turns"]),
        )
        for entry in _lines(half, "dialogues")
    ]


def every_text(half: str) -> list[str]:
    """All patients' texts of a half, whatever their kind."""
    alone = [m.text for m in [*singles(half), *lookalikes(half)]] + [m.text for m in multi(half)]
    return alone + [turn.text for dialogue in dialogues(half) for turn in dialogue.turns]


def checksums() -> dict[str, str]:
    """sha256 of each set's file, by "half/kind"."""
    return {
        f"{half}/{kind}": hashlib.sha256(
            (messages_folder() / half / f"{kind}.jsonl").read_bytes()
        ).hexdigest()
        for half in HALVES
        for kind in KINDS
    }
