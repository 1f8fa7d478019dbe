"""What comes in over a webhook, on a real server: genuine, forged, repeated, in batches, odd."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from spinechat.__main__ import main
from spinechat.channels.inbox import Inbox
from spinechat.channels.options import NEEDS
from spinechat.channels.rendering import segments
from spinechat.channels.texts import fixed_text, notice
from tests.channels.messaging.conftest import Clinic, eventually
from tests.channels.messaging.vendors import (
    BOT_SECRET,
    FORM,
    NUMBER_ID,
    PAGE,
    PUBLIC,
    TOKEN,
    VENDORS,
    VERIFY_TOKEN,
    Messenger,
    Request,
    Slack,
    Sms,
    Telegram,
    TwilioWhatsApp,
    Vendor,
    WhatsApp,
    fresh,
)
from tests.conftest import Server

# In every refused message; it must be found nowhere afterwards.
WORD = "Zebulon"
SMS, TWA = VENDORS["sms"], VENDORS["twilio_whatsapp"]
FB, WA = VENDORS["messenger"], VENDORS["whatsapp"]
TG, SLACK = VENDORS["telegram"], VENDORS["slack"]
assert isinstance(SMS, Sms) and isinstance(TWA, TwilioWhatsApp) and isinstance(SLACK, Slack)
assert isinstance(FB, Messenger) and isinstance(WA, WhatsApp) and isinstance(TG, Telegram)


def signed_elsewhere(vendor: Vendor, genuine: Request) -> Request:
    """Signed for another address (Twilio), with another vendor's header (the others)."""
    if isinstance(vendor, Sms | TwilioWhatsApp):
        fields = vendor.fields(vendor.person(), WORD)
        return vendor.form(fields, public="https://other.example")
    return genuine.but(**{vendor.header: "", "x-signature": genuine.headers[vendor.header]})


def with_query(vendor: Vendor, genuine: Request) -> Request:
    """A query that was not signed; only Twilio signs the address."""
    if isinstance(vendor, Sms | TwilioWhatsApp):
        return replace(genuine, path=genuine.path + "?a=b")
    return signed_elsewhere(vendor, genuine)


def tampered(vendor: Vendor, genuine: Request) -> Request:
    """Another text under the same signature; Telegram's word covers no text, so it is cut."""
    if vendor is TG:
        return genuine.but(**{vendor.header: BOT_SECRET[:-1]})
    return replace(genuine, body=genuine.body.replace(WORD.encode(), b"Another"))


