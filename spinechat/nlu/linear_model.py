"""A calibrated linear classifier: support vectors for the scores, one temperature for trust.

Kept apart from Rasa, so that benchmarks and tests can use it on any features.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC
from tqdm import tqdm

from spinechat.nlu.tfidf import TermRow

_ARRAYS = "linear.npz"
_LABELS = "labels.json"
# Folds of the cross-validation that finds the temperature.
FOLDS = 3
# Score of a label of which a fold holds no phrase.
UNHEARD = -1e3


def softmax(scores: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Rows of scores as rows of probabilities."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


class CalibratedLinearModel:
    """Linear scores for each label, turned into probabilities that mean what they say.

    The scale of the softmax is the one at which the probabilities of held-out phrases fit best
    (temperature scaling, Guo et al. 2017, "On Calibration of Modern Neural Networks").
    """

    def __init__(
        self,
        labels: list[str],
        weights: np.ndarray[Any, Any],
        bias: np.ndarray[Any, Any],
        scale: float,
    ) -> None:
        """Weights [labels, features], bias [labels], scale of the scores before the softmax."""
        self.labels = labels
        self.weights = weights
        self.bias = bias
        self.scale = scale
        # float32 like the features: another type would copy all weights at every message.
        self._columns = np.ascontiguousarray(weights.T, dtype=np.float32)

    @classmethod
    def fit(cls, rows: csr_matrix, labels: list[str], penalty: float) -> CalibratedLinearModel:
        """Fits on `rows` [phrases, features].

        Args:
            rows: features of the training phrases.
            labels: the label of each row, two different ones at least.
            penalty: LinearSVC's C; larger trusts single phrases more.
        """
        names, weights, bias = _fitted(rows, labels, penalty)
        truth = np.array([names.index(label) for label in labels])
        scale = _best_scale(*cls._held_out_scores(rows, truth, penalty))
        return cls(names, weights, bias, scale)

    @staticmethod
    def _held_out_scores(
        rows: csr_matrix, truth: np.ndarray[Any, Any], penalty: float
    ) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """Scores of phrases that the fit did not see, [phrases, labels], and their labels.

        A phrase that is the only one of its label cannot be held out, and is left out.
        """
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
        width = int(truth.max()) + 1
        scores, heard = [], []
        splits = folds.split(rows, truth)
        for train, test in tqdm(splits, total=FOLDS, desc="Calibrating", unit="fold"):
            names, weights, bias = _fitted(rows[train], truth[train].tolist(), penalty)
            known = test[np.isin(truth[test], names)]
            own = np.full((len(known), width), UNHEARD)
            own[:, names] = rows[known] @ weights.T + bias
            scores.append(own)
            heard.append(truth[known])
        return np.concatenate(scores), np.concatenate(heard)

    def probabilities(self, rows: csr_matrix) -> np.ndarray[Any, Any]:
        """Probability of each label for each row, [rows, labels]."""
        return softmax((rows @ self._columns + self.bias) * self.scale)

    def scores_beside(
        self, dense: np.ndarray[Any, Any], terms: list[TermRow]
    ) -> np.ndarray[Any, Any]:
        """Scores whose softmax are the probabilities, [rows, labels].

        The features come in two blocks, the first of them dense, [rows, first features]: quicker
        for a few rows, as nothing is copied into one sparse matrix.
        """
        width = dense.shape[1]
        further = self._columns[width:]
        scores = dense @ self._columns[:width] + np.array([row.times(further) for row in terms])
        return np.asarray((scores + self.bias) * self.scale)

    def save(self, folder: Path) -> None:
        """Writes arrays and labels to `folder`; no pickle."""
        np.savez(folder / _ARRAYS, weights=self.weights, bias=self.bias, scale=np.array(self.scale))
        (folder / _LABELS).write_text(json.dumps(self.labels), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> CalibratedLinearModel:
        """Reads what `save` wrote."""
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            weights, bias, scale = arrays["weights"], arrays["bias"], float(arrays["scale"])
        labels = json.loads((folder / _LABELS).read_text(encoding="utf-8"))
        return cls(labels, weights, bias, scale)


def _fitted(
    rows: csr_matrix, labels: list[Any], penalty: float
) -> tuple[list[Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    machine = LinearSVC(C=penalty, random_state=0).fit(rows, labels)
    weights, bias = machine.coef_, machine.intercept_
    if len(machine.classes_) == 2:
        # With two labels scikit-learn keeps one row: the second label against the first.
        weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
    return machine.classes_.tolist(), weights.astype(np.float32), bias.astype(np.float32)


def _best_scale(scores: np.ndarray[Any, Any], truth: np.ndarray[Any, Any]) -> float:
    """The scale with the least negative log-likelihood on held-out phrases."""

    def loss(log_scale: float) -> float:
        chances = softmax(scores * np.exp(log_scale))[np.arange(len(truth)), truth]
        return float(-np.log(np.clip(chances, 1e-12, 1)).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-2, 4), method="bounded").x))
