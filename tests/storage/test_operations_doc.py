"""docs/operations.md: the commands, settings and tests that it names exist."""

from __future__ import annotations

import re

import pytest

from spinechat.__main__ import main
from spinechat.project import project_root
from spinechat.settings import DESCRIPTIONS
from spinechat.storage import conversations, locks, waiting
from spinechat.storage.database import metadata

ROOT = project_root()
TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SECTION = TEXT[TEXT.index("## Storage") :].split("\n## ")[0]
CODE = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))


def test_every_setting_it_names_exists() -> None:
    named = set(re.findall(r"SPINECHAT_[A-Z_]+", SECTION))
    assert named and named <= set(DESCRIPTIONS)


def test_every_test_it_names_exists() -> None:
    named = re.findall(r"`(test_\w+)`", SECTION)
    assert len(named) > 20
    assert [name for name in named if f"def {name}(" not in CODE] == []


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`spinechat (\w+)", SECTION))))
def test_every_command_it_names_exists(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    for option in re.findall(rf"`spinechat {command}[^`]* (--[a-z-]+)", SECTION):
        assert option in capsys.readouterr().out


def test_its_figures_are_the_codes() -> None:
    for words in (
        f"{waiting.RECENT_CONVERSATIONS:,} at most",
        f"of all {waiting.WAITING_TURNS:,}",
        f"at most {conversations.WINDOW} events",
        f"{locks.PATIENCE // 1000} s if its message waited",
    ):
        assert words in SECTION
    # "The last six turns", "six whole".
    assert waiting.RECENT_TURNS == conversations.WHOLE_TURNS == 6


def test_its_tables_are_the_databases() -> None:
    for name in metadata.tables:
        assert f"`{name}`" in SECTION
