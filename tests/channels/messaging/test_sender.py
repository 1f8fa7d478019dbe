"""Sending: tried again when that may help, never for ever, and nothing of it in the log."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import pytest

from spinechat.channels import sender as sending
from spinechat.channels.base import Call
from spinechat.channels.options import Options
from spinechat.channels.sender import Sender, Undeliverable
from spinechat.channels.telegram import Telegram
from tests.channels.messaging.fake_api import FakeApi

PAUSE = 0.02
WORD = "Zebulon"


def deliver(api: FakeApi, path: str = "/send") -> float:
    """Sends one message; how many seconds it took."""

    async def talk() -> None:
        sender = Sender(Telegram(Options((), {})))
        try:
            await sender.deliver(Call(api.address + path, json={"text": WORD}))
        finally:
            await sender.close()

    begin = time.monotonic()
    asyncio.run(talk())
    return time.monotonic() - begin


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, api: FakeApi) -> None:
    api.clear()
    monkeypatch.setattr(sending, "FIRST_PAUSE", PAUSE)
    monkeypatch.setattr(sending, "CALL_LIMIT", 0.5)


# What the vendor does, one after another, and how many calls that makes.
PASSING: dict[str, list[Any]] = {
    "all is well": [],
    "too many calls": [429],
    "a fault": [500],
    "faults": [503, 502, 500, 504],
    "hangs up": ["close"],
    "hangs up again and again": ["close", "close", "close"],
    "answers too late": [("after", 5)],
    "this and that": [429, "close", 500],
}


@pytest.mark.parametrize("name", PASSING)
def test_what_passes_is_tried_again(api: FakeApi, name: str) -> None:
    api.behaviours.extend(PASSING[name])
    deliver(api)
    # aiohttp repeats a call on its own if a kept connection was closed.
    assert len(api.calls) >= len(PASSING[name]) + 1
    assert api.calls[-1].answered == 200


@pytest.mark.parametrize("status", [400, 401, 403, 404, 301])
def test_a_refusal_is_final(api: FakeApi, status: int) -> None:
    api.behaviours.append(status)
    with pytest.raises(Undeliverable, match=str(status)):
        deliver(api)
    assert len(api.calls) == 1


@pytest.mark.parametrize("behaviour", [429, 500, "close"])
def test_tries_are_bounded(api: FakeApi, behaviour: Any, caplog: pytest.LogCaptureFixture) -> None:
    api.behaviours.extend([behaviour] * 50)
    with caplog.at_level(logging.DEBUG), pytest.raises(Undeliverable) as error:
        deliver(api, "/bot12345:secret/sendMessage")
    assert sending.TRIES <= len(api.calls) <= 2 * sending.TRIES
    assert WORD not in str(error.value) + caplog.text
    assert "12345:secret" not in str(error.value) + caplog.text


def test_nobody_there(caplog: pytest.LogCaptureFixture, api: FakeApi) -> None:
    api_address, api.port = api.port, 9
    try:
        with pytest.raises(Undeliverable):
            deliver(api)
    finally:
        api.port = api_address


def test_the_vendors_wish_for_a_pause_is_granted(api: FakeApi) -> None:
    api.behaviours.append(429)
    api.retry_after = "1"
    assert deliver(api) >= 1


@pytest.mark.parametrize("wish", ["1e9", "-5", "soon", "nan"])
def test_an_odd_wish_is_not(api: FakeApi, wish: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LONGEST_PAUSE", 0.1)
    api.behaviours.append(429)
    api.retry_after = wish
    assert deliver(api) < 2
    assert len(api.calls) == 2
