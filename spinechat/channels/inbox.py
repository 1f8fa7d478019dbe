"""The inbox: messages that a vendor's webhook brought, kept until they are answered.

One SQLite file in the data folder. A row holds the masked text while it waits, the rendered
answer and the address while that is sent, and nothing but a keyed hash of the vendor's id
afterwards, so that a repeated webhook is known. Deleted content is overwritten.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spinechat.monitoring import metrics
from spinechat.settings import data_folder

FILE = "inbox.db"
# Seconds to wait for another process (the action that deletes a chat) to let go of the file. All
# patients wait with it.
PATIENCE = 1.0
_SCHEMA = """
create table if not exists messages (
    id integer primary key,
    channel text not null,
    vendor_id text not null,
    conversation text not null,
    at real not null,
    state text not null,
    attempts integer not null default 0,
    content text not null,
    address text not null,
    parts text not null default '[]',
    sent integer not null default 0,
    unique (channel, vendor_id)
);
create index if not exists open_messages on messages (conversation, state);
create table if not exists people (
    conversation text primary key,
    last_at real not null,
    noticed integer not null default 0,
    stopped integer not null default 0
);
create table if not exists counts (
    day text not null,
    channel text not null,
    what text not null,
    number integer not null,
    primary key (day, channel, what)
);
"""
WAITING, READY = "waiting", "ready"
DONE, UNDELIVERED, FAILED = "done", "undelivered", "failed"
_OPEN = (WAITING, READY)


@dataclass(frozen=True)
class Letter:
    """A message to be answered.

    Attributes:
        vendor_id: keyed hash of the vendor's id.
        content: what is left of the message, JSON (post_office.py).
        address: where the answer goes, as the channel needs it.
        parts: the rendered answer, once there is one.
        sent: how many of the parts have gone out.
        attempts: how often answering began.
    """

    channel: str
    vendor_id: str
    conversation: str
    content: Mapping[str, Any]
    address: Mapping[str, str]
    at: float = 0.0
    id: int = 0
    state: str = WAITING
    attempts: int = 0
    parts: Sequence[dict[str, Any]] = field(default_factory=tuple)
    sent: int = 0


@dataclass(frozen=True)
class Person:
    """What is remembered of a sender; a keyed hash stands for the address.

    Attributes:
        last_at: seconds since 1970 of the last message.
        noticed: whether the first-contact notice was given.
        stopped: whether the person said STOP.
    """

    last_at: float = 0.0
    noticed: bool = False
    stopped: bool = False


class Inbox:
    """The messages in one SQLite file; safe to use from several threads and processes."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._connection = sqlite3.connect(
            path or data_folder() / FILE, timeout=PATIENCE, check_same_thread=False
        )
        self._connection.executescript(_SCHEMA)
        self._connection.execute("pragma secure_delete = on")

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def together(self) -> Iterator[sqlite3.Connection]:
        """Makes several writes one: all are stored, or none, at the price of a single one."""
        with self._lock:
            self._depth += 1
            try:
                yield self._connection
                if self._depth == 1:
                    self._connection.commit()
            except BaseException:
                self._connection.rollback()
                raise
            finally:
                self._depth -= 1

    def accept(self, letter: Letter) -> bool:
        """Stores a message; False if its id is known."""
        row = (letter.channel, letter.vendor_id, letter.conversation, letter.at or time.time(),
               letter.state, json.dumps(letter.content), json.dumps(letter.address))  # fmt: skip
        with self.together() as connection:
            cursor = connection.execute(
                "insert or ignore into messages"
                " (channel, vendor_id, conversation, at, state, content, address)"
                " values (?, ?, ?, ?, ?, ?, ?)",
                row,
            )
        return cursor.rowcount == 1

    def knows(self, channel: str, vendor_id: str) -> bool:
        """Whether a message of this id was accepted before."""
        query = "select 1 from messages where channel = ? and vendor_id = ?"
        with self._lock:
            found = self._connection.execute(query, (channel, vendor_id)).fetchone()
        return found is not None

    def begin(self, conversation: str) -> Letter | None:
        """The oldest open message of a conversation, one attempt more on its record."""
        with self.together() as connection:
            row = connection.execute(
                "select id, channel, vendor_id, conversation, at, state, attempts, content,"
                " address, parts, sent from messages"
                " where conversation = ? and state in (?, ?) order by id limit 1",
                (conversation, *_OPEN),
            ).fetchone()
            if row is None:
                return None
            connection.execute(
                "update messages set attempts = attempts + 1 where id = ?", (row[0],)
            )
        return Letter(
            id=row[0], channel=row[1], vendor_id=row[2], conversation=row[3], at=row[4],
            state=row[5], attempts=row[6] + 1, content=json.loads(row[7]),
            address=json.loads(row[8]), parts=json.loads(row[9]), sent=row[10],
        )  # fmt: skip

    def ready(self, letter: Letter, parts: Sequence[Mapping[str, Any]]) -> None:
        """Keeps the answer until it is sent; the message itself goes.

        A conversation that was deleted in the meantime keeps nothing.
        """
        with self.together() as connection:
            connection.execute(
                "update messages set state = ?, content = '{}', parts = ?, attempts = 0"
                " where id = ? and conversation != ''",
                (READY, json.dumps(parts), letter.id),
            )

    def sent(self, letter: Letter, count: int) -> None:
        """How many parts of an answer are out, so that a restart does not repeat them."""
        with self.together() as connection:
            connection.execute("update messages set sent = ? where id = ?", (count, letter.id))

    def finish(self, letter: Letter, state: str) -> None:
        """Ends a message: only its id and its time stay."""
        with self.together() as connection:
            connection.execute(
                "update messages set state = ?, content = '{}', address = '{}', parts = '[]'"
                " where id = ?",
                (state, letter.id),
            )

    def unanswered(self, channels: Collection[str]) -> list[str]:
        """Conversations of these channels with open messages, the longest waiting first."""
        marks = ", ".join("?" for _ in channels)
        query = (
            f"select conversation from messages where state in (?, ?) and channel in ({marks})"
            " group by conversation order by min(id)"
        )
        with self._lock:
            rows = self._connection.execute(query, (*_OPEN, *channels)).fetchall()
        return [row[0] for row in rows]

    def person(self, conversation: str) -> Person:
        """What is remembered of the sender of a conversation."""
        query = "select last_at, noticed, stopped from people where conversation = ?"
        with self._lock:
            row = self._connection.execute(query, (conversation,)).fetchone()
        return Person(row[0], bool(row[1]), bool(row[2])) if row else Person()

    def heard_from(self, conversation: str, at: float) -> None:
        """Notes when a sender last wrote (seconds since 1970)."""
        with self.together() as connection:
            connection.execute(
                "insert into people (conversation, last_at) values (?, ?)"
                " on conflict (conversation) do update set last_at = max(last_at, ?)",
                (conversation, at, at),
            )

    def noticed(self, conversation: str, given: bool = True) -> None:
        """Notes that the first-contact notice was given; not in a chat that was deleted."""
        with self.together() as connection:
            connection.execute(
                "update people set noticed = ? where conversation = ?", (given, conversation)
            )

    def consent(self, conversation: str, given: bool) -> None:
        """Notes a START or a STOP of a sender who was heard from."""
        with self.together() as connection:
            connection.execute(
                "update people set stopped = ? where conversation = ?", (not given, conversation)
            )

    def forget(self, conversation: str, waiting_too: bool = False) -> None:
        """Deletes what is kept of a conversation.

        At the patient's wish messages that still wait came after it, and are answered. A STOP
        outlives it: its keyed hash keeps messages from someone who wants none. The hashed ids of
        messages stay, without the conversation, or a repeated webhook would bring the wish back.
        """
        with self.together() as connection:
            connection.execute(
                "update messages set conversation = '', content = '{}', address = '{}',"
                " parts = '[]', state = case state when ? then ? else state end"
                " where conversation = ? and (state != ? or attempts > 0 or ?)",
                (READY, DONE, conversation, WAITING, waiting_too),
            )
            connection.execute(
                "update messages set state = ? where conversation = '' and state = ?",
                (DONE, WAITING),
            )
            connection.execute(
                "delete from people where conversation = ? and stopped = 0", (conversation,)
            )

    def purge(self, before: float, dry_run: bool = False) -> int:
        """Deletes what is older than a time (seconds since 1970), but every STOP; how many rows."""
        day = time.strftime("%Y-%m-%d", time.gmtime(before))
        with self.together() as connection:
            count = sum(
                connection.execute(query, (limit,)).rowcount
                for query, limit in (
                    ("delete from messages where at < ?", before),
                    ("delete from people where last_at < ? and stopped = 0", before),
                    ("delete from counts where day < ?", day),
                )
            )
            if dry_run:
                connection.rollback()
        return count

    def count(self, channel: str, what: str, number: int = 1) -> None:
        """Adds to a day's count of something ("received", "undelivered", "segments" ...)."""
        with self.together() as connection:
            connection.execute(
                "insert into counts (day, channel, what, number) values (date('now'), ?, ?, ?)"
                " on conflict (day, channel, what) do update set number = number + ?",
                (channel, what, number, number),
            )
        metrics.message(channel, what, number)

    def counts(self) -> dict[tuple[str, str], int]:
        """All that was counted, by channel and what."""
        query = "select channel, what, sum(number) from counts group by channel, what"
        with self._lock:
            return {(row[0], row[1]): row[2] for row in self._connection.execute(query)}
