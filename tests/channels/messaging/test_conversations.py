"""Whole conversations on every channel: the real model on a real server, over signed webhooks."""

from __future__ import annotations

import pytest

from spinechat.channels.texts import notice
from spinechat.clinic import clinic as own_clinic
from tests.channels.messaging.conftest import Clinic, eventually
from tests.channels.messaging.vendors import Sent, Vendor

PHONE = own_clinic().phone


def offered(vendor: Vendor, sent: Sent) -> list[tuple[str, str]]:
    """The choices under a message, tapped or typed."""
    if vendor.name != "sms":
        return sent.buttons
    lines = [line.split(". ", 1) for line in sent.text.splitlines()]
    return [(line[1], line[0]) for line in lines if len(line) == 2 and line[0].isdigit()]


def test_five_turns_with_buttons(clinic: Clinic, vendor: Vendor) -> None:
    person = vendor.person()
    assert clinic.post(vendor.text(person, "hello")) == 200
    first = clinic.answers(vendor, person, 2)
    assert first[0].text == notice(vendor.name) and "automated assistant" in first[1].text
    choices = offered(vendor, first[1])
    assert [title for title, _ in choices] == ["What is MISS?", "Recovery", "Call the clinic"]
    clinic.post(vendor.tap(person, *choices[1]))
    recovery = clinic.answers(vendor, person, 3)[2]
    assert "weeks" in recovery.text or "recover" in recovery.text.lower()
    clinic.post(vendor.text(person, "tell me more"))
    more = clinic.answers(vendor, person, 4)[3]
    assert more.text != recovery.text
    choice = offered(vendor, more)[0]
    clinic.post(vendor.text(person, "1"))
    typed = clinic.answers(vendor, person, 5)[4]
    clinic.post(vendor.tap(person, *choice))
    tapped = clinic.answers(vendor, person, 6)[5]
    # A digit and a tap ask the same, if the choice is still among the last ones.
    assert typed.text == tapped.text or vendor.name == "sms"
    clinic.post(vendor.text(person, "I'd like to make an appointment"))
    assert PHONE in clinic.answers(vendor, person, 7)[6].text
    assert len(clinic.sent(vendor, person)) == 7


@pytest.mark.parametrize(
    ("said", "number"), [("I can't move my legs", "911"), ("I want to kill myself", "988")]
)
def test_an_emergency(clinic: Clinic, vendor: Vendor, said: str, number: str) -> None:
    """The alarm comes first, the notice after it."""
    person = vendor.person()
    assert clinic.post(vendor.text(person, said)) == 200
    alarm, told = clinic.answers(vendor, person, 2)
    assert number in alarm.text and "nobody reads this chat" in alarm.text
    assert told.text == notice(vendor.name)
    clinic.post(vendor.text(person, "are you sure?"))
    assert number in clinic.answers(vendor, person, 3)[2].text


def leftovers(clinic: Clinic, person: str) -> list[str]:
    """Files of the data folder in which a sender or his words can be found."""
    words = (person.encode(), b"zeb@example.org", b"Zebulon of Acme")
    allowed = "conversations.db"  # masked by form: a name without one stays (README, Limits)
    found = []
    for file in clinic.server.data.iterdir():
        try:
            content = file.read_bytes()
        except FileNotFoundError:  # a database's journal comes and goes
            continue
        found += [
            f"{word!r} in {file.name}"
            for word in words
            if word in content and not (file.name.startswith(allowed) and word == words[2])
        ]
    return found


def test_no_text_and_no_address_is_left(clinic: Clinic, vendor: Vendor) -> None:
    person = vendor.person()
    clinic.post(vendor.text(person, "how long is recovery? I am Zebulon of Acme, zeb@example.org"))
    clinic.answers(vendor, person, 2)
    assert eventually(lambda: not leftovers(clinic, person)), leftovers(clinic, person)
