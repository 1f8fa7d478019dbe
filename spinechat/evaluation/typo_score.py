"""Scores a trained model on the single messages with typing errors, beside the untouched ones.

python -m spinechat.evaluation.typo_score --half dev --model models/spinechat.tar.gz
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tqdm import tqdm

from spinechat.evaluation import messages, scores
from spinechat.evaluation.assistant import Assistant
from spinechat.evaluation.messages import HALVES, Single
from spinechat.evaluation.report import thinned
from spinechat.evaluation.scores import Share
from spinechat.evaluation.tables import percent, table
from spinechat.evaluation.typos import SLIPS, WORDS_PER_TYPO, with_typos

UNTOUCHED, ALL_KINDS = "as written", "all kinds of errors"


def right_with(
    assistant: Assistant, singles: list[Single], name: str, change: Callable[[str], str]
) -> Share:
    """The share of right messages, each text changed first."""
    replies = [assistant.ask(change(m.text)) for m in tqdm(singles, name, leave=False)]
    return scores.share(scores.rights(singles, [scores.named(heard) for heard in replies]))


def play(assistant: Assistant, singles: list[Single]) -> dict[str, Share]:
    """Shares of right messages: untouched, with errors of all kinds, and of each kind alone."""
    shares = {
        UNTOUCHED: right_with(assistant, singles, UNTOUCHED, str),
        ALL_KINDS: right_with(assistant, singles, ALL_KINDS, with_typos),
    }
    for kind in SLIPS:
        change = partial(with_typos, kinds=(kind,))
        shares[kind] = right_with(assistant, singles, kind, change)
    return shares


def as_text(shares: dict[str, Share]) -> str:
    """A table of the shares, and of the points lost to errors."""
    whole = shares[UNTOUCHED]
    rows = [
        [name, percent(share), f"{100 * (share.value - whole.value):+.1f}"]
        for name, share in shares.items()
    ]
    head = f"single messages, one error in {WORDS_PER_TYPO} words"
    return table([head, "right", "points"], rows)


def main() -> None:
    """Runs it."""
    parser = argparse.ArgumentParser(prog="python -m spinechat.evaluation.typo_score")
    parser.add_argument("--half", choices=HALVES, required=True, help="which messages")
    parser.add_argument("--model", type=Path, default=Path("models/spinechat.tar.gz"))
    parser.add_argument("--limit", type=int, help="at most so many messages")
    arguments = parser.parse_args()
    singles = thinned(messages.singles(arguments.half), arguments.limit)
    print(as_text(play(Assistant(arguments.model), singles)))


if __name__ == "__main__":
    main()
