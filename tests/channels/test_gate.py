"""The gate: screened first, refused clearly, typed commands not obeyed, never silent.

The turns go through the real assistant (`assistant` in conftest.py). Where Rasa itself has to
fail or hang, its turn handler is a function that does so: the gate takes it as an argument.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered

from spinechat.channels import gate
from spinechat.channels.fixed import fixed_reply
from spinechat.channels.gate import Answer, Gate, alarm, refusal
from spinechat.clinic import clinic
from spinechat.redflags import Screening
from spinechat.redflags.screen import Finding

LIMIT = 1000
GATE = Gate("website", LIMIT, time_limit=8)
EMERGENCY = "I can't move my legs since this morning"
CRISIS = "I want to kill myself"
HARMLESS = "How long will I be in the hospital?"


def run(coroutine: Any) -> Any:
    return asyncio.run(coroutine)


def silent_store() -> InMemoryTrackerStore:
    return InMemoryTrackerStore(Domain.empty())


def ask(handle: Callable[..., Any], text: object, limits: Gate = GATE) -> Answer:
    return run(limits.turn(text, "web-test", handle, silent_store()))


async def says_hello(message: UserMessage) -> None:
    await message.output_channel.send_response("", {"text": "Hello."})


async def says_nothing(message: UserMessage) -> None:
    pass


async def hangs(message: UserMessage) -> None:
    await asyncio.sleep(60)


async def raises(message: UserMessage) -> None:
    raise ValueError(message.text)


async def leaves(message: UserMessage) -> None:
    raise SystemExit(1)  # as Rasa's SQL store does


async def says_empty(message: UserMessage) -> None:
    await message.output_channel.send_response("", {"text": "", "buttons": [{"title": "x"}]})


def check_fixed(answer: Answer) -> None:
    """An answer that is no dead end: JSON's three parts, 911 and the number."""
    assert set(answer.as_json()) == {"replies", "outcome", "topics"}
    assert answer.replies[-1]["text"].endswith(fixed_reply()["text"])
    assert "911" in answer.replies[0]["text"] and clinic().phone in answer.replies[0]["text"]
    assert answer.outcome == "unsure" and answer.topics == []


def check_safe(answer: Answer, action: str) -> None:
    assert answer.outcome == "safety" and action in answer.topics
    assert ("988" if action == "crisis" else "911") in answer.replies[0]["text"]


