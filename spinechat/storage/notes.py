"""Notes for review: what the assistant missed, and verdicts on its answers.

Kept without conversation ids and with identifiers masked, so that a note leads back to nobody.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from spinechat.privacy import masked
from spinechat.settings import data_folder

FILE = "notes.db"
_SCHEMA = """
create table if not exists notes (
    id integer primary key,
    at real not null,
    kind text not null,
    text text not null,
    topics text not null
)
"""


@dataclass(frozen=True)
class Note:
    """One note.

    Attributes:
        kind: "miss", "good" or "bad".
        text: what the patient asked, masked.
        topics: labels of the answer it is about, or likely ones of a miss.
    """

    kind: str
    text: str
    topics: tuple[str, ...]


class ReviewNotes:
    """The notes in one SQLite file of the data folder."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or data_folder() / FILE

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._path, timeout=0.5)
        try:
            with connection:
                connection.execute(_SCHEMA)
                yield connection
        finally:
            connection.close()

    def add(self, note: Note) -> None:
        """Writes a note, its text masked."""
        row = (time.time(), note.kind, masked(note.text), ",".join(note.topics))
        with self._connection() as connection:
            connection.execute(
                "insert into notes (at, kind, text, topics) values (?, ?, ?, ?)", row
            )

    def all(self) -> list[Note]:
        """Every note, oldest first."""
        with self._connection() as connection:
            rows = connection.execute("select kind, text, topics from notes order by id").fetchall()
        return [
            Note(kind, text, tuple(filter(None, topics.split(",")))) for kind, text, topics in rows
        ]
