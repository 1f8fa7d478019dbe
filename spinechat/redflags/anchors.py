"""Which patterns can match in a message at all: those of which it holds every needed word.

medspaCy tries every pattern at every word. A message holds the words that a pattern needs for few
of them, and only those are tried: this brings the screen under its time.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from spinechat.redflags.frequencies import word_counts
from spinechat.redflags.patterns import Pattern

# Words whose keys are remembered, in memory only.
WORDS_KEPT = 20_000


def _use(words: frozenset[str]) -> int:
    """How often one of these words is used in English: rare ones lead to fewer patterns."""
    return sum(word_counts().get(word, 0) for word in words)


class Anchors:
    """The words that patterns need; "numb*" stands for every word that begins so."""

    def __init__(self) -> None:
        # Each way to match a pattern: its number, and one set for each word that it needs.
        self._ways: list[tuple[int, list[frozenset[str]]]] = []
        self._by_word: dict[str, list[int]] = {}
        self._keys_of = lru_cache(maxsize=WORDS_KEPT)(self._keys)

    def add(self, number: int, pattern: Pattern) -> None:
        """Takes in a pattern."""
        for needed in pattern.needed():
            choices = [frozenset(words) for words in needed]
            for word in min(choices, key=_use):
                self._by_word.setdefault(word, []).append(len(self._ways))
            self._ways.append((number, choices))

    def numbers_in(self, words: Iterable[str]) -> list[int]:
        """The patterns that can match in a message with these words."""
        keys: set[str] = set().union(*map(self._keys_of, words))
        found = set()
        for key in keys:
            for way in self._by_word.get(key, ()):
                number, choices = self._ways[way]
                if number not in found and not any(map(keys.isdisjoint, choices)):
                    found.add(number)
        return sorted(found)

    def _keys(self, word: str) -> frozenset[str]:
        """A word, and "begin*" for each way that it begins."""
        return frozenset([word, *(f"{word[:end]}*" for end in range(1, len(word) + 1))])
