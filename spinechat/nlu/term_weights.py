"""Tf-idf weights of terms that were taken from a text before (scikit-learn's, without pickle)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from spinechat.nlu.tfidf import tfidf_rows

_TERMS = "terms.json"
_WEIGHTS = "terms.npy"


def _as_they_are(terms: list[str]) -> list[str]:
    return terms


class TermWeights:
    """Rows of weighted terms."""

    def __init__(self, fewest: int) -> None:
        """`fewest`: terms in fewer texts than that are left out."""
        self._tfidf = TfidfVectorizer(
            analyzer=_as_they_are, min_df=fewest, sublinear_tf=True, dtype=np.float32
        )

        # scikit-learn sums a matrix at each access.
        self._weights = lru_cache(maxsize=1)(self._idf)

    def fit(self, texts: Iterable[list[str]]) -> csr_matrix:
        """Learns the terms of these texts and returns their rows, [texts, terms]."""
        return self._tfidf.fit_transform(texts)

    def rows(self, texts: Iterable[list[str]]) -> csr_matrix:
        """Rows of other texts, [texts, terms]."""
        known = self._tfidf.vocabulary_
        columns = [[known[term] for term in terms if term in known] for terms in texts]
        return tfidf_rows([np.array(each, dtype=np.int32) for each in columns], self._weights())

    def _idf(self) -> np.ndarray[Any, Any]:
        return np.asarray(self._tfidf.idf_, dtype=np.float32)

    def write(self, folder: Path) -> None:
        """Writes the terms as JSON, their weights as an array."""
        terms = self._tfidf.get_feature_names_out().tolist()
        (folder / _TERMS).write_text(json.dumps(terms), encoding="utf-8")
        np.save(folder / _WEIGHTS, self._tfidf.idf_.astype(np.float32))

    def read(self, folder: Path) -> None:
        """Reads what `write` wrote."""
        terms = json.loads((folder / _TERMS).read_text(encoding="utf-8"))
        self._tfidf.vocabulary_ = {term: column for column, term in enumerate(terms)}
        self._tfidf.idf_ = np.load(folder / _WEIGHTS, allow_pickle=False)
