"""HTTP on the real server: good and bad input, restarts, second processes, logs and storage."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from spinechat.channels.sessions import Sessions
from spinechat.channels.website import HARD_LIMIT
from spinechat.clinic import clinic
from tests.conftest import Server, start_server, stop_server

QUESTION = "How long will I be in the hospital?"
EMERGENCY = "I can’t move my legs since this morning"
# In every bad input; it must be found nowhere afterwards.
WORD = "Zebulon"
TIME_LIMIT = 6


def check_error(status: int, answer: Any) -> None:
    """A 4xx or 5xx is JSON with the fixed sentence."""
    assert 400 <= status < 600
    assert set(answer) == {"replies", "outcome", "topics"}
    text = answer["replies"][0]["text"]
    assert "911" in text
    assert answer["outcome"] == "safety" or clinic().phone in text


def check_alive(server: Server) -> None:
    """The next good message is answered."""
    assert server.say(server.session(), QUESTION)["topics"] == ["hospital_stay"]


def quiet_log(server: Server) -> str:
    """The log, in which there must be neither a traceback nor a patient's word."""
    log = server.log.read_text(errors="replace")
    assert "Traceback" not in log
    assert WORD not in log
    return log


def test_a_session_and_a_message(server: Server) -> None:
    status, body = server.request("POST", "/chat/session")
    assert status == 200 and set(body) == {"session"}
    answer = server.say(body["session"], QUESTION)
    assert answer["outcome"] == "answered" and answer["topics"] == ["hospital_stay"]
    for reply in answer["replies"]:
        assert set(reply) == {"text", "buttons"} and reply["text"]
        for button in reply["buttons"]:
            assert set(button) in ({"title", "payload"}, {"title", "url"})


def test_a_button_can_be_sent_back(server: Server) -> None:
    session = server.session()
    button = server.say(session, QUESTION)["replies"][0]["buttons"][0]
    assert server.say(session, button["payload"])["topics"] == [button["payload"][1:]]


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/chat/health", {"status": "alive"}), ("/chat/ready", {"status": "ready"})],
)
def test_status(server: Server, path: str, expected: Any) -> None:
    assert server.request("GET", path) == (200, expected)


@pytest.mark.parametrize("path", ["/", "/chat/", "/chat"])
def test_the_page(server: Server, path: str) -> None:
    status, page = server.request("GET", path)
    assert status == 200 and "<!doctype html>" in page and "call 911" in page


# What of Rasa's must not be open.
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/version"), ("GET", "/status"), ("GET", "/domain"), ("DELETE", "/model"),
     ("POST", "/model/parse"), ("GET", "/conversations/x/tracker"), ("GET", "/webhooks/"),
     ("POST", "/webhooks/rest/webhook"), ("GET", "/nothing"), ("GET", "/chat/../secret"),
     ("GET", "/chat/%00"), ("GET", "/chat/%ff%fe"), ("GET", f"/chat/{WORD}?message={WORD}")],
)  # fmt: skip
def test_nothing_else_is_there(server: Server, method: str, path: str) -> None:
    status, answer = server.request(method, path)
    assert status == 404
    check_error(status, answer)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "TRACE", "BREW"])
