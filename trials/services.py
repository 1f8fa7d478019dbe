"""PostgreSQL and Redis for tests and trials: real servers in a temporary folder, on free ports."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg2
import redis

START_LIMIT = 60.0  # seconds
# Debian keeps PostgreSQL's programs out of the path.
POSTGRESQL = "/usr/lib/postgresql/*/bin"


class ServiceMissing(RuntimeError):
    """A program is not installed and cannot be; the message says which."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def debian_program(name: str, package: str) -> Path:
    """A program, from Debian's package if it is missing.

    Raises:
        ServiceMissing: it cannot be had.
    """
    found = _installed(name)
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
        for command in (["apt-get", "update", "-qq"], install):
            environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run(command, env=environment, capture_output=True, check=False, timeout=300)
        found = _installed(name)
    if found is None:
        raise ServiceMissing(
            f"{name} is not installed and cannot be: as root, 'apt-get install {package}'"
        )
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
        """Starts it and waits until it answers."""
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
        """Ends it and deletes its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Postgres(Service):
    """One cluster; each test has a database of its own in it."""

    def __init__(self) -> None:
        self._bin = debian_program("initdb", "postgresql").parent
        super().__init__()
        user = self.user()
        if user is not None:
            shutil.chown(self.folder, user)
        self._databases = 0
        subprocess.run(
            [self._bin / "initdb", "-D", self.folder / "data", "-U", "spinechat", "-A", "trust",
             "--no-sync", "-E", "UTF8", "--locale=C"],
            user=self.user(), cwd=self.folder, capture_output=True, check=True,
        )  # fmt: skip

    def user(self) -> str | None:
        """PostgreSQL refuses to run as root."""
        if os.geteuid() != 0:
            return None
        names = {entry.pw_name for entry in pwd.getpwall()}
        return "postgres" if "postgres" in names else "nobody"

    def stop(self) -> None:
        """As any service; leaves nothing behind that hinders the next start."""
        super().stop()
        # Left behind by a server that was ended the hard way.
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)

    def command(self) -> list[str]:
        """With the settings that docs/operations.md asks for."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
            "max_connections": "60",
            "log_min_error_statement": "panic",
            "log_parameter_max_length_on_error": "0",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        data = str(self.folder / "data")
        return [str(self._bin / "postgres"), "-D", data, "-p", str(self.port), *options]

    def url(self, database: str) -> str:
        """Address of one of its databases."""
        return f"postgresql://spinechat@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """The rows of one statement."""
        connection = psycopg2.connect(self.url(database), connect_timeout=2)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()

    def answers(self) -> bool:
        """Whether it carries out a statement."""
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
        self._binary = debian_program("redis-server", "redis-server")
        super().__init__()

    def command(self) -> list[str]:
        """All in memory."""
        return [str(self._binary), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                "--appendonly", "no", "--dir", str(self.folder)]  # fmt: skip

    @property
    def url(self) -> str:
        """Address of its first database."""
        return f"redis://127.0.0.1:{self.port}/0"

    def answers(self) -> bool:
        """Whether it answers a ping."""
        try:
            return bool(redis.Redis.from_url(self.url, socket_timeout=1).ping())
        except redis.RedisError:
            return False
