"""Effects beside the conversation: they really happen, and never stand in a turn's way."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import rasa.core.actions.action as rasa_actions
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from spinechat import local_actions
from spinechat.local_actions import BackgroundAction, InProcessActions, run_actions_in_process
from spinechat.storage import ConversationStore, Note, ReviewNotes, notes

ROOT = Path(local_actions.__file__).parent.parent
PATIENCE = 3  # seconds until an effect must have shown


def eventually(seen: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Whether something becomes true in a while."""
    end = time.monotonic() + seconds
    while not seen() and time.monotonic() < end:
        time.sleep(0.02)
    return seen()


def tracker(text: str = "hello") -> DialogueStateTracker:
    made = DialogueStateTracker("web-actions", [])
    made.update(UserUttered(text, {"name": "greet", "confidence": 1.0}))
    return made


async def effect(action: BackgroundAction, text: str = "hello") -> tuple[list[Any], float]:
    """Events of an action and how long the turn was held up; then its end is waited for."""
    begin = time.monotonic()
    channel = CollectingOutputChannel()
    nlg = TemplatedNaturalLanguageGenerator({})
    events = await action.run(channel, nlg, tracker(text), Domain.empty())
    held_up = time.monotonic() - begin
    await asyncio.gather(*BackgroundAction._running)
    assert channel.messages == []
    return events, held_up


class Endpoint(EndpointConfig):
    """An action server that behaves in some way."""

    def __init__(self, behaviour: str) -> None:
        super().__init__("http://127.0.0.1:9/webhook")
        self._behaviour = behaviour

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        if self._behaviour == "hangs":
            await asyncio.sleep(60)
        if self._behaviour == "raises":
            raise ValueError(str(kwargs))
        if self._behaviour == "nonsense":
            return {"events": "nonsense", "responses": 7}
        return await super().request(*args, **kwargs)  # nobody listens on port 9


BEHAVIOURS = ["hangs", "raises", "nonsense", "unreachable"]


def check_no_delay(action: BackgroundAction) -> None:
    begin = time.monotonic()
    events, held_up = asyncio.run(effect(action))
    assert events == []
    assert held_up < 0.5
    assert time.monotonic() - begin < local_actions.TIME_LIMIT + 1
    assert not BackgroundAction._running


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_a_bad_action_server_costs_no_time(behaviour: str) -> None:
    check_no_delay(BackgroundAction("action_note_for_review", Endpoint(behaviour)))


def test_a_missing_action_costs_no_time() -> None:
    check_no_delay(BackgroundAction("action_of_nobody", None))


def test_an_action_that_ends_its_process_does_not_end_the_server(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def leave(*args: Any) -> None:
        raise SystemExit(1)

    actions = local_actions._executor().actions
    monkeypatch.setitem(actions, "action_note_for_review", leave)
    check_no_delay(BackgroundAction("action_note_for_review", None))
    assert "action_note_for_review had no effect: " in caplog.text


def test_an_action_that_blocks_costs_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_actions, "_run", lambda call: time.sleep(1.5))

    async def others() -> float:
        """The longest time that anybody else had to wait while the action blocked."""
        action, longest = (
            asyncio.ensure_future(effect(BackgroundAction("action_note_for_review", None))),
            0.0,
        )
        while not action.done():
            begin = time.monotonic()
            await asyncio.sleep(0.01)
            longest = max(longest, time.monotonic() - begin)
        assert action.result()[1] < 0.5
        return longest

    assert asyncio.run(others()) < 0.5


