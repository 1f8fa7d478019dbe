"""What the red-flag screen costs: import, building, and the time for short and long messages.

    python -m benchmarks.screen

A fresh process each time, as an import counts once. The texts come from the dev half: messages of
11 to 13 words, and texts of 1,000 characters with one alarm among ordinary messages.
"""

from __future__ import annotations

import time

_STARTED = time.perf_counter()

from spinechat.redflags import screen  # noqa: E402
from spinechat.redflags.lexicon import lexicon  # noqa: E402

_IMPORTED = time.perf_counter()
lexicon()
_BUILT = time.perf_counter()

from statistics import quantiles  # noqa: E402

from spinechat.evaluation import messages  # noqa: E402
from spinechat.evaluation.tables import table  # noqa: E402

SHORT = range(11, 14)
LONG = 1000
# Patterns are made ready when a message first needs them; a server has seen them all soon.
ROUNDS = 2


def texts() -> tuple[list[str], list[str]]:
    """Short messages, and long texts."""
    alarms = [text for alarm in messages.alarms("dev") for text in alarm.turns]
    ordinary = [message.text for message in messages.singles("dev")]
    short = [text for text in [*ordinary, *alarms] if len(text.split()) in SHORT]
    long = []
    for at, alarm in enumerate(alarms):
        story = " ".join(ordinary[(at * 7 + turn) % len(ordinary)] for turn in range(20))
        middle = (LONG - len(alarm)) // 2
        long.append(f"{story[:middle]} {alarm} {story[middle:]}"[:LONG])
    return short, long


def milliseconds(sample: list[str]) -> list[float]:
    """How long each text takes, once everything is ready."""
    taken: list[float] = []
    for _ in range(ROUNDS):
        taken = []
        for text in sample:
            before = time.perf_counter()
            screen(text)
            taken.append(1000 * (time.perf_counter() - before))
    return taken


def main() -> None:
    """Prints the table."""
    short, long = (quantiles(milliseconds(sample), n=100) for sample in texts())
    rows = [
        ["import", f"{_IMPORTED - _STARTED:.2f} s", "3 s"],
        ["building", f"{_BUILT - _IMPORTED:.2f} s", "1 s"],
        ["12 words, p50", f"{short[49]:.2f} ms", "1 ms"],
        ["12 words, p99", f"{short[98]:.2f} ms", ""],
        [f"{LONG} characters, p50", f"{long[49]:.2f} ms", ""],
        [f"{LONG} characters, p99", f"{long[98]:.2f} ms", "10 ms"],
    ]
    print(table(["red-flag screen", "measured", "at most"], rows))


if __name__ == "__main__":
    main()
