"""Rasa's own commands work on this project as every Rasa user knows them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from spinechat.project import project_root


def _rasa(tmp_path: Path, *arguments: str) -> str:
    result = subprocess.run(
        [sys.executable, "-m", "rasa", *arguments],
        cwd=project_root(),
        env={**os.environ, "RASA_TELEMETRY_ENABLED": "false", "SPINECHAT_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    output = result.stdout + result.stderr
    assert result.returncode == 0, output[-3000:]
    assert "Traceback" not in output
    return output


def test_data_validate_warns_of_nothing_in_the_data(tmp_path: Path) -> None:
    output = _rasa(tmp_path, "data", "validate", "--fail-on-warnings")
    assert "No story structure conflicts found" in output
    about_data = [
        line
        for line in output.splitlines()
        if "Warning" in line and ("rasa/validator" in line or "training_data" in line)
    ]
    assert about_data == []


def test_the_stories_pass(model: Path, tmp_path: Path) -> None:
    out = tmp_path / "results"
    arguments = [
        "test",
        "core",
        "-m",
        str(model),
        "-s",
        "tests/test_stories.yml",
        "--out",
        str(out),
    ]
    _rasa(tmp_path, *arguments, "--fail-on-prediction-errors")
    assert (out / "story_report.json").is_file()
