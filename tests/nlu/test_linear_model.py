"""The classifier's probabilities: sums, order, calibration, and that an archive keeps them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from spinechat.nlu.linear_model import CalibratedLinearModel, softmax


def _clusters(labels: int, noise: float) -> tuple[csr_matrix, list[str]]:
    generator = np.random.default_rng(0)
    centres = generator.normal(size=(labels, 20))
    truth = np.repeat(np.arange(labels), 40)
    rows = centres[truth] + generator.normal(scale=noise, size=(len(truth), 20))
    return csr_matrix(rows), [f"label{i}" for i in truth]


@pytest.mark.parametrize("labels", [2, 3, 7])
def test_it_learns_and_its_probabilities_sum_to_one(labels: int) -> None:
    rows, truth = _clusters(labels, noise=0.3)
    model = CalibratedLinearModel.fit(rows, truth, penalty=1.0)
    chances = model.probabilities(rows)
    assert np.allclose(chances.sum(axis=1), 1)
    right = [model.labels[i] == label for i, label in zip(chances.argmax(1), truth, strict=True)]
    assert np.mean(right) > 0.95


def test_it_is_less_sure_where_labels_mix() -> None:
    clear = CalibratedLinearModel.fit(*_clusters(4, noise=0.3), penalty=1.0)
    mixed = CalibratedLinearModel.fit(*_clusters(4, noise=3.0), penalty=1.0)
    sure = clear.probabilities(_clusters(4, 0.3)[0]).max(1).mean()
    unsure = mixed.probabilities(_clusters(4, 3.0)[0]).max(1).mean()
    assert sure > unsure + 0.2


def test_an_archive_keeps_the_model(tmp_path: Path) -> None:
    rows, truth = _clusters(3, noise=0.5)
    model = CalibratedLinearModel.fit(rows, truth, penalty=1.0)
    model.save(tmp_path)
    again = CalibratedLinearModel.load(tmp_path)
    assert np.array_equal(again.probabilities(rows), model.probabilities(rows))


def test_softmax_stands_large_scores() -> None:
    assert np.allclose(softmax(np.array([[1e4, 1e4 - 1]])).sum(), 1)


@pytest.mark.parametrize("rare", [1, 2, 4])
def test_labels_with_few_phrases_leave_the_others_calibrated(rare: int) -> None:
    rows, truth = _clusters(4, noise=2.0)
    few = [i for i, label in enumerate(truth) if label == "label0"]
    seen = [*few[:rare], *(i for i in range(len(truth)) if i % 2 and i not in few)]
    model = CalibratedLinearModel.fit(rows[seen], [truth[i] for i in seen], penalty=1.0)
    assert model.labels == sorted(set(truth))
    asked = [i for i in range(len(truth)) if i not in few and i not in seen]
    chances = model.probabilities(rows[asked])
    right = np.mean(
        [model.labels[k] == truth[i] for i, k in zip(asked, chances.argmax(1), strict=False)]
    )
    assert chances.max(1).mean() == pytest.approx(right, abs=0.15)
