"""Between webhook and answer: stored first, in order, limited, once; a slow vendor stops nobody.

Rasa's turn is a function here, so that it can fail, hang or end the process; the real assistant
is in test_conversations.py and test_restart.py.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain

from spinechat.channels import post_office, sender
from spinechat.channels.base import DAY, Incoming
from spinechat.channels.gate import Gate
from spinechat.channels.inbox import Inbox
from spinechat.channels.meta import WhatsApp
from spinechat.channels.options import Options
from spinechat.channels.post_office import PostOffice
from spinechat.channels.slack import Slack
from spinechat.channels.texts import notice
from tests.channels.messaging import vendors
from tests.channels.messaging.fake_api import FakeApi
from tests.channels.messaging.vendors import VENDORS, fresh

KEY = b"key of a test"
EMERGENCY = "I can't move my legs"
WORD = "Zebulon"
Handler = Callable[[UserMessage], Awaitable[Any]]


async def echoes(message: UserMessage) -> None:
    await message.output_channel.send_response("", {"text": f"You said: {message.text}"})


async def raises(message: UserMessage) -> None:
    raise ValueError(message.text)


async def hangs(message: UserMessage) -> None:
    await asyncio.sleep(60)


class Office:
    """A post office with WhatsApp and Slack, its inbox and its vendors' stand-in."""

    def __init__(self, api: FakeApi, folder: Path) -> None:
        self.api, self.folder = api, folder
        api.clear()
        self.options = Options((), vendors.settings(api.address, []))
        self.whatsapp, self.slack = WhatsApp(self.options), Slack(self.options)

    def make(self, handle: Handler, rate: int | None = None) -> PostOffice:
        gates = {name: Gate(name, 1000, 1.0, numbered=True) for name in ("whatsapp", "slack")}
        channels = (self.whatsapp, self.slack)
        office = PostOffice(channels, Inbox(self.folder / "inbox.db"), KEY, gates, rate)
        store = InMemoryTrackerStore(Domain.empty())
        office.open(handle, lambda: store)
        return office

    def incoming(self, person: str, text: str, **more: Any) -> Incoming:
        address = {"to": person, "channel": f"D{person}"}
        return Incoming(more.pop("id", fresh()), person, address, text, **more)

    def run(
        self,
        handle: Handler,
        messages: Sequence[Incoming],
        rate: int | None = None,
        seconds: float = 10,
    ) -> list[tuple[str, str]]:
        """Accepts messages and waits for their answers: to whom, what."""

        async def talk() -> None:
            office = self.make(handle, rate)
            office.resume()
            await office.accept(self.whatsapp, messages)
            end = time.monotonic() + seconds
            while office._tasks and time.monotonic() < end:
                await asyncio.sleep(0.01)
            await office.close()

        asyncio.run(talk())
        return self.sent()

    def sent(self) -> list[tuple[str, str]]:
        seen = (VENDORS["whatsapp"].sent(call) for call in self.api.calls if call.answered == 200)
        return [(sent.to, sent.text) for sent in seen if sent is not None]

    def states(self) -> list[str]:
        with sqlite3.connect(self.folder / "inbox.db") as connection:
            return [row[0] for row in connection.execute("select state from messages order by id")]


