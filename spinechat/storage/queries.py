"""Every statement on conversations."""

from __future__ import annotations

import time
from collections.abc import Sequence

import sqlalchemy as sa

from spinechat.storage.database import events, written_turns
from spinechat.storage.rows import Row
from spinechat.storage.waiting import Entry

# Conversations deleted in one transaction: short enough for the patients who write meanwhile.
BATCH = 200
_COLUMNS = (
    events.c.type_name,
    events.c.timestamp,
    events.c.intent_name,
    events.c.action_name,
    events.c.data,
)


def check(connection: sa.engine.Connection) -> None:
    """Raises an error of SQLAlchemy if the tables are missing."""
    for table in (events, written_turns):
        connection.execute(sa.select(table.c.id).limit(1)).all()


def newest(connection: sa.engine.Connection, conversation: str, most: int | None) -> Sequence[Row]:
    """The newest `most` rows of a conversation (all for None), oldest first."""
    query = sa.select(*_COLUMNS).where(events.c.sender_id == conversation)
    found = connection.execute(query.order_by(events.c.id.desc()).limit(most)).all()
    return [Row(*row) for row in reversed(found)]


def write(connection: sa.engine.Connection, entry: Entry) -> None:
    """Appends a turn or deletes a conversation, once.

    Raises:
        sqlalchemy.exc.IntegrityError: it was written before.
    """
    # First, and in a statement of its own: its failure tells no patient's words to any log.
    connection.execute(written_turns.insert().values(id=entry.id, at=time.time()))
    if entry.erases:
        erase(connection, entry.conversation)
    elif entry.rows:
        rows = [
            {
                "sender_id": entry.conversation,
                "type_name": row.type_name,
                "timestamp": row.timestamp,
                "intent_name": row.intent_name,
                "action_name": row.action_name,
                "data": row.data,
            }
            for row in entry.rows
        ]
        connection.execute(events.insert(), rows)


def is_written(connection: sa.engine.Connection, entry: Entry) -> bool:
    """Whether an entry was written before."""
    query = sa.select(written_turns.c.id).where(written_turns.c.id == entry.id)
    return connection.execute(query).first() is not None


def erase(connection: sa.engine.Connection, conversation: str) -> int:
    """Deletes a conversation; how many events that were."""
    statement = events.delete().where(events.c.sender_id == conversation)
    return int(connection.execute(statement).rowcount)


def count(connection: sa.engine.Connection, conversation: str) -> int:
    """How many events of a conversation are stored."""
    query = sa.select(sa.func.count()).where(events.c.sender_id == conversation)
    return int(connection.execute(query).scalar_one())


def has_message_since(
    connection: sa.engine.Connection, conversation: str, timestamp: float
) -> bool:
    """Whether a patient's message of that time (seconds since 1970) or later is stored."""
    query = sa.select(events.c.id).where(
        events.c.sender_id == conversation,
        events.c.type_name == "user",
        events.c.timestamp >= timestamp,
    )
    return connection.execute(query.limit(1)).first() is not None


def conversations(connection: sa.engine.Connection) -> list[str]:
    """The ids of all conversations."""
    return list(connection.execute(sa.select(events.c.sender_id).distinct()).scalars())


def silent_since(before: float) -> sa.sql.Select:
    """A query for the conversations whose last event is older than a time (seconds since 1970)."""
    last = sa.func.max(sa.func.coalesce(events.c.timestamp, 0.0))
    return sa.select(events.c.sender_id).group_by(events.c.sender_id).having(last < before)
