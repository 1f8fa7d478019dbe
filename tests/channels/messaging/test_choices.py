"""A choice typed as a digit or word is the button that was offered; anything else is a message."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from spinechat.channels.choices import OPEN_TURNS, chosen
from spinechat.channels.consent import consent_word
from spinechat.channels.gate import Gate
from spinechat.channels.letters import gathered
from spinechat.channels.rendering import numbered

MENU = [
    {"title": "What is MISS?", "payload": "/what_is_miss"},
    {"title": "Call the clinic", "url": "tel:1"},
    {"title": "Recovery", "payload": "/recovery_time"},
    {"title": "Cuts and scars", "payload": "/scarring"},
    {"title": "Scars later", "payload": "/risks"},
    {"title": "Human", "payload": "/help"},
    {"title": "Can't move", "payload": "/candidacy"},
]


def tracker(*turns: list[list[dict[str, str]]]) -> DialogueStateTracker:
    """A conversation: for each turn the buttons of its replies."""
    made = DialogueStateTracker("sms-test", [])
    for replies in turns:
        made.update(UserUttered("hello", {"name": "greet", "confidence": 1.0}))
        for buttons in replies:
            made.update(BotUttered("Hi.", {"buttons": buttons}))
    return made


PICKED = {
    "1": "/what_is_miss", "2": "/recovery_time", " 2. ": "/recovery_time", "(3)": "/scarring",
    "#2": "/recovery_time", "number 2": "/recovery_time", "Option 3!": "/scarring",
    "two": "/recovery_time", "TWO": "/recovery_time", "recovery": "/recovery_time",
    "Recovery?": "/recovery_time", "what is miss": "/what_is_miss", "can't": "/candidacy",
    "cuts": "/scarring", "later": "/risks", "cuts and scars": "/scarring",
    # What picks nothing: out of range, in two titles, too short, a command, a sentence.
    "0": "", "7": "", "99": "", "123": "", "scars": "", "is": "", "human": "", "yes": "", "911": "",
    "how long is recovery": "", "2 days ago": "", "10-4": "", "/recovery_time": "", "": "",
    "1-888-409-8006": "", "my 2 legs": "", "call the clinic": "",
}  # fmt: skip


@pytest.mark.parametrize("text", PICKED)
def test_what_a_text_picks(text: str) -> None:
    assert chosen(tracker([MENU]), text) == PICKED[text]


def test_the_last_choices_count_over_all_replies_of_their_turn() -> None:
    first, second = [MENU[0]], [MENU[2], MENU[3]]
    assert chosen(tracker([first], [second]), "1") == "/recovery_time"
    assert chosen(tracker([first, second]), "2") == "/recovery_time"
    assert chosen(tracker([first], [[]], [[MENU[1]]]), "1") == "/what_is_miss"
    assert chosen(tracker([first], *[[[]]] * OPEN_TURNS), "1") == ""
    assert chosen(tracker(), "1") == "" and chosen(None, "1") == ""


def test_what_is_numbered_is_what_a_number_picks() -> None:
    """Over several replies in a turn too: all choices stand under the last one."""
    replies = [
        {"text": "First.", "buttons": [MENU[0], MENU[1]]},
        {"text": "Second.", "buttons": [MENU[2], MENU[3]]},
    ]
    first, second = map(numbered, gathered(replies))
    assert first == "First.\nCall the clinic: 1" and "1. What is MISS?" in second
    listed = [line for line in second.splitlines() if line[0].isdigit()]
    conversation = tracker([reply["buttons"] for reply in replies])
    for line in listed:
        number, title = line.split(". ")
        (button,) = (button for button in MENU if button["title"] == title)
        assert chosen(conversation, number) == button["payload"]
    assert len(listed) == 3


def heard(text: str, by_number: bool = True, payload: str = "") -> str:
    """What Rasa gets for a message after MENU."""
    seen: list[str] = []

    async def listens(message: UserMessage) -> None:
        seen.append(str(message.text))
        await message.output_channel.send_response("", {"text": "Hi."})

    async def talk() -> None:
        store = InMemoryTrackerStore(Domain.empty())
        await store.save(tracker([MENU]))
        gate = Gate("sms", 1000, 5, numbered=by_number)
        await gate.answer(gate.admit(text, payload), "sms-test", listens, store)

    asyncio.run(talk())
    return seen[0]


CASES: list[tuple[str, dict[str, Any], str]] = [
    ("2", {}, "/recovery_time"),
    ("2", {"by_number": False}, "2"),
    ("Can't move", {}, "/candidacy"),
    ("Recovery", {"payload": "/recovery_time"}, "/recovery_time"),
    ("Something else", {"payload": "/crisis"}, "Something else"),
    ("Something else", {"payload": "/recovery_time; x"}, "Something else"),
    ("/recovery_time", {}, "/recovery_time"),
    ("/crisis", {}, "crisis"),
]


@pytest.mark.parametrize(("text", "given", "expected"), CASES)
def test_what_rasa_gets(text: str, given: dict[str, Any], expected: str) -> None:
    assert heard(text, **given) == expected


def test_an_alarm_is_no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spinechat.channels.gate.alarm", lambda text: "emergency")
    assert heard("recovery") == "recovery"


@pytest.mark.parametrize(
    ("text", "word"),
    [("STOP", "stop"), ("Stop.", "stop"), (" stopall ", "stop"), ("Quit!", "stop"),
     ("cancel", "stop"), ("END", "stop"), ("unsubscribe", "stop"), ("Start", "start"),
     ("UNSTOP", "start"), ("help?", "help"), ("Info", "help"), ("yes", ""), ("", ""), (None, ""),
     ("stop it", ""), ("when can i stop the pills", ""), ("it won't stop", ""),
     ("cancel my visit", ""), ("help me", ""), ("the end", "")],
)  # fmt: skip
def test_consent_is_the_word_alone(text: object, word: str) -> None:
    assert consent_word(text) == word
