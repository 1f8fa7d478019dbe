"""Holds each response against what a patient may expect, and keeps count."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from spinechat.channels.website import openapi_document
from spinechat.clinic import clinic
from trials.soak.wire import Answered, Wire

# Signs of Python's or Sanic's inner life; no response may show them.
_INSIDE = (b"Traceback", b"site-packages", b"Sanic", b"rasa")
# At most so many wrong responses are told in full.
_TOLD = 20
# Whom a refused patient may call: the clinic, or in an alarm somebody nearer.
NUMBERS = (clinic().phone, "911", "988")
_PATHS = openapi_document()["paths"]


@dataclass
class Ledger:
    """What came back so far.

    Attributes:
        statuses: how many responses by status.
        sources: how many requests by where they come from.
        faults: how many responses are wrong, by what is wrong with them.
        told: the first wrong ones.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    def enter(self, source: str, request: Wire, answered: Answered) -> str | None:
        """Counts a response; what is wrong with it, if anything is."""
        self.sources[source] += 1
        self.statuses[answered.status] += 1
        wrong = fault_in(request, answered)
        if wrong is not None:
            self.faults[wrong] += 1
            if len(self.told) < _TOLD:
                self.told.append(f"{source}: {wrong}: {request!r:.300} -> {answered!r:.300}")
        return wrong


def fault_in(request: Wire, answered: Answered) -> str | None:
    """What is wrong with a response: silence, a server's error, an empty or a telling reply."""
    if answered.status == 0:
        return "no response"
    if answered.status >= 500:
        return _error(request, answered.status)
    if any(sign in answered.body for sign in _INSIDE) and answered.status != 200:
        return "the server's inner life"
    # A browser asks OPTIONS by itself and shows nothing of the response.
    if request.method in ("HEAD", "OPTIONS") or answered.status in (204, 304):
        return None
    if answered.status >= 400 or request.path.split("?")[0] == "/chat/message":
        return _reply(answered)
    return None


def _error(request: Wire, status: int) -> str | None:
    path = _PATHS.get(request.path.split("?")[0], {})
    declared = path.get(request.method.lower(), {}).get("responses", {})
    # Declared, with a sentence: a server that is down says so. Here none is.
    return f"{status}, declared" if str(status) in declared else f"{status}"


def _reply(answered: Answered) -> str | None:
    content = answered.content
    replies = content.get("replies") if isinstance(content, dict) else None
    if not replies or not all(reply["text"].strip() for reply in replies):
        return "an empty reply"
    if answered.status >= 400 and not any(number in replies[0]["text"] for number in NUMBERS):
        return "no number in a refusal"
    return None
