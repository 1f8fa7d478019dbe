"""While the database is down conversations go on from memory; what waits is written on return."""

from __future__ import annotations

import asyncio
import gc
import logging
import stat
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.events import UserUttered

from spinechat.project import project_root
from spinechat.storage import archive as archives
from spinechat.storage import waiting
from spinechat.storage.database import CONNECTIONS
from spinechat.storage.rows import as_rows
from spinechat.storage.spool import FILES, Spool, discard
from spinechat.storage.waiting import Entry
from tests.storage.conftest import Base, eventually, run, said, say, timed, turn

LIMIT = 1.0  # seconds of one operation, in place of 3
SLACK = 2.0  # seconds that a busy machine may add


@pytest.fixture(autouse=True)
def short_limit(settings: pytest.MonkeyPatch) -> None:
    """So that an outage is noticed soon."""
    settings.setenv("SPINECHAT_DATABASE_LIMIT", str(LIMIT))


@contextmanager
def stopped(base: Base) -> Iterator[None]:
    assert base.service is not None
    base.service.stop()
    yield
    base.service.start()


@contextmanager
def frozen(base: Base) -> Iterator[None]:
    assert base.service is not None
    base.service.freeze()
    yield
    base.service.thaw()


@contextmanager
def locked(base: Base) -> Iterator[None]:
    """Somebody else holds SQLite's file."""
    with base.store().archive.engine.connect() as connection:
        connection.exec_driver_sql("begin exclusive")
        yield
        connection.exec_driver_sql("rollback")


@contextmanager
def full(base: Base) -> Iterator[None]:
    """SQLite's file may not grow any more: "database or disk is full", but it can be read."""

    def limited(connection: Any, record: Any) -> None:
        (pages,) = connection.execute("pragma page_count").fetchone()
        connection.execute(f"pragma max_page_count = {pages}")

    engine = base.store().archive.engine
    sa.event.listen(engine, "connect", limited)
    yield
    sa.event.remove(engine, "connect", limited)


Outage = Callable[[Base], Any]
OUTAGES = {
    "stopped": ("postgresql", stopped),
    "frozen": ("postgresql", frozen),
    "locked": ("sqlite", locked),
}


@pytest.fixture(params=OUTAGES)
def outage(request: pytest.FixtureRequest) -> tuple[Base, Outage]:
    """A database and what happens to it."""
    kind, happens = OUTAGES[request.param]
    return request.getfixturevalue(kind), happens


def is_back(base: Base) -> bool:
    archive = base.store().archive
    return eventually(lambda: not archive.is_down and archive.waiting == 0)


def test_patients_are_answered_and_nothing_is_lost(outage: tuple[Base, Outage]) -> None:
    base, happens = outage
    store = base.store()
    run(say(store, "web-a", "one", "two"))
    with happens(base):
        heard, first = timed(say(store, "web-a", "three"))
        assert heard == ["one", "two"]
        assert first < 2 * LIMIT + SLACK
        # Nobody waits for a database that is known to be down.
        heard, others = timed(say(store, "web-a", "four", "five", "six"))
        assert heard == ["one", "two", "three", "four", "five"]
        assert others < SLACK
        assert run(say(store, "web-new", "hello", "again")) == ["hello"]
        assert store.archive.waiting == 6
    assert is_back(base)
    assert base.texts("web-a") == ["one", "two", "three", "four", "five", "six"]
    assert base.texts("web-new") == ["hello", "again"]
    # Every event once.
    events = base.execute("select count(*) from events where sender_id = 'web-a'")
    assert events[0][0] == 3 + 6 * 4
    assert run(say(base.another_process(), "web-a", "seven"))[-1] == "six"


def test_the_loop_is_never_blocked(outage: tuple[Base, Outage]) -> None:
    base, happens = outage
    store = base.store()
    run(say(store, "web-a", "one"))

    async def longest_pause() -> float:
        turns = asyncio.gather(*(say(store, f"web-{n}", "one", "two") for n in range(20)))
        longest = 0.0
        while not turns.done():
            begin = time.monotonic()
            await asyncio.sleep(0.01)
            longest = max(longest, time.monotonic() - begin)
        await turns
        return longest

    with happens(base):
        assert run(longest_pause()) < LIMIT
    assert is_back(base)
    for number in range(20):
        assert base.texts(f"web-{number}") == ["one", "two"]


