"""Requests by Hypothesis: bodies, messages, sessions, methods, paths and headers of every kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from trials.soak.ledger import Ledger
from trials.soak.table import BODIES, EXTRA, MESSAGES, SESSIONS
from trials.soak.wire import Wire, message, send

SOURCE = "Hypothesis"
_PATHS = ["/chat/message", "/chat/feedback", "/chat/session", "/chat/clinic", "/chat/health",
          "/chat/ready", "/chat/openapi.json", "/chat/", "/", "/chat/widget.js"]  # fmt: skip
_METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "BREW"]
_WORDS = ["how long", "hospital", "pain", "risk", "/restart", "/greet", "911", "can't feel",
          "my legs", "insurance", "yes", "no", "menu", "tell me more", "not", "?", "délai", "的",
          "\0", "\ud800", "\u202e", "😀", "{", "}", "%s", "'",
          '"', "\\", "<b>", "@", "/"]  # fmt: skip
# Printable latin-1, as a header may hold it.
_HEADER_TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=80)
_ANY_TEXT = st.text(st.characters(), max_size=300)


def _json() -> SearchStrategy[object]:
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | _ANY_TEXT
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=12), inner, max_size=4),
        max_leaves=8,
    )


def _texts() -> SearchStrategy[object]:
    """What stands as a message: words of the trade among oddities, texts of any kind, no texts."""
    words = st.lists(st.sampled_from(_WORDS), max_size=12).map(" ".join)
    known = st.sampled_from([text for text, _ in MESSAGES.values()])
    long = st.builds(lambda word, n: word * n, st.sampled_from(_WORDS), st.integers(1, 3000))
    return st.one_of(words, words, _ANY_TEXT, known, long, _json())


def _objects(sessions: Sequence[str]) -> SearchStrategy[bytes]:
    """Bodies of the right shape, more or less."""
    session = st.one_of(
        st.sampled_from(sessions), st.sampled_from(sessions),
        st.sampled_from(list(SESSIONS.values())), _json(),
    )  # fmt: skip
    verdict = st.sampled_from(["good", "bad", "", None, 1])
    topics = st.one_of(st.just(["hospital_stay"]), st.lists(_ANY_TEXT, max_size=25), _json())
    extra = st.dictionaries(st.sampled_from(list(EXTRA)), _json(), max_size=2)
    talk = st.fixed_dictionaries({"session": session, "message": _texts()})
    feedback = st.fixed_dictionaries(
        {"session": session, "topics": topics}, optional={"verdict": verdict, "why": _texts()}
    )
    return st.builds(lambda body, more: _dumped({**more, **body}), talk | feedback, extra)


def _dumped(body: object) -> bytes:
    return json.dumps(body).encode()


def _bodies(sessions: Sequence[str]) -> SearchStrategy[bytes]:
    known = st.sampled_from([body for body, _ in BODIES.values() if len(body) < 1_000_000])
    return st.one_of(
        _objects(sessions), _objects(sessions), _objects(sessions),
        _json().map(_dumped), st.binary(max_size=500), known,
    )  # fmt: skip


def _headers(sessions: Sequence[str]) -> SearchStrategy[tuple[tuple[str, str], ...]]:
    session = st.sampled_from(sessions) | _HEADER_TEXT
    one = st.one_of(
        st.tuples(st.just("X-Session"), session),
        st.tuples(st.just("Content-Type"), _HEADER_TEXT),
        st.tuples(st.just("X-Forwarded-For"), _HEADER_TEXT),
        st.tuples(st.just("Origin"), _HEADER_TEXT),
        st.tuples(st.just("Accept-Encoding"), st.sampled_from(["br", "gzip", "*", "x" * 50])),
        st.tuples(st.just("If-None-Match"), _HEADER_TEXT),
        st.tuples(st.just("Range"), st.sampled_from(["bytes=0-1", "bytes=9-1", "bytes=a-"])),
        st.tuples(st.just("Cookie"), _HEADER_TEXT),
    )
    return st.lists(one, max_size=3, unique_by=lambda pair: pair[0]).map(tuple)


def _paths() -> SearchStrategy[str]:
    characters = st.characters(min_codepoint=33, max_codepoint=126)
    odd = st.text(characters, max_size=40).map(lambda text: f"/{text}")
    query = st.text(characters, max_size=40).map(lambda text: f"/chat/message?{text}")
    return st.one_of(st.sampled_from(_PATHS), odd, query)


def requests(sessions: Sequence[str]) -> SearchStrategy[Wire]:
    """Requests: messages in good sessions, any bodies where messages go, anything to anywhere.

    Args:
        sessions: some that are good.
    """
    said = st.builds(message, st.sampled_from(sessions), _texts())
    talk = st.builds(
        Wire,
        path=st.sampled_from(["/chat/message", "/chat/message", "/chat/message", "/chat/feedback"]),
        body=_bodies(sessions),
        headers=_headers(sessions),
    )
    anything = st.builds(
        Wire,
        path=_paths(),
        body=_bodies(sessions),
        method=st.sampled_from(_METHODS),
        headers=_headers(sessions),
    )
    return st.one_of(said, said, talk, talk, anything)


def run(
    port: int,
    sessions: Sequence[str],
    count: int,
    ledger: Ledger,
    step: Callable[[], object],
    series: int = 0,
) -> None:
    """Sends about `count` requests and enters their responses.

    Args:
        port: of the server.
        sessions: good ones; some requests end them, which is part of it.
        count: how many.
        ledger: where they are entered.
        step: called after each.
        series: another number makes other requests.
    """

    @seed(series)
    @settings(
        max_examples=count, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(requests(sessions))
    def each(request: Wire) -> None:
        # Nothing is asserted: one wrong response must not end the run. The ledger judges.
        ledger.enter(SOURCE, request, send(port, request))
        step()

    each()