FORGED: dict[str, Callable[[Vendor, Request], Request]] = {
    "no signature": lambda vendor, genuine: genuine.but(**{vendor.header: ""}),
    "a blank signature": lambda vendor, genuine: genuine.but(**{vendor.header: " "}),
    "nonsense": lambda vendor, genuine: genuine.but(**{vendor.header: "x" * 40}),
    "not ASCII": lambda vendor, genuine: genuine.but(**{vendor.header: "sha256=\xe9\xff"}),
    "another secret": lambda vendor, genuine: vendor.signed(genuine.body, secret="another-secret-"),
    "one letter more": lambda vendor, genuine: genuine.but(
        **{vendor.header: genuine.headers[vendor.header] + "0"}
    ),
    "tampered": tampered,
    "another address": signed_elsewhere,
    "a query": with_query,
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_request_is_refused_and_leaves_nothing(
    clinic: Clinic, vendor: Vendor, name: str
) -> None:
    assert eventually(clinic.idle)
    before, calls = clinic.rows(), len(clinic.api.calls)
    forged = FORGED[name](vendor, vendor.text(vendor.person(), f"I am {WORD}"))
    assert clinic.post(forged) == 403
    assert clinic.rows() == before and len(clinic.api.calls) == calls
    clinic.check_quiet(WORD)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_request_of_slack_is_refused(clinic: Clinic, minutes: int) -> None:
    genuine = SLACK.text(SLACK.person(), "hello")
    before = clinic.rows()
    assert clinic.post(SLACK.signed(genuine.body, at=time.time() + 60 * minutes)) == 403
    assert clinic.rows() == before


def test_a_repeated_request_is_answered_once(clinic: Clinic, vendor: Vendor) -> None:
    person = vendor.person()
    request = vendor.text(person, "What are the risks?")
    assert [clinic.post(request) for _ in range(3)] == [200] * 3
    clinic.answers(vendor, person, 2)
    assert clinic.post(request) == 200
    # A later message is answered after it: by then a repeated answer would be out.
    clinic.post(vendor.text(person, "thank you"))
    assert len(clinic.answers(vendor, person, 3)) == 3


@pytest.mark.parametrize("path", ["/webhooks/", "/webhooks/rest/webhook", "/webhooks/sms/webhook"])
def test_no_other_webhook_is_there(clinic: Clinic, path: str) -> None:
    assert clinic.post(Request(path, b"{}")) == 404


@pytest.mark.parametrize("channel", NEEDS)
def test_a_closed_channel_has_no_address(server: Server, channel: str) -> None:
    assert server.request("POST", f"/webhooks/{channel}", {})[0] == 404
    inbox = server.data / "inbox.db"
    if inbox.exists():  # "delete my chat" looks into it
        with sqlite3.connect(inbox, timeout=5) as connection:
            assert connection.execute("select count(*) from messages").fetchone() == (0,)


def test_what_cannot_be_stored_is_not_acknowledged(clinic: Clinic) -> None:
    person = WA.person()
    request = WA.text(person, f"I am {WORD}")
    other = sqlite3.connect(clinic.server.data / "inbox.db", timeout=5, isolation_level=None)
    try:
        other.execute("begin exclusive")
        assert clinic.post(request) == 503
    finally:
        other.rollback()
        other.close()
    # The vendor sends it again.
    assert clinic.post(request) == 200
    clinic.answers(WA, person, 2)
    clinic.check_quiet(WORD)


# What is no question: the vendor, the request for a person, words of the answer (None: silence).
Case = tuple[Vendor, Callable[[str], Request], "str | None"]


def slack_event(**event: Any) -> Callable[[str], Request]:
    return lambda person: SLACK.event(person, **event)


def whatsapp(**content: Any) -> Callable[[str], Request]:
    return lambda person: WA.batch(WA.event(person, **content))


def messenger(**content: Any) -> Callable[[str], Request]:
    return lambda person: FB.batch(FB.event(person, **content))


def status(state: str) -> Callable[[str], Request]:
    fields = {"MessageSid": fresh("SM"), "MessageStatus": state, "SmsStatus": state}
    return lambda person: SMS.form({**fields, "To": person, "From": "+18005550100"})


def without_body(person: str) -> Request:
    fields = SMS.fields(person, "", NumMedia="1")
    del fields["Body"]
    return SMS.form(fields)


def other_number(person: str) -> Request:
    body = WA.text(person, "hello").body
    return WA.signed(body.replace(NUMBER_ID.encode(), b"9999"))


MEDIA, EMPTY, HELP = "only read words", "write your question", "rates may apply"
ODD: dict[str, Case] = {
    "sms: a picture without the field Body": (SMS, without_body, MEDIA),
    "sms: a picture with words": (
        SMS, lambda p: SMS.form(SMS.fields(p, "how big is the scar", NumMedia="1")), "centimeters"
    ),
    "sms: HELP": (SMS, lambda p: SMS.text(p, " Help. "), HELP),
    "sms: INFO": (SMS, lambda p: SMS.text(p, "INFO"), HELP),
    "sms: START": (SMS, lambda p: SMS.text(p, "start"), "What would you like"),
    "sms: stop in a sentence": (
        SMS, lambda p: SMS.text(p, "how do i stop the pain after surgery"), ""
    ),
    "sms: delivered": (SMS, status("delivered"), None),
    "sms: failed": (SMS, status("failed"), None),
    "whatsapp: a reaction": (
        WA, whatsapp(type="reaction", reaction={"message_id": "1", "emoji": "x"}), None
    ),
    "whatsapp: a place": (WA, whatsapp(type="location", location={"latitude": 1}), MEDIA),
    "whatsapp: an unknown type": (WA, whatsapp(type="hologram"), MEDIA),
    "whatsapp: a caption": (
        WA, whatsapp(type="image", image={"id": "1", "caption": "how big is the scar"}),
        "centimeters",
    ),
    "whatsapp: a template's button": (
        WA, whatsapp(type="button", button={"payload": "x", "text": "how big is the scar"}),
        "centimeters",
    ),
    "whatsapp: another number of the account": (WA, other_number, None),
    "messenger: our own message": (
        FB, messenger(message={"mid": "m1", "is_echo": True, "text": "hello"}), None
    ),
    "messenger: read": (FB, messenger(read={"watermark": 1}), None),
    "messenger: delivered": (FB, messenger(delivery={"mids": ["m1"]}), None),
    "messenger: begin": (
        FB, messenger(postback={"title": "Get started", "payload": "GET_STARTED"}),
        "What would you like",
    ),
    "messenger: a menu's entry": (
        FB, messenger(postback={"mid": fresh("m"), "title": "What are the risks?",
                                "payload": "/risks"}), "complications",
    ),
    "telegram: /start": (TG, lambda p: TG.text(p, "/start"), "What would you like"),
    "telegram: /start with a word": (TG, lambda p: TG.text(p, "/start@bot x"), "What would you"),
    "telegram: edited": (TG, lambda p: TG.update(edited_message=TG.message(p, text="x")), None),
    "telegram: a channel": (TG, lambda p: TG.update(channel_post=TG.message(p, text="x")), None),
    "telegram: a group": (
        TG, lambda p: TG.update(message=TG.message(p, "group", text="hello")), "private chat"
    ),
    "telegram: a poll": (TG, lambda p: TG.update(poll={"id": "1"}), None),
    "slack: our own message": (SLACK, slack_event(text="hello", bot_id="B1"), None),
    "slack: edited": (SLACK, slack_event(text="x", subtype="message_changed"), None),
    "slack: in a channel": (SLACK, slack_event(text="hello", channel_type="channel"), None),
    "slack: a mention": (
        SLACK, slack_event(type="app_mention", text="<@U0> how big is the scar"),
        "centimeters",
    ),
    **{
        f"{name}: a picture": (vendor, vendor.media, MEDIA) for name, vendor in VENDORS.items()
    },
    **{
        f"{name}: blank": (vendor, lambda p, v=vendor: v.text(p, " \n "), # type: ignore[misc]
                           MEDIA if name == "telegram" else EMPTY)
        for name, vendor in VENDORS.items()
    },
    **{
        f"{name}: 100 kB": (vendor, lambda p, v=vendor: v.text(p, "pain " * 20_000), "1000")  # type: ignore[misc]
        for name, vendor in VENDORS.items()
    },
    **{
        f"{name}: a typed intent": (vendor, lambda p, v=vendor: v.text(p, "/crisis"), "")  # type: ignore[misc]
        for name, vendor in VENDORS.items()
    },
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_what_is_no_plain_question(clinic: Clinic, name: str) -> None:
    vendor, request, words = ODD[name]
    person = vendor.person()
    assert clinic.post(request(person)) == 200
    clinic.post(vendor.text(person, "thank you"))
    if words is None or "group" in name:
        # The notice and the thanks, in a group the refusal alone.
        sent = clinic.answers(vendor, person, 2)
        assert len(sent) == 2 and words is None or words in sent[0].text
    else:
        sent = clinic.answers(vendor, person, 3)
        assert len(sent) == 3 and words in sent[1].text, sent
    assert "welcome" in sent[-1].text.lower()
    clinic.check_quiet()


def test_a_batch_of_many_people_is_answered_whole(clinic: Clinic) -> None:
    """Rasa's connector answers the first event only."""
    for vendor in (FB, WA):
        people = [vendor.person() for _ in range(4)]
        if vendor is FB:
            events = [FB.event(person, **FB.message("hello")) for person in people]
            extra = FB.event(people[0], **FB.message("what are the risks?"))
        else:
            events = [WA.event(p, type="text", text={"body": "hello"}) for p in people]
            extra = WA.event(people[0], type="text", text={"body": "what are the risks?"})
        assert clinic.post(vendor.batch(*events, {"odd": 1}, extra, events[1])) == 200
        for person in people[1:]:
            assert len(clinic.answers(vendor, person, 2)) == 2
        assert "complications" in clinic.answers(vendor, people[0], 3)[2].text


def test_statuses_of_whatsapp_are_ignored(clinic: Clinic) -> None:
    before = clinic.rows()
    value = {
        "messaging_product": "whatsapp", "metadata": {"phone_number_id": NUMBER_ID},
        "statuses": [{"id": "wamid.1", "status": "delivered", "recipient_id": "1"}],
    }  # fmt: skip
    body = {"object": "whatsapp_business_account", "entry": [{"changes": [{"value": value}]}]}
    assert clinic.post(WA.signed(json.dumps(body).encode())) == 200
    assert clinic.rows() == before


# Genuine, and in a form that nobody documented: the status.
UNREADABLE: dict[str, tuple[Request, int]] = {
    "sms: no form": (SMS.signed(b"\xff\xfe"), 403),
    "sms: nothing": (SMS.signed(b""), 400),
    "sms: no sender": (SMS.form({"MessageSid": "SM1", "Body": WORD}), 400),
    "sms: a field twice": (SMS.signed(b"Body=a&Body=b"), 403),
    "messenger: no JSON": (FB.signed(WORD.encode()), 400),
    "messenger: a list": (FB.signed(b"[]"), 400),
    "messenger: empty": (FB.signed(b"{}"), 200),
    "messenger: another object": (FB.signed(b'{"object": "user", "entry": [1]}'), 200),
    "messenger: no entries": (FB.signed(b'{"object": "page", "entry": null}'), 200),
    "messenger: odd entries": (
        FB.signed(b'{"object": "page", "entry": [1, {}, {"messaging": [2, {"sender": 1}]}]}'), 200
    ),
    "whatsapp: deep": (WA.signed(b"[" * 50_000), 400),
    "telegram: no JSON": (TG.signed(WORD.encode()), 400),
    "telegram: a number": (TG.signed(b"7"), 400),
    "telegram: empty": (TG.signed(b"{}"), 200),
    "slack: no JSON": (SLACK.signed(WORD.encode()), 400),
    "slack: a form without a payload": (SLACK.signed(b"a=b", kind=FORM), 400),
    "slack: unknown": (SLACK.signed(b'{"type": "app_rate_limited"}'), 200),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_an_unreadable_request(clinic: Clinic, name: str) -> None:
    request, expected = UNREADABLE[name]
    before = clinic.rows()
    assert clinic.post(request) == expected
    assert clinic.rows() == before
    clinic.check_quiet(WORD)


@pytest.mark.parametrize("channel", ["messenger", "whatsapp"])
@pytest.mark.parametrize(
    ("query", "status", "body"),
    [
        (f"hub.mode=subscribe&hub.verify_token={VERIFY_TOKEN}&hub.challenge=12345", 200, "12345"),
        ("hub.mode=subscribe&hub.verify_token=x&hub.challenge=12345", 403, None),
        (f"hub.mode=x&hub.verify_token={VERIFY_TOKEN}&hub.challenge=1", 403, None),
        ("", 403, None),
        ("hub.verify_token=%C3%A9%FF", 403, None),
    ],
)
def test_meta_checks_the_address(
    clinic: Clinic, channel: str, query: str, status: int, body: str | None
) -> None:
    answer = clinic.ask(Request(f"/webhooks/{channel}?{query}", b""), "GET")
    assert answer[0] == status and body in (None, answer[1])


@pytest.mark.parametrize("channel", ["sms", "twilio_whatsapp", "telegram", "slack"])
def test_others_have_nothing_to_read(clinic: Clinic, channel: str) -> None:
    assert clinic.post(Request(f"/webhooks/{channel}", b""), "GET") == 403


def test_slack_checks_the_address(clinic: Clinic) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc", "token": "x"}).encode()
    status, answer = clinic.ask(SLACK.signed(body))
    assert status == 200 and json.loads(answer) == {"challenge": "abc"}
    assert clinic.post(SLACK.signed(body, secret="another")) == 403


def test_stop_is_respected_until_start(clinic: Clinic) -> None:
    for vendor, said_to_stop in ((SMS, 0), (TWA, 1), (WA, 1)):
        person = vendor.person()
        clinic.post(vendor.text(person, "hello"))
        clinic.answers(vendor, person, 2)
        clinic.post(vendor.text(person, "Stop."))
        clinic.post(vendor.text(person, "What are the risks?"))
        clinic.post(vendor.text(person, "HELP"))
        # What saves a life is sent all the same (Twilio blocks it on SMS, by its own rules).
        clinic.post(vendor.text(person, "I can't move my legs"))
        sent = clinic.answers(vendor, person, 3 + said_to_stop)
        assert "911" in sent[-1].text and "Call 911" in sent[-1].text
        if said_to_stop:
            assert sent[2].text == fixed_text("stopped")
        clinic.post(vendor.text(person, "START"))
        clinic.post(vendor.text(person, "thanks"))
        assert len(clinic.answers(vendor, person, 5 + said_to_stop)) == 5 + said_to_stop


def test_a_group_is_told_once(clinic: Clinic) -> None:
    group = TG.person()
    for _ in range(3):
        clinic.post(TG.update(message=TG.message(group, "supergroup", text="hello")))
    assert eventually(clinic.idle)
    assert [sent.text for sent in clinic.sent(TG, group)] == [fixed_text("group")]


def test_a_tap_in_telegram_is_acknowledged(clinic: Clinic) -> None:
    person = TG.person()
    clinic.post(TG.tap(person, "What are the risks?", "/risks"))
    clinic.answers(TG, person, 2)
    assert clinic.api.wait(lambda calls: any("answerCallbackQuery" in c.path for c in calls))


def test_a_button_that_was_never_offered_is_read_as_its_title(
    clinic: Clinic, vendor: Vendor
) -> None:
    """An old button in the chat's history still asks what it says; a forged intent does not."""
    person = vendor.person()
    clinic.post(vendor.tap(person, "What are the risks?", "/crisis"))
    told, answer = clinic.answers(vendor, person, 2)
    assert told.text == notice(vendor.name)
    assert "complications" in answer.text and "988" not in answer.text


def test_delete_my_chat_empties_the_inbox_too(clinic: Clinic, vendor: Vendor) -> None:
    def kept() -> set[str]:
        with sqlite3.connect(clinic.server.data / "inbox.db", timeout=5) as connection:
            rows = connection.execute(
                "select conversation from messages union select conversation from people"
            )
            return {row[0] for row in rows}

    assert eventually(clinic.idle)
    before, person = kept(), vendor.person()
    clinic.post(vendor.text(person, "hello"))
    clinic.answers(vendor, person, 2)
    assert kept() - before
    clinic.post(vendor.text(person, "delete my chat"))
    assert "deleting" in clinic.answers(vendor, person, 3)[2].text
    assert eventually(lambda: not kept() - before - {""})
    # A new chat begins with the notice again.
    clinic.post(vendor.text(person, "hello"))
    assert clinic.answers(vendor, person, 5)[3].text == notice(vendor.name)


def test_what_was_counted_is_listed(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The notice and the answer: so many messages as the carrier bills."""

    def counts() -> dict[tuple[str, str], int]:
        inbox = Inbox(clinic.server.data / "inbox.db")
        try:
            return inbox.counts()
        finally:
            inbox.close()

    assert eventually(clinic.idle)
    before, person = counts(), SMS.person()
    clinic.post(SMS.text(person, "What are the risks?"))
    bodies = [sent.text for sent in clinic.answers(SMS, person, 2)]
    assert eventually(clinic.idle)
    billed = counts()["sms", "segments"] - before["sms", "segments"]
    assert billed == sum(map(segments, bodies)) >= 3
    assert counts()["sms", "answered"] == before["sms", "answered"] + 1
    monkeypatch.setenv("SPINECHAT_DATA", str(clinic.server.data))
    assert main(["channels"]) == 0
    assert f"segments {counts()['sms', 'segments']}" in capsys.readouterr().out


def test_the_calls_carry_the_right_keys(clinic: Clinic) -> None:
    """What each vendor's API is told of us; tokens stay out of addresses where they can."""
    for vendor in VENDORS.values():
        clinic.api.calls.clear()
        person = vendor.person()
        clinic.post(vendor.text(person, "hello"))
        clinic.answers(vendor, person, 2)
        call = next(c for c in clinic.api.calls if vendor.sent(c))
        assert (TOKEN in call.path, "token" in call.path) == (False, vendor is TG)
        if vendor is not TG:
            assert call.headers["authorization"].split()[0] in ("Basic", "Bearer")
        if vendor in (FB, WA):
            assert call.path == f"/v23.0/{PAGE if vendor is FB else NUMBER_ID}/messages"
    assert PUBLIC not in clinic.server.log.read_text()