def test_a_full_disk_is_waited_for(sqlite: Base) -> None:
    store = sqlite.store()
    run(say(store, "web-a", "one"))
    with full(sqlite):
        texts = [f"{number} {'x' * 900}" for number in range(12)]
        run(say(store, "web-a", *texts))
        assert store.archive.waiting > 0
        assert said(run(store.retrieve("web-a")))[-1] == texts[-1]
    assert is_back(sqlite)
    assert sqlite.texts("web-a") == ["one", *texts]


def test_a_restart_of_the_database_costs_nothing(postgresql: Base) -> None:
    store = postgresql.store()
    run(say(store, "web-a", "one"))
    assert postgresql.service is not None
    postgresql.service.stop()
    postgresql.service.start()
    # The pooled connection is dead; it is tried before it is used.
    assert run(say(store, "web-a", "two")) == ["one"]
    assert store.archive.counts["outages"] == 0
    assert postgresql.texts("web-a") == ["one", "two"]


def test_stock_rasa_loses_the_turn_of_a_restart(postgresql: Base) -> None:
    store = FailSafeTrackerStore(postgresql.stock())
    run(say(store, "web-a", "one"))
    assert postgresql.service is not None
    postgresql.service.stop()
    postgresql.service.start()
    assert run(say(store, "web-a", "two")) == []
    assert postgresql.texts("web-a") != ["one", "two"]


def test_stock_rasa_forgets_what_was_said_in_an_outage(postgresql: Base) -> None:
    store = FailSafeTrackerStore(postgresql.stock())
    run(say(store, "web-a", "one"))
    with stopped(postgresql):
        assert run(say(store, "web-a", "two", "three")) == []
    time.sleep(3 * archives.PAUSE)
    assert postgresql.texts("web-a") == ["one"]


def test_stock_rasa_hangs_with_the_database(postgresql: Base) -> None:
    store = FailSafeTrackerStore(postgresql.stock())
    run(say(store, "web-a", "one"))

    async def pause() -> float:
        begin = time.monotonic()
        turn = asyncio.create_task(say(store, "web-a", "two"))
        # The loop itself stands still until the server is woken from outside.
        await asyncio.sleep(0.01)
        taken = time.monotonic() - begin
        await turn
        return taken

    assert postgresql.service is not None
    with frozen(postgresql):
        wake = threading.Timer(2.0, postgresql.service.thaw)
        wake.start()
        assert run(pause()) > 1.5
        wake.join()


def test_a_database_that_is_down_at_the_start(postgresql: Base) -> None:
    with stopped(postgresql):
        store = postgresql.another_process()
        assert run(say(store, "web-a", "one", "two")) == ["one"]
    assert is_back(postgresql)
    assert postgresql.texts("web-a") == ["one", "two"]


def test_missing_tables_are_waited_for(postgresql: Base) -> None:
    from spinechat.storage import retention

    postgresql.execute("drop table events")
    store = postgresql.another_process()
    assert run(say(store, "web-a", "one", "two")) == ["one"]
    retention.prepare()
    assert is_back(postgresql)
    assert postgresql.texts("web-a") == ["one", "two"]


def test_a_commit_that_was_not_heard_of_is_not_repeated(postgresql: Base) -> None:
    """Turns hang in the frozen database, are tried again, and the first try ends after all."""
    store = postgresql.store()

    async def all_at_once() -> None:
        await asyncio.gather(*(say(store, f"web-{n}", "one") for n in range(2 * CONNECTIONS)))

    run(all_at_once())
    saves = [run(store.retrieve(f"web-{n}")) for n in range(2 * CONNECTIONS)]
    for tracker in saves:
        turn(tracker, "two")

    async def save_all() -> None:
        await asyncio.gather(*(store.save(tracker) for tracker in saves))

    with frozen(postgresql):
        run(save_all())
        assert store.archive.waiting == len(saves)
    assert is_back(postgresql)
    time.sleep(2 * LIMIT)
    for number in range(len(saves)):
        assert postgresql.texts(f"web-{number}") == ["one", "two"]


