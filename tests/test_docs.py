"""What the documents name exists: commands, files, settings, intents."""

from __future__ import annotations

import re

import pytest

from spinechat.__main__ import main
from spinechat.channels import options
from spinechat.project import project_root, read_yaml
from spinechat.settings import DESCRIPTIONS

ROOT = project_root()
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TARGETS = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_exists(document: object) -> None:
    text = document.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    named = re.findall(r"(?:`|\n)make ([a-z-]+)", text)
    assert [name for name in named if name not in TARGETS] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_exists(document: object) -> None:
    text = document.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    named = re.findall(r"`([\w./-]+/[\w./-]*|[\w-]+\.(?:yml|md|toml|txt|py))`", text)
    made_later = (".venv", "models/", "results/", "var/", "/")
    missing = [n for n in named if not n.startswith(made_later) and not (ROOT / n).exists()]
    assert missing == []


def test_every_setting_is_in_the_readme_and_no_other() -> None:
    """Those of the messaging channels stand in docs/channels.md (test_options.py)."""
    named = set(re.findall(r"SPINECHAT_[A-Z_]+", README))
    assert named - set(options.DESCRIPTIONS) == set(DESCRIPTIONS)


def test_every_setting_in_the_code_is_described() -> None:
    code = "".join(path.read_text() for path in (ROOT / "spinechat").rglob("*.py"))
    described = {*DESCRIPTIONS, *options.DESCRIPTIONS}
    assert set(re.findall(r'"(SPINECHAT_[A-Z_]+)"', code)) == described


def test_every_intent_has_its_place_in_the_readme() -> None:
    table = README[README.index("## Intents") :]
    words = set(re.findall(r"[a-z_]+", table))
    assert [intent for intent in read_yaml("domain.yml")["intents"] if intent not in words] == []


def test_make_help_lists_every_target_the_readme_names() -> None:
    assert {
        "help",
        "setup",
        "run",
        "shell",
        "train",
        "test",
        "lint",
        "eval",
        "bench",
        "clean",
    } <= set(TARGETS)


def test_the_command_line_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert "spinechat run" in capsys.readouterr().out
