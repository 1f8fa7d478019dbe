"""What a screening says, as terms that a classifier can weigh."""

from __future__ import annotations

from itertools import pairwise

from spinechat.redflags.screen import Screening

# Words at most so far apart make a pair ("can't ... legs").
PAIR_REACH = 4


def word_terms(screening: Screening) -> list[str]:
    """The canonical words, two and three in a row, and pairs that stand near each other."""
    words = screening.words
    rows = [" ".join(pair) for pair in pairwise(words)]
    rows += [" ".join(words[at : at + 3]) for at in range(len(words) - 2)]
    pairs = [
        f"{word}~{words[other]}"
        for at, word in enumerate(words)
        for other in range(at + 2, min(len(words), at + PAIR_REACH + 1))
    ]
    return [*words, *rows, *pairs]
