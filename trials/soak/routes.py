"""Rasa's own routes, and those of its channels: none of them may be there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rasa.core.channels import BUILTIN_CHANNELS
from rasa.server import create_app

from trials.soak.wire import Wire

_PARAMETER = re.compile(r"<[^>]+>")
# GET / is the clinic's page here.
_OURS = ("GET", "/")


@lru_cache(maxsize=1)
def rasas_own() -> tuple[Wire, ...]:
    """Requests, one to each route of Rasa's HTTP API (with --enable-api) and of its channels."""
    # Kept: Sanic knows each app for ever, and refuses a second one of that name.
    return tuple(_requests())


def _requests() -> Iterator[Wire]:
    for route in create_app().router.routes:
        for method in sorted(route.methods):
            path = "/" + _PARAMETER.sub("somebody", route.path)
            if (method, path) != _OURS:
                yield Wire(path, b"{}", method)
    for name in sorted(BUILTIN_CHANNELS):
        for path in (f"/webhooks/{name}/", f"/webhooks/{name}/webhook"):
            for method in ("GET", "POST"):
                yield Wire(path, b"{}", method)
    for path in ("/socket.io/", "/socket.io/?EIO=4&transport=polling", "/docs", "/metrics"):
        yield Wire(path, b"", "GET")
