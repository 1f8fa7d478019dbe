"""The project of an imagined dental clinic, made, trained on few phrases and served."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from spinechat.adopt import Content, new_clinic
from spinechat.encoder import prepared_encoder
from spinechat.project import project_root
from tests.conftest import Server, start_server, stop_server

CONTENT = project_root() / "examples" / "dental" / "content.yml"
# Phrases of an intent that training sees here; a minute of learning shows nothing more.
FEW, FEW_ALARMS = 30, 150


@pytest.fixture(scope="session")
def content() -> Content:
    """What the dental clinic gave."""
    return Content.read(CONTENT)


@pytest.fixture(scope="session")
def project(content: Content, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its project, as made."""
    folder = tmp_path_factory.mktemp("clinic") / "dental"
    new_clinic(folder, content)
    return folder


def run_there(project: Path, *command: str) -> str:
    """What a command of the new project's own code prints; it has to succeed."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", *command],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project), "SPINECHAT_CACHE": _cache()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout


def _cache() -> str:
    return str(prepared_encoder(quantized=True).resolve().parent)


def _thinned(nlu: str) -> str:
    """Few phrases of each intent, from all over its list."""

    def few(block: re.Match[str]) -> str:
        head, name, phrases = block[1], block[2], block[3].splitlines(keepends=True)
        most = FEW_ALARMS if name in ("emergency", "crisis") else FEW
        return head + "".join(phrases[:: max(1, len(phrases) // most)][:most])

    return re.sub(r"(  - intent: (\w+)\n    examples: \|\n)((?:      - .*\n)+)", few, nlu)


@pytest.fixture(scope="session")
def trained(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's model; phrases and the encoder's tuning are cut for time."""
    data = project / "data" / "nlu.yml"
    whole, config = data.read_text(), project / "config.yml"
    data.write_text(_thinned(whole))
    config.write_text(config.read_text().replace("epochs: 3", "epochs: 0"))
    run_there(project, "-m", "spinechat", "train")
    return project / "models" / "spinechat.tar.gz"


@pytest.fixture(scope="session")
def server(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The new project's own server."""
    running = start_server(
        trained,
        tmp_path_factory.mktemp("data"),
        folder=trained.parent.parent,
        PYTHONPATH=str(trained.parent.parent),
    )
    yield running
    stop_server(running)