@pytest.mark.parametrize("behaviour", [*BEHAVIOURS, "missing"])
def test_it_becomes_one_line_in_the_log_without_words(
    behaviour: str, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint = None if behaviour == "missing" else Endpoint(behaviour)
    with caplog.at_level(logging.INFO):
        asyncio.run(effect(BackgroundAction("action_of_nobody", endpoint), "my name is Zebulon"))
    assert "action_of_nobody" in caplog.text
    assert "Zebulon" not in caplog.text and "Traceback" not in caplog.text


def test_rasa_itself_makes_such_actions() -> None:
    run_actions_in_process()
    made = rasa_actions.action_for_name_or_text(
        "action_note_for_review", Domain.load("domain.yml"), None
    )
    assert type(made) is BackgroundAction
    assert isinstance(made.action_endpoint, InProcessActions)


NOTES = {
    "a miss": Note("miss", "asdf", ("risks", "benefits")),
    "no topics": Note("miss", "asdf", ()),
    "a verdict": Note("bad", "how long?", ("hospital_stay",)),
    "odd text": Note("miss", "'; drop table notes; -- \0 😀", ()),
}


@pytest.mark.parametrize("name", NOTES)
def test_a_note_is_kept_as_it_is(name: str, tmp_path: Path) -> None:
    book = ReviewNotes(tmp_path / "notes.db")
    book.add(NOTES[name])
    book.add(NOTES[name])
    assert book.all() == [NOTES[name]] * 2


def check_note_masked(folder: Path) -> None:
    ReviewNotes(folder / "notes.db").add(Note("miss", "call 212-736-5000 or a@b.com", ()))
    kept = (folder / "notes.db").read_bytes()
    assert b"736" not in kept and b"a@b.com" not in kept


def test_a_note_is_masked_even_if_its_text_was_not(tmp_path: Path) -> None:
    check_note_masked(tmp_path)


def test_a_store_forgets_one_conversation_and_no_other(tmp_path: Path) -> None:
    store = ConversationStore(db=str(tmp_path / "conversations.db"))
    for name in ("web-mine", "web-theirs"):
        made = tracker(f"Zebulon of {name}")
        made.sender_id = name
        asyncio.run(store.save(made))
    assert store.holds_message_since("web-mine", 0) and store.forget("web-mine") > 0
    assert not store.holds_message_since("web-mine", 0) and store.forget("web-mine") == 0
    assert store.holds_message_since("web-theirs", 0)
    kept = (tmp_path / "conversations.db").read_bytes()
    assert b"Zebulon of web-theirs" in kept and b"Zebulon of web-mine" not in kept


# From here on with the real server.


def rows(data: Path, file: str, query: str) -> list[Any]:
    connection = sqlite3.connect(data / file, timeout=5)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def conversations(data: Path) -> dict[str, str]:
    """Everything stored, by conversation."""
    kept: dict[str, str] = {}
    for sender, event in rows(data, "conversations.db", "select sender_id, data from events"):
        kept[sender] = kept.get(sender, "") + event
    return kept


def conversation_of(data: Path, word: str) -> str | None:
    return next((sender for sender, kept in conversations(data).items() if word in kept), None)


def test_delete_my_chat_really_deletes(server: Any) -> None:
    theirs, mine = server.session(), server.session()
    server.say(theirs, "I am quokka, how long is the stay?")
    for text in ("I am wombat, how long is the stay?", "is it painful?", "thanks"):
        server.say(mine, text)
    assert conversation_of(server.data, "wombat")
    answer = server.say(mine, "delete my chat")
    assert "delet" in answer["replies"][0]["text"].lower()
    assert eventually(lambda: conversation_of(server.data, "wombat") is None)
    assert conversation_of(server.data, "delete my chat") is None
    assert conversation_of(server.data, "quokka")
    for file in server.data.glob("conversations.db*"):
        assert b"wombat" not in file.read_bytes()


def test_after_it_the_chat_goes_on_from_the_start(server: Any) -> None:
    session = server.session()
    server.say(session, "How long will I be in the hospital?")
    server.say(session, "delete my chat")
    time.sleep(local_actions.TIME_LIMIT + 0.2)
    assert server.say(session, "How long will I be in the hospital?")["topics"] == ["hospital_stay"]
    summary = server.say(session, "menu")
    assert summary["outcome"] == "answered"


def test_delete_my_chat_as_the_first_message_and_twice(server: Any) -> None:
    session = server.session()
    before = set(conversations(server.data))
    for _ in range(2):
        assert server.say(session, "delete my chat")["replies"]
    assert eventually(lambda: set(conversations(server.data)) <= before)


def note_with(data: Path, word: str) -> list[Any]:
    if not (data / notes.FILE).exists():
        return []
    try:
        return rows(
            data, notes.FILE, f"select kind, text, topics from notes where text like '%{word}%'"
        )
    except sqlite3.OperationalError:  # the first note is just being written
        return []


def test_a_miss_is_noted_masked_and_without_ids(server: Any) -> None:
    session = server.session()
    answer = server.say(session, "what will the weather be tomorrow, numbat? a@b.com")
    assert answer["outcome"] == "unsure"
    assert eventually(lambda: bool(note_with(server.data, "numbat")))
    kind, text, _ = note_with(server.data, "numbat")[0]
    assert kind == "miss" and "(email)" in text and "a@b" not in text
    columns = [row[1] for row in rows(server.data, notes.FILE, "pragma table_info(notes)")]
    assert columns == ["id", "at", "kind", "text", "topics"]
    conversation = conversation_of(server.data, "numbat")
    assert conversation
    raw = (server.data / notes.FILE).read_bytes()
    assert conversation.encode() not in raw and session.encode() not in raw


@pytest.mark.parametrize(
    ("verdict", "kind"), [("that was helpful", "good"), ("not helpful", "bad")]
)
def test_a_verdict_is_noted_with_the_question(server: Any, verdict: str, kind: str) -> None:
    session = server.session()
    question = f"How long will I be in the hospital, bilby {kind}? 212-736-5000"
    topics = server.say(session, question)["topics"]
    assert "hospital_stay" in topics
    server.say(session, verdict)
    assert eventually(lambda: bool(note_with(server.data, f"bilby {kind}")))
    noted = note_with(server.data, f"bilby {kind}")[0]
    assert noted[0] == kind and noted[2] == ",".join(topics) and "736" not in noted[1]


@pytest.fixture
def locked_notes(server: Any) -> Iterator[None]:
    """The notes' file is locked by somebody, so that notes cannot be written."""
    ReviewNotes(server.data / notes.FILE).all()
    connection = sqlite3.connect(server.data / notes.FILE, isolation_level=None)
    connection.execute("begin exclusive")
    yield
    connection.execute("rollback")
    connection.close()


def test_a_failing_action_costs_no_reply(server: Any, locked_notes: None) -> None:
    session = server.session()
    for _ in range(8):
        begin = time.monotonic()
        assert server.say(session, "which football team wins?")["replies"]
        assert time.monotonic() - begin < 1.5
    assert server.say(session, "How long will I be in the hospital?")["topics"] == ["hospital_stay"]


def test_the_page_comes_while_actions_hang(server: Any, locked_notes: None) -> None:
    session = server.session()
    for _ in range(8):
        server.say(session, "which football team wins?")
    begin = time.monotonic()
    assert server.request("GET", "/")[0] == 200
    assert time.monotonic() - begin < 2


# Without its rule each check has to fail.


def test_teeth_without_the_mask_a_noted_identifier_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "masked", lambda text: text)
    with pytest.raises(AssertionError):
        check_note_masked(tmp_path)


def test_teeth_an_action_that_is_waited_for_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    async def waits(self: Any, *parts: Any) -> list[Any]:
        await self._effect(*parts)
        return []

    monkeypatch.setattr(BackgroundAction, "run", waits)
    with pytest.raises(AssertionError):
        check_no_delay(BackgroundAction("action_note_for_review", Endpoint("hangs")))


def test_teeth_an_action_without_a_limit_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    real = asyncio.wait_for
    monkeypatch.setattr(asyncio, "wait_for", lambda task, limit: real(task, limit + 1.5))
    with pytest.raises(AssertionError):
        check_no_delay(BackgroundAction("action_note_for_review", Endpoint("hangs")))


def test_teeth_forgetting_nothing_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ConversationStore, "forget", lambda self, conversation_id: 1)
    with pytest.raises(AssertionError):
        test_a_store_forgets_one_conversation_and_no_other(tmp_path)
