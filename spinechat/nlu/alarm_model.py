"""The model behind the alarm classifier: two machines that err on different messages.

A linear one weighs every feature; one with radial basis functions compares the message's meaning
with the phrases nearest to it. Together they missed a third fewer of the held-out alarms than
either alone (docs/decisions.md). Kept apart from Rasa, so that tests can use it on any features.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import SVC, LinearSVC
from tqdm import tqdm

Array = np.ndarray[Any, Any]
_FILE = "alarm.npz"
# Folds of the cross-validation that turns margins into probabilities.
FOLDS = 3


class AlarmModel:
    """Tells alarms from all other messages, and crises from emergencies."""

    def __init__(self, arrays: dict[str, Array]) -> None:
        """`arrays`: as `fit` makes and `save` keeps them."""
        self._arrays = arrays
        self._reach = float(arrays["reach"])
        self._weights = np.ascontiguousarray(arrays["weights"].T)

    @classmethod
    def fit(
        cls, meaning: Array, others: csr_matrix, labels: list[str], *, penalty: float, reach: float
    ) -> AlarmModel:
        """Fits on phrases.

        Args:
            meaning: unit vectors, [phrases, dimensions].
            others: every other feature, [phrases, features].
            labels: "crisis", "emergency" or anything else, at least `FOLDS` of each.
            penalty: C of the linear machine; larger trusts single phrases more.
            reach: gamma of the radial basis functions; larger looks at nearer phrases only.
        """
        alarm = np.isin(labels, ("crisis", "emergency"))
        rows = hstack([csr_matrix(meaning), others]).tocsr().astype(np.float32)
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(rows, alarm)
        margins = np.zeros(len(alarm))
        for train, held in tqdm(list(folds), desc="Calibrating alarms", unit="fold"):
            part = cls._fitted(meaning[train], rows[train], alarm[train], penalty, reach)
            margins[held] = cls(part).margins(meaning[held], rows[held][:, meaning.shape[1] :])
        arrays = cls._fitted(meaning, rows, alarm, penalty, reach)
        trust = LogisticRegression().fit(margins[:, None], alarm)
        crisis = np.array(labels)[alarm] == "crisis"
        kind = LinearSVC(C=penalty, class_weight="balanced", random_state=0)
        kind.fit(rows[alarm], crisis)
        weights = np.vstack([arrays["weights"], kind.coef_]).astype(np.float32)
        bias = np.append(arrays["bias"], kind.intercept_).astype(np.float32)
        scale = np.array([trust.coef_[0, 0], trust.intercept_[0]])
        return cls({**arrays, "weights": weights, "bias": bias, "scale": scale})

    @staticmethod
    def _fitted(
        meaning: Array, rows: csr_matrix, alarm: Array, penalty: float, reach: float
    ) -> dict[str, Array]:
        line = LinearSVC(C=penalty, class_weight="balanced", random_state=0).fit(rows, alarm)
        near = SVC(C=4.0, gamma=reach, class_weight="balanced", cache_size=1000)
        near.fit(meaning, alarm)
        return {
            "weights": line.coef_.astype(np.float32),
            "bias": line.intercept_.astype(np.float32),
            "phrases": near.support_vectors_.astype(np.float32),
            "votes": near.dual_coef_[0].astype(np.float32),
            "offset": near.intercept_.astype(np.float32),
            "reach": np.array(reach),
        }

    def _linear(self, column: int, meaning: Array, *others: csr_matrix) -> Array:
        width = meaning.shape[1]
        weights = self._weights[:, column]
        scores = meaning @ weights[:width] + self._arrays["bias"][column]
        for block in others:
            scores = scores + block @ weights[width : width + block.shape[1]]
            width += block.shape[1]
        return np.asarray(scores)

    def margins(self, meaning: Array, *others: csr_matrix) -> Array:
        """Both machines' margins added up, [rows]; above 0 speaks for an alarm."""
        # Unit vectors: the squared distance is 2 - 2 x . y.
        distances = 2 - 2 * meaning @ self._arrays["phrases"].T
        near = np.exp(-self._reach * distances) @ self._arrays["votes"] + self._arrays["offset"]
        return np.asarray(self._linear(0, meaning, *others) + near)

    def chance(self, meaning: Array, *others: csr_matrix) -> tuple[float, str]:
        """The probability that one message is an alarm, and which one it would be.

        Args:
            meaning: [1, dimensions].
            others: the other features in the order of the fit, [1, features] each.
        """
        slope, offset = self._arrays["scale"]
        margin = float(self.margins(meaning, *others)[0])
        crisis = self._linear(1, meaning, *others)[0] > 0
        return 1 / (1 + float(np.exp(-slope * margin - offset))), (
            "crisis" if crisis else "emergency"
        )

    def save(self, folder: Path) -> None:
        """Writes its arrays; no pickle."""
        np.savez(folder / _FILE, **self._arrays)

    @classmethod
    def load(cls, folder: Path) -> AlarmModel:
        """Reads what `save` wrote."""
        with np.load(folder / _FILE, allow_pickle=False) as arrays:
            return cls(dict(arrays))
