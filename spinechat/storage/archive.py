"""Reads and writes conversations, with a time limit, and keeps what cannot be written yet.

Every turn goes through a line in memory to a few threads of its own. When the database answers,
the line is empty after a few milliseconds and the turn waits for that. When it fails, or takes
longer than the limit, it counts as down: nobody waits for it any more, conversations go on from
memory, and one thread tries again every second until all that waits is written, in order. What
still waits when the process ends is left in a file, and read in at the next start (spool.py).
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from spinechat.settings import StorageSettings
from spinechat.storage import database, queries
from spinechat.storage.rows import Row
from spinechat.storage.spool import Spool
from spinechat.storage.threads import Threads
from spinechat.storage.waiting import Entry, RecentTurns, WaitingLine

logger = logging.getLogger(__name__)
T = TypeVar("T")
# Seconds between two attempts while the database is down.
PAUSE = 1.0


class DatabaseDown(Exception):
    """The database does not answer; what was to be written waits."""


class Archive:
    """All conversations of one database.

    Attributes:
        engine: of SQLAlchemy.
        limit: seconds of one operation.
        counts: what went wrong since the start, by the names in KINDS.
    """

    KINDS = ("outages", "turns given up", "turns refused", "damaged rows")

    def __init__(self, settings: StorageSettings, path: Path | None = None) -> None:
        """Connects to nothing yet, unless turns were left over when a server last ended.

        Args:
            settings: where the database is.
            path: of SQLite's file, if not the data folder's.
        """
        self.limit = settings.database_limit
        self.counts: Counter[str] = Counter()
        self.engine = database.make_engine(settings, path)
        self._lock = threading.Lock()
        self._line = WaitingLine(settings.waiting_turns)
        self._recent = RecentTurns()
        self._threads = Threads(database.connections(self.engine))
        self._down = False
        self._erasures = 0
        self._prepared = database.is_postgresql(self.engine)
        self._spool = Spool((path or database.sqlite_path()).parent)
        self._take_over()
        atexit.register(self._leave)

    @property
    def waiting(self) -> int:
        """How many turns wait to be written."""
        return len(self._line)

    @property
    def is_down(self) -> bool:
        """Whether the database counts as down."""
        return self._down

    def begin(self, work: Callable[[sa.engine.Engine], T]) -> Future[T]:
        """Starts an operation in a thread of this archive.

        The future raises DatabaseDown if it fails. Whoever waits longer than `limit` calls
        `timed_out`.

        Raises:
            DatabaseDown: at once, while the database counts as down.
        """
        if self._down:
            raise DatabaseDown
        return self._threads.submit(lambda: self._guarded(work))

    def _guarded(self, work: Callable[[sa.engine.Engine], T]) -> T:
        try:
            self._prepare_once()
            return work(self.engine)
        except Exception as error:
            self._fail(type(error).__name__)
            raise DatabaseDown from None

    def _prepare_once(self) -> None:
        """SQLite needs no set-up; PostgreSQL's tables are made by `spinechat database`."""
        if not self._prepared:
            database.prepare(self.engine)
            self._prepared = True

    def timed_out(self) -> None:
        """Somebody waited for longer than `limit`."""
        self._fail("TimeoutError")

    def _fail(self, kind: str) -> None:
        with self._lock:
            if self._down:
                return
            self._down = True
            self.counts["outages"] += 1
            # Those that hang keep their threads and connections until the database lets go.
            self._threads = Threads(database.connections(self.engine))
        # The kind of the error only: its text may hold a statement.
        logger.error("the database is down (%(kind)s); turns wait in memory", {"kind": kind})
        self.engine.dispose()
        self._start_return()

    def _start_return(self) -> None:
        threading.Thread(target=self._come_back, name="spinechat-return", daemon=True).start()

    def _take_over(self) -> None:
        """What was left over comes first, as at the end of an outage."""
        left_over = self._spool.take()
        if left_over:
            given_up = sum(self._line.add(entry) for entry in left_over)
            self.counts["turns given up"] += given_up
            self._down = True
            logger.warning("%d turns left over from the last run", self.waiting)
            self._start_return()

    def read(self, conversation: str, most: int | None) -> Future[Sequence[Row]]:
        """The newest rows of a conversation, oldest first, once all that waits is written."""

        def work(engine: sa.engine.Engine) -> Sequence[Row]:
            self._write_all(conversation)
            erasures = self._erasures
            with engine.connect() as connection:
                rows = queries.newest(connection, conversation, most)
            with self._lock:
                # What was deleted meanwhile must not come back into memory.
                if self._erasures == erasures:
                    self._recent.put(conversation, rows)
            return rows

        return self.begin(work)

    def remembered(self, conversation: str) -> Sequence[Row]:
        """What memory knows of a conversation: its last stored turns and those that wait."""
        with self._lock:
            waiting, erased = self._line.rows(conversation)
            return waiting if erased else [*self._recent.rows(conversation), *waiting]

    def write(self, entry: Entry) -> Future[None]:
        """Puts an entry in line and starts writing; it waits whatever becomes of the future.

        Raises:
            DatabaseDown: it waits.
        """
        with self._lock:
            given_up = self._line.add(entry)
            if entry.erases:
                self._recent.drop(entry.conversation)
                self._erasures += 1
                if self._spool.holds:
                    # What the patient wants deleted must not wait in a file either.
                    self._keep_waiting()
            if given_up:
                self.counts["turns given up"] += given_up
        if given_up:
            values = {
                "turns": given_up,
                "conversation": entry.conversation,
                "so_far": self.counts["turns given up"],
            }
            logger.error(
                "too many turns wait: %(turns)d of %(conversation)s given up, %(so_far)d so far",
                values,
            )
        return self.begin(lambda engine: self._write_all(entry.conversation))

    def _write_all(self, conversation: str) -> None:
        while True:
            with self._lock:
                entry = self._line.first(conversation)
            if entry is None:
                return
            written = self._is_written(entry)
            with self._lock:
                still_waits = self._line.first(conversation) == entry
                self._line.written(entry)
                if written and still_waits and entry.rows:
                    self._recent.add(conversation, entry.rows)

    def _is_written(self, entry: Entry) -> bool:
        """Writes an entry; False if the database will never take it.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the database is down, or not prepared.
        """
        try:
            with self.engine.begin() as connection:
                queries.write(connection, entry)
            return True
        except sa.exc.IntegrityError:
            with self.engine.connect() as connection:
                if queries.is_written(connection, entry):
                    return True
            refused = "IntegrityError"
        except sa.exc.DataError:
            refused = "DataError"
        self.counts["turns refused"] += 1
        values = {"conversation": entry.conversation, "kind": refused}
        logger.error("a turn of %(conversation)s was refused (%(kind)s)", values)
        return False

    def _come_back(self) -> None:
        begin = time.monotonic()
        while True:
            time.sleep(PAUSE)
            try:
                if self._is_back():
                    break
            except Exception as error:
                logger.debug("the database is still down: %s", type(error).__name__)
                # A SQLite file that is gone is made again.
                self._prepared = database.is_postgresql(self.engine)
        logger.warning("the database is back after %.0f s", time.monotonic() - begin)

    def _is_back(self) -> bool:
        """Writes all that waits; then the database counts as up."""
        self._prepare_once()
        with self.engine.connect() as connection:
            queries.check(connection)
        while True:
            with self._lock:
                conversation = self._line.any_conversation()
                if conversation is None:
                    self._keep_waiting()
                    self._down = False
                    return True
            self._write_all(conversation)

    def _keep_waiting(self) -> None:
        """Leaves what waits in a file, or takes the file away; the lock is held."""
        try:
            self._spool.keep(self._line.entries())
        except OSError as error:
            logger.error("%d turns were not kept (%s)", self.waiting, type(error).__name__)

    def _leave(self) -> None:
        with self._lock:
            self._keep_waiting()
            if self.waiting and self._spool.holds:
                logger.warning("%d turns wait for the next start", self.waiting)
