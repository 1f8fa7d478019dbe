"""Tf-idf rows from looked-up columns: scikit-learn's numbers, quicker for a few rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

Array = np.ndarray[Any, Any]


def tfidf_rows(occurring: Sequence[Array], weights: Array) -> csr_matrix:
    """Rows of unit length, [texts, terms], as TfidfVectorizer with `sublinear_tf` makes them.

    Args:
        occurring: for each text the columns of its known terms, each as often as it occurs.
        weights: the terms' inverse document frequencies, float32.
    """
    data, indices, ends = [], [], [0]
    for columns in occurring:
        found, often = np.unique(columns, return_counts=True)
        row = (1 + np.log(often.astype(np.float32))) * weights[found]
        data.append(row / max(float(np.linalg.norm(row)), 1e-9))
        indices.append(found)
        ends.append(ends[-1] + len(found))
    entries = (np.concatenate(data), np.concatenate(indices), np.array(ends, dtype=np.int32))
    return csr_matrix(entries, shape=(len(ends) - 1, len(weights)), dtype=np.float32)
