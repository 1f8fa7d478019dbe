"""Conversations are kept, in either database, whatever their ids and rows look like."""

from __future__ import annotations

import asyncio
import logging
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rasa.core.tracker_store import TrackerStore, check_if_tracker_store_async
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SessionStarted
from rasa.utils.endpoints import read_endpoint_config

from spinechat.__main__ import main
from spinechat.project import project_root
from spinechat.storage import ConversationLocks, ConversationStore
from spinechat.storage.ids import safe_id
from tests.storage.conftest import Base, eventually, run, said, say, turn

ODD_IDS: dict[str, Any] = {
    "NUL": "a\0b",
    "half a surrogate pair": "a\ud800",
    "10 kB": "x" * 10_000,
    "empty": "",
    "blank": "   ",
    "right to left": "\u202eabc",
    "emoji": "😀" * 40,
    "SQL": "'; drop table events; --",
    "line break": "a\nb",
    "None": None,
    "a number": 7,
    "true": True,
    "a list": ["a"],
    "an object": {"a": 1},
    "our own hash": "odd-" + "0" * 64,
}


def test_rasa_takes_the_stores_that_endpoints_name() -> None:
    endpoints = project_root() / "endpoints.yml"
    store = TrackerStore.create(read_endpoint_config(str(endpoints), "tracker_store"))
    assert type(store) is ConversationStore and check_if_tracker_store_async(store)
    from rasa.core.lock_store import LockStore

    locks = LockStore.create(read_endpoint_config(str(endpoints), "lock_store"))
    assert type(locks) is ConversationLocks


def test_a_conversation_goes_on_in_another_process(base: Base) -> None:
    assert run(say(base.store(), "web-a", "one", "two")) == ["one"]
    run(say(base.store(), "web-b", "other"))
    assert run(say(base.another_process(), "web-a", "three")) == ["one", "two"]
    assert base.texts("web-a") == ["one", "two", "three"]
    assert sorted(run(base.store().keys())) == ["web-a", "web-b"]


def test_what_rasas_own_store_wrote_is_read_and_gone_on_with(base: Base) -> None:
    if base.service is not None:
        base.execute("drop table events")
    run(say(base.stock(), "web-a", "one", "two"))
    if base.service is not None:
        from spinechat.storage import retention

        retention.prepare()
        kind = "select data_type from information_schema.columns where table_name = 'events'"
        assert ("bigint",) in base.execute(f"{kind} and column_name = 'id'")
    assert run(say(base.store(), "web-a", "three")) == ["one", "two"]
    assert said(run(base.stock().retrieve("web-a"))) == ["one", "two", "three"]


def test_only_the_present_session_is_read(base: Base) -> None:
    store = base.store()
    run(say(store, "web-a", "one"))
    tracker = run(store.retrieve("web-a"))
    tracker.update(SessionStarted())
    turn(tracker, "two")
    run(store.save(tracker))
    assert said(run(store.retrieve("web-a"))) == ["two"]
    assert said(run(store.retrieve_full_tracker("web-a"))) == ["one", "two"]


@pytest.mark.parametrize("name", ODD_IDS)
def test_an_odd_id_is_made_safe(base: Base, name: str) -> None:
    store = base.store()
    assert run(say(store, ODD_IDS[name], "one", "two")) == ["one"]
    assert run(store.retrieve("web-a")) is None
    assert store.forget(ODD_IDS[name]) > 0
    assert run(store.retrieve(ODD_IDS[name])) is None


def test_no_two_ids_share_a_conversation() -> None:
    ids = [*ODD_IDS.values(), "7", "True", "None", "['a']", safe_id("a\0b"), "web-a"]
    assert len({safe_id(one) for one in ids}) == len(ids)
    assert safe_id("web-Ab_3-9") == "web-Ab_3-9"


@pytest.mark.parametrize(("kind", "bad"), [("sqlite", "a\ud800"), ("postgresql", "a\0b")])
def test_stock_rasa_ends_the_process_on_such_an_id(
    request: pytest.FixtureRequest, kind: str, bad: str
) -> None:
    base = request.getfixturevalue(kind)
    with pytest.raises(SystemExit):
        run(base.stock().retrieve(bad))


DAMAGE = {
    "bad JSON": '{"event": "user", "te',
    "no JSON object": "[1]",
    "nothing": None,
    "an unknown event": '{"event": "teleported", "timestamp": 1.0}',
    "no event": '{"timestamp": 1.0}',
    "text is a number": '{"event": "user", "text": 7, "timestamp": 1.0}',
    "parse is a list": '{"event": "user", "text": "x", "parse_data": [], "timestamp": 1.0}',
    "intent is a text": '{"event": "user", "text": "x", "parse_data": {"intent": "x"}}',
    "metadata is a text": '{"event": "bot", "text": "x", "metadata": "x", "data": {}}',
    "buttons are a text": '{"event": "bot", "text": "x", "data": {"buttons": "x"}}',
    "nested too deep": '{"event": "bot", "text": ' + "[" * 100_000,
    "entities are texts": '{"event": "user", "text": "x", "parse_data": {"entities": ["x"]}}',
    "topics are lists": '{"event": "bot", "text": "x", "metadata": {"topics": [[]]}, "data": {}}',
}


