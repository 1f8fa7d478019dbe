"""What runs in a trial, and what is in its store."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from spinechat.project import project_root
from spinechat.storage.database import FILE
from trials.launched import Launched, project_folder
from trials.services import Postgres, Redis

_USER_ROWS = "select data from events where type_name = 'user' order by id"
SECRET = "the trials' own secret, of 32 bytes"


@dataclass(frozen=True)
class Site:
    """A clinic's machine.

    Attributes:
        launched: launcher and server.
        postgres: the database; None for SQLite.
        database: its name.
        redis: for locks; None for locks in memory.
    """

    launched: Launched
    postgres: Postgres | None = None
    database: str = ""
    redis: Redis | None = None

    def stored(self) -> list[str]:
        """Every patient's message in the store, in the order in which they were written."""
        if self.postgres is not None:
            rows = self.postgres.execute(_USER_ROWS, self.database)
        else:
            path = f"file:{self.launched.data / FILE}?mode=ro"
            with closing(sqlite3.connect(path, uri=True, timeout=10)) as connection:
                rows = connection.execute(_USER_ROWS).fetchall()
        return [json.loads(str(data))["text"] for (data,) in rows]


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is deleted afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="spinechat-trial-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def embedded(
    disk: Path | None = None,
    change_actions: Callable[[Path], None] | None = None,
    **environment: str,
) -> Iterator[Site]:
    """A server on SQLite.

    Args:
        disk: where the data folder lies; a temporary folder without it.
        change_actions: is given a copy of actions/, which the server then uses.
        environment: settings.
    """
    with scratch() as folder:
        if change_actions is None:
            project = project_folder(folder / "project")
        else:
            project = project_folder(folder / "project", frozenset({"actions"}))
            shutil.copytree(project_root() / "actions", project / "actions")
            change_actions(project / "actions")
        with _running(project, (disk or folder) / "data", environment) as launched:
            yield Site(launched)


@contextmanager
def complete() -> Iterator[Site]:
    """A server on PostgreSQL and Redis."""
    with scratch() as folder, ExitStack() as stack:
        postgres, redis = Postgres(), Redis()
        for service in (postgres, redis):
            stack.callback(service.remove)
            service.start()
        name = postgres.new_database()
        environment = {
            "SPINECHAT_DATABASE_URL": postgres.url(name),
            "SPINECHAT_REDIS_URL": redis.url,
            "SPINECHAT_SECRET": SECRET,
        }
        prepare = [sys.executable, "-m", "spinechat", "database", "prepare"]
        subprocess.run(prepare, env={**os.environ, **environment}, check=True, capture_output=True)
        project = project_folder(folder / "project")
        with _running(project, folder / "data", environment) as launched:
            yield Site(launched, postgres, name, redis)


@contextmanager
def _running(project: Path, data: Path, environment: dict[str, str]) -> Iterator[Launched]:
    launched = Launched(project, data, **environment)
    try:
        launched.start()
        yield launched
    finally:
        launched.stop()