@pytest.fixture
def office(api: FakeApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(sender, "FIRST_PAUSE", 0.01)
    return Office(api, tmp_path)


def test_many_messages_of_one_person_are_answered_in_their_order(office: Office) -> None:
    office.api.slow = lambda text: 0.1 if "number 0" in text else 0.0
    sent = office.run(echoes, [office.incoming("1", f"number {at}") for at in range(6)])
    assert sent == [("1", notice("whatsapp"))] + [("1", f"You said: number {n}") for n in range(6)]


async def offers_twice(message: UserMessage) -> None:
    for title in ("Risks", "Recovery"):
        button = {"title": title, "payload": f"/{title.lower()}"}
        await message.output_channel.send_response("", {"text": title, "buttons": [button]})


def test_all_choices_of_a_turn_stand_under_its_last_message(office: Office) -> None:
    office.run(offers_twice, [office.incoming("1", "hello")])
    shown = [VENDORS["whatsapp"].sent(call) for call in office.api.calls]
    assert [len(sent.buttons) for sent in shown if sent] == [0, 0, 2]


@pytest.mark.parametrize("handle", [raises, hangs])
def test_a_failed_turn_is_still_answered(
    office: Office, handle: Handler, caplog: pytest.LogCaptureFixture
) -> None:
    sent = office.run(handle, [office.incoming("1", f"I am {WORD}"),
                               office.incoming("2", f"{EMERGENCY}, {WORD}")])  # fmt: skip
    assert len(sent) == 4 and all("911" in text for _, text in sent)
    assert WORD not in caplog.text


def test_what_waits_is_answered_by_the_next_process(office: Office) -> None:
    assert office.run(hangs, [office.incoming("1", "hello"), office.incoming("1", "bye")],
                      seconds=0.1) == []  # fmt: skip
    assert office.states() == ["waiting", "waiting"]
    assert office.run(echoes, []) == [
        ("1", notice("whatsapp")), ("1", "You said: hello"), ("1", "You said: bye"),
    ]  # fmt: skip
    assert office.states() == ["done", "done"]


def test_an_alarm_outlives_the_process_though_masking_hid_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gate's word is stored with the message."""
    monkeypatch.setattr("spinechat.channels.gate.masked", lambda text: "(number)")
    office.run(hangs, [office.incoming("1", EMERGENCY)], seconds=0.1)
    sent = office.run(echoes, [])
    assert "Call 911" in sent[0][1] and sent[1][1] == "You said: (number)"


def test_what_ends_the_process_again_and_again_gets_the_fixed_answer(office: Office) -> None:
    office.run(hangs, [office.incoming("1", "hello")], seconds=0.05)
    for _ in range(post_office.MAX_ATTEMPTS - 1):
        assert office.run(hangs, [], seconds=0.05) == []
    assert "Sorry" in office.run(hangs, [])[1][1]
    assert office.states() == ["done"]


def test_an_alarm_in_it_gets_911(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spinechat.channels.gate.masked", lambda text: "(number)")
    office.run(hangs, [office.incoming("1", EMERGENCY)], seconds=0.05)
    for _ in range(post_office.MAX_ATTEMPTS - 1):
        office.run(hangs, [], seconds=0.05)
    assert "Call 911" in office.run(hangs, [])[0][1]


def test_an_answer_that_cannot_be_sent_is_given_up(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    office.api.behaviours.extend([400, 200])
    assert office.run(echoes, [office.incoming("1", WORD)]) == []
    assert office.states() == ["undelivered"] and "not delivered" in caplog.text
    assert WORD not in caplog.text
    # The next message is none the worse for it.
    assert office.run(echoes, [office.incoming("1", "hello")])[-1] == ("1", "You said: hello")


def test_a_repeated_id_is_answered_once_even_after_a_restart(office: Office) -> None:
    message = office.incoming("1", "hello", id="wamid.1")
    assert len(office.run(echoes, [message, message])) == 2
    assert len(office.run(echoes, [message])) == 2


def test_too_fast(office: Office) -> None:
    """The rest gets one rebuke, no turn; an alarm is answered all the same."""
    messages = [office.incoming("1", f"number {at}") for at in range(6)]
    sent = office.run(echoes, [*messages, office.incoming("1", EMERGENCY),
                               office.incoming("2", "hello")], rate=2)  # fmt: skip
    mine = [text for to, text in sent if to == "1"]
    assert mine[1:3] == ["You said: number 0", "You said: number 1"]
    assert "very fast" in mine[3] and "Call 911" in mine[4] and len(mine) == 5
    assert ("2", "You said: hello") in sent


def test_the_window_of_a_day(office: Office) -> None:
    """Nothing is sent a day after the person's last message."""
    old = time.time() - DAY - 60
    assert office.run(echoes, [office.incoming("1", "hello", sent=old)]) == []
    assert office.states() == ["undelivered"]
    counts = Inbox(office.folder / "inbox.db").counts()
    assert counts["whatsapp", "window_closed"] == counts["whatsapp", "undelivered"] == 1
    # A clock that runs ahead opens no window for longer; a new message opens it again.
    later = office.incoming("1", "hello", sent=time.time() + 10 * DAY)
    assert len(office.run(echoes, [later])) == 2
    assert (
        Inbox(office.folder / "inbox.db")
        .person(office.make(echoes).conversation_id(office.whatsapp, "1"))
        .last_at
        <= time.time()
    )


def test_the_notice_is_given_once_and_after_an_alarm(office: Office) -> None:
    first = office.run(echoes, [office.incoming("1", EMERGENCY), office.incoming("1", "hello")])
    assert [text == notice("whatsapp") for _, text in first] == [False, False, True, False]
    assert office.run(echoes, [office.incoming("1", "bye")])[4:] == [("1", "You said: bye")]


def test_conversation_ids_hide_the_sender_and_differ_by_channel(office: Office) -> None:
    made = office.make(echoes)
    ids = {made.conversation_id(channel, "+12025550123")
           for channel in (office.whatsapp, office.slack)}  # fmt: skip
    assert len({id.split("-")[1] for id in ids}) == 2
    assert all("2025550123" not in id for id in ids)


def check_nobody_waits(office: Office, delay: float, people: int) -> None:
    """While one person's messages hang at the vendor, the others get theirs."""
    office.api.slow = lambda text: delay if '"to": "slow' in text else 0.0
    messages = [office.incoming(f"slow{at}", "hello") for at in range(people)]
    messages += [office.incoming(f"{at}", "hello") for at in range(people)]

    async def talk() -> float:
        made = office.make(echoes)
        begin = time.monotonic()
        await made.accept(office.whatsapp, messages)
        while len([1 for to, _ in office.sent() if not to.startswith("slow")]) < 2 * people:
            await asyncio.sleep(0.01)
            assert time.monotonic() - begin < delay, "the others waited"
        taken = time.monotonic() - begin
        await made.close()
        return taken

    assert asyncio.run(talk()) < delay


def test_a_slow_vendor_does_not_delay_another_patient(office: Office) -> None:
    check_nobody_waits(office, delay=6.0, people=10)


def test_a_fault_of_the_inbox_costs_a_moment(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(post_office, "PAUSE", 0.01)
    faults = iter([True, True, False])
    ready = Inbox.ready

    def full_disk(inbox: Inbox, *parts: Any) -> None:
        if next(faults, False):
            raise sqlite3.OperationalError(WORD)
        ready(inbox, *parts)

    monkeypatch.setattr(Inbox, "ready", full_disk)
    sent = office.run(echoes, [office.incoming("1", "hello")])
    assert sent == [("1", notice("whatsapp")), ("1", "You said: hello")]
    assert "OperationalError" in caplog.text and WORD not in caplog.text


def test_a_reply_that_cannot_be_rendered_is_given_up(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_office, "PAUSE", 0.01)
    monkeypatch.setattr(WhatsApp, "render", lambda *parts: 1 / 0)
    assert office.run(echoes, [office.incoming("1", "hello")]) == []
    assert office.states() == ["failed"]


def test_old_rows_are_purged_while_it_runs(office: Office) -> None:
    office.run(echoes, [office.incoming("1", "hello")])

    async def tidy() -> None:
        made = office.make(echoes)
        task = asyncio.create_task(made.tidy(keep=-1))
        await asyncio.sleep(0.05)
        task.cancel()
        await made.close()

    asyncio.run(tidy())
    assert office.states() == []
