"""A small project of its own, so that nothing is written into this one's phrases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from spinechat.project import project_root
from spinechat.review.phrases import PhraseIndex

PHRASES = """version: "3.1"
# The file's comments stay.
nlu:
  - intent: hospital_stay
    examples: |
      - how many nights would i be kept in
      - do i go home the same day
  - intent: out_of_scope
    examples: |
      - will it rain on sunday
"""
# So many messages of each frozen set.
KEPT = 3


@pytest.fixture()
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Its folder; the data folder lies in it."""
    root = project_root()
    folder = tmp_path / "project"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "nlu.yml").write_text(PHRASES, encoding="utf-8")
    for file in (root / "tests" / "messages").glob("*/*.jsonl"):
        target = folder / file.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)[:KEPT]
        target.write_text("".join(lines), encoding="utf-8")
    for name in (".cache", "config.yml", "clinic.yml"):
        (folder / name).symlink_to(root / name)
    (folder / "data" / "topics.yml").symlink_to(root / "data" / "topics.yml")
    monkeypatch.setenv("SPINECHAT_PROJECT", str(folder))
    monkeypatch.setenv("SPINECHAT_DATA", str(tmp_path))
    yield folder


@pytest.fixture()
def index(project: Path) -> PhraseIndex:
    """Of the small project's phrases."""
    return PhraseIndex()
