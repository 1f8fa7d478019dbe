"""PostgreSQL and Redis of the tests' own: real servers in a temporary folder, on free ports."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from tests.conftest import free_port

START_LIMIT = 60.0  # seconds
# Debian keeps PostgreSQL's programs out of the path.
POSTGRESQL = "/usr/lib/postgresql/*/bin"


def _binary(name: str, package: str) -> Path:
    """A program, from Debian's package if it is missing; skips if it cannot be had."""
    found = _installed(name)
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
        for command in (["apt-get", "update", "-qq"], install):
            environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run(command, env=environment, capture_output=True, check=False, timeout=300)
        found = _installed(name)
    if found is None:
        pytest.skip(f"{name} is not installed and cannot be: as root, 'apt-get install {package}'")
    return found


def _installed(name: str) -> Path | None:
    folders = [str(folder) for folder in sorted(Path("/").glob(POSTGRESQL[1:]))]
    path = os.pathsep.join([*reversed(folders), os.environ.get("PATH", "")])
    found = shutil.which(name, path=path)
    return Path(found) if found else None


class Service(ABC):
    """A server that can be stopped, started again and frozen."""

    def __init__(self) -> None:
        self.port = free_port()
        # Not pytest's folder: PostgreSQL runs as another user, who cannot enter that.
        self.folder = Path(tempfile.mkdtemp(prefix="spinechat-"))
        self.log = self.folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        self._frozen: list[psutil.Process] = []

    @abstractmethod
    def command(self) -> list[str]:
        """What runs in the foreground."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether the server takes requests."""

    def user(self) -> str | None:
        """Who runs it, if not this user."""
        return None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command(), stdout=log, stderr=log, user=self.user(), cwd=self.folder
            )
        end = time.monotonic() + START_LIMIT
        while not self.answers():
            assert self._process.poll() is None, self.log.read_text()[-2000:]
            assert time.monotonic() < end, f"{self.command()[0]} does not answer"
            time.sleep(0.05)

    def stop(self) -> None:
        """Ends it at once, as a machine that is switched off."""
        self.thaw()
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT if self.user() else signal.SIGTERM)
            self._process.wait(20)

    def freeze(self) -> None:
        """SIGSTOP to all its processes: connections stay open, nobody answers."""
        assert self._process is not None
        parent = psutil.Process(self._process.pid)
        parent.suspend()
        self._frozen = [*parent.children(recursive=True), parent]
        for process in self._frozen:
            # A server process may end between being listed and being stopped.
            with suppress(psutil.NoSuchProcess):
                process.suspend()

    def thaw(self) -> None:
        """SIGCONT; nothing if it is not frozen."""
        while self._frozen:
            process = self._frozen.pop()
            with suppress(psutil.NoSuchProcess):
                process.resume()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Postgres(Service):
    """One cluster; each test has a database of its own in it."""

    def __init__(self) -> None:
        self._bin = _binary("initdb", "postgresql").parent
        super().__init__()
        if self.user():
            shutil.chown(self.folder, self.user())
        self._databases = 0
        subprocess.run(
            [self._bin / "initdb", "-D", self.folder / "data", "-U", "spinechat", "-A", "trust",
             "--no-sync", "-E", "UTF8", "--locale=C"],
            user=self.user(), cwd=self.folder, capture_output=True, check=True,
        )  # fmt: skip

    def user(self) -> str | None:
        if os.geteuid() != 0:
            return None
        names = {entry.pw_name for entry in pwd.getpwall()}
        return "postgres" if "postgres" in names else "nobody"

    def stop(self) -> None:
        super().stop()
        # Left behind by a server that was ended the hard way.
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)

    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
            "max_connections": "60",
            # As docs/operations.md asks for.
            "log_min_error_statement": "panic",
            "log_parameter_max_length_on_error": "0",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        data = str(self.folder / "data")
        return [str(self._bin / "postgres"), "-D", data, "-p", str(self.port), *options]

    def url(self, database: str) -> str:
        return f"postgresql://spinechat@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        connection = psycopg2.connect(self.url(database), connect_timeout=2)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()

    def answers(self) -> bool:
        try:
            return self.execute("select 1") == [(1,)]
        except psycopg2.Error:
            return False

    def new_database(self) -> str:
        """The name of a new, empty database."""
        self._databases += 1
        name = f"test{self._databases}"
        self.execute(f"create database {name}")
        return name


class Redis(Service):
    """Redis without a file."""

    def __init__(self) -> None:
        self._binary = _binary("redis-server", "redis-server")
        super().__init__()

    def command(self) -> list[str]:
        return [str(self._binary), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                "--appendonly", "no", "--dir", str(self.folder)]  # fmt: skip

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def answers(self) -> bool:
        try:
            return bool(redis.Redis.from_url(self.url, socket_timeout=1).ping())
        except redis.RedisError:
            return False
