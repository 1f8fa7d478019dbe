"""Spelling corrector: typing errors in a message are mended before anything else reads it.

Only the copy that the featurizers read is mended; the red-flag screen has its own, more careful
way with misspellings and reads what was written. A word that English or the training phrases use
often stays as it is; another becomes the word of the phrases that is nearest in letters or sound.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from jellyfish import damerau_levenshtein_distance, metaphone
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from symspellpy import SymSpell, Verbosity

from spinechat.nlu.component import StoredComponent
from spinechat.nlu.text import normalised
from spinechat.nlu.tokenizer import CLAUSES, ClauseTokenizer
from spinechat.redflags.frequencies import word_counts
from spinechat.spanish import looks_spanish

# Message property: the clauses, one at least, normalised and mended: what the featurizers read.
PARTS = "parts"
# Words that were mended and are remembered, in memory only.
WORDS_KEPT = 20_000
_WORD = re.compile(r"[a-z']+")
_VOCABULARY = "words.json"
_FURTHEST = 2
# Letters of a word that is looked up by its sound, and the share of them that may differ then:
# "complicashuns" is four letters away from "complications".
_SOUNDED, _SOUND_SHARE = 5, 0.45
# How much likelier a neighbour is that sounds alike, and one with a letter more: letters are
# dropped more often than added.
_ALIKE, _LONGER = 4, 3


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SpellingCorrector(StoredComponent):
    """Puts the nearest word of the training phrases in the place of a word that is none."""

    LEARNED_BY = ("nlu/spelling.py", "nlu/text.py", "nlu/component.py")

    @classmethod
    def required_components(cls) -> list[type]:
        """Clauses come from the tokenizer."""
        return [ClauseTokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Settings.

        shortest: letters of a word that may be mended; shorter ones are too like one another.
        two_errors: letters from which on two errors are mended, not only one.
        common: so many of the commonest English words stay as they are.
        own: phrases in which another word must stand to stay as it is.
        seen: phrases in which a word must stand, so that others are mended to it.
        """
        return {"shortest": 4, "two_errors": 7, "common": 100_000, "own": 2, "seen": 3}

    def __init__(self, config: dict[str, Any], name: str) -> None:
        self._config = config
        self._counts: dict[str, int] = {}
        self._settled: frozenset[str] = frozenset()
        self._near = SymSpell(max_dictionary_edit_distance=_FURTHEST)
        self._sounds: dict[str, list[str]] = defaultdict(list)
        self._mended = lru_cache(maxsize=WORDS_KEPT)(self._mend)

    def learn(self, training_data: TrainingData) -> None:
        """Counts in how many phrases each word stands."""
        counts: Counter[str] = Counter()
        for message in training_data.intent_examples:
            counts.update(set(_WORD.findall(normalised(message.get(TEXT) or ""))))
        self._counts = dict(counts)

    def write(self, folder: Path) -> None:
        """Writes the words as JSON."""
        (folder / _VOCABULARY).write_text(json.dumps(self._counts), encoding="utf-8")

    def read(self, folder: Path) -> None:
        """Reads them."""
        self._counts = json.loads((folder / _VOCABULARY).read_text(encoding="utf-8"))
        english = list(word_counts())[: self._config["common"]]
        often = (word for word, count in self._counts.items() if count >= self._config["own"])
        self._settled = frozenset([*english, *often])
        for word, count in self._counts.items():
            if self._may_replace(word):
                self._near.create_dictionary_entry(word, count)
                self._sounds[metaphone(word)].append(word)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Phrases stay as they are."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets the parts of each message."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                parts = [normalised(clause) for clause in message.get(CLAUSES) or [text]]
                message.set(PARTS, self.mended(parts))
        return messages

    def mended(self, parts: list[str]) -> list[str]:
        """Normalised texts with their typing errors mended; Spanish ones as they are."""
        strange = any(word not in self._settled for part in parts for word in _WORD.findall(part))
        if not strange or looks_spanish(" ".join(parts)):
            return parts
        return [_WORD.sub(lambda found: self._mended(found.group()), part) for part in parts]

    def _may_replace(self, word: str) -> bool:
        """Common enough in the phrases, and no misspelling that stands in them."""
        enough = self._counts[word] >= self._config["seen"]
        return enough and word in word_counts() and len(word) > 1

    def _mend(self, word: str) -> str:
        if word in self._settled or len(word) < self._config["shortest"]:
            return word
        near = self._neighbour(word) or self._alike(word) or self._halves(word)
        if not near and len(word) >= self._config["two_errors"]:
            found = self._near.lookup(word, Verbosity.TOP, max_edit_distance=_FURTHEST)
            near = found[0].term if found else ""
        return near or word

    def _neighbour(self, word: str) -> str:
        """The likeliest word that is one error away, or ""."""
        found = self._near.lookup(word, Verbosity.CLOSEST, max_edit_distance=1)
        sound = metaphone(word)

        def likely(other: str) -> int:
            alike = _ALIKE if metaphone(other) == sound else 1
            return alike * (_LONGER if len(other) > len(word) else 1) * self._counts[other]

        # "abc" must not lose a letter and become a word of two.
        words = [one.term for one in found if len(one.term) > 2]
        return max(words, key=likely, default="")

    def _alike(self, word: str) -> str:
        """The nearest word that sounds the same, or ""."""
        if len(word) < _SOUNDED:
            return ""
        alike = [
            (damerau_levenshtein_distance(word, other), -self._counts[other], other)
            for other in self._sounds.get(metaphone(word), ())
        ]
        near = [entry for entry in alike if entry[0] <= _SOUND_SHARE * len(word)]
        return min(near)[2] if near else ""

    def _halves(self, word: str) -> str:
        """The likeliest two words of which the space between is missing, or ""."""
        total = sum(self._counts.values())
        splits = [
            (math.log(self._counts[word[:at]] / total) + math.log(self._counts[word[at:]] / total),
             f"{word[:at]} {word[at:]}")
            for at in range(1, len(word))
            if self._is_half(word[:at]) and self._is_half(word[at:])
        ]  # fmt: skip
        return max(splits)[1] if splits else ""

    def _is_half(self, word: str) -> bool:
        known = word in self._counts and self._may_replace(word)
        return known or (word in ("a", "i") and word in self._counts)
