"""docs/operations.md on serving: the tests that it names exist, its figures are the code's."""

from __future__ import annotations

import re

from spinechat.project import project_root
from spinechat.serving import supervisor

ROOT = project_root()
TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SECTION = TEXT[TEXT.index("## Serving") :].split("\n## ")[0]
CODE = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))


def test_every_test_it_names_exists() -> None:
    named = re.findall(r"`(test_\w+)`", SECTION)
    assert len(named) > 10
    assert [name for name in named if f"def {name}(" not in CODE] == []


def test_its_figures_are_the_codes() -> None:
    text = " ".join(SECTION.split())
    for words in (
        f"Every {supervisor.PAUSE:g} s",
        f"no yes for {supervisor.HANG_LIMIT:g} s",
        f"within {supervisor.RESTART_WINDOW:g} s",
    ):
        assert words in text
    assert supervisor.MAX_RESTARTS == 5 and "after the sixth" in text
