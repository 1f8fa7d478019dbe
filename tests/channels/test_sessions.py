"""Sessions: ours are known, after a restart and in another process; nothing else is."""

from __future__ import annotations

import hmac
import os
import re
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from spinechat.channels.sessions import SECRET_FILE, Sessions, UnknownSession, signing_key
from spinechat.project import project_root
from spinechat.settings import BadSetting

KEY = b"k" * 64
HOUR = 3600
SESSIONS = Sessions(KEY, HOUR)


def check_unknown(session: Any, sessions: Sessions = SESSIONS) -> None:
    with pytest.raises(UnknownSession):
        sessions.conversation_id(session)


def tampered(session: str, place: int) -> str:
    """The session with another character at a place."""
    other = "A" if session[place] != "A" else "B"
    return session[:place] + other + session[place + 1 :]


def neighbour(session: str) -> str:
    """The session with one of base64's spare bits set: the same bytes, another spelling."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return session[:-1] + alphabet[alphabet.index(session[-1]) ^ 1]


def test_a_session_is_a_url_safe_text_with_128_random_bits() -> None:
    made = {SESSIONS.new() for _ in range(2000)}
    assert len(made) == 2000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{50}", session) for session in made)
    ids = {SESSIONS.conversation_id(session) for session in made}
    assert len(ids) == 2000
    assert all(re.fullmatch(r"web-[0-9a-f]{32}", conversation) for conversation in ids)


def test_the_conversation_id_does_not_give_the_session_away() -> None:
    session = SESSIONS.new()
    check_unknown(SESSIONS.conversation_id(session))
    check_unknown(SESSIONS.conversation_id(session).removeprefix("web-"))


def test_another_process_with_the_same_key_knows_it() -> None:
    session = SESSIONS.new()
    assert Sessions(KEY, 1).conversation_id(session) == SESSIONS.conversation_id(session)


def test_another_key_does_not_know_it() -> None:
    check_unknown(SESSIONS.new(), Sessions(b"other" * 10, HOUR))


@pytest.mark.parametrize(
    ("lifetime", "known"), [(24 * HOUR, True), (2, True), (-1, False), (-HOUR, False)]
)
def test_it_ends(lifetime: int, known: bool) -> None:
    session = Sessions(KEY, lifetime).new()
    if known:
        SESSIONS.conversation_id(session)
    else:
        check_unknown(session)


def test_it_lasts_as_long_as_it_should(monkeypatch: pytest.MonkeyPatch) -> None:
    session, now = SESSIONS.new(), time.time()
    monkeypatch.setattr("spinechat.channels.sessions.time.time", lambda: now + HOUR - 5)
    SESSIONS.conversation_id(session)
    monkeypatch.setattr("spinechat.channels.sessions.time.time", lambda: now + HOUR + 5)
    check_unknown(session)


@pytest.mark.parametrize("place", range(50))
def test_every_character_counts(place: int) -> None:
    check_unknown(tampered(SESSIONS.new(), place))


FORMS = {
    "spare bits": neighbour,
    "shorter": lambda s: s[:-1],
    "longer": lambda s: s + "A",
    "padded": lambda s: s + "==",
    "line end": lambda s: s + "\n",
    "space": lambda s: " " + s,
    "NUL": lambda s: s + "\0",
    "character that base64 skips": lambda s: s[:10] + "!" + s[10:],
    "other case": str.swapcase,
    "other half": lambda s: s[:25] + SESSIONS.new()[25:],
    "signature of another": lambda s: SESSIONS.new()[:28] + s[28:],
    "list": lambda s: [s],
    "object": lambda s: {"session": s},
    "bytes": lambda s: s.encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_only_the_one_spelling_is_known(form: str) -> None:
    for _ in range(20):
        check_unknown(FORMS[form](SESSIONS.new()))


def test_the_standard_alphabet_is_not_known() -> None:
    session = next(s for s in iter(SESSIONS.new, "") if "-" in s or "_" in s)
    check_unknown(session.replace("-", "+").replace("_", "/"))


@pytest.mark.parametrize(
    "session",
    [
        None,
        True,
        0,
        1.5,
        [],
        {},
        "",
        " ",
        "A" * 50,
        "A" * 64,
        "x" * 100_000,
        "é" * 50,
        "\ud800" * 50,
        "../../etc/passwd",
        "default",
        "=" * 50,
    ],
)
def test_what_is_no_session(session: Any) -> None:
    check_unknown(session)


def test_a_key_is_made_once_for_its_owner_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SPINECHAT_SECRET", raising=False)
    monkeypatch.setenv("SPINECHAT_DATA", str(tmp_path))
    before = os.umask(0)
    try:
        key = signing_key()
    finally:
        os.umask(before)
    assert len(key) == 64 and signing_key() == key
    assert stat.S_IMODE((tmp_path / SECRET_FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [SECRET_FILE]


def test_a_given_key_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SPINECHAT_DATA", str(tmp_path))
    monkeypatch.setenv("SPINECHAT_SECRET", "of the clinic")
    assert signing_key() == b"of the clinic"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"", b"short"])
def test_half_a_key_is_refused(
    content: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SPINECHAT_SECRET", raising=False)
    monkeypatch.setenv("SPINECHAT_DATA", str(tmp_path))
    (tmp_path / SECRET_FILE).write_bytes(content)
    with pytest.raises(BadSetting, match="delete"):
        signing_key()


def test_what_a_killed_process_left_is_in_nobodys_way(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SPINECHAT_SECRET", raising=False)
    monkeypatch.setenv("SPINECHAT_DATA", str(tmp_path))
    (tmp_path / f"{SECRET_FILE}.{os.getpid()}").write_bytes(b"")
    assert len(signing_key()) == 64


def test_the_key_of_the_default_folder_is_not_in_git() -> None:
    known = subprocess.run(["git", "check-ignore", "-q", f"var/{SECRET_FILE}"], cwd=project_root())
    assert known.returncode == 0


def test_processes_that_start_at_once_agree_on_the_key(tmp_path: Path) -> None:
    environment = {**os.environ, "SPINECHAT_DATA": str(tmp_path)}
    environment.pop("SPINECHAT_SECRET", None)
    code = "from spinechat.channels.sessions import signing_key; print(signing_key().decode())"
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=project_root(),
            env=environment,
            stdout=subprocess.PIPE,
        )
        for _ in range(4)
    ]
    keys = {process.communicate(timeout=60)[0].decode().strip() for process in running}
    assert len(keys) == 1 and len(keys.pop()) == 64


def test_teeth_without_the_signature_a_tampered_session_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hmac, "compare_digest", lambda *_: True)
    with pytest.raises(pytest.fail.Exception):
        test_every_character_counts(5)


def test_teeth_without_the_one_spelling_a_second_one_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Anything(str):
        __hash__ = str.__hash__

        def __ne__(self, other: object) -> bool:
            return False

    session = SESSIONS.new()
    monkeypatch.setattr("spinechat.channels.sessions._spelled", Anything)
    with pytest.raises(pytest.fail.Exception):
        check_unknown(neighbour(session))


def test_teeth_without_an_end_an_old_session_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spinechat.channels.sessions.time.time", lambda: 0.0)
    monkeypatch.setattr(Sessions, "new", lambda self: old)
    old = _made_at(1000)
    with pytest.raises(pytest.fail.Exception):
        test_it_ends(-HOUR, False)


def _made_at(end: int) -> str:
    from spinechat.channels.sessions import _spelled

    body = b"r" * 16 + end.to_bytes(5, "big")
    return _spelled(body + SESSIONS._signature(body))
