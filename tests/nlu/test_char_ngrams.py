"""The n-grams' short way gives what scikit-learn's long way gives."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spinechat.nlu.char_ngrams import CharNgramFeaturizer

TEXTS = ["how long is the stay", "hw lng is teh stay??", "", "zzzz", "risks risks risks"]


@pytest.fixture()
def featurizer() -> CharNgramFeaturizer:
    config = {**CharNgramFeaturizer.get_default_config(), "min_df": 1}
    component = CharNgramFeaturizer(config, "test")
    component._tfidf.fit(["how long is the hospital stay", "what are the risks of it"])
    return component


def _whole(featurizer: CharNgramFeaturizer, parts: list[str]) -> np.ndarray[Any, Any]:
    """The rows with their zeros."""
    columns = np.eye(len(featurizer._tfidf.vocabulary_), dtype=np.float32)
    return np.array([row.times(columns) for row in featurizer.rows(parts)])


@pytest.mark.parametrize("text", TEXTS)
def test_a_row_equals_scikit_learns(featurizer: CharNgramFeaturizer, text: str) -> None:
    expected = featurizer._tfidf.transform([text]).toarray()
    assert np.allclose(_whole(featurizer, [text]), expected, atol=1e-6)


def test_the_rows_of_a_text_and_of_its_parts(featurizer: CharNgramFeaturizer) -> None:
    expected = featurizer._tfidf.transform([" ".join(TEXTS), *TEXTS]).toarray()
    assert np.allclose(_whole(featurizer, TEXTS), expected, atol=1e-6)


def test_the_model_archive_holds_no_pickle(model: Path) -> None:
    with tarfile.open(model) as archive:
        names = [Path(name).suffix for name in archive.getnames()]
    assert not {".pkl", ".pickle", ".joblib"} & set(names)


def test_the_vocabulary_is_plain_json(model: Path) -> None:
    with tarfile.open(model) as archive:
        name = next(name for name in archive.getnames() if name.endswith("ngrams.json"))
        stream = archive.extractfile(name)
        assert stream is not None
        ngrams = json.loads(stream.read())
    assert len(ngrams) == len(set(ngrams)) > 1000
