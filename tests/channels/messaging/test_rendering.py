"""Each reply as its medium shows it: no button lost, no limit passed, no markup, no payload."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinechat.channels.base import Channel
from spinechat.channels.messaging import CHANNELS
from spinechat.channels.options import Options
from spinechat.channels.rendering import (
    international,
    segments,
    shortened,
    sms_text,
    split,
    with_links,
)
from spinechat.channels.twilio import TwilioSms, TwilioWhatsApp
from spinechat.channels.twilio_voice import speakable
from spinechat.clinic import clinic
from spinechat.project import read_yaml
from tests.channels.messaging import vendors
from tests.channels.messaging.fake_api import Recorded
from tests.channels.messaging.vendors import VENDORS, Sent

PHONE = clinic().phone
OPTIONS = Options((), vendors.settings("https://api.example", []))
ADDRESS = {"to": "+12025550123", "chat": "1", "channel": "D1"}
RENDERERS: dict[str, Channel] = {made.name: made(OPTIONS) for made in CHANNELS}
# The longest text and the most buttons of one message, and a button's longest title.
LIMITS = {
    "sms": (1600, 0, 0),
    "twilio_whatsapp": (1600, 3, 20),
    "messenger": (2000, 13, 20),
    "whatsapp": (4096, 10, 24),
    "telegram": (4096, 100, 64),
    "slack": (3000, 25, 75),
}
REPLIES = [
    {"text": clinic().fill(entry["text"]), "buttons": entry.get("buttons") or []}
    for entries in read_yaml("domain.yml")["responses"].values()
    for entry in entries
]


def shown(name: str, reply: dict[str, Any]) -> list[Sent]:
    """The messages as a person sees them."""
    seen = []
    for part in RENDERERS[name].render(reply):
        call = RENDERERS[name].call(part, ADDRESS)
        body = dict(call.json or call.form or {})
        sent = VENDORS[name].sent(Recorded(call.url, {}, body))
        assert sent is not None
        seen.append(sent)
    return seen


def check_shown(name: str, reply: dict[str, Any]) -> list[Sent]:
    longest, most, title_limit = LIMITS[name]
    seen = shown(name, reply)
    choices = [button for button in reply["buttons"] if "payload" in button]
    texts = "\n".join(sent.text for sent in seen)
    for sent in seen:
        assert sent.text.strip() and len(sent.text) <= longest
        assert len(sent.buttons) <= most
        assert all(0 < len(title) <= title_limit for title, _ in sent.buttons)
    if name == "sms":
        positions = [texts.find(f"{at}. ") for at in range(1, len(choices) + 1)]
        assert -1 not in positions
        assert not any(button["payload"] in texts for button in choices)
    else:
        payloads = [payload for sent in seen for _, payload in sent.buttons]
        assert payloads == [button["payload"] for button in choices]
    return seen


@pytest.mark.parametrize("name", RENDERERS)
def test_every_reply_of_the_domain(name: str) -> None:
    """With the website's limits kept (titles of 20 characters), nothing is cut at all."""
    assert len(REPLIES) > 50
    for reply in REPLIES:
        seen = check_shown(name, reply)
        titles = [title for sent in seen for title, _ in sent.buttons]
        assert not any(title.endswith("…") for title in titles)
        words = " ".join(" ".join(sent.text for sent in seen).split())
        assert sms_text(" ".join(reply["text"].split())) in sms_text(words)


TITLES = st.text(
    st.characters(max_codepoint=127, whitelist_categories=("L", "N")), min_size=1, max_size=60
)
ANY_REPLY = st.fixed_dictionaries({
    "text": st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=9000)
    .map(str.strip).filter(bool),
    "buttons": st.lists(
        st.builds(lambda title, at: {"title": title, "payload": f"/topic_{at}"}, TITLES,
                  st.integers(0, 10**6).map(lambda n: "".join(chr(97 + int(d)) for d in str(n)))),
        max_size=30, unique_by=lambda button: button["payload"],
    ),
})  # fmt: skip


@pytest.mark.parametrize("name", RENDERERS)
@settings(max_examples=30, deadline=None)
@given(reply=ANY_REPLY)
def test_no_button_is_lost_and_no_limit_passed(name: str, reply: dict[str, Any]) -> None:
    check_shown(name, reply)


def buttons(number: int, title: str = "Topic") -> list[dict[str, str]]:
    return [{"title": f"{title} {at}", "payload": f"/{chr(97 + at)}"} for at in range(number)]


CALL = {"title": "Call the clinic", "url": f"tel:{PHONE}"}
EMERGENCY = {"title": "Call 911", "url": "tel:911"}


