"""One request, byte by byte as it is written here, and its response."""

from __future__ import annotations

import http.client
import json
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

# Seconds; no request here takes longer on a server that is well.
LIMIT = 30.0


@dataclass(frozen=True)
class Wire:
    """A request.

    Attributes:
        path: as it goes over the line.
        body: of any content.
        method: of HTTP, or none.
        headers: beside those that every request has; one of those with another value replaces it.
    """

    path: str = "/chat/message"
    body: bytes = b""
    method: str = "POST"
    headers: tuple[tuple[str, str], ...] = ()

    def as_bytes(self) -> bytes:
        """What is sent."""
        usual = {
            "Host": "localhost",
            "Connection": "close",
            "Content-Type": "application/json",
            "Content-Length": str(len(self.body)),
        }
        given = {name.lower() for name, _ in self.headers}
        lines = [f"{self.method} {self.path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in usual.items() if name.lower() not in given]
        lines += [f"{name}: {value}" for name, value in self.headers]
        return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogatepass") + self.body


@dataclass(frozen=True)
class Answered:
    """A response.

    Attributes:
        status: 0 if the connection was closed without one.
        body: as it came.
        content: the JSON in it; None if it is none.
    """

    status: int
    body: bytes = b""
    content: Any = field(default=None)


def send(port: int, request: Wire) -> Answered:
    """Sends a request and reads its response.

    Raises:
        TimeoutError: none came.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as line:
        # The server may have had enough of it; then its response lies there already.
        with suppress(BrokenPipeError, ConnectionResetError):
            line.sendall(request.as_bytes())
        response = http.client.HTTPResponse(line, method=request.method)
        try:
            response.begin()
            body = response.read()
        except (http.client.HTTPException, ConnectionError):
            return Answered(0)
    try:
        return Answered(response.status, body, json.loads(body))
    except ValueError:
        return Answered(response.status, body)


def new_session(port: int) -> str:
    """A session."""
    return str(send(port, Wire("/chat/session")).content["session"])


def message(session: object, text: object, path: str = "/chat/message", **headers: str) -> Wire:
    """A request with a body as the widget sends it, whatever is in it."""
    body = json.dumps({"session": session, "message": text}).encode()
    return Wire(path, body, headers=tuple(headers.items()))
