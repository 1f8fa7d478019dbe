"""The frozen test messages (tests/messages): patients' words with what a right reply is about."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spinechat.project import project_root

HALVES = ("dev", "test")
KINDS = ("singles", "lookalikes", "multi", "dialogues", "alarms", "advice", "ordinary", "fresh")


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


@dataclass(frozen=True)
class Alarm:
    """Messages of one patient, one after the other, that are an alarm together or are none.

    Attributes:
        turns: one or two texts.
        label: "emergency", "crisis" or "none" (a look-alike).
        concept: the red flag it is, or sounds like.
        kind: how it is said ("played_down", "spanish", ...), or why it is none ("denial", ...).
    """

    turns: tuple[str, ...]
    label: str
    concept: str
    kind: str


@dataclass(frozen=True)
class Request:
    """A request for personal medical advice.

    Attributes:
        text: what the patient wrote.
        kind: "diagnosis", "dose", "scan" or "decision".
        style: "direct" or "disguised".
    """

    text: str
    kind: str
    style: str


def messages_folder() -> Path:
    """Where the sets lie."""
    return project_root() / "tests" / "messages"


def _lines(half: str, kind: str) -> list[dict[str, Any]]:
    path = messages_folder() / half / f"{kind}.jsonl"
    if not path.exists():  # `ordinary` is a set of the dev half only, `fresh` of the test half
        return []
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


def fresh(half: str) -> list[Single]:
    """Single messages over all labels, written later, by authors who had seen no others."""
    return [_single(entry) for entry in _lines(half, "fresh")]


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


def alarms(half: str) -> list[Alarm]:
    """Emergencies, crises and their look-alikes."""
    return [
        Alarm(
            tuple(entry.get("turns") or [entry["text"]]),
            entry["label"],
            entry["concept"],
            entry["kind"],
        )
        for entry in _lines(half, "alarms")
    ]


def advice(half: str) -> list[Request]:
    """Requests for personal medical advice."""
    return [Request(e["text"], e["kind"], e["style"]) for e in _lines(half, "advice")]


def ordinary(half: str) -> list[str]:
    """Messages without any alarm, to show that none is raised."""
    return [entry["text"] for entry in _lines(half, "ordinary")]


def every_text(half: str) -> list[str]:
    """All patients' texts of a half, whatever their kind."""
    alone = [m.text for m in [*singles(half), *lookalikes(half), *fresh(half)]]
    alone += [m.text for m in multi(half)]
    alone += [turn.text for dialogue in dialogues(half) for turn in dialogue.turns]
    alone += [text for alarm in alarms(half) for text in alarm.turns]
    return [*alone, *(request.text for request in advice(half)), *ordinary(half)]


def held_back() -> list[str]:
    """Texts of messages that wait for the next model's score; nobody learns from them either."""
    files = sorted((messages_folder() / "held").glob("*.jsonl"))
    return [json.loads(line)["text"] for file in files for line in file.open(encoding="utf-8")]


def checksums() -> dict[str, str]:
    """sha256 of each set's file, by "half/kind"."""
    return {
        f"{path.parent.name}/{path.stem}": hashlib.sha256(path.read_bytes()).hexdigest()
        for half in HALVES
        for path in sorted((messages_folder() / half).glob("*.jsonl"))
    }
