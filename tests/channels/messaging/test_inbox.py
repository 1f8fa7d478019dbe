"""The inbox: known by id, in order, forgotten at a wish, purged by age; nothing is left over."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from spinechat.channels.inbox import DONE, FAILED, READY, UNDELIVERED, WAITING, Inbox, Letter
from spinechat.channels.options import DEFAULTS, KEEP_DAYS

A, B = "sms-aaaa", "sms-bbbb"
TEXT, NUMBER = "Zebulon asks", "+12025550123"


def letter(id: str, conversation: str = A, channel: str = "sms") -> Letter:
    return Letter(channel, id, conversation, {"text": TEXT}, {"to": NUMBER})


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path / "inbox.db")


def content(inbox: Inbox, tmp_path: Path) -> bytes:
    inbox.close()
    return b"".join(file.read_bytes() for file in tmp_path.iterdir())


def test_an_id_is_accepted_once_in_a_channel(inbox: Inbox) -> None:
    assert [inbox.accept(letter(id)) for id in ("1", "1", "2")] == [True, False, True]
    assert inbox.accept(letter("1", channel="slack"))
    assert inbox.knows("sms", "1") and not inbox.knows("sms", "3")


def test_messages_come_in_their_order_and_by_conversation(inbox: Inbox) -> None:
    for id, conversation in (("1", A), ("2", B), ("3", A)):
        inbox.accept(letter(id, conversation))
    assert inbox.unanswered(["sms"]) == [A, B] and inbox.unanswered(["slack"]) == []
    first = inbox.begin(A)
    assert first is not None and first.vendor_id == "1" and first.content == {"text": TEXT}
    again = inbox.begin(A)
    assert again is not None and (again.vendor_id, again.attempts) == ("1", 2)
    inbox.finish(first, DONE)
    second = inbox.begin(A)
    assert second is not None and second.vendor_id == "3"
    inbox.finish(second, FAILED)
    assert inbox.begin(A) is None and inbox.unanswered(["sms"]) == [B]


def test_an_answer_survives_and_what_is_sent_of_it(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox.db")
    inbox.accept(letter("1"))
    begun = inbox.begin(A)
    assert begun is not None
    inbox.ready(begun, [{"Body": "one"}, {"Body": "two"}])
    inbox.sent(begun, 1)
    inbox.close()
    kept = Inbox(tmp_path / "inbox.db").begin(A)
    assert kept is not None
    assert (kept.state, kept.sent, kept.content, kept.attempts) == (READY, 1, {}, 1)
    assert list(kept.parts) == [{"Body": "one"}, {"Body": "two"}] and kept.address["to"] == NUMBER


@pytest.mark.parametrize("state", [DONE, UNDELIVERED, FAILED])
def test_nothing_is_left_of_a_finished_message(inbox: Inbox, tmp_path: Path, state: str) -> None:
    for number in range(20):
        inbox.accept(letter(str(number)))
        begun = inbox.begin(A)
        assert begun is not None
        inbox.ready(begun, [{"Body": TEXT}])
        inbox.finish(begun, state)
    left = content(inbox, tmp_path)
    assert TEXT.encode() not in left and NUMBER.encode() not in left


def test_forgetting_a_conversation(inbox: Inbox, tmp_path: Path) -> None:
    inbox.heard_from(A, time.time())
    inbox.accept(letter("1"))
    wish = inbox.begin(A)  # "delete my chat", being answered
    assert wish is not None
    inbox.accept(letter("2", B))
    inbox.forget(A)
    # The answer to the wish leaves nothing behind either, and the wish does not come back.
    inbox.noticed(A)
    inbox.ready(wish, [{"Body": "deleted"}])
    assert inbox.begin(A) is None and inbox.unanswered(["sms"]) == [B]
    inbox.finish(wish, DONE)
    assert not inbox.accept(letter("1"))
    assert A.encode() not in content(inbox, tmp_path)


def test_what_waits_behind_the_wish_is_answered(inbox: Inbox) -> None:
    inbox.accept(letter("1"))
    assert inbox.begin(A)
    inbox.accept(letter("2"))
    inbox.forget(A)
    left = inbox.begin(A)
    assert left is not None and (left.vendor_id, left.state) == ("2", WAITING)


def test_a_stop_outlives_forgetting_and_purging(inbox: Inbox) -> None:
    for conversation in (A, B):
        inbox.heard_from(conversation, 1.0)
    inbox.consent(A, given=False)
    inbox.forget(A)
    inbox.purge(time.time())
    assert inbox.person(A).stopped and inbox.person(B).last_at == 0
    inbox.consent(A, given=True)
    assert not inbox.person(A).stopped


def test_purging_by_age(inbox: Inbox) -> None:
    now = time.time()
    for id, age in (("old", 40), ("new", 20)):
        inbox.accept(replace(letter(id), at=now - age * 86_400))
    inbox.count("sms", "received", 2)
    assert inbox.purge(now - float(DEFAULTS[KEEP_DAYS]) * 86_400) == 1
    assert not inbox.knows("sms", "old") and inbox.knows("sms", "new")
    assert inbox.counts() == {("sms", "received"): 2}
    inbox.purge(now + 2 * 86_400)
    assert inbox.counts() == {}


def test_the_last_message_counts_and_the_notice_is_kept(inbox: Inbox) -> None:
    inbox.heard_from(A, 10.0)
    inbox.noticed(A)
    inbox.heard_from(A, 5.0)
    assert inbox.person(A).last_at == 10.0 and inbox.person(A).noticed
