"""What the tuned layers say of a message: a score for each intent, and for groups of intents.

A score is a product of the tuned vector with the head's direction, plus a bias. The heads are
learned together with the layers (tuning.py) and travel beside the graph in the model archive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
HEADS_FILE = "heads.npz"
# Environment variable that `spinechat train --quick` sets: a folder with an encoder that was tuned
# before, which then is not tuned anew, though the phrases are others.
TUNED_BEFORE = "SPINECHAT_TUNED_BEFORE"


@dataclass(frozen=True)
class Calls:
    """What the heads say of a message and of its parts.

    Attributes:
        groups: for each group, [rows] scores; above 0 speaks for the group.
        intents: [rows, intents] scores; the softmax of a row are its probabilities.
        names: the intents, in the order of the columns.
    """

    groups: dict[str, Array]
    intents: Array
    names: tuple[str, ...]


@dataclass(frozen=True)
class Heads:
    """The heads over the tuned vectors.

    Attributes:
        groups: names of the groups; their columns come first.
        intents: names of the intents, in the order of their columns.
        weights: [384, groups + intents].
        bias: [groups + intents].
    """

    groups: tuple[str, ...]
    intents: tuple[str, ...]
    weights: Array
    bias: Array

    def calls(self, vectors: Array) -> Calls:
        """Scores of tuned unit vectors, [rows, 384]."""
        scores = vectors @ self.weights + self.bias
        first = len(self.groups)
        groups = {name: scores[:, column] for column, name in enumerate(self.groups)}
        return Calls(groups, scores[:, first:], self.intents)

    def save(self, folder: Path) -> None:
        """Writes arrays and names; no pickle."""
        np.savez(
            folder / HEADS_FILE,
            groups=np.array(self.groups, dtype=str),
            intents=np.array(self.intents, dtype=str),
            weights=self.weights,
            bias=self.bias,
        )

    @classmethod
    def load(cls, folder: Path) -> Heads:
        """Reads what `save` wrote."""
        with np.load(folder / HEADS_FILE, allow_pickle=False) as arrays:
            groups: Sequence[str] = arrays["groups"].tolist()
            intents: Sequence[str] = arrays["intents"].tolist()
            return cls(tuple(groups), tuple(intents), arrays["weights"], arrays["bias"])
