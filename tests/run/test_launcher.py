"""`spinechat run`: starts, tells its address, restarts a dead server, and ends all it started."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from spinechat import training
from spinechat.project import project_root
from trials.services import free_port

COMMAND = [sys.executable, "-m", "spinechat", "run"]


@contextmanager
def launched(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """A running launcher whose first line was read."""
    process = subprocess.Popen(
        COMMAND,
        cwd=project_root(),
        env={**os.environ, "SPINECHAT_DATA": str(tmp_path), "SPINECHAT_PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _line_with(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return line
    raise AssertionError(f"The launcher ended without saying {words!r}.")


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/chat/ready", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_tells_its_address_restarts_and_ends_everything(
    model: Path, tmp_path: Path, end: signal.Signals
) -> None:
    port = free_port()
    with launched(tmp_path, port) as process:
        assert f"http://127.0.0.1:{port}/" in _line_with(process, "answers at")
        assert _ready(port)
        children = psutil.Process(process.pid).children(recursive=True)
        assert children
        if end is signal.SIGINT:
            children[0].kill()
            _line_with(process, "starting it again")
            limit = time.monotonic() + 60
            while not _ready(port):
                assert time.monotonic() < limit, "it did not come back"
                time.sleep(0.3)
            children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(end)
        assert process.wait(30) == 0
        gone, alive = psutil.wait_procs(children, timeout=5)
        assert not alive


def _failing(tmp_path: Path, **environment: str) -> str:
    result = subprocess.run(
        COMMAND,
        cwd=project_root(),
        env={**os.environ, "SPINECHAT_DATA": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    return result.stderr


def test_a_taken_port_gets_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = _failing(tmp_path, SPINECHAT_PORT=str(port))
    assert f"Port {port} is taken" in said and f"SPINECHAT_PORT={port + 1}" in said


@pytest.mark.parametrize(
    ("name", "value"),
    [("SPINECHAT_RATE_LIMIT", "many"), ("SPINECHAT_TIME_LIMIT", "-1"), ("SPINECHAT_PORT", "x")],
)
def test_a_bad_setting_gets_one_sentence(tmp_path: Path, name: str, value: str) -> None:
    said = _failing(tmp_path, **{name: value})
    assert name in said and value in said


def test_what_is_wrong_with_a_model_is_told(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / model.name
    monkeypatch.setattr(training, "model_path", lambda: copy)
    assert training.fault() == "missing"
    shutil.copyfile(model, copy)
    assert training.fault() == "damaged"
    shutil.copyfile(model.with_name("spinechat.json"), tmp_path / "spinechat.json")
    assert training.fault() is None
    monkeypatch.setattr(training, "source_digest", lambda: "other sources")
    assert training.fault() == "outdated"
    with copy.open("r+b") as archive:
        archive.seek(1000)
        archive.write(b"damage")
    assert training.fault() == "damaged"


def test_a_change_of_the_data_asks_for_training(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "nlu.yml").write_text("a")
    monkeypatch.setattr(training, "project_root", lambda: tmp_path)
    before = training.source_digest()
    (tmp_path / "data" / "nlu.yml").write_text("b")
    assert training.source_digest() != before
