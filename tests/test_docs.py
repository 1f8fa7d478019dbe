"""What the documents name exists: commands, files, settings, intents, links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from spinechat.__main__ import main
from spinechat.channels import options
from spinechat.project import project_root, read_yaml
from spinechat.settings import DESCRIPTIONS

ROOT = project_root()
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
TARGETS = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
each_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT))
)


def _commands() -> set[str]:
    source = (ROOT / "spinechat" / "__main__.py").read_text(encoding="utf-8")
    return set(re.findall(r'add_parser\(\s*"([a-z-]+)"', source))


@each_document
def test_every_make_target_exists(document: Path) -> None:
    named = re.findall(r"(?:`|\n)make ([a-z-]+)", document.read_text(encoding="utf-8"))
    assert [name for name in named if name not in TARGETS] == []


@each_document
def test_every_command_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    named = re.findall(r"(?:`|\n|/|-m )spinechat ([a-z][a-z-]+)", text)
    assert [name for name in named if name not in _commands()] == []
    modules = re.findall(r"python -m ((?:spinechat|benchmarks|trials)[\w.]*)", text)
    paths = [ROOT / name.replace(".", "/") for name in modules]
    assert [str(p) for p in paths if not (p.with_suffix(".py").is_file() or p.is_dir())] == []


@each_document
def test_every_file_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    named = re.findall(r"`([\w./-]+/[\w./-]*|[\w-]+\.(?:yml|md|toml|txt|py))`", text)
    made_later = (".venv", "models/", "results/", "var/", "/")
    missing = [n for n in named if not n.startswith(made_later) and not (ROOT / n).exists()]
    assert missing == []


def _anchor(title: str) -> str:
    """A heading's address, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")


@each_document
def test_every_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8"))
    for link in links:
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = document.parent / name if name else document
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in map(_anchor, headings), link


@each_document
def test_every_setting_that_is_named_exists(document: Path) -> None:
    named = set(re.findall(r"SPINECHAT_[A-Z_]*[A-Z]", document.read_text(encoding="utf-8")))
    assert named - {*DESCRIPTIONS, *options.DESCRIPTIONS} == set()


def test_every_setting_has_its_row() -> None:
    """Those of the messaging channels stand in docs/channels.md (test_options.py)."""
    rows = set(re.findall(r"^\| `(SPINECHAT_[A-Z_]+)`", SETTINGS, re.MULTILINE))
    assert rows == set(DESCRIPTIONS)


def test_every_setting_in_the_code_is_described() -> None:
    code = "".join(path.read_text() for path in (ROOT / "spinechat").rglob("*.py"))
    described = {*DESCRIPTIONS, *options.DESCRIPTIONS}
    assert set(re.findall(r'"(SPINECHAT_[A-Z_]+)"', code)) == described


def test_every_intent_has_its_place_in_the_list() -> None:
    table = (ROOT / "docs" / "intents.md").read_text(encoding="utf-8")
    words = set(re.findall(r"[a-z_]+", table))
    assert [intent for intent in read_yaml("domain.yml")["intents"] if intent not in words] == []


def test_every_document_is_in_the_list_of_documents() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    named = {(ROOT / "docs" / link).resolve() for link in re.findall(r"\]\(([^)#]+)\)", index)}
    index_itself = ROOT / "docs" / "README.md"
    assert {path.resolve() for path in DOCUMENTS} - named == {index_itself.resolve()}


def test_the_rooms_of_the_tree_stand_in_the_architecture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    folders = [path for path in (ROOT / "spinechat").iterdir() if (path / "__init__.py").is_file()]
    assert [path.name for path in folders if f"`spinechat/{path.name}/`" not in text] == []


def test_make_help_lists_every_target() -> None:
    wanted = "help setup run shell train test lint eval bench report faq clean"
    assert set(wanted.split()) <= set(TARGETS)
    text = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony is not None and set(phony[1].split()) == set(TARGETS)


def test_the_command_line_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert "spinechat run" in capsys.readouterr().out
