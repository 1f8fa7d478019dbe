"""The features of training phrases, for classifiers that are fitted on all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import csr_matrix, hstack, vstack


def dense_features(messages: list[Message]) -> np.ndarray[Any, Any]:
    """Dense sentence features, one row a message."""
    return np.vstack([message.get_dense_features(TEXT)[1].features for message in messages])


def sparse_features(messages: list[Message]) -> csr_matrix:
    """Sparse sentence features, one row a message."""
    rows = [message.get_sparse_features(TEXT)[1].features for message in messages]
    return vstack(rows).tocsr()


def sentence_features(messages: list[Message]) -> csr_matrix:
    """Dense and sparse sentence features side by side, one row a message."""
    return hstack([csr_matrix(dense_features(messages)), sparse_features(messages)]).tocsr()
