"""What is old is deleted, and what a patient wants deleted; really, and nothing else."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import replace
from pathlib import Path

import pytest

from spinechat.__main__ import main
from spinechat.channels.inbox import Inbox, Letter
from spinechat.settings import BadSetting
from spinechat.storage import Note, ReviewNotes, retention
from spinechat.storage.rows import Row
from spinechat.storage.spool import Spool
from spinechat.storage.waiting import Entry
from tests.storage.conftest import Base, run, say

DAY = 86_400.0


@pytest.mark.parametrize(
    ("age", "seconds"), [("30d", 30 * DAY), ("12h", DAY / 2), ("4w", 28 * DAY), (" 1D ", DAY)]
)
def test_ages_are_read(age: str, seconds: float) -> None:
    assert retention.seconds(age) == seconds


@pytest.mark.parametrize("age", ["", "30", "d", "0d", "-1d", "1.5d", "30 days", "9999999d", "٣d"])
def test_a_bad_age_gets_one_sentence(age: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadSetting, match="30d"):
        retention.seconds(age)
    assert main(["purge", f"--older-than={age}"]) == 1
    assert "30d" in capsys.readouterr().err


def fill(base: Base) -> None:
    now = time.time()
    run(say(base.store(), "web-old", "zebulon is old", at=now - 40 * DAY))
    # Its first turns are old, its last is not.
    run(say(base.store(), "web-kept", "old too", at=now - 40 * DAY))
    run(say(base.store(), "web-kept", "but goes on", at=now - 1 * DAY))
    notes = ReviewNotes(base.folder / "notes.db")
    for text in ("zebulon noted", "kept note"):
        notes.add(Note("miss", text, ()))
    with sqlite3.connect(base.folder / "notes.db") as connection:
        connection.execute("update notes set at = ? where text like 'z%'", (now - 40 * DAY,))
    with sqlite3.connect(base.folder / "other.db") as connection:
        connection.execute("create table untimed (x)")
        connection.execute("create table letters (at real, x)")
        rows = [(now - 40 * DAY, "zebulon"), (now, "new")]
        connection.executemany("insert into letters values (?, ?)", rows)
    connection.close()


def kept(base: Base) -> dict[str, int]:
    events = base.execute("select sender_id, count(*) from events group by sender_id")
    return {name: count for name, count in events}


def check_purged(base: Base) -> None:
    assert list(kept(base)) == ["web-kept"]
    assert base.texts("web-kept") == ["old too", "but goes on"]
    assert [note.text for note in ReviewNotes(base.folder / "notes.db").all()] == ["kept note"]
    for path in base.folder.iterdir():
        assert b"zebulon" not in path.read_bytes(), path.name


def test_notes_may_be_kept_longer(base: Base, capsys: pytest.CaptureFixture[str]) -> None:
    fill(base)
    assert main(["purge", "--older-than", "30d", "--notes-older-than", "50d"]) == 0
    assert list(kept(base)) == ["web-kept"]
    texts = [note.text for note in ReviewNotes(base.folder / "notes.db").all()]
    assert texts == ["zebulon noted", "kept note"]
    assert main(["purge", "--older-than", "30d", "--notes-older-than", "30d"]) == 0
    capsys.readouterr()
    check_purged(base)


def test_purge_deletes_by_the_last_event(base: Base, capsys: pytest.CaptureFixture[str]) -> None:
    fill(base)
    before = kept(base)
    assert main(["purge", "--older-than", "30d", "--dry-run"]) == 0
    counted = capsys.readouterr().out
    assert kept(base) == before
    assert main(["purge", "--older-than", "30d"]) == 0
    done = capsys.readouterr().out
    assert counted.replace("would be ", "") == done
    for line in ("conversations: 1", f"events: {before['web-old']}", "notes/notes: 1"):
        assert line in done
    assert "other/letters: 1" in done
    check_purged(base)
    assert main(["purge", "--older-than", "30d"]) == 0
    assert "conversations: 0" in capsys.readouterr().out


def letter(name: str, conversation: str, at: float) -> Letter:
    return Letter("sms", name, conversation, {"text": f"zebulon {name}"}, {"to": "+1"}, at=at)


def test_purge_reaches_the_inbox(sqlite: Base, capsys: pytest.CaptureFixture[str]) -> None:
    now = time.time()
    inbox = Inbox()
    for name, at in (("old", now - 40 * DAY), ("new", now)):
        inbox.accept(letter(name, f"sms-{name}", at))
        inbox.heard_from(f"sms-{name}", at)
    inbox.close()
    assert main(["purge", "--older-than", "30d", "--dry-run"]) == 0
    assert "messages: 2 would be deleted" in capsys.readouterr().out
    assert main(["purge", "--older-than", "30d"]) == 0
    assert "messages: 2 deleted" in capsys.readouterr().out
    inbox = Inbox()
    assert inbox.unanswered(["sms"]) == ["sms-new"]
    assert inbox.person("sms-old").last_at == 0 and inbox.person("sms-new").last_at == now
    inbox.close()
    assert b"zebulon old" not in (sqlite.folder / "inbox.db").read_bytes()


def test_forget_reaches_the_inbox(sqlite: Base) -> None:
    inbox = Inbox()
    for conversation in ("sms-a", "sms-b"):
        inbox.accept(letter(conversation, conversation, time.time()))
    assert main(["forget", "sms-a"]) == 0
    assert inbox.unanswered(["sms"]) == ["sms-b"]
    inbox.close()
    content = (sqlite.folder / "inbox.db").read_bytes()
    assert b"zebulon sms-a" not in content and b"zebulon sms-b" in content


def test_a_retention_command_makes_no_inbox(sqlite: Base) -> None:
    assert main(["forget", "sms-a"]) == 0 and main(["purge", "--older-than", "1d"]) == 0
    assert not (sqlite.folder / "inbox.db").exists()


def left_over(folder: Path) -> list[Entry]:
    now = time.time()
    row = Row("user", now, None, None, '{"text": "zebulon"}')
    entries = [
        Entry("web-a", (row,)),
        Entry("web-b", (row,)),
        Entry("web-old", (replace(row, timestamp=now - 40 * DAY),)),
        Entry("web-gone", erases=True),
    ]
    # Held only as long as the process lives.
    spool = Spool(folder)
    spool.keep(entries)
    del spool
    return entries


def test_what_is_left_over_of_an_outage_is_purged_and_forgotten(
    sqlite: Base, capsys: pytest.CaptureFixture[str]
) -> None:
    a, b, _, gone = left_over(sqlite.folder)
    assert main(["purge", "--older-than", "30d", "--dry-run"]) == 0
    assert "turns left over: 1 would be" in capsys.readouterr().out
    assert main(["purge", "--older-than", "30d"]) == 0
    assert Spool(sqlite.folder).take() == [a, b, gone]
    assert main(["forget", "web-a"]) == 0
    assert "1 events deleted" in capsys.readouterr().out
    assert Spool(sqlite.folder).take() == [b, gone]
    assert main(["forget", "web-b"]) == 0 and main(["forget", "web-gone"]) == 0
    assert list(sqlite.folder.glob("waiting-*")) == []


def test_many_old_conversations_go_in_batches(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spinechat.storage.queries.BATCH", 3)
    for number in range(8):
        run(say(base.store(), f"web-{number}", "old", at=time.time() - 2 * DAY))
    run(say(base.store(), "web-new", "new"))
    assert retention.purge(DAY)["conversations"] == 8
    assert list(kept(base)) == ["web-new"]


def test_forget_deletes_one_conversation(base: Base, capsys: pytest.CaptureFixture[str]) -> None:
    fill(base)
    count = kept(base)["web-old"]
    assert main(["forget", "web-old"]) == 0
    assert f"{count} events" in capsys.readouterr().out
    assert list(kept(base)) == ["web-kept"]
    assert main(["forget", "web-old"]) == 0
    assert "0 events" in capsys.readouterr().out
    # A running server finds nothing of it either.
    assert run(base.store().retrieve("web-old")) is None


def test_deleted_words_are_gone_from_the_file(sqlite: Base) -> None:
    fill(sqlite)
    store = sqlite.store()
    assert store.forget("web-old") > 0
    for path in sqlite.folder.glob("conversations.db*"):
        assert b"zebulon" not in path.read_bytes()


def test_the_file_shrinks(sqlite: Base) -> None:
    for number in range(30):
        run(say(sqlite.store(), f"web-{number}", "x" * 900, at=time.time() - 2 * DAY))
    file: Path = sqlite.folder / "conversations.db"
    before = file.stat().st_size
    retention.purge(DAY)
    assert file.stat().st_size < before / 2


def test_forgetting_in_turn_and_by_the_action_are_the_same(base: Base) -> None:
    store = base.store()
    run(say(store, "web-a", "one"))
    run(store.forget_in_turn("web-a"))
    assert kept(base) == {}
    run(say(store, "web-a", "two"))
    assert store.holds_message_since("web-a", time.time() - 60)
    assert not store.holds_message_since("web-a", time.time() + 60)
    assert store.forget("web-a") > 0 and store.forget("web-a") == 0


@pytest.mark.parametrize("command", [["purge", "--older-than", "1d"], ["forget", "web-a"]])
def test_a_database_that_is_down_gets_one_sentence(
    settings: pytest.MonkeyPatch, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    settings.setenv("SPINECHAT_DATABASE_URL", "postgresql://u:zebulon@127.0.0.1:1/x")
    assert main(command) == 1
    said = capsys.readouterr()
    assert "does not answer" in said.err and "zebulon" not in said.err + said.out


@pytest.mark.parametrize("name", ["SPINECHAT_DATABASE_URL", "SPINECHAT_REDIS_URL"])
def test_a_bad_address_is_refused_without_its_password(
    settings: pytest.MonkeyPatch, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.setenv(name, "mysql://u:zebulon@x/y")
    assert main(["database", "prepare"]) == 1
    said = capsys.readouterr().err
    assert name in said and "zebulon" not in said
