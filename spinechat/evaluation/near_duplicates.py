"""Finds phrases that are too alike: inside the training data, or between training and test.

Two phrases are too alike when their character 3-grams overlap (Jaccard) by more than 0.7, or
when the encoder puts them closer than a cosine of 0.97.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer

from spinechat.nlu.text import normalised

MAX_OVERLAP = 0.7
MAX_COSINE = 0.97
# Phrases that are compared with all others at once; more take more memory, fewer more time.
BLOCK = 256


def _letters(text: str) -> str:
    return "".join(c if c.isalnum() else " " for c in normalised(text))


def _overlaps(texts: Sequence[str]) -> csr_matrix:
    """0/1 rows of the character 3-grams in each text."""
    counter = CountVectorizer(analyzer="char_wb", ngram_range=(3, 3), binary=True, dtype=np.float32)
    return counter.fit_transform([_letters(text) or "_" for text in texts]).tocsr()


def too_alike(
    texts: Sequence[str], vectors: np.ndarray[Any, Any], first: int
) -> list[tuple[int, int, str]]:
    """Pairs (i, j, why) with i < j that are too alike.

    Args:
        texts: all phrases.
        vectors: their unit vectors, [phrases, dimensions].
        first: only pairs with i < first are reported (all training phrases against everything).
    """
    grams = _overlaps(texts)
    sizes = np.asarray(grams.sum(axis=1)).ravel()
    pairs: list[tuple[int, int, str]] = []
    for begin in range(0, first, BLOCK):
        end = min(begin + BLOCK, first)
        shared = np.asarray((grams[begin:end] @ grams[begin:].T).todense())
        union = sizes[begin:end, None] + sizes[None, begin:] - shared
        overlap = shared / np.maximum(union, 1)
        cosine = vectors[begin:end] @ vectors[begin:].T
        alike = (overlap > MAX_OVERLAP) | (cosine > MAX_COSINE)
        for row, column in np.argwhere(np.triu(alike, k=1)):
            why = f"overlap {overlap[row, column]:.2f}, cosine {cosine[row, column]:.2f}"
            pairs.append((begin + int(row), begin + int(column), why))
    return pairs
