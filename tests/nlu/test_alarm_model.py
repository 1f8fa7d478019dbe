"""The alarm model on features made by hand, and the term weights it reads words with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.svm import SVC, LinearSVC

from spinechat.nlu.alarm_model import NEAR_PENALTY, AlarmModel
from spinechat.nlu.term_weights import TermWeights

LABELS = ["crisis", "emergency", "risks", "greet"]
REACH = 3.0


def features(count: int = 80) -> tuple[np.ndarray, csr_matrix, list[str]]:
    random = np.random.RandomState(0)
    labels = [LABELS[at % len(LABELS)] for at in range(count)]
    meaning = random.normal(size=(count, 6)).astype(np.float32)
    meaning += np.eye(6)[[LABELS.index(label) for label in labels]] * 2
    meaning /= np.linalg.norm(meaning, axis=1, keepdims=True)
    others = random.rand(count, 5).astype(np.float32) * (random.rand(count, 5) > 0.5)
    return meaning, csr_matrix(others), labels


@pytest.fixture(scope="module")
def model() -> AlarmModel:
    meaning, others, labels = features()
    return AlarmModel.fit(meaning, others, labels, penalty=1.0, reach=REACH)


def test_margins_are_those_of_both_machines(model: AlarmModel) -> None:
    meaning, others, labels = features()
    alarm = np.isin(labels, ("crisis", "emergency"))
    rows = np.hstack([meaning, others.toarray()]).astype(np.float32)
    line = LinearSVC(C=1.0, random_state=0).fit(rows, alarm).decision_function(rows)
    near = SVC(C=NEAR_PENALTY, gamma=REACH).fit(meaning, alarm).decision_function(meaning)
    assert model.margins(meaning, others) == pytest.approx(line + near, abs=1e-2)


def test_blocks_count_like_one(model: AlarmModel) -> None:
    meaning, others, _ = features()
    parts = model.margins(meaning, others[:, :2], others[:, 2:])
    assert parts == pytest.approx(model.margins(meaning, others), abs=1e-5)


def test_alarms_stand_out_and_are_told_apart(model: AlarmModel) -> None:
    meaning, others, labels = features()
    margins = model.margins(meaning, others)
    alarm = np.isin(labels, ("crisis", "emergency"))
    assert np.mean((margins > 0) == alarm) > 0.95
    told = [
        model.likelier(meaning[at : at + 1], others[at : at + 1]) == labels[at]
        for at in np.flatnonzero(alarm)
    ]
    assert np.mean(told) > 0.9


def test_a_saved_model_is_the_same(model: AlarmModel, tmp_path: Path) -> None:
    meaning, others, _ = features()
    model.save(tmp_path)
    again = AlarmModel.load(tmp_path)
    assert np.array_equal(again.margins(meaning, others), model.margins(meaning, others))


def test_term_weights_are_scikit_learns_and_survive_the_archive(tmp_path: Path) -> None:
    texts = [["a", "b", "b"], ["a", "c"], ["b", "c", "a b"], ["a b"]]
    weights = TermWeights(fewest=2)
    fitted = weights.fit(texts).toarray()
    weights.write(tmp_path)
    again = TermWeights(fewest=2)
    again.read(tmp_path)
    assert again.rows(texts).toarray() == pytest.approx(fitted)
    assert np.linalg.norm(fitted, axis=1) == pytest.approx(1)
    # A term in one text only is left out, an unknown one too.
    assert again.rows([["never seen"]]).nnz == 0