def _damage(base: Base, data: str | None, action: str) -> None:
    mark = "%s" if base.service else "?"
    base.execute(
        f"update events set data = {mark} where id = (select max(id) from events"
        f" where sender_id = 'web-a' and (type_name = '{action}' or action_name = '{action}'))",
        data,
    )


@pytest.mark.parametrize("row", ["user", "bot", "utter_greet", "action_listen"])
@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_row_is_left_out_and_logged_by_id(
    sqlite: Base, name: str, row: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = sqlite.store()
    run(say(store, "web-a", "one", "zebulon"))
    _damage(sqlite, DAMAGE[name], row)
    before = store.archive.counts["damaged rows"]
    with caplog.at_level(logging.DEBUG):
        heard = run(say(store, "web-a", "three"))
    assert heard == (["one"] if row == "user" else ["one", "zebulon"])
    assert store.archive.counts["damaged rows"] == before + 1
    assert "web-a" in caplog.text and "zebulon" not in caplog.text
    # Nothing is written twice, and the next turn finds the assistant listening.
    assert run(say(store, "web-a", "four"))[-1] == "three"
    tracker = run(store.retrieve("web-a"))
    assert tracker.latest_action_name == "action_listen"


def test_postgresql_reads_around_damage_too(postgresql: Base) -> None:
    run(say(postgresql.store(), "web-a", "one", "two"))
    _damage(postgresql, "{", "user")
    assert run(say(postgresql.store(), "web-a", "three")) == ["one"]


def test_stock_rasa_ends_the_process_on_damage(base: Base) -> None:
    run(say(base.store(), "web-a", "one"))
    _damage(base, "{", "user")
    with pytest.raises(SystemExit):
        run(base.stock().retrieve("web-a"))


def test_an_event_that_cannot_be_written_costs_only_itself(
    sqlite: Base, caplog: pytest.LogCaptureFixture
) -> None:
    store = sqlite.store()
    tracker = store.init_tracker("web-a")
    turn(tracker, "one")
    tracker.events[-2].data["attachment"] = object()
    run(store.save(tracker))
    assert said(run(store.retrieve("web-a"))) == ["one"]
    assert "web-a" in caplog.text and "Traceback" not in caplog.text


def test_text_with_control_characters_comes_back_as_it_was(base: Base) -> None:
    odd = "a\0b\x1b\u202e😀 ' \" %s ? \\ \ud800"
    run(say(base.store(), "web-a", odd))
    assert said(run(base.another_process().retrieve("web-a"))) == [odd]


def test_sqlite_is_for_its_owner_only(sqlite: Base) -> None:
    run(say(sqlite.store(), "web-a", "one"))
    mode = os.stat(sqlite.folder / "conversations.db").st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_a_sqlite_file_that_disappears_is_made_again(sqlite: Base) -> None:
    run(say(sqlite.store(), "web-a", "one"))
    (sqlite.folder / "conversations.db").unlink()
    assert run(say(sqlite.store(), "web-a", "two")) == ["one"]
    assert eventually(lambda: not sqlite.store().archive.is_down)
    assert sqlite.texts("web-a") == ["two"]


def _prepare(base: Base) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "spinechat", "database", "prepare"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=project_root(),
    )


def test_the_command_prepares_from_several_processes_at_once(base: Base) -> None:
    if base.service is not None:
        base.execute("drop table events")
        base.execute("drop table written_turns")
    processes = [_prepare(base) for _ in range(2)]
    for process in processes:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert "ready" in out
    run(say(base.store(), "web-a", "one"))
    assert base.texts("web-a") == ["one"]


def test_many_conversations_at_once(base: Base) -> None:
    store = base.store()

    async def all_of_them() -> None:
        await asyncio.gather(
            *(say(store, f"web-{number}", "one", "two", "three") for number in range(40))
        )

    run(all_of_them())
    assert not store.archive.counts
    for number in range(40):
        assert base.texts(f"web-{number}") == ["one", "two", "three"]


def test_a_store_without_a_domain_serves_the_actions(tmp_path: Path) -> None:
    store = ConversationStore(db=str(tmp_path / "x.db"))
    assert store.domain.slots == Domain.empty().slots
    assert store.forget("web-a") == 0


def test_a_user_with_few_rights_is_enough(
    postgresql: Base, settings: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As docs/operations.md says."""
    assert postgresql.service is not None
    role = f"clinic_{postgresql.name}"
    postgresql.execute(f"create role {role} login")
    postgresql.execute(f"grant select, insert, delete on events, written_turns to {role}")
    postgresql.execute(f"grant usage on sequence events_id_seq to {role}")
    url = postgresql.service.url(postgresql.name).replace("spinechat@", f"{role}@")
    settings.setenv("SPINECHAT_DATABASE_URL", url)
    store = postgresql.another_process()
    assert run(say(store, "web-a", "one", "two")) == ["one"]
    assert not store.archive.counts
    assert main(["purge", "--older-than", "1d"]) == 0
    assert main(["forget", "web-a"]) == 0
    assert run(store.retrieve("web-a")) is None
    # It may not make tables, and is told so.
    assert main(["database", "prepare"]) == 1
    assert "ProgrammingError" in capsys.readouterr().err
