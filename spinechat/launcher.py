"""Starts the server, waits until it understands, restarts it if it dies, ends it on Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from tqdm import tqdm

from spinechat.channels.options import Options
from spinechat.project import project_root
from spinechat.settings import ChannelSettings, StorageSettings, data_folder, server_port
from spinechat.training import trained_model

HOST = "127.0.0.1"
# Seconds a start may take (about 10 on two cores), and how long a stop is waited for.
START_LIMIT = 120.0
STOP_LIMIT = 10.0
# A server that dies so often within so many seconds has a fault that restarts do not mend.
MAX_RESTARTS = 5
RESTART_WINDOW = 120.0


class CannotStart(RuntimeError):
    """The server did not start; the message says what to do."""


class _Stopped(Exception):
    """Somebody asked the launcher to end."""


def _on_signal(number: int, frame: FrameType | None) -> None:
    raise _Stopped


class Launcher:
    """Runs `rasa run` as a child process."""

    def __init__(self) -> None:
        """Reads the settings.

        Raises:
            BadSetting: one of them cannot be used.
        """
        # The server reads them too; read here, a wrong one is told before anything starts.
        ChannelSettings.from_environment()
        Options.from_environment()
        self._embedded = not StorageSettings.from_environment().database_url
        self._port = server_port()
        self._log = data_folder() / "server.log"
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where the server is."""
        return f"http://{HOST}:{self._port}/"

    def run(self) -> int:
        """Runs until Ctrl-C or SIGTERM; 0 after a wished end.

        Raises:
            CannotStart: the port is taken, or the server dies again and again.
            TrainingFailed: there is no model and none can be trained.
        """
        self._check_port()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _on_signal)
        try:
            model = trained_model()
            self._prepare_database()
            self._start(model)
            self._wait_until_ready()
            print(f"SpineChat answers at {self.address}  (Ctrl-C ends it)", flush=True)
            self._supervise(model)
        except _Stopped:
            print("\nStopping ...", flush=True)
        finally:
            self._stop()
        return 0

    def _check_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, self._port))
            except OSError:
                raise CannotStart(
                    f"Port {self._port} is taken: end what uses it, or choose another one, "
                    f"for example SPINECHAT_PORT={self._port + 1} make run."
                ) from None

    def _prepare_database(self) -> None:
        """SQLite needs no set-up by hand; PostgreSQL's is `spinechat database prepare`."""
        if self._embedded:
            # A process of its own, as it imports Rasa, and the launcher stays small.
            command = [sys.executable, "-m", "spinechat", "database", "prepare"]
            done = subprocess.run(
                command, cwd=project_root(), stdout=subprocess.DEVNULL, check=False
            )
            if done.returncode != 0:
                raise CannotStart(f"No conversations can be kept in {data_folder()}.")

    def _start(self, model: Path) -> None:
        command = [sys.executable, "-m", "rasa", "run", "-i", HOST, "-p", str(self._port)]
        command += ["-m", str(model), "--credentials", "credentials.yml"]
        command += ["--endpoints", "endpoints.yml"]
        environment = {
            "RASA_TELEMETRY_ENABLED": "false",
            "LOG_LEVEL": "WARNING",
            # A turn that was killed must not block its patient for a minute.
            "TICKET_LOCK_LIFETIME": "10",
            **os.environ,
        }
        with self._log.open("ab") as log:
            # A session of its own: Ctrl-C reaches the launcher alone, which ends the child.
            self._child = subprocess.Popen(
                command,
                cwd=project_root(),
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}chat/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _wait_until_ready(self) -> None:
        assert self._child is not None
        begin = time.monotonic()
        with tqdm(desc="Starting", bar_format="{desc} {elapsed}", leave=False) as clock:
            while not self._is_ready():
                clock.update()
                if self._child.poll() is not None or time.monotonic() - begin > START_LIMIT:
                    raise CannotStart(f"The server did not start; {self._log} says why.")
                time.sleep(0.2)

    def _supervise(self, model: Path) -> None:
        """Starts the server again whenever it dies, unless it does so all the time."""
        deaths: list[float] = []
        while True:
            assert self._child is not None
            self._child.wait()
            now = time.monotonic()
            deaths = [*(death for death in deaths if death > now - RESTART_WINDOW), now]
            if len(deaths) > MAX_RESTARTS:
                raise CannotStart(f"The server keeps dying; {self._log} says why.")
            print("The server died; starting it again ...", flush=True)
            self._start(model)

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None or child.poll() is not None:
            return
        # A second Ctrl-C must not leave the child behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        child.terminate()
        try:
            child.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
