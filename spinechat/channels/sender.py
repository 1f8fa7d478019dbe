"""Sends answers to a vendor: with a time limit, tried again when that may help, and bounded.

Each channel has a sender of its own, so that a slow vendor takes up no connection of another's.
A call that the vendor took, but whose answer was lost, is made again: a message twice is better
than none.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import Any

import aiohttp

from spinechat.channels.base import Call, Channel

logger = logging.getLogger(__name__)

# Seconds one call may take, and tries in all. With the pauses between them (0.5, 1, 2, 4 s) a
# vendor has about a minute to come back.
CALL_LIMIT = 10.0
TRIES = 5
FIRST_PAUSE = 0.5
# A longer Retry-After is cut: the patient waits.
LONGEST_PAUSE = 30.0


class Undeliverable(Exception):
    """The vendor refused a message for good, or could not be reached in time."""


class Sender:
    """Makes the calls of one channel."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Ends open connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def deliver(self, call: Call) -> None:
        """Makes a call until the vendor takes it.

        Raises:
            Undeliverable: it never did; the message names the reason and no text.
        """
        pause, reason = FIRST_PAUSE, ""
        for at in range(TRIES):
            if at:
                await asyncio.sleep(pause)
                pause = FIRST_PAUSE * 2**at
            try:
                status, headers, body = await self._once(call)
            except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
                # The kind only: the text holds the address, and Telegram's holds the token.
                reason = type(error).__name__
                continue
            if not self._channel.is_refused(status, body):
                return
            reason = f"status {status}"
            if not self._channel.is_passing(status, body):
                break
            pause = max(pause, _wished_pause(headers, body))
        raise Undeliverable(reason)

    async def _once(self, call: Call) -> tuple[int, Mapping[str, str], dict[str, Any]]:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=CALL_LIMIT), cookie_jar=aiohttp.DummyCookieJar()
            )
        async with self._session.post(
            call.url,
            json=call.json,
            data=call.form,
            headers=dict(call.headers),
            auth=aiohttp.BasicAuth(*call.login) if call.login else None,
            # A redirect would carry our token to wherever it points.
            allow_redirects=False,
        ) as answer:
            return answer.status, answer.headers, _parsed(await answer.read())


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _wished_pause(headers: Mapping[str, str], body: Mapping[str, Any]) -> float:
    """Seconds that the vendor asks for: the header Retry-After, or Telegram's parameter."""
    parameters = body.get("parameters")
    inside = parameters.get("retry_after") if isinstance(parameters, dict) else None
    try:
        wished = float(headers.get("Retry-After") or inside or 0)
    except (TypeError, ValueError):
        return 0.0
    return min(max(wished, 0.0), LONGEST_PAUSE)