@pytest.mark.parametrize(
    ("number", "title", "kinds"),
    [
        (0, "Topic", ["text"]),
        (1, "Topic", ["button"]),
        (3, "Topic", ["button"]),
        (4, "Topic", ["list"]),
        (10, "Topic", ["list"]),
        (11, "Topic", ["list", "list"]),
        (2, "A title of more than twenty", ["list"]),
    ],
)
def test_whatsapp_has_three_buttons_or_a_list(number: int, title: str, kinds: list[str]) -> None:
    parts = RENDERERS["whatsapp"].render({"text": "Hi.", "buttons": buttons(number, title)})
    assert [part.get("interactive", part)["type"] for part in parts] == kinds


def test_a_long_title_stands_whole_below_its_row() -> None:
    title = "A title of more than twenty-four letters"
    reply = {"text": "Hi.", "buttons": [{"title": title, "payload": "/a"}]}
    (part,) = RENDERERS["whatsapp"].render(reply)
    (row,) = part["interactive"]["action"]["sections"][0]["rows"]
    assert len(row["title"]) <= 24 and row["description"] == title


def test_sms_numbers_its_choices_and_has_no_payload() -> None:
    reply = {"text": "What now?", "buttons": [CALL, *buttons(2)]}
    assert [sent.text for sent in shown("sms", reply)] == [
        f"What now?\nCall the clinic: {PHONE}\n"
        "Reply with a number or a word.\n1. Topic 0\n2. Topic 1"
    ]


def test_sms_says_no_number_twice() -> None:
    reply = {"text": f"Call {PHONE} or 911.", "buttons": [CALL, EMERGENCY]}
    assert [sent.text for sent in shown("sms", reply)] == [f"Call {PHONE} or 911."]


def test_twilio_whatsapp_uses_its_templates_or_numbers() -> None:
    reply = {"text": "What now?", "buttons": buttons(4)}
    parts = RENDERERS["twilio_whatsapp"].render(reply)
    assert [part["ContentSid"] for part in parts] == ["HX" + "3" * 32, "HX" + "1" * 32]
    assert json.loads(parts[0]["ContentVariables"])["1"] == "What now?"
    plain = TwilioWhatsApp(Options((), {})).render(reply)
    assert len(plain) == 1 and "4. Topic 3" in plain[0]["Body"]


def test_messenger_dials_the_clinic_and_keeps_911_in_the_text() -> None:
    reply = {"text": "Call 911.", "buttons": [EMERGENCY, CALL, *buttons(14)]}
    first, second = RENDERERS["messenger"].render(reply)
    payload = first["attachment"]["payload"]
    assert [b["payload"] for b in payload["buttons"]] == [international(PHONE)]
    assert len(first["quick_replies"]) == 13 and len(second["quick_replies"]) == 1


def test_telegram_gets_numbers_that_it_links() -> None:
    (sent,) = shown("telegram", {"text": f"Call {PHONE}.", "buttons": [CALL]})
    assert international(PHONE) in sent.text and international(PHONE).startswith("+1")


def test_slack_has_five_buttons_a_block_and_no_marks_of_its_own() -> None:
    (part,) = RENDERERS["slack"].render({"text": "a < b & <!here>", "buttons": [CALL, *buttons(7)]})
    blocks = part["blocks"]
    assert [len(b["elements"]) for b in blocks if b["type"] == "actions"] == [5, 2]
    assert "<!here>" not in json.dumps(part)
    assert f"<tel:{international(PHONE)}|Call the clinic>" in json.dumps(part)


@pytest.mark.parametrize(
    ("text", "number"),
    [("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1),
     ("€" * 81, 2), ("脊" * 70, 1), ("脊" * 71, 2), ("😀" * 35, 1), ("😀" * 36, 2)],
)  # fmt: skip
def test_segments_as_carriers_bill_them(text: str, number: int) -> None:
    assert segments(text) == number


def test_no_reply_costs_more_for_its_quotes() -> None:
    """Every English reply fits GSM 03.38 once its quotes are plain."""
    for reply in REPLIES:
        body = " ".join(part["Body"] for part in TwilioSms(OPTIONS).render(reply))
        if "á" not in body and "í" not in body and "ó" not in body:
            assert segments(body) <= -(-len(body) // 153)


@pytest.mark.parametrize("limit", [10, 40, 200])
def test_a_long_text_is_split_where_one_breathes(limit: int) -> None:
    text = "One sentence here. Another one, with a comma. " * 20
    pieces = split(text, limit)
    assert all(0 < len(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert split("", limit) == [] and split("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]


def test_small_helpers() -> None:
    assert shortened("abcdef", 6) == "abcdef" and shortened("abcdefg", 6) == "abcde…"
    assert with_links({"text": "x", "buttons": [{"title": "Page", "url": "https://a.b"}]}) == (
        "x\nPage: https://a.b"
    )
    assert speakable("Call 1-888-409-8006 or 911, in 24 to 48 hours.") == (
        "Call 1, 8 8 8, 4 0 9, 8 0 0 6 or 9 1 1, in 24 to 48 hours."
    )