# What is refused: the text, the status, a word of the reason.
REFUSED: dict[str, tuple[object, int, str]] = {
    "nothing": (None, 400, "words"),
    "a number": (7, 400, "words"),
    "true": (True, 400, "words"),
    "a list": (["hello"], 400, "words"),
    "an object": ({"text": "hello"}, 400, "words"),
    "empty": ("", 400, "question"),
    "spaces": (" \n\t\u00a0 ", 400, "question"),
    "NULs": ("\0\0", 400, "question"),
    "a lone surrogate": ("\ud83d", 400, "question"),
    "a slash": ("/", 400, "question"),
    "slashes and at signs": (" /@/ @@", 400, "question"),
    "one too long": ("a" * (LIMIT + 1), 413, str(LIMIT)),
    "16 kB": ("pain " * 3300, 413, str(LIMIT)),
    "long and full of NULs": ("\0" * LIMIT + "hi", 413, str(LIMIT)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    text, status, word = REFUSED[name]
    answer = ask(says_hello, text)
    assert answer.status == status
    assert word in answer.replies[0]["text"]
    check_fixed(answer)


@pytest.mark.parametrize("text", ["a", "a" * LIMIT, "😀", "\0hi\ud800", "ok\n" * 300])
def test_not_refused(text: str) -> None:
    assert ask(says_hello, text).status == 200


FAILURES = {"silence": says_nothing, "empty text": says_empty, "an error": raises, "exit": leaves,
            "hanging": hangs}  # fmt: skip


@pytest.mark.parametrize("name", FAILURES)
@pytest.mark.parametrize(
    ("text", "action"), [(HARMLESS, None), (EMERGENCY, "emergency"), (CRISIS, "crisis")]
)
def test_a_failed_turn_still_answers(name: str, text: str, action: str | None) -> None:
    begin = time.monotonic()
    answer = ask(FAILURES[name], text, Gate("website", LIMIT, time_limit=0.2))
    assert answer.status == 503
    assert time.monotonic() - begin < 2
    if action is None:
        check_fixed(answer)
    else:
        check_safe(answer, action)


def check_refusal_screened(length: int, text: str, action: str) -> None:
    filler = "and it is a long story " * (length // 23)
    for whole in (f"{filler}{text}", f"{text} {filler}", f"{filler}. {text} {filler}"):
        check_safe(refusal(413, whole), action)


@pytest.mark.parametrize("length", [0, 900, 1800, 16_000])
@pytest.mark.parametrize(("text", "action"), [(EMERGENCY, "emergency"), (CRISIS, "crisis")])
def test_a_refused_message_is_screened(length: int, text: str, action: str) -> None:
    check_refusal_screened(length, text, action)


@pytest.mark.parametrize("begin", range(700, 1100, 7))
def test_the_seam_between_two_pieces_hides_nothing(begin: int) -> None:
    assert alarm("x" * begin + f" {EMERGENCY} " + "x" * 1500) == "emergency"


def test_crisis_comes_before_emergency_wherever_it_stands() -> None:
    assert alarm(EMERGENCY + " x" * 2000 + CRISIS) == "crisis"


@pytest.mark.parametrize("text", [None, 1, [], {}, "", HARMLESS, "x" * 20_000, "no chest pain"])
def test_no_alarm(text: object) -> None:
    assert alarm(text) is None


@pytest.mark.parametrize("piece", ["no chest pain ", "not dead no ", "a", " ", "can't "])
def test_hostile_text_of_a_quarter_megabyte_is_screened_in_time(piece: str) -> None:
    begin = time.monotonic()
    alarm((piece * 256_000)[:256_000])
    assert time.monotonic() - begin < 8


@pytest.mark.parametrize(("text", "action"), [(EMERGENCY, "emergency"), (CRISIS, "crisis")])
def test_an_answer_without_its_safety_reply_gets_one(text: str, action: str) -> None:
    answer = ask(says_hello, text)
    check_safe(answer, action)
    assert answer.status == 200
    # After a crisis nothing else is said.
    assert (answer.replies[-1]["text"] == "Hello.") is (action == "emergency")


def test_an_alarm_that_masking_hides_goes_to_rasa_with_the_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Any] = []

    async def listens(message: UserMessage) -> None:
        seen.append(message.metadata)
        await says_hello(message)

    for text in (EMERGENCY, CRISIS, HARMLESS):
        ask(listens, text)
    # What Rasa can hear for itself it judges for itself.
    assert seen == [None, None, None]
    monkeypatch.setattr(gate, "masked", lambda text: "(number)")
    for text in (EMERGENCY, CRISIS, HARMLESS):
        ask(listens, text)
    assert seen[3:] == [{"alarm": "emergency"}, {"alarm": "crisis"}, None]


@pytest.mark.parametrize("status", [200, 400, 413, 503])
def test_an_alarm_in_spanish_is_answered_in_spanish(status: int) -> None:
    text = "I want to end my life, ya no quiero estar aqui, perdon doctora"
    answer = ask(says_hello, text) if status == 200 else refusal(status, text)
    check_safe(answer, "crisis")
    assert answer.status == status and "oprima" in answer.replies[0]["text"]
    assert "oprima" not in refusal(status, CRISIS).replies[0]["text"]


@pytest.mark.parametrize("name", FAILURES)
def test_the_log_holds_the_kind_of_an_error_and_no_words(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        ask(FAILURES[name], "my name is Zebulon", Gate("website", LIMIT, time_limit=0.1))
    assert "web-test" in caplog.text
    assert "Zebulon" not in caplog.text and "Traceback" not in caplog.text


# From here on with the real assistant.


class Chat:
    """A conversation of the real assistant through the gate."""

    def __init__(self, assistant: Any) -> None:
        self.id = f"web-{uuid.uuid4().hex}"
        self._loop, self._agent = assistant._loop, assistant._agent
        self.handle: Callable[..., Any] = self._agent.handle_message

    def say(self, text: object) -> Answer:
        async def handle(message: UserMessage) -> Any:
            return await self.handle(message)

        turn = GATE.turn(text, self.id, handle, self._agent.tracker_store)
        return self._loop.run_until_complete(turn)

    def said(self) -> list[str]:
        """What the assistant said, as it is stored."""
        tracker = self._loop.run_until_complete(self._agent.tracker_store.retrieve(self.id))
        return [event.text for event in tracker.events if isinstance(event, BotUttered)]

    def stored(self) -> str:
        """All that is kept of the conversation, as text."""
        tracker = self._loop.run_until_complete(self._agent.tracker_store.retrieve(self.id))
        return str([event.as_dict() for event in tracker.events])

    def intents(self) -> list[str]:
        tracker = self._loop.run_until_complete(self._agent.tracker_store.retrieve(self.id))
        return [event.intent_name for event in tracker.events if isinstance(event, UserUttered)]


@pytest.fixture
def chat(assistant: Any) -> Chat:
    return Chat(assistant)


def payloads(answer: Answer) -> list[str]:
    return [b["payload"] for reply in answer.replies for b in reply["buttons"] if "payload" in b]


TYPED = [
    "/restart", "/session_start", "/back", "/emergency", "/crisis", "/nlu_fallback", "/greet",
    "//restart", " / /restart", "@/restart", "/@/restart", "\u00a0/restart", "\0/restart",
    "\ud800/restart", "/restart\n", "/emergency@0.01", '/greet{"topic": "risks"}', "/RESTART",
    "/action_restart", "/utter_greet", "EXTERNAL: greet", "/unknown_intent hello",
]  # fmt: skip


def check_not_obeyed(chat: Chat, typed: str) -> None:
    """It is read as words: Rasa saw no slash, and the conversation before it is still there."""
    chat.say(HARMLESS)
    answer = chat.say(typed)
    assert answer.status == 200 and answer.replies
    assert chat.intents()[0] == "hospital_stay" and len(chat.intents()) == 2
    assert "'text': '/" not in chat.stored()


@pytest.mark.parametrize("typed", TYPED)
def test_a_typed_command_is_not_obeyed(chat: Chat, typed: str) -> None:
    check_not_obeyed(chat, typed)


@pytest.mark.parametrize("typed", ["/recovery_time", "/postoperative_pain", "/what_is_miss"])
def test_a_real_intent_is_obeyed_only_where_it_was_offered(chat: Chat, typed: str) -> None:
    chat.say(typed)
    assert "'text': '/" not in chat.stored()


def test_an_offered_payload_is_obeyed(chat: Chat) -> None:
    offer = payloads(chat.say("menu"))
    assert len(offer) > 3
    for payload in offer[:3]:
        answer = chat.say(payload)
        assert answer.status == 200
        assert chat.intents()[-1] == payload[1:]


@pytest.mark.parametrize("turns_later", [1, gate.OFFERED_TURNS - 1, gate.OFFERED_TURNS])
def test_an_offer_counts_for_some_turns(chat: Chat, turns_later: int) -> None:
    menu = payloads(chat.say("menu"))
    for _ in range(turns_later):
        later = payloads(chat.say("thank you"))
    payload = next(payload for payload in menu if payload not in later)
    chat.say(payload)
    assert (f"'text': '{payload}'" in chat.stored()) is (turns_later < gate.OFFERED_TURNS)


def check_no_offer_from_elsewhere(assistant: Any) -> None:
    theirs, mine = Chat(assistant), Chat(assistant)
    payload = payloads(theirs.say("menu"))[0]
    mine.say("thank you very much")
    mine.say(payload)
    assert "'text': '/" not in mine.stored()


def test_an_offer_in_another_conversation_does_not_count(assistant: Any) -> None:
    check_no_offer_from_elsewhere(assistant)


@pytest.mark.parametrize(
    "variant", [lambda p: p + '{"topic": "risks"}', lambda p: p + "@0.1", lambda p: p + " please",
                lambda p: p.upper(), lambda p: "/" + p]
)  # fmt: skip
def test_only_the_payload_itself_counts(chat: Chat, variant: Callable[[str], str]) -> None:
    chat.say(variant(payloads(chat.say("menu"))[0]))
    assert "'text': '/" not in chat.stored()


def check_masked_before_storage(chat: Chat) -> None:
    chat.say(
        "I'm at a.b@mail.com or 212-736-5000, born 3/4/1970, SSN 123-45-6789. How long is the stay?"
    )
    chat.say("/call me at 212-736-5000")
    kept = chat.stored()
    assert "(email)" in kept
    for identifier in ("a.b@mail", "212-736", "1970", "123-45"):
        assert identifier not in kept


def test_identifiers_are_masked_before_storage(chat: Chat) -> None:
    check_masked_before_storage(chat)


HARMLESS_BUT_ODD = [
    "😀", "🦴🦴🦴", "?", "...", "0", "null", "None", "{}", "[]", "<script>alert(1)</script>",
    "'; drop table events; --", "{clinic_name}", "%s %d {0}", "\u202eolleh", "a\u0301" * 300,
    "¿Habla español?", "脊柱手术", "\ufeffhello", "hello\0there", "hi\ud83d", "\\u0000", "a" * 1000,
    "x " * 500, "/" * 999 + "a", "\x0b\x0chello\r\n", "-1", "1e999", "NaN", "true",
]  # fmt: skip


@pytest.mark.parametrize("text", HARMLESS_BUT_ODD)
def test_odd_text_gets_a_clear_reply_and_the_next_message_its_answer(chat: Chat, text: str) -> None:
    answer = chat.say(text)
    assert answer.status == 200
    assert all(reply["text"].strip() for reply in answer.replies)
    assert chat.say(HARMLESS).topics == ["hospital_stay"]


@pytest.mark.parametrize(
    "text", [EMERGENCY, "I CAN’T MOVE MY LEGS", "I can't\nmove\tmy\rlegs",
             "I can't move\x0bmy legs", "/I can't move my legs", "@clinic I can't move my legs",
             "I can't move my legs, call 212-736-5000", "\0I can't move my legs\ud800"]
)  # fmt: skip
def test_an_alarm_is_heard_in_any_dress(chat: Chat, text: str) -> None:
    answer = chat.say(text)
    assert answer.status == 200
    check_safe(answer, "emergency")


def check_stands(chat: Chat, action: str) -> None:
    """What the patient says next does not lead away from the alarm, as it is stored."""
    answer = chat.say("thanks")
    assert answer.topics == [action] and answer.outcome == "safety"
    assert "You're welcome" not in answer.replies[0]["text"]


@pytest.mark.parametrize("action", ["emergency", "crisis"])
def test_an_alarm_that_only_the_gate_hears_is_stored_and_stands(
    chat: Chat, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        raw, nothing = Screening(action, (Finding("raw"),), ()), gate.screen("")
        patch.setattr(gate, "masked", lambda text: text + "!")
        patch.setattr(gate, "screen", lambda text: raw if text == HARMLESS else nothing)
        answer = chat.say(HARMLESS)
    check_safe(answer, action)
    assert len(answer.replies) == 1 and answer.replies[0]["text"] in chat.said()
    check_stands(chat, action)


@pytest.mark.parametrize(("text", "action"), [(EMERGENCY, "emergency"), (CRISIS, "crisis")])
def test_an_alarm_in_a_message_that_is_too_long_stands(chat: Chat, text: str, action: str) -> None:
    answer = chat.say("and it is a long story " * 60 + text)
    assert answer.status == 413
    check_safe(answer, action)
    check_stands(chat, action)
    assert "long story" not in chat.stored()


def test_an_alarm_in_a_turn_that_failed_stands(chat: Chat) -> None:
    real = chat.handle

    async def fails_once(message: UserMessage) -> None:
        chat.handle = real
        raise ValueError

    chat.handle = fails_once
    answer = chat.say(EMERGENCY)
    assert answer.status == 503
    check_safe(answer, "emergency")
    check_stands(chat, "emergency")


def test_no_alarm_is_noted_where_none_was_heard(chat: Chat) -> None:
    chat.say(HARMLESS)
    assert chat.say("a" * (LIMIT + 1)).status == 413
    assert chat.say("thanks").topics == ["thanks"]


# Without its rule each check has to fail.


def test_teeth_without_the_screen_a_refused_alarm_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = gate.screen("")
    monkeypatch.setattr(gate, "screen", lambda text: nothing)
    with pytest.raises(AssertionError):
        check_refusal_screened(0, EMERGENCY, "emergency")
    with pytest.raises(AssertionError):
        test_an_answer_without_its_safety_reply_gets_one(EMERGENCY, "emergency")
    with pytest.raises(AssertionError):
        test_a_failed_turn_still_answers("an error", CRISIS, "crisis")


def test_teeth_without_the_note_a_refused_alarm_is_forgotten(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forgets(*_: Any) -> None:
        pass

    monkeypatch.setattr(Gate, "_note", forgets)
    with pytest.raises(AssertionError):
        test_an_alarm_in_a_message_that_is_too_long_stands(chat, EMERGENCY, "emergency")


def test_teeth_without_overlap_the_seam_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "OVERLAP", 0)
    with pytest.raises(AssertionError):
        for begin in range(700, 1100, 7):
            test_the_seam_between_two_pieces_hides_nothing(begin)


def test_teeth_with_every_payload_offered_an_obeyed_command_is_seen(
    assistant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def yes(*_: Any) -> bool:
        return True

    monkeypatch.setattr(gate, "offered", yes)
    with pytest.raises(AssertionError):
        check_not_obeyed(Chat(assistant), "/restart")
    with pytest.raises(AssertionError):
        check_no_offer_from_elsewhere(assistant)


def test_teeth_with_slashes_left_an_obeyed_command_is_seen(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "_PREFIX", re.compile(r"(?!)"))
    with pytest.raises(AssertionError):
        check_not_obeyed(chat, "//restart")


def test_teeth_without_masks_a_stored_identifier_is_seen(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "masked", lambda text: text)
    with pytest.raises(AssertionError):
        check_masked_before_storage(chat)


def test_teeth_without_the_time_limit_a_hanging_turn_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def for_ever(turn: Any, limit: float) -> Any:
        return await _wait_for(turn, 0.5)

    _wait_for = asyncio.wait_for
    monkeypatch.setattr(asyncio, "wait_for", for_ever)
    begin = time.monotonic()
    ask(hangs, HARMLESS, Gate("website", LIMIT, time_limit=0.01))
    assert time.monotonic() - begin > 0.4  # the limit is the gate's own, nothing else ends the turn


def test_teeth_a_log_with_the_error_itself_is_seen(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    plain = gate.logger.error
    monkeypatch.setattr(gate.logger, "error", lambda *parts: plain(*parts, exc_info=True))
    with pytest.raises(AssertionError):
        test_the_log_holds_the_kind_of_an_error_and_no_words("an error", caplog)
