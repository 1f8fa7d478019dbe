"""The set-up tells in one sentence what is missing, and fits any Python 3 that brings uv."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from spinechat.project import project_root

ROOT = project_root()


def test_the_lock_of_uv_fits_any_python() -> None:
    lock = (ROOT / "requirements" / "bootstrap.lock").read_text(encoding="utf-8")
    assert lock.startswith("uv==") and ";" not in lock


def test_no_lock_names_an_address_or_a_folder() -> None:
    for lock in (ROOT / "requirements").glob("*.lock"):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text and "--index" not in text, lock.name


def test_a_missing_python_gets_one_sentence(tmp_path: Path) -> None:
    for name in ("scripts", "requirements"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    (tmp_path / ".tools").symlink_to(ROOT / ".tools")
    (tmp_path / ".python-version").write_text("3.4\n")
    result = subprocess.run(
        ["bash", "scripts/setup"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert result.returncode != 0
    assert "pyenv install 3.10" in result.stderr.splitlines()[-1]
