"""Random webhooks, signed, on the real server: no 5xx, no traceback, no text in the log.

The shapes are near the documented ones, as pure noise would end at the first check.
"""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.channels.messaging.conftest import Clinic, eventually
from tests.channels.messaging.test_voice import signed as voice_signed
from tests.channels.messaging.vendors import FORM, VENDORS, Request, Slack, Sms, Vendor

WORD = "Zebulon"
EXAMPLES = 25
FUZZ = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["", WORD, "/crisis", "\ud800", "\0", "9" * 400, 10**30]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner,
                                                               max_size=3),
    max_leaves=8,
)  # fmt: skip


def mutated(body: Any, junk: list[Any], seed: int) -> Any:
    """A copy with some of its values replaced, removed or doubled."""
    dice = random.Random(seed)
    body = copy.deepcopy(body)

    def walk(node: Any) -> Any:
        if dice.random() < 0.12:
            return dice.choice(junk)
        if isinstance(node, dict):
            return {key: walk(value) for key, value in node.items() if dice.random() > 0.06}
        if isinstance(node, list):
            return [walk(item) for item in node for _ in range(dice.choice([1, 1, 1, 2]))]
        return node

    return walk(body)


def fuzzed(vendor: Vendor, request: Request, junk: list[Any], seed: int) -> Request:
    """The request with mutations, signed anew."""
    if FORM not in request.headers.get("Content-Type", ""):
        body = mutated(json.loads(request.body), junk, seed)
        return vendor.signed(json.dumps(body).encode())
    if isinstance(vendor, Slack):
        return vendor.signed(request.body[: -seed % 50 - 1], kind=FORM)
    assert isinstance(vendor, Sms) or vendor.name == "twilio_whatsapp"
    fields = vendor.fields(vendor.person(), f"{WORD} asks")  # type: ignore[union-attr]
    changed = mutated(fields, junk, seed)
    if not isinstance(changed, dict):
        changed = {}
    texts = {str(key): str(value).encode("utf-8", "replace").decode() for key, value in
             changed.items()}  # fmt: skip
    return vendor.form(texts)  # type: ignore[union-attr]


def check(clinic: Clinic, request: Request) -> None:
    status, body = clinic.ask(request)
    assert status in (200, 400, 403, 413), body
    assert WORD not in body


@pytest.mark.parametrize("name", VENDORS)
@FUZZ
@given(junk=st.lists(JUNK, min_size=1, max_size=4), seed=st.integers(0, 10**6))
def test_odd_webhooks(clinic_server: Clinic, name: str, junk: list[Any], seed: int) -> None:
    vendor = VENDORS[name]
    person = vendor.person()
    kinds = [vendor.text(person, f"{WORD} asks"), vendor.tap(person, WORD, "/risks"),
             vendor.media(person)]  # fmt: skip
    check(clinic_server, fuzzed(vendor, kinds[seed % 3], junk, seed))


FIELDS = st.dictionaries(
    st.sampled_from(["CallSid", "SpeechResult", "CallStatus", "DialCallStatus", "X"]),
    st.text(st.characters(blacklist_categories=("Cs",)), max_size=30)
    | st.sampled_from(["completed", WORD, ""]),
)
QUERIES = st.sampled_from(["", "?misses=1", "?misses=x", "?asked=1&misses=9", "?%FF=%00"])


@FUZZ
@given(fields=FIELDS, misses=QUERIES)
def test_odd_calls(clinic_server: Clinic, fields: dict[str, str], misses: str) -> None:
    status, body = clinic_server.ask(voice_signed(fields, f"/webhooks/voice{misses}"))
    assert status in (200, 400, 403), body


@pytest.mark.parametrize("name", VENDORS)
@FUZZ
@given(body=st.binary(max_size=300))
def test_signed_noise(clinic_server: Clinic, name: str, body: bytes) -> None:
    if name == "slack":
        body = body.decode("utf-8", "replace").encode()  # slack_sdk signs texts only
    check(clinic_server, VENDORS[name].signed(body))


def test_the_server_is_well_afterwards(clinic_server: Clinic) -> None:
    assert eventually(clinic_server.idle)
    clinic_server.check_quiet(WORD)
    vendor = VENDORS["whatsapp"]
    person = vendor.person()
    assert clinic_server.post(vendor.text(person, "how big is the scar")) == 200
    assert "centimeters" in clinic_server.answers(vendor, person, 2)[1].text
