"""Tracker store: Rasa's door to the archive of conversations.

Named in endpoints.yml. It never raises an error and never ends the process; where Rasa's own SQL
store does (docs/operations.md), a conversation goes on from what memory knows of it.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path
from typing import Any, TypeVar

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.trackers import DialogueStateTracker

from spinechat.settings import StorageSettings
from spinechat.storage import queries
from spinechat.storage.archive import Archive, DatabaseDown
from spinechat.storage.database import sqlite_path
from spinechat.storage.ids import safe_id
from spinechat.storage.rows import Row, as_rows, fill, newest_session, thinned
from spinechat.storage.waiting import Entry

logger = logging.getLogger(__name__)
T = TypeVar("T")
# A turn reads no more events than this of a conversation: about 20 turns, as one has 7 to 8.
# Their replies are enough for the summary of a visit, for "tell me more" and for the topic.
WINDOW = 150
# Of these it sees whole: an alarm stands for three turns, buttons count for six replies.
WHOLE_TURNS = 6
# How many of a tracker's events came from the store or went into it.
_KNOWN = "spinechat_known_events"

_archives: dict[tuple[StorageSettings, Path], Archive] = {}
_archives_lock = threading.Lock()


def archive(path: Path | None = None) -> Archive:
    """The archive that the settings name; one in a process, as turns may wait in its memory.

    Args:
        path: a SQLite file, whatever the settings say.
    """
    settings = StorageSettings.from_environment()
    key = (settings, (path or sqlite_path()).absolute())
    with _archives_lock:
        if key not in _archives:
            _archives[key] = Archive(settings, path)
        return _archives[key]


class ConversationStore(TrackerStore):
    """Keeps conversations in PostgreSQL, or in one SQLite file (see `spinechat.settings`)."""

    def __init__(
        self,
        domain: Any = None,
        event_broker: Any = None,
        host: str | None = None,
        db: str | None = None,
    ) -> None:
        """Called by Rasa with what endpoints.yml says; connects to nothing yet.

        Args:
            domain: Rasa's domain, for the slots.
            event_broker: of Rasa, if there is one.
            host: given by Rasa, not used.
            db: a SQLite file, whatever the settings say.
        """
        self._archive = archive(Path(db) if db else None)
        super().__init__(domain, event_broker)

    @property
    def archive(self) -> Archive:
        """What stands behind it, with counts of what went wrong."""
        return self._archive

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The last turns of the present session; None if nothing is known of it."""
        conversation = safe_id(sender_id)
        try:
            rows = await self._result(self._archive.read(conversation, WINDOW))
        except DatabaseDown:
            rows = self._archive.remembered(conversation)
        return self._tracker(sender_id, thinned(newest_session(rows, WINDOW), WHOLE_TURNS))

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """All of a conversation."""
        conversation = safe_id(conversation_id)
        try:
            rows = await self._result(self._archive.read(conversation, None))
        except DatabaseDown:
            rows = self._archive.remembered(conversation)
        return self._tracker(conversation_id, rows)

    def _tracker(self, sender_id: str, rows: Sequence[Row]) -> DialogueStateTracker | None:
        if not rows:
            return None
        tracker = self.init_tracker(sender_id)
        damaged = fill(tracker, rows)
        if damaged:
            self._archive.counts["damaged rows"] += damaged
            values = {"rows": damaged, "conversation": safe_id(sender_id)}
            logger.error("%(rows)d damaged rows of %(conversation)s left out", values)
        setattr(tracker, _KNOWN, len(tracker.events))
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Stores what is new; while the database is down it waits in memory."""
        events = list(tracker.events)
        new = events[getattr(tracker, _KNOWN, 0) :]
        conversation = safe_id(tracker.sender_id)
        rows = as_rows(new, conversation)
        setattr(tracker, _KNOWN, len(events))
        if rows:
            try:
                await self._result(self._archive.write(Entry(conversation, rows)))
            except DatabaseDown:
                logger.warning("a turn of %(conversation)s waits", {"conversation": conversation})
        if self.event_broker is not None:
            await self._stream_new_events(self.event_broker, new, tracker.sender_id)

    async def keys(self) -> Iterable[str]:
        """The ids of all conversations; none while the database is down."""

        def work(engine: Any) -> list[str]:
            with engine.connect() as connection:
                return queries.conversations(connection)

        try:
            return await self._result(self._archive.begin(work))
        except DatabaseDown:
            return []

    async def forget_in_turn(self, conversation_id: str) -> None:
        """As `forget`, without holding anybody up."""
        conversation = safe_id(conversation_id)
        try:
            await self._result(self._archive.write(Entry(conversation, erases=True)))
        except DatabaseDown:
            _deletion_waits(conversation)

    def forget(self, conversation_id: str) -> int:
        """Deletes everything of a conversation, once the database answers; blocks.

        Returns:
            How many events were stored, or waited, when it was asked.
        """
        conversation = safe_id(conversation_id)

        def work(engine: Any) -> int:
            with engine.connect() as connection:
                return queries.count(connection, conversation)

        try:
            count = self._waited(self._archive.begin(work))
        except DatabaseDown:
            count = len(self._archive.remembered(conversation))
        try:
            self._waited(self._archive.write(Entry(conversation, erases=True)))
        except DatabaseDown:
            _deletion_waits(conversation)
        return count

    def holds_message_since(self, conversation_id: str, timestamp: float) -> bool:
        """Whether a patient's message of that time (seconds since 1970) is stored, or waits."""
        conversation = safe_id(conversation_id)
        if any(
            row.type_name == "user" and (row.timestamp or 0.0) >= timestamp
            for row in self._archive.remembered(conversation)
        ):
            return True

        def work(engine: Any) -> bool:
            with engine.connect() as connection:
                return queries.has_message_since(connection, conversation, timestamp)

        try:
            return self._waited(self._archive.begin(work))
        except DatabaseDown:
            return False

    async def _result(self, future: Future[T]) -> T:
        """An operation's result, within the limit.

        Raises:
            DatabaseDown: it failed or took too long.
        """
        # Shielded: who stops waiting must not keep a turn from being written.
        work = asyncio.wrap_future(future)
        # Of what nobody waits for any more, asyncio would log a traceback.
        work.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            return await asyncio.wait_for(asyncio.shield(work), self._archive.limit)
        except asyncio.TimeoutError:
            self._archive.timed_out()
            raise DatabaseDown from None

    def _waited(self, future: Future[T]) -> T:
        try:
            return future.result(self._archive.limit)
        except FutureTimeout:
            self._archive.timed_out()
            raise DatabaseDown from None


def _deletion_waits(conversation: str) -> None:
    logger.warning("the deletion of %(conversation)s waits", {"conversation": conversation})
