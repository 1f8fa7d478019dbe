"""A change in the code that a model is made of makes Rasa train anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from spinechat.nlu import component as shared
from spinechat.nlu.char_ngrams import CharNgramFeaturizer
from spinechat.nlu.encoder import SentenceEncoder
from spinechat.nlu.tokenizer import ClauseTokenizer
from spinechat.nlu.topic_classifier import TopicClassifier

COMPONENTS = [ClauseTokenizer, SentenceEncoder, CharNgramFeaturizer, TopicClassifier]


@pytest.mark.parametrize("component", COMPONENTS)
def test_code_is_part_of_the_fingerprint(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, component: type
) -> None:
    monkeypatch.setattr(shared, "PACKAGE", tmp_path)
    (tmp_path / "nlu").mkdir()
    (tmp_path / "nlu" / "text.py").write_text("a")
    before = component.fingerprint_addon({})  # type: ignore[attr-defined]
    (tmp_path / "nlu" / "text.py").write_text("b")
    assert component.fingerprint_addon({}) != before  # type: ignore[attr-defined]
