"""Tf-idf rows from looked-up columns: scikit-learn's numbers, quicker for a few rows.

A row is kept as its columns and values: a sparse matrix costs more to make than to use here.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]


class TermRow(NamedTuple):
    """One text's terms.

    Attributes:
        columns: of the terms that occur, ascending, int32.
        values: their weights, of length 1 together, float32.
    """

    columns: Array
    values: Array

    def times(self, weights: Array) -> Array:
        """The product with `weights` [terms, outputs]: [outputs]."""
        return np.asarray(self.values @ weights[self.columns])


def tfidf_row(occurring: Array, weights: Array) -> TermRow:
    """A row of unit length, as TfidfVectorizer with `sublinear_tf` makes it.

    Args:
        occurring: the columns of a text's known terms, each as often as it occurs.
        weights: the terms' inverse document frequencies, float32.
    """
    columns, often = np.unique(occurring, return_counts=True)
    values = (1 + np.log(often.astype(np.float32))) * weights[columns]
    return TermRow(columns, values / max(float(np.linalg.norm(values)), 1e-9))