def test_a_deletion_waits_too_and_takes_all_before_it(outage: tuple[Base, Outage]) -> None:
    base, happens = outage
    store = base.store()
    run(say(store, "web-a", "zebulon", "zebulon"))
    run(say(store, "web-b", "kept"))
    with happens(base):
        run(say(store, "web-a", "zebulon in the outage"))
        assert store.holds_message_since("web-a", 0)
        assert store.forget("web-a") > 0
        assert run(store.retrieve("web-a")) is None
        assert not store.archive.remembered("web-a")
        assert run(say(store, "web-a", "after it")) == []
    assert is_back(base)
    assert base.texts("web-a") == ["after it"] and base.texts("web-b") == ["kept"]


def test_the_line_is_bounded_and_says_so(
    sqlite: Base, settings: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings.setenv("SPINECHAT_WAITING_TURNS", "3")
    store = sqlite.store()
    run(say(store, "web-a", "zero"))
    with locked(sqlite):
        run(say(store, "web-a", "one", "two", "three", "four", "five"))
        assert store.archive.waiting == 3
        assert store.archive.counts["turns given up"] == 2
    assert "2 so far" in caplog.text and "three" not in caplog.text
    assert is_back(sqlite)
    assert sqlite.texts("web-a") == ["zero", "three", "four", "five"]


def test_all_conversations_together_are_bounded(sqlite: Base, settings: pytest.MonkeyPatch) -> None:
    settings.setattr(waiting, "WAITING_TURNS", 10)
    store = sqlite.store()
    run(say(store, "web-0", "hello"))
    with locked(sqlite):
        for number in range(15):
            run(say(store, f"web-{number}", "waits"))
        assert store.archive.waiting == 10
    assert is_back(sqlite)
    assert sqlite.texts("web-14") == ["waits"] and sqlite.texts("web-1") == []


def test_memory_holds_a_bounded_number_of_conversations(
    sqlite: Base, settings: pytest.MonkeyPatch
) -> None:
    settings.setattr(waiting, "RECENT_CONVERSATIONS", 5)
    store = sqlite.store()
    for number in range(8):
        run(say(store, f"web-{number}", *(str(n) for n in range(waiting.RECENT_TURNS + 3))))
    known = [len(store.archive.remembered(f"web-{number}")) for number in range(8)]
    assert known[:3] == [0, 0, 0] and all(known[3:])
    assert len(said(store._tracker("web-7", store.archive.remembered("web-7")))) == 6


def test_logs_say_that_it_is_down_and_back_but_no_words(
    outage: tuple[Base, Outage], caplog: pytest.LogCaptureFixture
) -> None:
    base, happens = outage
    store = base.store()
    with caplog.at_level(logging.DEBUG):
        run(say(store, "web-a", "zebulon"))
        with happens(base):
            run(say(store, "web-a", "zebulon", "zebulon"))
        assert is_back(base)
        assert eventually(lambda: "is back" in caplog.text)
    ours = [record for record in caplog.records if record.name.startswith("spinechat")]
    assert sum("is down" in record.getMessage() for record in ours) == 1
    assert "web-a waits" in caplog.text
    assert "zebulon" not in caplog.text and "Traceback" not in caplog.text
    if base.service is not None:
        assert "zebulon" not in base.service.log.read_text("utf-8", "replace")


def test_the_server_log_of_a_refused_statement_has_no_words(postgresql: Base) -> None:
    store = postgresql.store()
    run(say(store, "web-a", "one"))
    postgresql.execute("alter table events add constraint short check (length(data) < 2000)")
    run(say(store, "web-a", "zebulon " * 400, "two"))
    assert store.archive.counts["turns refused"] == 1
    # The conversation goes on, in memory and in the database.
    assert postgresql.texts("web-a") == ["one", "two"]
    assert postgresql.service is not None
    assert "zebulon" not in postgresql.service.log.read_text("utf-8", "replace")


_ENDS = """
import asyncio
from tests.storage.conftest import say
from spinechat.storage import ConversationStore
from rasa.shared.core.domain import Domain
store = ConversationStore(Domain.empty())
asyncio.run(say(store, "web-a", "zebulon", "zebulon"))
assert store.archive.waiting == 2
print("ends", flush=True)
"""


def ended_in(base: Base) -> str:
    """A process says two things in an outage and ends; what it wrote to its log."""
    process = subprocess.Popen(
        [sys.executable, "-c", _ENDS], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, cwd=project_root(),
    )  # fmt: skip
    assert process.stdout is not None and process.stderr is not None
    assert process.stdout.readline() == "ends\n", process.stderr.read()
    _, err = process.communicate(timeout=10)
    assert process.returncode == 0
    return err


@pytest.mark.parametrize("outage", ["frozen"], indirect=True)
def test_turns_of_a_process_that_ends_in_an_outage_wait_for_the_next(
    outage: tuple[Base, Outage],
) -> None:
    base, happens = outage
    with happens(base):
        log = ended_in(base)
        assert "2 turns wait for the next start" in log and "zebulon" not in log
        (file,) = base.folder.glob(FILES)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        # The next one starts while it is still down, and knows what was said.
        store = base.another_process()
        assert run(say(store, "web-a", "three")) == ["zebulon", "zebulon"]
        assert file.exists()
    assert is_back(base)
    assert base.texts("web-a") == ["zebulon", "zebulon", "three"]
    assert not list(base.folder.glob(FILES))


def test_what_cannot_be_left_in_a_file_is_told(
    settings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    base = Base("postgresql", tmp_path)
    settings.setenv("SPINECHAT_DATABASE_URL", "postgresql://u@127.0.0.1:1/x")
    # A file's place that is taken by a folder of no use: nothing can be written below it.
    settings.setenv("SPINECHAT_DATA", str(tmp_path / "gone"))
    code = _ENDS + "import shutil; shutil.rmtree(store.archive._spool._folder)"
    settings.setattr(sys.modules[__name__], "_ENDS", code)
    log = ended_in(base)
    assert "2 turns were not kept (FileNotFoundError)" in log and "zebulon" not in log


def entries(*conversations: str) -> list[Entry]:
    return [
        Entry(name, as_rows([UserUttered(f"zebulon {number}")], name))
        for number, name in enumerate(conversations)
    ]


def test_left_over_turns_are_stored_once_and_in_order(base: Base) -> None:
    left_over = entries("web-a", "web-a", "web-b")
    # As after a crash between the writing and the deletion of the file.
    for _ in range(2):
        Spool(base.folder).keep(left_over)
        base.another_process()
        assert is_back(base)
    assert base.texts("web-a") == ["zebulon 0", "zebulon 1"]
    assert base.texts("web-b") == ["zebulon 2"]
    assert not list(base.folder.glob(FILES))


def test_a_file_that_another_process_holds_is_left_alone(tmp_path: Path) -> None:
    holder, other = Spool(tmp_path), Spool(tmp_path)
    holder.keep(entries("web-a"))
    assert other.take() == [] and discard(tmp_path, lambda entry: True) == []
    del holder
    gc.collect()
    assert len(other.take()) == 1
    other.keep([])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "damage",
    ["", "{", "[]", "null", "[[[", '["web-a"]', '["web-a", "no-id", false, []]', "7",
     '["web-\u0000", "ID", false, []]', '["web-a", "ID", false, [["user", "x", null, null, null]]]',
     '["web-a", "ID", false, [["user", 1.0, null, null, {}]]]', '["web-a", "ID", false, [[1]]]'],
)  # fmt: skip
def test_damage_to_a_file_costs_only_the_damaged_line(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    left_over = entries("web-a", "web-b")
    Spool(tmp_path).keep(left_over)
    (file,) = tmp_path.glob(FILES)
    damaged = damage.replace("ID", str(uuid.uuid4()))
    file.write_text(file.read_text().replace("\n", f"\n{damaged}\n", 1))
    assert Spool(tmp_path).take() == left_over
    assert "1 damaged" in caplog.text


@pytest.mark.parametrize("outage", ["stopped"], indirect=True)
def test_a_deletion_in_an_outage_reaches_the_file(outage: tuple[Base, Outage]) -> None:
    base, happens = outage
    with happens(base):
        Spool(base.folder).keep(entries("web-a", "web-b"))
        store = base.another_process()
        run(store.forget_in_turn("web-a"))
        content = "".join(file.read_text() for file in base.folder.glob(FILES))
        assert "zebulon 0" not in content and "zebulon 1" in content
    assert is_back(base)
    assert base.texts("web-a") == [] and base.texts("web-b") == ["zebulon 1"]
