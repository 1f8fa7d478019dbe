"""A change in the code that a model is made of makes Rasa train anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from spinechat.nlu import component as shared
from spinechat.nlu.char_ngrams import CharNgramFeaturizer
from spinechat.nlu.encoder import SentenceEncoder
from spinechat.nlu.spelling import SpellingCorrector
from spinechat.nlu.tokenizer import ClauseTokenizer
from spinechat.nlu.topic_classifier import TopicClassifier

# A component, and a file whose change changes what it learns.
COMPONENTS = [
    (ClauseTokenizer, "nlu/tokenizer.py"),
    (SpellingCorrector, "nlu/text.py"),
    (SentenceEncoder, "encoder/tuning.py"),
    (CharNgramFeaturizer, "nlu/text.py"),
    (TopicClassifier, "nlu/linear_model.py"),
]


@pytest.mark.parametrize(("component", "file"), COMPONENTS)
def test_code_is_part_of_the_fingerprint(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, component: Any, file: str
) -> None:
    assert (shared.PACKAGE / file).is_file()
    monkeypatch.setattr(shared, "PACKAGE", tmp_path)
    (tmp_path / file).parent.mkdir()
    (tmp_path / file).write_text("a")
    before = component.fingerprint_addon({})
    (tmp_path / file).write_text("b")
    assert component.fingerprint_addon({}) != before


@pytest.mark.parametrize("component", [component for component, _ in COMPONENTS])
def test_every_file_that_it_names_is_there(component: Any) -> None:
    for pattern in component.LEARNED_BY:
        assert list(shared.PACKAGE.glob(pattern)), pattern
