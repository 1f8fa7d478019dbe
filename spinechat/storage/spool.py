"""What still waits for the database when a server ends, in files until the next start.

One file for each process that ended in an outage, in the data folder, for its owner alone: lines
of JSON, as masked as all that is stored. A file belongs to whoever holds its lock, and goes when
all of it is written. Entries keep their ids, so nothing is stored twice, whenever a process dies.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import astuple
from pathlib import Path
from typing import IO

from spinechat.storage.ids import safe_id
from spinechat.storage.rows import Row
from spinechat.storage.waiting import Entry

logger = logging.getLogger(__name__)

FILES = "waiting-*.jsonl"


class Spool:
    """The files that one process has taken over, or written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: list[tuple[Path, IO[str]]] = []

    @property
    def holds(self) -> bool:
        """Whether any file is this process's."""
        return bool(self._held)

    def take(self) -> list[Entry]:
        """What processes that ended left behind, oldest first; the files stay until `keep`.

        What another process holds is left to it.
        """
        entries: list[Entry] = []
        for path in sorted(self._folder.glob(FILES)):
            try:
                stream = _locked(path)
            except OSError as error:
                logger.error("waiting turns cannot be read: %s", type(error).__name__)
                continue
            if stream is not None:
                self._held.append((path, stream))
                entries += _entries(stream)
        return entries

    def keep(self, entries: Iterable[Entry]) -> None:
        """Writes what waits now in place of all files held; without entries, only those go.

        Raises:
            OSError: the folder cannot be written; the files held stay as they are.
        """
        waiting = list(entries)
        before, self._held = self._held, []
        if waiting:
            try:
                self._held.append(_written(self._folder, waiting))
            except OSError:
                self._held = before
                raise
        for path, stream in before:
            path.unlink(missing_ok=True)
            stream.close()


def discard(folder: Path, unwanted: Callable[[Entry], bool], dry_run: bool = False) -> list[Entry]:
    """Takes entries out of the files that no running server holds; those that were unwanted."""
    found: list[Entry] = []
    for path in sorted(folder.glob(FILES)):
        stream = _locked(path)
        if stream is None:
            continue
        with closing(stream):
            entries = list(_entries(stream))
            gone = [entry for entry in entries if unwanted(entry)]
            found += gone
            if dry_run or not gone:
                continue
            wanted = [entry for entry in entries if entry not in gone]
            if wanted:
                _written(folder, wanted)[1].close()
            path.unlink()
    return found


def _locked(path: Path) -> IO[str] | None:
    """The file, if nobody else has it; it is let go when it is closed."""
    try:
        stream = path.open(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        stream.close()
        return None
    if not os.fstat(stream.fileno()).st_nlink:
        # Its owner wrote all of it in the meantime.
        stream.close()
        return None
    return stream


def _written(folder: Path, entries: Iterable[Entry]) -> tuple[Path, IO[str]]:
    """A new file, whole or not at all, and held."""
    path = folder / FILES.replace("*", f"{time.time_ns()}-{os.getpid()}")
    with _draft(path) as (draft, stream):
        fcntl.flock(stream, fcntl.LOCK_EX)
        for entry in entries:
            rows = [astuple(row) for row in entry.rows]
            stream.write(json.dumps([entry.conversation, entry.id, entry.erases, rows]) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
        draft.rename(path)
    return path, stream


@contextmanager
def _draft(path: Path) -> Iterator[tuple[Path, IO[str]]]:
    draft = path.with_suffix(".draft")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    stream = os.fdopen(descriptor, "w", encoding="utf-8")
    try:
        yield draft, stream
    except BaseException:
        draft.unlink(missing_ok=True)
        # What could not be written is tried again here.
        with suppress(OSError):
            stream.close()
        raise


def _entries(stream: Iterable[str]) -> Iterator[Entry]:
    """The entries of a file; a damaged line is left out and counted in the log."""
    damaged = 0
    for line in stream:
        try:
            yield _entry(line)
        except (ValueError, TypeError):
            damaged += 1
    if damaged:
        logger.error("%d damaged waiting turns left out", damaged)


def _entry(line: str) -> Entry:
    """The entry of a line; raises ValueError or TypeError if it is damaged.

    What the database would refuse for its kind must not come into the line: it would wait for ever.
    """
    conversation, name, erases, rows = json.loads(line)
    for kind, timestamp, *texts in rows:
        if not isinstance(kind, str) or not isinstance(timestamp, int | float | None):
            raise TypeError
        if not all(isinstance(text, str | None) for text in texts):
            raise TypeError
    if safe_id(conversation) != conversation or str(uuid.UUID(name)) != name:
        raise ValueError
    return Entry(conversation, tuple(Row(*row) for row in rows), bool(erases), name)
