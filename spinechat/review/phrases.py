"""The training phrases nearest in meaning to a message."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from tqdm import tqdm

from spinechat.encoder import SentenceVectors, prepared_encoder
from spinechat.encoder.weights import cache_root
from spinechat.nlu.text import normalised
from spinechat.project import project_root, read_yaml

PHRASES = "data/nlu.yml"
Array = np.ndarray[Any, Any]


class Phrase(NamedTuple):
    """A training phrase and its intent."""

    intent: str
    text: str


class NearPhrase(NamedTuple):
    """A phrase and how near it is (cosine, 1 is the same)."""

    phrase: Phrase
    nearness: float


def training_phrases() -> list[Phrase]:
    """All phrases of data/nlu.yml, in its order."""
    found = []
    for entry in read_yaml(PHRASES)["nlu"]:
        if "intent" in entry:
            lines = filter(str.strip, entry["examples"].splitlines())
            found += [Phrase(entry["intent"], line.removeprefix("- ")) for line in lines]
    return found


class PhraseIndex:
    """The phrases' vectors, kept in the cache until the phrases change."""

    def __init__(self, before: PhraseIndex | None = None) -> None:
        """Encodes the phrases that were not encoded before (half a minute for all).

        Args:
            before: an index of other phrases, whose vectors are taken over.
        """
        self.phrases = training_phrases()
        self._encoder: SentenceVectors = (
            before._encoder if before else SentenceVectors(prepared_encoder())
        )
        self._known: dict[str, Array] = dict(before._known) if before else {}
        if before is None:
            self._read()
        self._vectors = self.vectors_of([phrase.text for phrase in self.phrases])

    def _read(self) -> None:
        """Takes the phrases' vectors from the cache, or puts them there."""
        digest = hashlib.sha256((project_root() / PHRASES).read_bytes()).hexdigest()
        encoder = prepared_encoder().name
        path = cache_root() / f"phrases-{digest[:16]}-{encoder}.npy"
        rows = np.load(path, allow_pickle=False) if path.is_file() else self._encoded(path)
        self._known = {phrase.text: row for phrase, row in zip(self.phrases, rows, strict=True)}

    def _encoded(self, path: Path) -> Array:
        texts = tqdm([phrase.text for phrase in self.phrases], "Encoding phrases", unit="phrase")
        vectors = np.vstack([self.vector(text) for text in texts])
        path.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: another process may read it at this moment.
        draft = path.with_suffix(f".{os.getpid()}.npy")
        np.save(draft, vectors)
        draft.replace(path)
        return vectors

    def vector(self, text: str) -> Array:
        """A text's unit vector, [384]."""
        return np.asarray(self._encoder.encode([normalised(text)])[0])

    def vectors_of(self, texts: list[str]) -> Array:
        """Unit vectors of texts, [texts, 384]; what was encoded once is kept."""
        for text in texts:
            if text not in self._known:
                self._known[text] = self.vector(text)
        return np.array([self._known[text] for text in texts])

    def nearest(self, text: str, count: int) -> list[NearPhrase]:
        """The `count` phrases nearest to a text, nearest first."""
        nearness = self._vectors @ self.vector(text)
        best = np.argsort(-nearness)[:count]
        return [NearPhrase(self.phrases[at], float(nearness[at])) for at in best]
