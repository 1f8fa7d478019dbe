"""The database: one PostgreSQL server, or one SQLite file in the data folder; its tables.

Table `events` has the columns of Rasa's own SQLTrackerStore, so that files written by it and
tools that read it go on working. Table `written_turns` holds the ids of turns that were written:
a turn whose commit was not heard of is tried again, and its id keeps it from being stored twice.
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, CreateTable

from spinechat.settings import StorageSettings, data_folder

FILE = "conversations.db"
# Connections, and threads that use them. Operations take a few milliseconds.
CONNECTIONS = 8
# SQLite has one writer at a time, and who finds it busy sleeps: one thread serves sooner.
SQLITE_CONNECTIONS = 1
# Seconds for what a command does, beside which nobody waits for an answer.
COMMAND_LIMIT = 600.0
# Any number, the same in every process: who holds it makes the tables.
_PREPARING = 7_463_201
# A lost network gives no answer at all; the kernel gives up after this many milliseconds.
_SILENCE = 10_000

metadata = sa.MetaData()
events = sa.Table(
    "events",
    metadata,
    # 30 million events a day, as a million patients make, overflow Rasa's 32 bits in ten weeks.
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
    sa.Column("sender_id", sa.String(255), nullable=False),
    sa.Column("type_name", sa.String(255), nullable=False),
    sa.Column("timestamp", sa.Float(53)),
    sa.Column("intent_name", sa.String(255)),
    sa.Column("action_name", sa.String(255)),
    sa.Column("data", sa.Text),
)
# A conversation's newest events are read without looking at its others.
sa.Index("events_of_conversation", events.c.sender_id, events.c.id)
# Retention asks for each conversation's last event.
sa.Index("events_by_age", events.c.sender_id, events.c.timestamp)
written_turns = sa.Table(
    "written_turns",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("at", sa.Float(53), nullable=False, index=True),
)


def sqlite_path() -> Path:
    """The embedded database's file."""
    return data_folder() / FILE


def make_engine(settings: StorageSettings, path: Path | None = None) -> sa.engine.Engine:
    """An engine; connects to nothing yet.

    Args:
        settings: SQLite is used if they name no PostgreSQL.
        path: of SQLite's file, if it is not the data folder's.
    """
    # Statements are never echoed, and no error tells a statement's parameters.
    quiet = {"hide_parameters": True, "echo": False}
    if settings.database_url and path is None:
        return _postgresql(settings, quiet)
    return _sqlite(path or sqlite_path(), settings.database_limit, quiet)


def _postgresql(settings: StorageSettings, quiet: dict[str, Any]) -> sa.engine.Engine:
    url = sa.engine.make_url(settings.database_url).set(drivername="postgresql+psycopg2")
    limit = settings.database_limit
    milliseconds = max(1, int(1000 * limit))
    options = [
        url.query.get("options", ""),
        f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds}",
        # A process that was frozen in the middle holds its locks no longer than this.
        f"-c idle_in_transaction_session_timeout={5 * milliseconds}",
    ]
    return sa.create_engine(
        url,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=limit,
        # After a restart of the server old connections are dead: each is tried before it is used.
        pool_pre_ping=True,
        connect_args={
            "options": " ".join(options).strip(),
            # libpq knows whole seconds, two at least.
            "connect_timeout": max(2, math.ceil(limit)),
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": _SILENCE,
        },
        **quiet,
    )


def _sqlite(path: Path, limit: float, quiet: dict[str, Any]) -> sa.engine.Engine:
    engine = sa.create_engine(
        f"sqlite:///{path}",
        connect_args={"timeout": limit, "check_same_thread": False},
        **quiet,
    )

    @sa.event.listens_for(engine, "connect")
    def connected(connection: Any, record: Any) -> None:
        # Deleted rows are overwritten with zeros, not only unlinked.
        connection.execute("pragma secure_delete = on")

    return engine


def is_postgresql(engine: sa.engine.Engine) -> bool:
    """Whether it is not the embedded database."""
    return bool(engine.dialect.name == "postgresql")


def connections(engine: sa.engine.Engine) -> int:
    """How many threads may use it at once."""
    return CONNECTIONS if is_postgresql(engine) else SQLITE_CONNECTIONS


def prepare(engine: sa.engine.Engine) -> None:
    """Makes what is missing of the tables; may run at any time, in several processes at once.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database does not answer or does not allow it.
    """
    if not is_postgresql(engine) and engine.url.database:
        # Only the owner may read it: a patient's words are health data.
        os.close(os.open(engine.url.database, os.O_CREAT | os.O_RDWR, 0o600))
    with engine.begin() as connection:
        if is_postgresql(engine):
            for limit in ("statement_timeout", "lock_timeout"):
                connection.execute(sa.text(f"set local {limit} = '{int(COMMAND_LIMIT)}s'"))
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_PREPARING)))
            _widen_ids(connection)
        for table in metadata.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
            for index in sorted(table.indexes, key=lambda index: index.name):
                connection.execute(CreateIndex(index, if_not_exists=True))


def _widen_ids(connection: sa.engine.Connection) -> None:
    """A table that Rasa's own store made has ids of 32 bits."""
    inspector = sa.inspect(connection)
    if not inspector.has_table(events.name):
        return
    kinds = {column["name"]: column["type"] for column in inspector.get_columns(events.name)}
    if not isinstance(kinds["id"], sa.BigInteger):
        connection.execute(sa.text("alter table events alter column id type bigint"))
