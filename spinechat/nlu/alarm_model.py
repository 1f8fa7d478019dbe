"""Two of the three machines behind the alarm classifier; they err on different messages.

A linear one weighs every feature; one with radial basis functions compares the message's meaning
with the phrases nearest to it (docs/decisions.md has the figures). The third are the encoder's
tuned layers. Kept apart from Rasa, so that tests can use it on any features.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.svm import SVC, LinearSVC

from spinechat.topics import ALARMS

Array = np.ndarray[Any, Any]
_FILE = "alarm.npz"
# SVC's C: the nearest phrases are few, so each is trusted more than by the linear machine.
NEAR_PENALTY = 4.0
# Columns of the linear weights.
_ALARM, _CRISIS = 0, 1


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
            labels: "crisis", "emergency" or anything else; at least one of each.
            penalty: C of the linear machine; larger trusts single phrases more.
            reach: gamma of the radial basis functions; larger looks at nearer phrases only.
        """
        alarm = np.isin(labels, ALARMS)
        crisis = np.array(labels)[alarm] == "crisis"
        rows = hstack([csr_matrix(meaning), others]).tocsr().astype(np.float32)
        line = LinearSVC(C=penalty, random_state=0).fit(rows, alarm)
        kind = LinearSVC(C=penalty, class_weight="balanced", random_state=0)
        kind.fit(rows[alarm], crisis)
        near = SVC(C=NEAR_PENALTY, gamma=reach, cache_size=1000).fit(meaning, alarm)
        return cls(
            {
                "weights": np.vstack([line.coef_, kind.coef_]).astype(np.float32),
                "bias": np.append(line.intercept_, kind.intercept_).astype(np.float32),
                "phrases": near.support_vectors_.astype(np.float32),
                "votes": near.dual_coef_[0].astype(np.float32),
                "offset": near.intercept_.astype(np.float32),
                "reach": np.array(reach),
            }
        )

    def _linear(self, column: int, meaning: Array, *others: csr_matrix) -> Array:
        width = meaning.shape[1]
        weights = self._weights[:, column]
        scores = meaning @ weights[:width] + self._arrays["bias"][column]
        for block in others:
            scores = scores + block @ weights[width : width + block.shape[1]]
            width += block.shape[1]
        return np.asarray(scores)

    def margins(self, meaning: Array, *others: csr_matrix) -> Array:
        """Both machines' margins added up, [rows]; above 0 speaks for an alarm.

        Args:
            meaning: [rows, dimensions].
            others: the other features in blocks, in the order of the fit.
        """
        # Unit vectors: the squared distance is 2 - 2 x . y.
        distances = 2 - 2 * meaning @ self._arrays["phrases"].T
        near = np.exp(-self._reach * distances) @ self._arrays["votes"] + self._arrays["offset"]
        return np.asarray(self._linear(_ALARM, meaning, *others) + near)

    def likelier(self, meaning: Array, *others: csr_matrix) -> str:
        """Which alarm one message would be; for the arguments see `margins`."""
        return ALARMS[0] if self._linear(_CRISIS, meaning, *others)[0] > 0 else ALARMS[1]

    def save(self, folder: Path) -> None:
        """Writes its arrays; no pickle."""
        np.savez(folder / _FILE, **self._arrays)

    @classmethod
    def load(cls, folder: Path) -> AlarmModel:
        """Reads what `save` wrote."""
        with np.load(folder / _FILE, allow_pickle=False) as arrays:
            return cls(dict(arrays))
