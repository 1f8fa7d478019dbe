"""Deletes what has grown old, and one conversation at a patient's wish; for the command line."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import time
from collections.abc import Collection, Iterator
from pathlib import Path

import sqlalchemy as sa

from spinechat.settings import BadSetting, StorageSettings, data_folder
from spinechat.storage import database, notes, queries, spool
from spinechat.storage.ids import safe_id
from spinechat.storage.waiting import Entry

_UNITS = {"h": 3600.0, "d": 86_400.0, "w": 7 * 86_400.0}
# Ids of written turns are needed while a turn may be tried again.
TURN_IDS_KEPT = 86_400.0
# Seconds since 1970; a table of the data folder that has this column is deleted from by age.
TIME_COLUMN = "at"


class BadAge(BadSetting):
    """An age that cannot be read; the message says how to write one."""


def seconds(age: str) -> float:
    """An age such as "30d", "12h" or "4w" in seconds.

    Raises:
        BadAge: with an example.
    """
    found = re.fullmatch(r"([1-9]\d{0,4})([hdw])", age.strip().lower())
    if not found:
        raise BadAge(f"An age is a number with h, d or w, for example 30d; this is {age!r}.")
    return int(found[1]) * _UNITS[found[2]]


@contextlib.contextmanager
def _engine() -> Iterator[sa.engine.Engine]:
    """An engine for a command: its statements may take their time.

    PostgreSQL's tables are made by `prepare` alone: the user of daily life may lack the right.
    """
    settings = StorageSettings.from_environment()
    engine = database.make_engine(settings)
    if database.is_postgresql(engine):

        @sa.event.listens_for(engine, "begin")
        def patient(connection: sa.engine.Connection) -> None:
            limit = int(1000 * database.COMMAND_LIMIT)
            connection.execute(sa.text(f"set local statement_timeout = {limit}"))

    try:
        if not database.is_postgresql(engine):
            database.prepare(engine)
        yield engine
    finally:
        engine.dispose()


def prepare() -> str:
    """Makes the tables; what was prepared, in words for the terminal (never the password)."""
    with _engine() as engine:
        database.prepare(engine)
        return str(engine.url.set(password=None, query={}))


def forget(conversation_id: str) -> int:
    """Deletes one conversation; how many events that were, stored or left over in an outage."""
    conversation = safe_id(conversation_id)
    left_over = spool.discard(data_folder(), lambda entry: entry.conversation == conversation)
    with _engine() as engine:
        with engine.begin() as connection:
            count = queries.erase(connection, safe_id(conversation_id))
        if count:
            _give_space_back(engine)
    return count + sum(len(entry.rows) for entry in left_over)


def purge(
    older_than: float,
    dry_run: bool = False,
    apart: Collection[str] = (),
    notes_older_than: float | None = None,
) -> dict[str, int]:
    """Deletes conversations whose last event is older, notes, and other old rows.

    Args:
        older_than: seconds.
        dry_run: only counts.
        apart: names of files whose rows are deleted by their owner.
        notes_older_than: seconds, for the notes for review; without it, `older_than`.

    Returns:
        How many were deleted (or would be), by name.
    """
    now = time.time()
    before = now - older_than
    with _engine() as engine:
        counts = _purge_conversations(engine, before, dry_run)
        with engine.begin() as connection:
            old = database.written_turns.c.at < min(before, now - TURN_IDS_KEPT)
            if not dry_run:
                connection.execute(database.written_turns.delete().where(old))
        if counts["conversations"] and not dry_run:
            _give_space_back(engine)
    left_over = spool.discard(data_folder(), lambda entry: _is_old(entry, before), dry_run)
    counts["turns left over"] = len(left_over)
    notes_before = before if notes_older_than is None else now - notes_older_than
    for path in sorted(data_folder().glob("*.db")):
        if path.name not in (database.FILE, *apart):
            oldest = notes_before if path.name == notes.FILE else before
            counts.update(_purge_file(path, oldest, dry_run))
    return counts


def _is_old(entry: Entry, before: float) -> bool:
    return bool(entry.rows) and all((row.timestamp or 0.0) < before for row in entry.rows)


def _purge_conversations(engine: sa.engine.Engine, before: float, dry_run: bool) -> dict[str, int]:
    """In batches, each a transaction of its own."""
    silent = queries.silent_since(before)
    with engine.connect() as connection:
        names = list(connection.execute(silent).scalars())
        count = sa.select(sa.func.count()).where(database.events.c.sender_id.in_(silent))
        counts = {
            "conversations": len(names),
            "events": int(connection.execute(count).scalar_one()),
        }
    if dry_run:
        return counts
    counts["events"] = 0
    for first in range(0, len(names), queries.BATCH):
        batch = database.events.c.sender_id.in_(names[first : first + queries.BATCH])
        # Asked again: one that goes on meanwhile stays.
        statement = database.events.delete().where(
            batch, database.events.c.sender_id.in_(silent.where(batch))
        )
        with engine.begin() as connection:
            counts["events"] += int(connection.execute(statement).rowcount)
    return counts


def _purge_file(path: Path, before: float, dry_run: bool) -> dict[str, int]:
    """Old rows of every table of a SQLite file that has a time."""
    counts = {}
    with contextlib.closing(sqlite3.connect(path, timeout=10)) as connection:
        connection.execute("pragma secure_delete = on")
        tables = connection.execute(
            "select m.name from sqlite_master m join pragma_table_info(m.name) c"
            " where m.type = 'table' and c.name = ? order by m.name",
            (TIME_COLUMN,),
        ).fetchall()
        for (table,) in tables:
            where = f'from "{table}" where "{TIME_COLUMN}" < ?'
            (count,) = connection.execute(f"select count(*) {where}", (before,)).fetchone()
            if count and not dry_run:
                connection.execute(f"delete {where}", (before,))
            counts[f"{path.stem}/{table}"] = int(count)
        connection.commit()
        if any(counts.values()) and not dry_run:
            connection.execute("vacuum")
    return counts


def _give_space_back(engine: sa.engine.Engine) -> None:
    """Vacuum: SQLite's file shrinks, PostgreSQL reuses the room of what was deleted."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if database.is_postgresql(engine):
            connection.execute(sa.text("set statement_timeout = 0"))
            connection.execute(sa.text(f"vacuum {database.events.name}"))
        else:
            connection.execute(sa.text("vacuum"))
