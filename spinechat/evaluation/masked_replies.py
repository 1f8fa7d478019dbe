"""Whether masking changes an answer: alarm, outcome and topics of every frozen message, both ways.

    python -m spinechat.evaluation.masked_replies

Each message that masking changes is asked twice, in new conversations: as it was written, and as it
is stored. What masking leaves as it is cannot be answered otherwise. Messages of the test half are
counted only, never printed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from spinechat.evaluation import messages
from spinechat.evaluation.assistant import Assistant, Heard
from spinechat.evaluation.messages import HALVES
from spinechat.evaluation.tables import table
from spinechat.privacy import masked
from spinechat.topics import ALARMS

ASPECTS = ("alarm", "outcome", "topics")


@dataclass(frozen=True)
class Compared:
    """What masking does to the messages of a half.

    Attributes:
        count: how many messages there are.
        changed: how many of them masking changes.
        differ: for each aspect, the messages (as written) that are answered otherwise.
    """

    count: int
    changed: int
    differ: dict[str, list[str]]


def _aspects(heard: Heard) -> tuple[object, ...]:
    alarm = next((alarm for alarm in ALARMS if alarm in heard.topics), None)
    return alarm, heard.outcome, heard.topics


def compare(
    assistant: Assistant, texts: Sequence[str], mask: Callable[[str], str] = masked
) -> Compared:
    """Asks each text that `mask` changes as it is and masked."""
    pairs = [(text, mask(text)) for text in texts]
    changed = [(text, kept) for text, kept in pairs if kept != text]
    differ: dict[str, list[str]] = {aspect: [] for aspect in ASPECTS}
    for text, kept in tqdm(changed, "messages", leave=False):
        written, stored = _aspects(assistant.ask(text)), _aspects(assistant.ask(kept))
        for aspect, one, other in zip(ASPECTS, written, stored, strict=True):
            if one != other:
                differ[aspect].append(text)
    return Compared(len(texts), len(changed), differ)


def main() -> None:
    """Prints the counts."""
    parser = argparse.ArgumentParser(prog="python -m spinechat.evaluation.masked_replies")
    parser.add_argument("--model", type=Path, default=Path("models/spinechat.tar.gz"))
    parser.add_argument("--show", action="store_true", help="print dev messages that differ")
    arguments = parser.parse_args()
    assistant = Assistant(arguments.model)
    rows = []
    for half in HALVES:
        found = compare(assistant, messages.every_text(half))
        counts = [str(len(found.differ[aspect])) for aspect in ASPECTS]
        rows.append([half, str(found.count), str(found.changed), *counts])
        if arguments.show and half == "dev":
            for aspect, texts in found.differ.items():
                for text in texts:
                    print(f"{aspect}\n  {text}\n  {masked(text)}")
    print(table(["half", "messages", "masked", *(f"other {name}" for name in ASPECTS)], rows))


if __name__ == "__main__":
    main()
