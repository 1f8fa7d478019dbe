"""The code of a new project, the files around it, and its README."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from spinechat.adopt.content import Content
from spinechat.adopt.exchange import Exchange
from spinechat.evaluation.page.stored import SAFETY
from spinechat.evaluation.safety import ROWS
from spinechat.project import project_root

# The code and what it needs, the same for every clinic. What is not there is left out.
COPIED = (
    "actions", "spinechat", "web", "scripts", "requirements", "deploy", "monitoring",
    "data/red_flags.yml", "config.yml", "endpoints.yml", "credentials.yml", "pyproject.toml",
    "Makefile", "LICENSE", ".python-version", ".gitignore", ".env.example",
    "docs/channels.md", "docs/embed.md", "docs/operations.md", "docs/privacy.md",
    "docs/safety.md", "docs/staff.md", "docs/deploy.md",
)  # fmt: skip
NOT_COPIED = shutil.ignore_patterns("__pycache__", "*.pyc", "node_modules")
# Of these the subject's name is exchanged.
EXCHANGED = (
    "pyproject.toml",
    "spinechat/__init__.py",
    "spinechat/channels/texts.yml",
    "spinechat/channels/openapi.yml",
    "spinechat/channels/pages/clinic.html",
    "docs/embed.md",
)
# What only the project that the code comes from can do: its tests and benchmarks stay there.
_LEFT_OUT = re.compile(r"benchmarks|trials|scripts/test|mypy|evaluation\.(?:safety|typo_score) ")
_README = Path(__file__).with_name("README.md.txt")


def _makefile(text: str) -> str:
    """The Makefile without the commands that need this project's tests or benchmarks."""
    blocks = text.split("\n\n")
    gone = [block.split(":")[0] for block in blocks[1:] if _LEFT_OUT.search(block)]
    head = re.sub(
        r"(?m)^(\.PHONY:)(.*)$",
        lambda found: found[1] + "".join(f" {n}" for n in found[2].split() if n not in gone),
        blocks[0],
    )
    kept = [block for block in blocks[1:] if not _LEFT_OUT.search(block)]
    # Its messages are a dev half only; the default pipeline stays with the benchmarks.
    kept = [
        re.sub(r"evaluation --half .*", "evaluation --half dev --without-default", block).replace(
            "## Score the frozen test messages, beside two baselines (HALF=dev for the other half)",
            "## Score the messages of tests/messages/dev, beside word overlap",
        )
        for block in kept
    ]
    return "\n\n".join([head, *kept]).rstrip("\n") + "\n"


def copy_files(folder: Path, exchange: Exchange) -> None:
    """Copies what every clinic shares, with the subject's name exchanged."""
    for name in COPIED:
        source, target = project_root() / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=NOT_COPIED)
        elif source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    for name in EXCHANGED:
        path = folder / name
        text = exchange.text(path.read_text(encoding="utf-8"))
        exchange.check(name, text)
        path.write_text(text, encoding="utf-8")
    for path in (folder / "docs").glob("*.md"):
        # These may name the subject (which red flags are whose), but not the clinic.
        path.write_text(exchange.text(path.read_text(encoding="utf-8")), encoding="utf-8")
    safety = folder / SAFETY
    # The rows above the mark are scores of this project's model.
    rows = re.compile(rf"(?m)(?:^\| \d{{4}}-.*\n)+(?={re.escape(ROWS)})")
    safety.write_text(rows.sub("", safety.read_text(encoding="utf-8")), encoding="utf-8")
    makefile = folder / "Makefile"
    makefile.write_text(_makefile(makefile.read_text(encoding="utf-8")), encoding="utf-8")


def write_readme(folder: Path, content: Content) -> None:
    """A short README of the new project."""
    text = _README.read_text(encoding="utf-8")
    for name, value in {**content.clinic, **content.words}.items():
        text = text.replace("{" + name + "}", str(value))
    (folder / "README.md").write_text(text, encoding="utf-8")
