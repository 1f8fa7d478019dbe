"""One server: `rasa run` as a process of its own."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from spinechat.project import project_root
from spinechat.settings import server_host

# Where it is asked whether it is ready; it may listen on others too (SPINECHAT_HOST).
HOST = "127.0.0.1"
# Seconds a stop is waited for, and one question whether it is ready: as long as a patient waits.
STOP_LIMIT = 10.0
READY_LIMIT = 8.0
# prctl(2): the signal that a process gets when the one that started it ends.
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


def _before_start() -> None:
    """In the new process: no server outlives its launcher and keeps the port."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    # A thousand open connections are little; Linux gives more to those who ask.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Child:
    """A server that was started, or is to be."""

    def __init__(self, port: int, log: Path) -> None:
        """Starts nothing yet.

        Args:
            port: to listen on.
            log: what the server prints is added to it.
        """
        self.address = f"http://{HOST}:{port}/"
        self.log = log
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Of the process; None if there is none."""
        return self._process.pid if self._process is not None else None

    def start(self, model: Path) -> None:
        """Starts it; it is ready some ten seconds later."""
        command = [sys.executable, "-m", "rasa", "run", "-i", server_host(), "-p", str(self._port)]
        command += ["-m", str(model), "--credentials", "credentials.yml"]
        command += ["--endpoints", "endpoints.yml"]
        environment = {
            "RASA_TELEMETRY_ENABLED": "false",
            "LOG_LEVEL": "WARNING",
            # A turn that was killed must not block its patient for a minute.
            "TICKET_LOCK_LIFETIME": "10",
            # One row at a time: threads would cost more than they win, and hold other turns up.
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
            **os.environ,
        }
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C reaches the launcher alone, which ends the child.
            self._process = subprocess.Popen(
                command,
                cwd=project_root(),
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_before_start,
            )

    def is_ready(self) -> bool:
        """Whether it understands a known sentence, asked through HTTP."""
        try:
            with urllib.request.urlopen(f"{self.address}chat/ready", timeout=READY_LIMIT) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def ended(self, within: float) -> bool:
        """Whether the process ends within so many seconds."""
        assert self._process is not None
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(within)
        return self._process.poll() is not None

    def kill(self) -> None:
        """Ends it at once, as it does not listen to anything else."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def stop(self) -> None:
        """Lets it finish what it is at, then ends it."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self.ended(STOP_LIMIT)
        self.kill()
