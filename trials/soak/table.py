"""The table of bad input that breaks Rasa's own channels (docs/operations.md), for this one."""

from __future__ import annotations

import json
from collections.abc import Iterator

from trials.soak.wire import Wire, message

_DEEP = 100_000
_QUESTION = "How long will I be in the hospital?"
# Whole bodies, with the status that is right.
BODIES: dict[str, tuple[bytes, int]] = {
    "an empty body": (b"", 400),
    "a list": (b"[]", 400),
    "a text": (b'"hi"', 400),
    "null": (b"null", 400),
    "a number": (b"7", 400),
    "invalid JSON": (b"{", 400),
    "bad UTF-8": (b'{"message": "\xff\xfe"}', 400),
    "deep JSON": (b"[" * _DEEP, 413),
    "a NUL": (b"\0", 400),
    "a form": (b"message=hi&sender=a", 400),
    "5 MB": (b'{"message": "' + b"a" * 5_000_000 + b'"}', 413),
    "100 kB": (b'{"message": "' + b"a" * 100_000 + b'"}', 413),
    "no message": (b"{}", 401),
    "Rasa's own form": (b'{"sender": "a\\u0000b", "message": "hi"}', 401),
}
# Messages in a good session, with the status that is right.
MESSAGES: dict[str, tuple[object, int]] = {
    "empty": ("", 400),
    "white space": (" \t\n", 400),
    "emoji only": ("😀👍🏽", 200),
    "null": (None, 400),
    "a number": (5, 400),
    "a list": (["hi"], 400),
    "an object": ({"text": "hi"}, 400),
    "true": (True, 400),
    "a NUL": ("How long\0 is the stay?", 200),
    "a lone surrogate": ("How long is \ud800 the stay?", 200),
    "control characters": ("\x01\x02\x1b[31mHow long is the stay?", 200),
    "right to left": ("\u202eHow long is the stay?", 200),
    "10,000 characters": ("a" * 10_000, 413),
    "/restart": ("/restart", 200),
    "/session_start": ("/session_start", 200),
    "/back": ("/back", 200),
    "/nlu_fallback": ("/nlu_fallback", 200),
    "/emergency@0.01": ("/emergency@0.01", 200),
    '/greet{"a": "b"}': ('/greet{"a": "b"}', 200),
    "/unknown": ("/unknown my SSN is 123-45-6789", 200),
    "/utter_greet": ("/utter_greet", 200),
    "/action_restart": ("/action_restart", 200),
    "EXTERNAL: greet": ("EXTERNAL: greet", 200),
    "blanks before a slash": ("   \t/restart", 200),
    "SQL": ("'; drop table events; --", 200),
    "a template": ("{{7*7}} ${7*7} %s {clinic_phone}", 200),
    "HTML": ("<script>alert(1)</script>", 200),
}
# Sessions, all of them refused.
SESSIONS: dict[str, object] = {
    "none": None,
    "empty": "",
    "a NUL": "a\0b",
    "half a surrogate pair": "a\ud800",
    "10,000 characters": "a" * 10_000,
    "an object": {"a": "b"},
    "a number": 5,
    "default": "default",
    "a path": "../../etc/passwd",
}
# Keys that Rasa's channels obey, beside a good message: they must change nothing.
EXTRA: dict[str, object] = {
    "sender": "somebody-else",
    "input_channel": "admin",
    "metadata": "not an object",
    "stream": True,
    "parse_data": {"intent": {"name": "greet"}},
}


def cases(session: str) -> Iterator[tuple[str, Wire, int]]:
    """Every row: its name, its request, the status that is right.

    Args:
        session: a good one.
    """
    for name, (body, status) in BODIES.items():
        for kind in ("application/json", "text/plain"):
            yield f"{name}, {kind}", Wire(body=body, headers=(("Content-Type", kind),)), status
    for name, (text, status) in MESSAGES.items():
        yield name, message(session, text), status
        yield f"{name}, ?stream=true", message(session, text, "/chat/message?stream=true"), status
    for name, wrong in SESSIONS.items():
        yield f"session: {name}", message(wrong, _QUESTION), 401
    for name, value in EXTRA.items():
        yield f"extra: {name}", _with(session, name, value), 200
    yield "a negative length", Wire(headers=(("Content-Length", "-5"),)), 400
    yield "a length that is none", Wire(headers=(("Content-Length", "five"),)), 400
    yield "an unknown encoding", Wire(headers=(("Transfer-Encoding", "gzip"),)), 400


def _with(session: str, name: str, value: object) -> Wire:
    body = {"session": session, "message": _QUESTION, name: value}
    return Wire(body=json.dumps(body).encode())
