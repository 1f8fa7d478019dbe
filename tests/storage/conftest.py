"""Databases for the storage's tests, and conversations to keep in them."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from spinechat.storage import ConversationStore, conversations
from tests.conftest import started
from trials.services import Postgres, Redis

# Seconds of one operation: long, as the machine may be busy; outages are tested with a short one.
LIMIT = 20.0
run = asyncio.run


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server."""
    service = started(Postgres)
    yield service
    service.remove()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    """A Redis server."""
    service = started(Redis)
    yield service
    service.remove()


@dataclass
class Base:
    """One empty database, and how to talk to it."""

    kind: str
    folder: Path
    service: Postgres | None = None
    name: str = ""

    def store(self) -> ConversationStore:
        """The store, prepared; the same archive behind it each time."""
        return ConversationStore(Domain.empty())

    def another_process(self) -> ConversationStore:
        """A store that shares nothing in memory with the others."""
        conversations._archives.clear()
        return self.store()

    def stock(self) -> SQLTrackerStore:
        """Rasa's own store on the same database."""
        if self.service is None:
            return SQLTrackerStore(Domain.empty(), db=str(self.folder / "conversations.db"))
        return SQLTrackerStore(
            Domain.empty(), dialect="postgresql", host=self.service.url(self.name)
        )

    def execute(self, statement: str, *values: Any) -> list[Any]:
        """One statement by hand."""
        with self.store().archive.engine.connect() as connection:
            found = connection.exec_driver_sql(statement, values)
            rows = list(found.fetchall()) if found.returns_rows else []
            if hasattr(connection.connection, "commit"):
                connection.connection.commit()
        return rows

    def texts(self, conversation: str) -> list[str]:
        """What the patient said, as it is stored, in order."""
        mark = "%s" if self.service else "?"
        rows = self.execute(
            f"select data from events where type_name = 'user' and sender_id = {mark} order by id",
            conversation,
        )
        import json

        return [json.loads(data)["text"] for (data,) in rows]


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """Settings of its own for a test."""
    for name in list(os.environ):
        if name.startswith("SPINECHAT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SPINECHAT_DATA", str(tmp_path))
    monkeypatch.setenv("SPINECHAT_DATABASE_LIMIT", str(LIMIT))
    monkeypatch.setattr("spinechat.storage.archive.PAUSE", 0.1)
    return monkeypatch


@pytest.fixture
def sqlite(settings: pytest.MonkeyPatch, tmp_path: Path) -> Base:
    """An embedded database."""
    return Base("sqlite", tmp_path)


@pytest.fixture
def postgresql(settings: pytest.MonkeyPatch, tmp_path: Path, postgres: Postgres) -> Iterator[Base]:
    """A database in the PostgreSQL server, with its tables."""
    name = postgres.new_database()
    settings.setenv("SPINECHAT_DATABASE_URL", postgres.url(name))
    from spinechat.storage import retention

    retention.prepare()
    yield Base("postgresql", tmp_path, postgres, name)
    postgres.thaw()
    if not postgres.answers():
        postgres.start()


@pytest.fixture(params=["sqlite", "postgresql"])
def base(request: pytest.FixtureRequest) -> Base:
    """Each of the two databases."""
    return request.getfixturevalue(request.param)


def turn(tracker: DialogueStateTracker, text: str, at: float | None = None) -> None:
    """Plays one turn into a tracker, as Rasa does; its first begins the session."""
    now = at or time.time()
    if not tracker.events:
        tracker.update(ActionExecuted("action_session_start", timestamp=now))
        tracker.update(SessionStarted(timestamp=now))
        tracker.update(ActionExecuted("action_listen", timestamp=now))
    parse = {"intent": {"name": "greet", "confidence": 1.0}, "entities": [], "text": text}
    tracker.update(UserUttered(text, parse["intent"], [], parse, timestamp=now))
    tracker.update(ActionExecuted("utter_greet", timestamp=now))
    reply = BotUttered(f"reply to {text}", metadata={"utter_action": "utter_greet"}, timestamp=now)
    tracker.update(reply)
    tracker.update(ActionExecuted("action_listen", timestamp=now))


async def say(
    store: TrackerStore, conversation: Any, *texts: str, at: float | None = None
) -> list[str]:
    """Turns as the server makes them: read, play, save; what the last one knew of before."""
    heard: list[str] = []
    for text in texts:
        tracker = await store.get_or_create_tracker(conversation, append_action_listen=False)
        heard = said(tracker)
        turn(tracker, text, at)
        await store.save(tracker)
    return heard


def said(tracker: DialogueStateTracker | None) -> list[str]:
    """What the patient said in a conversation."""
    events = tracker.events if tracker is not None else []
    return [event.text for event in events if isinstance(event, UserUttered)]


def eventually(seen: Callable[[], Any], seconds: float = 15.0) -> bool:
    """Whether something becomes true in a while."""
    end = time.monotonic() + seconds
    while not seen() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(seen())


def timed(work: Coroutine[Any, Any, Any]) -> tuple[Any, float]:
    """What a coroutine gives, and how many seconds it took."""
    begin = time.monotonic()
    return run(work), time.monotonic() - begin
