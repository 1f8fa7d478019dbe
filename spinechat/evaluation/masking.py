"""Scores the masking of identifiers: recall by kind, and how much of clean text it changes.

    python -m spinechat.evaluation.masking --half test --record docs/privacy.md

An identifier counts as masked only if none of its words is left. The lines are those of
tests/privacy/ (written apart) and, for what changes without need, every frozen message. With
--show, the dev half's lines that went wrong are printed; those of the test half never are.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from spinechat.evaluation import messages
from spinechat.evaluation.messages import HALVES
from spinechat.evaluation.report import origin
from spinechat.evaluation.scores import Share, share
from spinechat.evaluation.tables import percent, table
from spinechat.privacy import masked
from spinechat.project import project_root
from spinechat.redflags import screen

KINDS = ("phone", "email", "ssn", "dob", "record", "card", "address", "name")
# Identifiers made of figures, to which the bar of 98 % applies.
NUMERIC = ("phone", "ssn", "dob", "record", "card")
# A row of the table in docs/privacy.md goes below this line.
ROWS = "<!-- scores -->"
_MASK = re.compile(r"\((?:phone|email|number|date|address|name|account|link)\)")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Line:
    """A message and the identifiers in it, as (kind, value); none if it is clean."""

    text: str
    identifiers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Frozen:
    """What masking does to the frozen messages of a half.

    Attributes:
        changed: whether it changed, for each message.
        altered: whether the red-flag screen's action became another, for each message.
    """

    changed: Share
    altered: Share


def lines(half: str) -> list[Line]:
    """The lines with and without identifiers of a half."""
    path = project_root() / "tests" / "privacy" / f"lines_{half}.jsonl"
    entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return [
        Line(entry["text"], tuple((span["kind"], span["value"]) for span in entry["spans"]))
        for entry in entries
    ]


def _words(text: str, kind: str = "") -> Counter[str]:
    """The words of a text; of a value with figures only those that tell: not "MRN", not "the"."""
    words = _WORD.findall(_MASK.sub(" ", text).lower())
    if kind in NUMERIC:
        telling = [word for word in words if any(letter.isdigit() for letter in word)]
        words = telling or words
    return Counter(words)


def left(line: Line) -> list[tuple[str, str]]:
    """The identifiers of a line of which a word is left once it is masked."""
    values = [(kind, value, _words(value, kind)) for kind, value in line.identifiers]
    secret = sum((words for _, _, words in values), Counter[str]())
    allowed, after = _words(line.text) - secret, _words(masked(line.text))
    return [
        (kind, value)
        for kind, value, words in values
        if any(after[word] > allowed[word] for word in words)
    ]


def recall(some: Sequence[Line], kinds: Sequence[str]) -> Share:
    """Share of the identifiers of these kinds that are masked wholly."""
    hidden = [
        (kind, value) not in left(line)
        for line in some
        for kind, value in line.identifiers
        if kind in kinds
    ]
    return share(hidden)


def clean_changed(some: Sequence[Line]) -> Share:
    """Share of the lines without identifiers that masking changes."""
    return share(masked(line.text) != line.text for line in some if not line.identifiers)


def frozen(half: str) -> Frozen:
    """What masking does to every frozen message of a half."""
    texts = messages.every_text(half)
    return Frozen(
        share(masked(text) != text for text in texts),
        share(screen(masked(text)).action != screen(text).action for text in texts),
    )


def figures(half: str) -> dict[str, Share]:
    """The shares that the project promises, and each kind's recall, by name."""
    some = lines(half)
    messages_of_half = frozen(half)
    return {
        "numeric": recall(some, NUMERIC),
        "names": recall(some, ["name"]),
        "clean lines changed": clean_changed(some),
        **{kind: recall(some, [kind]) for kind in KINDS if kind != "name"},
        "frozen messages changed": messages_of_half.changed,
        "frozen messages screened otherwise": messages_of_half.altered,
    }


def _show(half: str) -> None:
    for line in lines(half):
        wrong = left(line) if line.identifiers else masked(line.text) != line.text
        if wrong:
            print(
                f"\n{wrong if line.identifiers else 'clean'}\n  {line.text}\n  {masked(line.text)}"
            )
    for text in messages.every_text(half):
        if masked(text) != text:
            print(f"\nfrozen\n  {text}\n  {masked(text)}")


def record(path: Path, half: str, shares: dict[str, Share]) -> None:
    """Adds a row to the table of scores.

    Raises:
        ValueError: the file has no place for it.
    """
    text = path.read_text(encoding="utf-8")
    if ROWS not in text:
        raise ValueError(f"{path} has no line {ROWS!r} below which a score could go.")
    day = datetime.now(timezone.utc).strftime("%Y-%m-%d")
    cells = [day, str(origin()["commit"])[:7], half, *(percent(value) for value in shares.values())]
    path.write_text(text.replace(ROWS, f"| {' | '.join(cells)} |\n{ROWS}"), encoding="utf-8")


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(prog="python -m spinechat.evaluation.masking")
    parser.add_argument("--half", choices=HALVES, required=True, help="which lines")
    parser.add_argument("--record", type=Path, help="file to whose table the score is added")
    parser.add_argument("--show", action="store_true", help="print dev lines that went wrong")
    arguments = parser.parse_args()
    shares = figures(arguments.half)
    rows = [[name, percent(value)] for name, value in shares.items()]
    print(table(["", "share (95 %)"], rows))
    if arguments.show and arguments.half == "dev":
        _show(arguments.half)
    if arguments.record:
        record(arguments.record, arguments.half, shares)


if __name__ == "__main__":
    main()
