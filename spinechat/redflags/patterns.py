"""The small language of data/red_flags.yml's patterns, turned into regular expressions.

- `cannot`: this word, or another way to say it (same_as)
- `numb*`: words that begin so
- `(leg|my foot)`: one of these
- `{leg}`: one of the words of the group `leg`
- `my?`, `(a|b)?`: may be left out
- `~3`: up to three words of any kind, within a sentence
- `_3`: up to three small words (the group `small`), within a sentence
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

Groups = Mapping[str, Iterable[str]]
SMALL = "small"
# Before the name of a word in the groups: the other ways to say it (same_as).
AS = "="
_TOKEN = re.compile(r"\s*([~_]\d+|\{\w+\}|[()|?]|[\wñ.,]+\*?)")


class PatternError(ValueError):
    """A pattern that cannot be read; says which and where."""


@dataclass(frozen=True)
class _Words:
    """One word of a message, out of these (some end in *)."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class _Gap:
    """Up to `count` words: of any kind, or small ones only."""

    count: int
    small: bool


_Sequence = tuple[_Words | _Gap, ...]


class _Reader:
    """Reads one pattern by recursive descent."""

    def __init__(self, pattern: str, groups: Groups) -> None:
        self._pattern = pattern
        self._groups = groups
        self._left = self._split()

    def _split(self) -> list[str]:
        found, at = [], 0
        text = self._pattern.rstrip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise PatternError(f"cannot read {text[at:]!r} in {self._pattern!r}")
            found.append(match[1])
            at = match.end()
        return found

    def read(self) -> list[_Sequence]:
        found = self._alternatives()
        if self._left:
            raise PatternError(f"unexpected {self._left[0]!r} in {self._pattern!r}")
        return found

    def _alternatives(self) -> list[_Sequence]:
        """Sequences parted by |; those of a single word become one."""
        found = self._sequence()
        while self._left and self._left[0] == "|":
            self._left.pop(0)
            found += self._sequence()
        words = [seq[0].words for seq in found if len(seq) == 1 and isinstance(seq[0], _Words)]
        longer = [seq for seq in found if len(seq) != 1 or not isinstance(seq[0], _Words)]
        if words:
            merged = tuple(dict.fromkeys(word for some in words for word in some))
            longer.append((_Words(merged),))
        return longer

    def _sequence(self) -> list[_Sequence]:
        parts: list[list[_Sequence]] = []
        while self._left and self._left[0] not in "|)":
            parts.append(self._item())
        if not parts:
            raise PatternError(f"nothing where a word should be in {self._pattern!r}")
        return [sum(chosen, ()) for chosen in product(*parts)]

    def _item(self) -> list[_Sequence]:
        token = self._left.pop(0)
        if token[0] in "~_" and token[1:].isdigit():
            return [(_Gap(int(token[1:]), token[0] == "_"),)]
        if token == "(":
            found = self._alternatives()
            if not self._left or self._left.pop(0) != ")":
                raise PatternError(f"a bracket is open in {self._pattern!r}")
        elif token in "|)?":
            raise PatternError(f"unexpected {token!r} in {self._pattern!r}")
        else:
            found = [(_Words(self._words(token)),)]
        if self._left and self._left[0] == "?":
            self._left.pop(0)
            return [*found, ()]
        return found

    def _words(self, token: str) -> tuple[str, ...]:
        if not token.startswith("{"):
            ways = (way for way in self._groups.get(AS + token, ()) if " " not in way)
            return tuple(dict.fromkeys([token, *ways]))
        name = token.strip("{}")
        if name not in self._groups:
            raise PatternError(f"there is no group {name!r} for {self._pattern!r}")
        inner = [self._words(entry) for entry in self._groups[name]]
        return tuple(dict.fromkeys(word for some in inner for word in some))


def _one_of(words: Iterable[str]) -> str:
    """A regular expression for one word out of these."""
    choices = (
        re.escape(word.removesuffix("*")) + (r"\S*" if word.endswith("*") else "") for word in words
    )
    return f"(?:{'|'.join(choices)})"


class Pattern:
    """One pattern, read."""

    def __init__(self, text: str, groups: Groups) -> None:
        """Reads it.

        Raises:
            PatternError: it cannot be read.
        """
        self.text = text
        self._groups = groups
        # An empty sequence would match everywhere.
        self._sequences = [sequence for sequence in _Reader(text, groups).read() if sequence]

    def expression(self) -> str:
        """A regular expression on words with one space between them, matching whole words."""
        ways = "|".join(self._sequence(sequence) for sequence in self._sequences)
        return rf"(?<!\S)(?:{ways})(?!\S)"

    def _sequence(self, sequence: _Sequence) -> str:
        """Every item but the last word is followed by a space."""
        parts: list[str] = []
        for item in sequence:
            if isinstance(item, _Words):
                parts.append(_one_of(item.words) + " ")
            else:
                word = _one_of([*self._groups[SMALL], ","]) if item.small else r"(?!\. )\S+"
                parts.append(rf"(?:{word} ){{0,{item.count}}}?")
        # A gap at the end holds nothing.
        while sequence and isinstance(sequence[-1], _Gap):
            sequence = sequence[:-1]
            parts.pop()
        return "".join(parts).rstrip(" ")

    def needed(self) -> list[list[tuple[str, ...]]]:
        """For each way to match: the words, one of each of which a message must hold."""
        return [
            [item.words for item in sequence if isinstance(item, _Words)]
            for sequence in self._sequences
        ]

    def whole_words(self) -> set[str]:
        """Every word that the pattern names in full, through its groups too."""
        return {
            word
            for choices in self.needed()
            for words in choices
            for word in words
            if not word.endswith("*")
        }


def words_of(match: re.Match[str]) -> tuple[int, int]:
    """The first word of a match and the one behind it, counted in the text that was matched."""
    begin = match.string.count(" ", 0, match.start())
    return begin, begin + match[0].count(" ") + 1
