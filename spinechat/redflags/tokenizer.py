"""A spaCy tokenizer for words as patients type them.

Before anything is matched: lower case, no accents (but ñ), no apostrophes, no emoji, stretched
letters shortened, l e t t e r s  apart joined, words run together taken apart, key words with one
typing error mended, and many ways to say the same word made one ("couldn't" and "unable to" are
both `cannot`). The patterns of data/red_flags.yml see only these words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from spacy.tokens import Doc
from spacy.vocab import Vocab
from symspellpy import SymSpell, Verbosity

from spinechat.redflags.frequencies import word_counts

# Sentence ends; a denial does not reach over them.
ENDS = frozenset(".!?;")
_WORD = re.compile(r"[a-zñ]+|\d+(?:[.,]\d+)?|[.!?;\n\r]+|,")
_STRETCHED = re.compile(r"([a-zñ])\1{2,}")
_SPACED = re.compile(r"\b(?:[a-zñ] ){3,}[a-zñ]\b")
_APOSTROPHES = re.compile(r"(?<=\w)['’‘`´ʼ′]+(?=\w)")
_TILDE = "\u0303"
# A word of a key this long may hold one typing error; shorter ones are too near to other words.
KEY_LENGTH = 5
# The commonest words take part in taking glued words apart; rarer ones only make it worse.
COMMON = 12_000
GLUED_LENGTH = 8
LONGEST_WORD = 14


def folded(text: str) -> str:
    """Lower case, without accents (ñ stays), apostrophes, stretched and spaced-out letters."""
    # Before NFKD, which takes an acute accent that stands for an apostrophe apart.
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text.lower()))
    plain = plain.replace("n" + _TILDE, "ñ")
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = _STRETCHED.sub(r"\1\1", plain)
    return _SPACED.sub(lambda match: match.group().replace(" ", ""), plain)


class PatientTokenizer:
    """Makes a spaCy document of canonical words with sentence starts."""

    def __init__(self, vocab: Vocab, same_as: Mapping[str, Iterable[str]], keys: set[str]) -> None:
        """Builds the look-ups.

        Args:
            vocab: of the pipeline.
            same_as: other ways to say a word, by the word.
            keys: words of the patterns; they are known, and typing errors in them are mended.
        """
        self._vocab = vocab
        self._names: dict[str, set[str]] = {}
        self._ways: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        ways = [(tuple(folded(w).split()), name) for name, ways in same_as.items() for w in ways]
        for way, name in sorted(ways, key=lambda pair: -len(pair[0])):
            if len(way) == 1:
                self._names.setdefault(way[0], {way[0]}).add(name)
            else:
                self._ways.setdefault(way[0], []).append((way, name))
        words = keys | {word for way, _ in ways for word in way}
        frequencies = word_counts()
        self._known = frequencies.keys() | words
        self._typos = SymSpell(max_dictionary_edit_distance=1, prefix_length=7)
        # In order, so that the same words are mended alike in every process.
        for word in sorted(words):
            if len(word) >= KEY_LENGTH and word.isalpha():
                self._typos.create_dictionary_entry(word, 1)
        self._glue = SymSpell(max_dictionary_edit_distance=0, prefix_length=7)
        for word, count in list(frequencies.items())[:COMMON]:
            self._glue.create_dictionary_entry(word, count)
        for word in sorted(words):
            if word not in frequencies:
                self._glue.create_dictionary_entry(word, 1_000_000)
        self._mended = lru_cache(maxsize=20_000)(self._mend)

    def __call__(self, text: str) -> Doc:
        """A document of canonical words; never empty, as spaCy's matchers want a word."""
        words: list[str] = []
        for match in _WORD.finditer(folded(text)):
            token = match.group()
            if token[0].isalpha():
                words.extend(self._mended(token))
            elif token[0].isdigit():
                words.append(token)
            else:
                # A new line may stand in the middle of a sentence: it counts as a comma.
                words.append("." if ENDS & set(token) else ",")
        canonical = self._canonical(words)
        if len(canonical) < len(words):
            # Once more, as a phrase may hold a word that stands for a phrase ("can not feel").
            canonical = self._canonical(canonical)
        words = canonical or ["."]
        starts = [not i or words[i - 1] == "." for i in range(len(words))]
        return Doc(self._vocab, words=words, sent_starts=starts)

    def _mend(self, word: str) -> tuple[str, ...]:
        """One word as it was meant: itself, without a typing error, or as several words."""
        if word in self._known or len(word) < KEY_LENGTH:
            return (word,)
        close = self._typos.lookup(word, Verbosity.TOP, max_edit_distance=1)
        # The first letter is seldom wrong, and "never" is not "fever".
        if close and close[0].term[0] == word[0]:
            return (close[0].term,)
        if len(word) < GLUED_LENGTH:
            return (word,)
        parts = self._glue.word_segmentation(word, 0, LONGEST_WORD).corrected_string.split()
        # Crumbs of one or two letters show that it was no English.
        if len(word) / len(parts) < 2.5:
            return (word,)
        return tuple(parts)

    def _canonical(self, words: list[str]) -> list[str]:
        """The words with every known phrase replaced by the one word that the patterns use."""
        names = [self._names.get(word, {word}) for word in words]
        result: list[str] = []
        at = 0
        while at < len(words):
            phrase = self._phrase_at(names, at)
            if phrase is None:
                result.append(words[at])
                at += 1
            else:
                result.append(phrase[0])
                at += phrase[1]
        return result

    def _phrase_at(self, names: list[set[str]], at: int) -> tuple[str, int] | None:
        """The canonical word of the longest phrase that begins here, and the phrase's length."""
        best: tuple[str, int] | None = None
        for first in names[at]:
            for way, word in self._ways.get(first, ()):
                length = len(way)
                if best is not None and length <= best[1]:
                    break
                here = names[at : at + length]
                if len(here) == length and all(w in n for w, n in zip(way, here, strict=True)):
                    best = word, length
                    break
        return best
