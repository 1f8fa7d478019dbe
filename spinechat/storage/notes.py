"""Notes for review: what the assistant missed, and verdicts on its answers.

Kept without conversation ids and with identifiers masked, so that a note leads back to nobody.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator
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
);
create table if not exists decisions (
    note integer primary key,
    at real not null,
    what text not null,
    detail text not null
);
"""
# SQLite gives ids out again when the last note was deleted: a decision before the note is upon
# another one that is gone.
_DECIDED = "decisions.note = notes.id and decisions.at >= notes.at"


@dataclass(frozen=True)
class Note:
    """One note.

    Attributes:
        kind: "miss", "clinic" (only the clinic can answer it), "alarm", "good" or "bad".
        text: what the patient asked, masked.
        topics: labels of the answer it is about, or likely ones of a miss.
    """

    kind: str
    text: str
    topics: tuple[str, ...]


@dataclass(frozen=True)
class OpenNote:
    """A note that nobody has decided upon; `number` is its id."""

    number: int
    note: Note


def _note(kind: str, text: str, topics: str) -> Note:
    return Note(kind, text, tuple(filter(None, topics.split(","))))


class ReviewNotes:
    """The notes in one SQLite file of the data folder."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or data_folder() / FILE

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._path, timeout=0.5)
        try:
            with connection:
                connection.executescript(_SCHEMA)
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
        return [_note(*row) for row in rows]

    def open(self) -> list[OpenNote]:
        """Notes with words in them that nobody has decided upon, oldest first."""
        query = (
            "select id, kind, text, topics from notes where text != '' and kind != 'good'"
            f" and not exists (select 1 from decisions where {_DECIDED}) order by id"
        )
        with self._connection() as connection:
            rows = connection.execute(query).fetchall()
        return [OpenNote(number, _note(*rest)) for number, *rest in rows]

    def decide(self, numbers: Iterable[int], what: str, detail: str) -> None:
        """Closes notes.

        Args:
            numbers: their ids; an unknown one does nothing.
            what: "intent", "topic" (a new one is proposed) or "dismissed".
            detail: the intent's label, or the proposed topic's title.
        """
        with self._connection() as connection:
            connection.executemany(
                "insert or replace into decisions select id, ?, ?, ? from notes where id = ?",
                [(time.time(), what, detail, number) for number in numbers],
            )

    def proposed(self) -> list[tuple[str, str]]:
        """Topics that staff would like to have, each with the message that made them think so."""
        query = (
            f"select detail, text from decisions join notes on {_DECIDED}"
            " where what = 'topic' order by note"
        )
        with self._connection() as connection:
            return [(title, text) for title, text in connection.execute(query)]
