"""`spinechat model` tells which model is served, and its scores if they are its own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from spinechat.encoder.weights import sha256_of
from spinechat.serving import served
from spinechat.serving.served import served_models

SHARE = {"share": 0.875, "count": 8}


def test_a_copy_is_told_with_its_scores_and_only_its_own(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPINECHAT_DATA", str(tmp_path))
    sha256 = sha256_of(model)
    scores = {
        "date": "2026-01-02T03:04:05+00:00",
        "commit": "0123456789",
        "half": "test",
        "model_sha256": sha256,
        "assistant": {"single messages right": SHARE},
    }
    monkeypatch.setattr(served, "SCORES", str(tmp_path / "scores.json"))
    assert "No server was started" in served_models()
    assert "not scored" in served_models()

    (tmp_path / "serving-5005").mkdir()
    shutil.copy(model, tmp_path / "serving-5005")
    (tmp_path / "scores.json").write_text(json.dumps(scores), encoding="utf-8")
    told = served_models()
    assert told.count(sha256) == 2 and "Served on port 5005:" in told
    assert told.count("single messages right: 87.5 % of 8") == 2
    assert "scored on the test half, 2026-01-02, commit 0123456" in told

    (tmp_path / "scores.json").write_text(json.dumps({**scores, "model_sha256": "else"}))
    assert served_models().count("not scored") == 2