@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/chat/message", "POST"), ("/chat/feedback", "POST"), ("/chat/session", "DELETE, POST")],
)
def test_a_wrong_method_is_told_the_right_one(
    server: Server, method: str, path: str, allowed: str
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request(method, path)
    answer = connection.getresponse()
    check_error(answer.status, json.loads(answer.read()))
    right = ", ".join(sorted(answer.getheader("Allow", "").split(", ")))
    assert answer.status == 405 and right == allowed


@pytest.mark.parametrize("path", ["/", "/chat/health", "/chat/message", "/nothing"])
def test_head_has_no_body_and_leaves_the_connection_usable(server: Server, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("HEAD", path)
    answer = connection.getresponse()
    assert answer.status in (200, 404, 405) and answer.read() == b""
    connection.request("GET", "/chat/health")
    assert connection.getresponse().status == 200


# Bodies that are no message: the body, the status.
BODIES: dict[str, tuple[bytes, int]] = {
    "empty": (b"", 400),
    "a space": (b" ", 400),
    "null": (b"null", 400),
    "a number": (b"1", 400),
    "a text": (f'"{WORD}"'.encode(), 400),
    "a list": (f'["{WORD}"]'.encode(), 400),
    "no JSON": (f"{WORD} hello".encode(), 400),
    "half a JSON": (f'{{"message": "{WORD}'.encode(), 400),
    "two JSONs": (b"{}{}", 400),
    "bad UTF-8": (f'{{"message": "{WORD} '.encode() + b'\xff\xfe\xc3("}', 400),
    "NUL": (b"\0", 400),
    "UTF-16 without a session": (f'{{"message": "{WORD}"}}'.encode("utf-16"), 401),
    "a form": (f"message={WORD}&session=x".encode(), 400),
    "deep": (b'{"message":' + b"[" * 100_000, 413),
    "deep and closed": (b"[" * 100_000 + b"]" * 100_000, 413),
    "deep below the limit": (b"[" * 16_000, 400),
    "deep objects below the limit": (b'{"a":' * 2500 + b"1" + b"}" * 2500, 400),
    "a huge number": (b"9" * 16_000, 400),
    "a huge number in an object": (b'{"message": ' + b"9" * 5000 + b"}", 400),
    "over the body limit": (b'{"message": "%s"}' % (WORD.encode() * 2400), 413),
    "300 kB": (WORD.encode() * 43_000, 413),
    "empty object": (b"{}", 401),
    "no session": (f'{{"message": "{WORD}"}}'.encode(), 401),
}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", ""])
def test_a_bad_body(server: Server, name: str, kind: str) -> None:
    raw, expected = BODIES[name]
    begin = time.monotonic()
    status, answer = server.request(
        "POST", "/chat/message", raw=raw, headers={"Content-Type": kind}
    )
    assert status == expected
    check_error(status, answer)
    assert time.monotonic() - begin < TIME_LIMIT + 1
    check_alive(server)


# Messages in a good body of a good session: the message, the status.
MESSAGES: dict[str, tuple[Any, int]] = {
    "null": (None, 400),
    "a number": (5, 400),
    "a fraction": (1.5, 400),
    "not a number": (float("nan"), 400),
    "true": (True, 400),
    "a list": ([WORD], 400),
    "an object": ({"text": WORD}, 400),
    "empty": ("", 400),
    "blank": (" \n ", 400),
    "NUL": ("\0", 400),
    "a lone surrogate": ("\ud83d", 400),
    "slashes": ("///", 400),
    "1,001 characters": ("a" * 1001, 413),
    "15 kB": (f"{WORD} " * 1900, 413),
    "words and NUL": (f"{WORD}\0 and more", 200),
    "words and a lone surrogate": (f"{WORD} \ud83d", 200),
    "the other surrogate": (f"{WORD} \udc00\ud83d", 200),
    "emoji only": ("😀👍", 200),
    "right to left": (f"\u202e{WORD}\u202c", 200),
    "1,000 characters": ("a" * 1000, 200),
    "1,000 wide characters": ("脊" * 1000, 200),
    "a typed command": ("/restart", 200),
    "an unknown command": (f'/unknown_{WORD} {{"a": "b"}}', 200),
    "a format": (f"%s %d {{0}} {{clinic_phone}} {WORD}", 200),
    "HTML": (f"<b>{WORD}</b>", 200),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_an_odd_message_and_the_next_one(server: Server, name: str) -> None:
    message, expected = MESSAGES[name]
    session = server.session()
    server.say(session, QUESTION)
    status, answer = server.request(
        "POST", "/chat/message", {"session": session, "message": message}
    )
    assert status == expected
    assert answer["replies"] and all(reply["text"].strip() for reply in answer["replies"])
    if status != 200:
        check_error(status, answer)
    assert server.say(session, QUESTION)["topics"] == ["hospital_stay"]


def changed(session: str) -> str:
    return session[:20] + ("A" if session[20] != "A" else "B") + session[21:]


SESSIONS: dict[str, Any] = {
    "null": lambda s: None,
    "a number": lambda s: 1,
    "a list": lambda s: [s],
    "an object": lambda s: {"$ne": ""},
    "empty": lambda s: "",
    "default": lambda s: "default",
    "one character changed": changed,
    "one character less": lambda s: s[:-1],
    "one character more": lambda s: s + "A",
    "NUL": lambda s: s + "\0",
    "a lone surrogate": lambda s: s[:-1] + "\ud800",
    "10,000 characters": lambda s: s * 200,
    "a path": lambda s: "../../conversations.db",
    "SQL": lambda s: "' or '1'='1",
}


@pytest.mark.parametrize("name", SESSIONS)
def test_an_unknown_session_is_told_to_get_a_new_one(server: Server, name: str) -> None:
    session = server.session()
    server.say(session, QUESTION)
    body = {"session": SESSIONS[name](session), "message": f"tell me more, {WORD}"}
    status, answer = server.request("POST", "/chat/message", body)
    assert status == 401 and "/chat/session" in answer["replies"][0]["text"]
    check_error(status, answer)


def test_a_sender_or_metadata_of_the_client_changes_nothing(server: Server) -> None:
    session = server.session()
    body = {"session": session, "message": QUESTION, "sender": "x", "metadata": [1], "stream": True}
    status, answer = server.request("POST", "/chat/message?stream=true&sender=x", body)
    assert status == 200 and answer["topics"] == ["hospital_stay"]


def alarming(length: int) -> dict[str, bytes]:
    """An emergency in messages and bodies that are refused."""
    filler = "and so on " * (length // 10)
    text = f"{filler}{EMERGENCY}"
    return {
        "no session": json.dumps({"message": text}).encode(),
        "escaped": json.dumps({"session": "x", "message": text}).encode(),
        "not escaped": json.dumps({"session": "x", "message": text}, ensure_ascii=False).encode(),
        "line ends": json.dumps({"message": text.replace(" ", "\n")}).encode(),
        "plain text": text.encode(),
        "a list": json.dumps([text]).encode(),
    }


def check_refused_and_screened(server: Server, raw: bytes) -> None:
    status, answer = server.request("POST", "/chat/message", raw=raw)
    assert 400 <= status < 500
    assert answer["outcome"] == "safety" and answer["topics"] == ["emergency"]
    assert "911" in answer["replies"][0]["text"]


@pytest.mark.parametrize("length", [0, 1500, 20_000, HARD_LIMIT - 1000])
@pytest.mark.parametrize("form", alarming(0))
def test_a_refused_message_is_screened(server: Server, length: int, form: str) -> None:
    raw = alarming(length)[form]
    if len(raw) <= HARD_LIMIT:
        check_refused_and_screened(server, raw)


def test_a_hostile_body_does_not_hold_up_the_others(server: Server) -> None:
    raw = (b"no chest pain " * 20_000)[: HARD_LIMIT - 1]
    begin = time.monotonic()
    check_error(*server.request("POST", "/chat/message", raw=raw))
    assert time.monotonic() - begin < TIME_LIMIT


POST = b"POST /chat/message HTTP/1.1\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
# Below HTTP: what goes over the wire, the status (0: the connection is closed).
WIRE: dict[str, tuple[bytes, int]] = {
    "no HTTP": (b"HELLO\r\n\r\n", 400),
    "unknown HTTP": (b"GET / HTTP/9\r\n\r\n", 400),
    "a length below 0": (POST + b"Content-Length: -5\r\n\r\nhello", 400),
    "a length in words": (POST + b"Content-Length: five\r\n\r\nhello", 400),
    "a length with a sign": (POST + b"Content-Length: +5\r\n\r\nhello", 400),
    "an empty length": (POST + b"Content-Length:\r\n\r\n", 400),
    "two lengths": (POST + b"Content-Length: 2\r\nContent-Length: -2\r\n\r\n{}", 400),
    "a huge length": (POST + b"Content-Length: 99999999999999999999\r\n\r\n{}", 413),
    "unknown encoding": (POST + b"Transfer-Encoding: x\r\n\r\n{}", 400),
    "bad chunks": (CHUNKED + b"zz\r\n{}", 400),
    "a chunk below 0": (CHUNKED + b"-5\r\n{}", 400),
    "good chunks": (CHUNKED + b"2\r\n{}\r\n0\r\n\r\n", 401),
    "an expectation": (POST + b"Expect: tea\r\nContent-Length: 2\r\n\r\n{}", 417),
    "a huge header": (b"GET /chat/health HTTP/1.1\r\nX: " + b"a" * 40_000 + b"\r\n\r\n", 413),
    "bad UTF-8 in the path": (b"GET /chat/\xff\xfe HTTP/1.1\r\n\r\n", 0),
    "bad UTF-8 in a header": (b"GET /chat/health HTTP/1.1\r\nX: \xff\xfe\r\n\r\n", 200),
    "a web socket": (
        b"GET /chat/message HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        405,
    ),
}


def over_the_wire(server: Server, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(sent)
        received = b""
        try:
            while b"\r\n\r\n" not in received and (piece := connection.recv(65_536)):
                received += piece
        except ConnectionError:
            pass
        return received


@pytest.mark.parametrize("name", WIRE)
def test_bad_http_harms_nobody(server: Server, name: str) -> None:
    sent, expected = WIRE[name]
    received = over_the_wire(server, sent)
    status = int(received.split()[1]) if received else 0
    assert status == expected
    if status >= 400:
        assert b"application/json" in received
    check_alive(server)


def test_a_client_that_goes_away_in_mid_request_harms_nobody(server: Server) -> None:
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
            connection.sendall(b"POST /chat/message HTTP/1.1\r\nContent-Length: 50\r\n\r\n{")
    check_alive(server)


def test_two_at_once_in_one_session_are_both_answered_in_order(server: Server) -> None:
    session = server.session()
    texts = [QUESTION, "What are the risks?"]
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(server.say, session, texts[0])
        time.sleep(0.005)
        second = pool.submit(server.say, session, texts[1])
    assert first.result()["topics"] == ["hospital_stay"]
    assert second.result()["topics"] == ["risks"]
    assert [
        text for text in stored_texts(server.data, session_id(session)) if text in texts
    ] == texts


def test_many_at_once_in_many_sessions(server: Server) -> None:
    sessions = [server.session() for _ in range(12)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda session: server.say(session, QUESTION), sessions))
    assert all(answer["topics"] == ["hospital_stay"] for answer in answers)


def session_id(session: str) -> str:
    """The conversation id of a session: its first 16 bytes."""
    return "web-" + base64.urlsafe_b64decode(session + "==")[:16].hex()


def stored_texts(data: Path, conversation: str) -> list[str]:
    """The patient's messages of a conversation as they are stored."""
    query = "select data from events where sender_id = ? and type_name = 'user' order by id"
    connection = sqlite3.connect(data / "conversations.db", timeout=5)
    try:
        events = [json.loads(row[0]) for row in connection.execute(query, (conversation,))]
    finally:
        connection.close()
    return [event["text"] for event in events]


IDENTIFIERS = ["wile.coyote@acme.org", "212-736-5000", "07/04/1961", "March 4, 1961", "078-05-1120",
               "4111 1111 1111 1111"]  # fmt: skip


def check_nothing_stored(folder: Path) -> None:
    for file in folder.glob("*.db*"):
        content = file.read_bytes()
        for identifier in IDENTIFIERS:
            assert identifier.encode() not in content, file.name


def test_the_databases_hold_no_identifiers(server: Server) -> None:
    session = server.session()
    for identifier in IDENTIFIERS:
        server.say(session, f"{QUESTION} I am {identifier}.")
        server.say(session, f"qwer asdf {identifier}")
        server.say(session, "not helpful")
        server.say(session, f"/{identifier}")
    time.sleep(1.2)
    assert any("(email)" in text for text in stored_texts(server.data, session_id(session)))
    check_nothing_stored(server.data)


def test_teeth_a_stored_identifier_is_seen(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "conversations.db") as connection:
        connection.execute("create table events (data text)")
        connection.execute("insert into events values (?)", (json.dumps({"text": IDENTIFIERS[0]}),))
    with pytest.raises(AssertionError):
        check_nothing_stored(tmp_path)


def test_the_log_is_quiet_after_all_this(server: Server) -> None:
    assert "up and running" in quiet_log(server)
    assert all(identifier not in quiet_log(server) for identifier in IDENTIFIERS)


def test_the_secret_is_for_its_owner_only(server: Server) -> None:
    assert (server.data / "secret").stat().st_mode & 0o777 == 0o600


# A restart, and a second process on the same folder; the second one has limits.

LIMIT = 3


@dataclass
class Family:
    """Servers on one data folder: one that has ended, the one after it, one beside that."""

    session: str
    first_log: str
    restarted: Server
    limited: Server


@pytest.fixture(scope="module")
def family(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Family]:
    data = tmp_path_factory.mktemp("family")
    first = start_server(model, data)
    session = first.session()
    assert first.say(session, QUESTION)["topics"] == ["hospital_stay"]
    stop_server(first)
    log = quiet_log(first)
    restarted = start_server(model, data)
    limited = start_server(
        model, data, SPINECHAT_RATE_LIMIT=str(LIMIT), SPINECHAT_TRUSTED_PROXIES="127.0.0.1"
    )
    yield Family(session, log, restarted, limited)
    stop_server(restarted)
    stop_server(limited)


def from_address(server: Server, address: str, session: str, message: str) -> tuple[int, Any]:
    body = {"session": session, "message": message}
    return server.request("POST", "/chat/message", body, headers={"X-Forwarded-For": address})


def test_a_conversation_goes_on_after_a_restart_and_in_a_second_process(family: Family) -> None:
    assert family.restarted.say(family.session, "tell me more")["topics"] == ["hospital_stay"]
    status, answer = from_address(family.limited, "10.1.0.1", family.session, "say it simpler")
    assert status == 200 and answer["topics"] == ["hospital_stay"]
    assert family.restarted.say(family.session, "why?")["replies"]
    texts = stored_texts(family.restarted.data, session_id(family.session))
    assert texts == [QUESTION, "tell me more", "say it simpler", "why?"]


def test_a_server_ends_without_a_traceback(family: Family) -> None:
    assert "up and running" in family.first_log


def test_a_session_of_another_key_is_unknown(family: Family) -> None:
    body = {"session": Sessions(b"of another clinic", 3600).new(), "message": QUESTION}
    assert family.restarted.request("POST", "/chat/message", body)[0] == 401


def test_one_message_too_many(family: Family) -> None:
    address = "10.2.0.1"
    for _ in range(LIMIT):
        assert from_address(family.limited, address, family.session, "thanks")[0] == 200
    status, answer = from_address(family.limited, address, family.session, f"thanks {WORD}")
    assert status == 429 and "wait" in answer["replies"][0]["text"]
    check_error(status, answer)
    status, answer = from_address(family.limited, address, family.session, EMERGENCY)
    assert status == 429 and answer["topics"] == ["emergency"]
    status, answer = family.limited.request(
        "POST", "/chat/session", headers={"X-Forwarded-For": address}
    )
    assert status == 429
    check_error(status, answer)
    assert from_address(family.limited, "10.2.0.2", family.session, "thanks")[0] == 200


def test_refused_messages_count_too(family: Family) -> None:
    statuses = [from_address(family.limited, "10.3.0.1", "x", "hello")[0] for _ in range(LIMIT + 1)]
    assert statuses == [401] * LIMIT + [429]


@pytest.mark.parametrize("header", ["one line", "two lines"])
def test_a_client_cannot_invent_addresses_behind_a_proxy(family: Family, header: str) -> None:
    """The proxy adds the true address, to the client's line or as a line of its own."""
    statuses = []
    true = "10.4.0.1" if header == "one line" else "10.4.0.2"
    for number in range(LIMIT + 1):
        lines = [f"1.1.1.{number}, {true}"] if header == "one line" else [f"1.1.1.{number}", true]
        connection = http.client.HTTPConnection("127.0.0.1", family.limited.port, timeout=10)
        connection.putrequest("POST", "/chat/session")
        for line in lines:
            connection.putheader("X-Forwarded-For", line)
        connection.putheader("Content-Length", "0")
        connection.endheaders()
        statuses.append(connection.getresponse().status)
    assert statuses == [200] * LIMIT + [429]


def test_a_damaged_row_costs_nothing_but_itself(family: Family) -> None:
    """Rasa's SQL store ends the process on a row that it cannot read."""
    server, session = family.restarted, family.restarted.session()
    server.say(session, "menu")
    with sqlite3.connect(server.data / "conversations.db", timeout=5) as connection:
        connection.execute(
            "update events set data = '{' where sender_id = ? and type_name = 'bot'",
            (session_id(session),),
        )
    for message in ("hello", "How long will I be in the hospital?", EMERGENCY):
        answer = server.say(session, message)
    assert answer["topics"] == ["emergency"]
    check_alive(server)


def test_the_family_logs_are_quiet(family: Family) -> None:
    quiet_log(family.limited)
    quiet_log(family.restarted)
