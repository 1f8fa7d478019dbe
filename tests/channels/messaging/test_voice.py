"""The phone: signed calls to the real server, and what the caller hears."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from urllib.parse import urlencode, urlsplit

import pytest
from twilio.request_validator import RequestValidator

from spinechat.channels.rendering import international
from spinechat.clinic import clinic as own_clinic
from tests.channels.messaging.conftest import Clinic
from tests.channels.messaging.vendors import FORM, PUBLIC, SID, TOKEN, Request, fresh

PATH = "/webhooks/voice"
NUMBER = international(own_clinic().phone)


def signed(fields: dict[str, str], path: str = PATH, public: str = PUBLIC) -> Request:
    signature = RequestValidator(TOKEN).compute_signature(public + path, fields)
    headers = {"Content-Type": FORM, "X-Twilio-Signature": signature}
    return Request(path, urlencode(fields).encode(), headers)


class Call:
    """A phone call."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.fields = {
            "CallSid": fresh("CA"), "AccountSid": SID, "From": "+12025550123",
            "To": "+18005550100", "CallStatus": "in-progress", "CallerName": "",
        }  # fmt: skip
        self.path = PATH

    def ask(self, **more: str) -> ET.Element:
        status, body = self.clinic.ask(signed({**self.fields, **more}, self.path))
        assert status == 200, body
        heard = ET.fromstring(body)
        gather = heard.find("Gather")
        if gather is not None:
            self.path = gather.attrib["action"].removeprefix(PUBLIC)
        return heard

    def say(self, words: str) -> ET.Element:
        return self.ask(SpeechResult=words, Confidence="0.9")


def said(heard: ET.Element) -> str:
    return " ".join(part.text or "" for part in heard.iter("Say"))


def dialled(heard: ET.Element) -> str:
    dial = heard.find("Dial")
    return "" if dial is None else str(dial.text)


def test_five_turns_and_a_booking(clinic: Clinic) -> None:
    call = Call(clinic)
    greeting = said(call.ask())
    assert "automated assistant" in greeting and "call 9 1 1" in greeting
    answer = call.say("how long will I be in the hospital")
    assert "24 to 48 hours" in said(answer) and "You can ask about: " in said(answer)
    assert "week or longer" in said(call.say("tell me more"))
    choice = said(answer).split("You can ask about: ")[1].split(",")[0]
    assert said(call.say(choice))
    assert "few centimeters" in said(call.say("how big is the scar"))
    booking = call.say("I want to make an appointment")
    assert dialled(booking) == NUMBER and booking.find("Gather") is None


@pytest.mark.parametrize("words", ["a human please", "person", "can somebody call me back"])
def test_a_person_is_wanted(clinic: Clinic, words: str) -> None:
    assert dialled(Call(clinic).say(words)) == NUMBER


def test_the_second_miss_in_a_row_is_put_through(clinic: Clinic) -> None:
    call = Call(clinic)
    call.ask()
    assert not dialled(call.say("purple monkey dishwasher"))
    assert dialled(call.say("xylophone quarterly zebra")) == NUMBER
    again = Call(clinic)
    again.say("purple monkey dishwasher")
    again.say("how big is the scar")
    assert not dialled(again.say("xylophone quarterly zebra"))


def test_silence_is_asked_again_and_then_put_through(clinic: Clinic) -> None:
    call = Call(clinic)
    call.ask()
    again = call.ask()
    assert "did not hear" in said(again) and again.find("Gather") is not None
    assert dialled(call.ask(SpeechResult=" ")) == NUMBER


@pytest.mark.parametrize(
    ("words", "number"),
    [("I can't move my legs", "9 1 1"), ("I want to kill myself", "9 8 8"),
     ("I can't move my legs I want an appointment", "9 1 1")],
)  # fmt: skip
def test_an_emergency_is_told_to_hang_up_and_is_heard_on(
    clinic: Clinic, words: str, number: str
) -> None:
    call = Call(clinic)
    heard = call.say(words)
    assert f"hang up and call {number}" in said(heard)
    assert not dialled(heard) and heard.find("Gather") is not None and heard.find("Hangup") is None
    assert number in said(call.say("are you sure"))


@pytest.mark.parametrize(
    ("status", "words"),
    [("completed", "Thank you"), ("busy", "Nobody picked up"), ("no-answer", "9 1 1")],
)
def test_after_the_transfer(clinic: Clinic, status: str, words: str) -> None:
    heard = Call(clinic).ask(DialCallStatus=status)
    assert words in said(heard) and heard.find("Hangup") is not None


@pytest.mark.parametrize("status", ["completed", "failed", "no-answer"])
def test_a_call_that_has_ended_gets_nothing(clinic: Clinic, status: str) -> None:
    assert len(Call(clinic).ask(CallStatus=status)) == 0


FORGED = {
    "no signature": lambda request: request.but(x_twilio_signature=""),
    "another address": lambda request: signed({"CallSid": "CA1"}, public="https://other.example"),
    "a query": lambda request: Request(f"{PATH}?misses=1", request.body, request.headers),
    "tampered": lambda request: Request(PATH, request.body + b"&a=b", request.headers),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_call_is_refused(clinic: Clinic, name: str) -> None:
    genuine = signed({"CallSid": fresh("CA"), "SpeechResult": "/crisis"})
    assert clinic.post(FORGED[name](genuine)) == 403


@pytest.mark.parametrize("speech", ["x " * 50_000, "/", "\0", "%s {clinic_phone}", "&<>\"'"])
def test_odd_speech(clinic: Clinic, speech: str) -> None:
    heard = Call(clinic).say(speech)
    assert said(heard)
    clinic.check_quiet()


def test_a_call_without_an_id(clinic: Clinic) -> None:
    assert clinic.post(signed({"SpeechResult": "hello"})) == 400
    assert clinic.post(Request(PATH, b""), "GET") == 405


def test_the_action_is_the_public_address(clinic: Clinic) -> None:
    gather = Call(clinic).ask().find("Gather")
    assert gather is not None
    parts = urlsplit(gather.attrib["action"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == PUBLIC + PATH
