"""`spinechat run` in a project folder of its own, whose models can be harmed for real."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import psutil

from spinechat.project import project_root
from trials.services import free_port

# Seconds for a start and an end, on a busy machine.
START_LIMIT = 120.0
STOP_LIMIT = 30.0
# What a project folder does not share with the repository.
APART = {"models", "var", "results", ".git", ".rasa", ".env"}


def project_folder(folder: Path, without: frozenset[str] = frozenset()) -> Path:
    """A project folder: links to the repository's files, and a copy of its models.

    Args:
        folder: made here.
        without: names that the caller puts there.
    """
    root = project_root()
    folder.mkdir(parents=True)
    for entry in root.iterdir():
        if entry.name not in APART | without:
            (folder / entry.name).symlink_to(entry)
    shutil.copytree(root / "models", folder / "models")
    return folder


class Launched:
    """A launcher and its server.

    Attributes:
        project: the project folder.
        data: the data folder.
        port: of the server.
    """

    def __init__(self, project: Path, data: Path, **environment: str) -> None:
        """Starts nothing yet.

        Args:
            project: the project folder.
            data: the data folder; made if it is missing.
            environment: settings beside those that every trial needs.
        """
        self.project, self.data = project, data
        data.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self._said = data.parent / f"{data.name}.said"
        self._environment = {
            **os.environ,
            "SPINECHAT_PROJECT": str(project),
            "SPINECHAT_DATA": str(data),
            "SPINECHAT_PORT": str(self.port),
            "SPINECHAT_RATE_LIMIT": "off",
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def said(self) -> str:
        """What the launcher printed so far."""
        return self._said.read_text("utf-8", "replace")

    @property
    def restarts(self) -> int:
        """How often the launcher started its server again."""
        return self.said.count("starting it again")

    @property
    def log(self) -> str:
        """What the server logged so far."""
        return (self.data / "server.log").read_text("utf-8", "replace")

    @property
    def launcher(self) -> psutil.Process:
        """The launcher's process."""
        assert self._process is not None
        return psutil.Process(self._process.pid)

    @property
    def server(self) -> psutil.Process:
        """The server's process.

        Raises:
            LookupError: at this moment there is none.
        """
        for child in self.launcher.children():
            # One that was just killed has no command line any more.
            with suppress(psutil.Error):
                if "rasa" in child.cmdline():
                    return child
        raise LookupError("no server runs")

    def launch(self) -> None:
        """Starts the launcher, and waits for nothing."""
        with self._said.open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "spinechat", "run"],
                cwd=self.project,
                env=self._environment,
                stdout=said,
                stderr=said,
            )

    def start(self) -> None:
        """Starts the launcher and waits until the server is ready.

        Raises:
            RuntimeError: it is not; with what it said.
        """
        self.launch()
        assert self._process is not None
        end = time.monotonic() + START_LIMIT
        while not self.is_ready():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"The server did not start:\n{self.said[-2000:]}")
            time.sleep(0.2)

    def is_ready(self) -> bool:
        """Whether the server understands."""
        try:
            address = f"http://127.0.0.1:{self.port}/chat/ready"
            with urllib.request.urlopen(address, timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> int:
        """Ends the launcher as a service manager does; its exit status."""
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_LIMIT)
            except subprocess.TimeoutExpired:
                self._process.kill()
        return self._process.wait()
