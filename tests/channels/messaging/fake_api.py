"""A local stand-in for the vendors' send APIs: records calls, is slow, refuses or hangs up."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

# Where each vendor's calls arrive; all four share one server.
PATIENCE = 15.0


@dataclass
class Recorded:
    """One call: its path, headers (lower case) and body (JSON or form)."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    at: float = field(default_factory=time.monotonic)
    answered: int = 0  # the status it got; 0: the connection was closed


class FakeApi:
    """Runs in a thread of its own until `close`.

    Attributes:
        calls: all calls in the order in which they came.
        behaviours: what the next calls meet, before all is well again: a status, "close",
            or ("after", seconds) for a slow answer.
        slow: for each call, seconds until it is answered, by its text.
    """

    def __init__(self) -> None:
        self.calls: list[Recorded] = []
        self.behaviours: deque[Any] = deque()
        self.retry_after: str | None = None
        self.slow: Callable[[str], float] = lambda text: 0.0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._begin())
        self._ready.set()
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(self._runner.cleanup())

    async def _begin(self) -> None:
        app = web.Application()
        app.router.add_post("/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        text = raw.decode()
        if request.content_type == "application/json":
            body = json.loads(text)
        else:
            body = dict(parse_qsl(text, keep_blank_values=True))
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Recorded(request.path, headers, body)
        self.calls.append(call)
        await asyncio.sleep(self.slow(text))
        behaviour = self.behaviours.popleft() if self.behaviours else 200
        if behaviour == "close":
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        if isinstance(behaviour, tuple):
            await asyncio.sleep(behaviour[1])
            behaviour = 200
        call.answered = behaviour
        if behaviour == 200:
            return web.json_response({"ok": True, "sid": "SM1"})
        # A redirect leads here too, so that one that is followed is seen.
        extra = {"Location": f"{self.address}/elsewhere"} if behaviour == 301 else {}
        if self.retry_after:
            extra["Retry-After"] = self.retry_after
        return web.json_response({"ok": False, "error": {"code": 100}}, status=behaviour,
                                 headers=extra)  # fmt: skip

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def clear(self) -> None:
        self.calls.clear()
        self.behaviours.clear()
        self.slow, self.retry_after = (lambda text: 0.0), None

    def wait(self, wanted: Callable[[list[Recorded]], bool], patience: float = PATIENCE) -> bool:
        """Whether the calls become what is wanted in a while."""
        end = time.monotonic() + patience
        while not wanted(list(self.calls)) and time.monotonic() < end:
            time.sleep(0.02)
        return wanted(list(self.calls))
