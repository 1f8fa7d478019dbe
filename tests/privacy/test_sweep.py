"""After a day of messages and mishaps on a real server, no identifier is anywhere it wrote.

The server runs at log level debug, its libraries too. Every message holds an identifier of its own,
which must be nowhere, and a word of its own, which may be in the conversation but in no log and no
metric. It keeps conversations in its own file, or in PostgreSQL, whose log is searched as well,
after statements that failed.
"""

from __future__ import annotations

import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from spinechat.storage import retention
from tests.conftest import Server, start_server, started, stop_server
from trials.services import Postgres

QUESTION = "How long will I be in the hospital?"
DEBUG = {
    "LOG_LEVEL": "DEBUG",
    "LOG_LEVEL_LIBRARIES": "DEBUG",
    "SPINECHAT_LOG_LEVEL": "debug",
}
# Seconds that notes and deletions, which run beside their turns, may take.
BESIDE_LIMIT = 10

# A message, in which %s is a word of its own, and what must be nowhere afterwards.
IDENTIFIERS: list[tuple[str, tuple[str, ...]]] = [
    ("call me on 212-736-5001 about %s", ("736-5001",)),
    ("my cell is (305) 555-0172 %s", ("555-0172",)),
    ("ring +44 20 7946 0958 or %s", ("7946 0958", "79460958")),
    ("%s reach me at five five five oh one seven three", ("oh one seven three",)),
    ("write wile.coyote@acme.org %s", ("wile.coyote", "acme.org")),
    ("%s roadrunner at gmail dot com", ("roadrunner",)),
    ("my email is elmer dot fudd at yahoo dot com %s", ("elmer", "fudd")),
    ("my ssn is 078-05-1120 %s", ("078-05-1120", "078051120")),
    ("%s social security number 219 09 9999", ("219 09 9999", "09 9999")),
    ("ssn one two three four five six seven eight eight %s", ("seven eight eight",)),
    ("I was born 07/04/1961 %s", ("07/04/1961",)),
    ("%s dob 7-5-61", ("7-5-61",)),
    ("born on the sixth of July nineteen sixty one %s", ("sixth of july", "sixty one")),
    ("%s born March 4, 1962", ("March 4, 1962",)),
    ("MRN 8842199 %s", ("8842199",)),
    ("member id XJH88291 %s", ("XJH88291",)),
    ("%s policy number PQ-77120-9", ("77120",)),
    ("card 4111 1111 1111 1117 %s", ("4111 1111", "1111 1117")),
    ("%s visa 4012-8888-8888-1881", ("8888-1881",)),
    ("I live at 1420 Quillfeather Street, Apt 4B %s", ("quillfeather",)),
    ("%s PO Box 99217", ("99217",)),
    ("send it to 77 Brambleton Ave, Tampa, FL 33601 %s", ("brambleton", "33601")),
    ("my name is Zebediah Quackenbush and %s", ("zebediah", "quackenbush")),
    ("my name is xanthippe oglethorpe %s", ("xanthippe", "oglethorpe")),
    ("this is Philomena Babcock calling, %s", ("philomena", "babcock")),
    ("patient: Throckmorton, Gertrude %s", ("throckmorton", "gertrude")),
    ("me llamo Hermenegildo Zaldívar y %s", ("hermenegildo", "zald")),
    ("%s. Thanks, Bartholomew Higginbotham", ("bartholomew", "higginbotham")),
    ("%s find me at @mortimer_snerd7", ("mortimer",)),
    ("%s see facebook.com/ermintrude.pike", ("ermintrude",)),
]
# What stands in requests that are refused.
REFUSED = ("415-736-5999", "wolfgang.puddle@acme.org", "Wolfgang Puddlewick")


@dataclass
class Sweep:
    """What a day left behind."""

    data: Path
    log: str
    stored: str = ""
    metrics: str = ""
    errors: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)


def word(number: int) -> str:
    """A word that stands in one message only."""
    return f"zorblax{chr(ord('a') + number // 10)}{chr(ord('a') + number % 10)}"


def _converse(server: Server) -> list[str]:
    answers = []
    session = server.session()
    for number, (message, _) in enumerate(IDENTIFIERS):
        if number % 5 == 0:
            session = server.session()
        text = message.replace("%s", word(number))
        answers.append(str(server.say(session, f"{QUESTION} {text}")))
        # Alone it is a miss, which is noted; so is a verdict on the answer.
        answers.append(str(server.say(session, text)))
        answers.append(str(server.say(session, "not helpful")))
    answers.append(str(server.say(session, "delete my chat")))
    return answers


def _provoke(server: Server) -> list[str]:
    """Requests that are refused; their answers."""
    text = f"{QUESTION} zorblaxerror {' '.join(REFUSED)}"
    message = {"session": server.session(), "message": text}
    requests: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/chat/message", {"raw": f'{{"message": "{text}"'.encode()}),
        ("POST", "/chat/message", {"raw": text.encode()}),
        ("POST", "/chat/message", {"body": [text]}),
        ("POST", "/chat/message", {"body": {**message, "message": {"text": text}}}),
        ("POST", "/chat/message", {"body": {**message, "message": text * 20}}),
        ("POST", "/chat/message", {"body": {**message, "message": text * 900}}),
        ("POST", "/chat/message", {"body": {**message, "session": text}}),
        ("POST", "/chat/message", {"body": {"message": text}}),
        ("PUT", "/chat/message", {"body": message}),
        ("POST", "/webhooks/rest/webhook", {"body": {"sender": text, "message": text}}),
        ("POST", "/model/parse", {"body": {"text": text}}),
        ("GET", f"/chat/{REFUSED[0]}?message={REFUSED[1]}", {}),
        ("GET", "/chat/health", {"headers": {"Expect": REFUSED[1], "Cookie": REFUSED[0]}}),
    ]
    answers = []
    for method, path, request in requests:
        status, answer = server.request(method, path, **request)
        assert 400 <= status < 500 or path == "/chat/health", (method, path, status)
        answers.append(str(answer))
    return answers


def _provoke_metrics(server: Server) -> list[str]:
    """What the metrics' port says to what it was not asked for."""
    text = quote(f"zorblaxerror {' '.join(REFUSED)}")
    address = f"http://127.0.0.1:{server.metrics_port}/{text}?name[]={text}&x={text}"
    answers = []
    for method in ("GET", "POST", "OPTIONS"):
        request = urllib.request.Request(address, method=method, headers={"Cookie": text})
        try:
            with urllib.request.urlopen(request) as answer:
                answers.append(f"{answer.headers}{answer.read().decode()}")
        except urllib.error.HTTPError as error:
            answers.append(f"{error.headers}{error.read().decode()}")
    return answers


def _fail_in(postgres: Postgres, name: str, server: Server) -> list[str]:
    """Turns whose statements PostgreSQL refuses, and logs."""
    postgres.execute("alter table events add constraint short check (length(data) < 10)", name)
    session = server.session()
    answers = [
        str(server.say(session, message.replace("%s", word(number))))
        for number, (message, _) in enumerate(IDENTIFIERS[:5])
    ]
    postgres.execute("alter table events drop constraint short", name)
    postgres.execute("alter table events rename to away", name)
    answers += [str(server.say(session, message)) for message, _ in IDENTIFIERS[5:8]]
    postgres.execute("alter table away rename to events", name)
    end = time.monotonic() + BESIDE_LIMIT
    while server.scrape().samples["spinechat_database_down"] and time.monotonic() < end:
        time.sleep(0.1)
    return answers


def _wait_for_notes(data: Path) -> None:
    end = time.monotonic() + BESIDE_LIMIT
    last, size = 0.0, -1
    while time.monotonic() < end:
        now = sum(file.stat().st_size for file in data.glob("*.db*"))
        if now != size:
            last, size = time.monotonic(), now
        elif time.monotonic() - last > 1.5:
            return
        time.sleep(0.1)


@pytest.fixture(scope="module")
def sweep(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sweep]:
    data = tmp_path_factory.mktemp("sweep")
    server = start_server(model, data, **DEBUG)
    try:
        answers = _converse(server)
        errors = [*_provoke(server), *_provoke_metrics(server)]
        metrics = server.scrape().text
        _wait_for_notes(data)
    finally:
        stop_server(server)
    stored = (data / "conversations.db").read_bytes().decode("utf-8", "replace")
    log = server.log.read_text(errors="replace")
    yield Sweep(data, log, stored, metrics, errors, answers)


@pytest.fixture(scope="module")
def database_sweep(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sweep]:
    """The same on PostgreSQL, some of whose statements fail; its log is PostgreSQL's."""
    data, postgres = tmp_path_factory.mktemp("sweep"), started(Postgres)
    name = postgres.new_database()
    url = postgres.url(name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPINECHAT_DATABASE_URL", url)
        retention.prepare()
    try:
        server = start_server(model, data, SPINECHAT_DATABASE_URL=url, **DEBUG)
        try:
            answers = _fail_in(postgres, name, server)
            session = server.session()
            for number, (message, _) in enumerate(IDENTIFIERS):
                text = message.replace("%s", word(number))
                answers.append(str(server.say(session, text)))
            metrics = server.scrape().text
            _wait_for_notes(data)
        finally:
            stop_server(server)
        stored = str(postgres.execute("select * from events", name))
        log = postgres.log.read_text(errors="replace") + server.log.read_text(errors="replace")
        yield Sweep(data, log, stored, metrics, [], answers)
    finally:
        postgres.remove()


def spellings(identifier: str) -> set[str]:
    """An identifier as it may be found: as it is, in small letters, its figures alone."""
    figures = re.sub(r"\D", "", identifier)
    return {identifier, identifier.lower(), *([figures] if len(figures) > 5 else [])}


SECRETS = {
    spelling
    for _, identifiers in IDENTIFIERS
    for identifier in identifiers
    for spelling in spellings(identifier)
} | {spelling for identifier in REFUSED for spelling in spellings(identifier)}


def found(content: str) -> list[str]:
    """The identifiers in a content."""
    small = content.lower()
    return sorted(secret for secret in SECRETS if secret.lower() in small)


@pytest.fixture(params=["sweep", "database_sweep"])
def swept(request: pytest.FixtureRequest) -> Sweep:
    """Each of the two days."""
    swept: Sweep = request.getfixturevalue(request.param)
    return swept


def test_no_file_and_no_database_holds_an_identifier(swept: Sweep) -> None:
    files = [path for path in swept.data.rglob("*") if path.is_file()]
    assert {"notes.db", "server.log"} <= {path.name for path in files}
    for path in files:
        assert found(path.read_bytes().decode("utf-8", "replace")) == [], path.name
    assert found(swept.stored) == []


def test_the_conversations_were_stored_and_noted(swept: Sweep) -> None:
    """Else there would be nothing to search."""
    words = {word(number) for number in range(len(IDENTIFIERS))}
    assert sum(one in swept.stored for one in words) >= len(IDENTIFIERS) - 5
    notes = (swept.data / "notes.db").read_bytes().decode("utf-8", "replace")
    assert sum(one in notes for one in words) >= 10


def test_no_answer_repeats_one(swept: Sweep) -> None:
    assert [found(answer) for answer in [*swept.errors, *swept.answers] if found(answer)] == []
    assert not any("zorblax" in answer for answer in [*swept.errors, *swept.answers])


def test_no_log_at_level_debug_has_a_word_of_a_patient(swept: Sweep) -> None:
    assert "up and running" in swept.log and "DEBUG" in swept.log
    assert '"event": "turn"' in swept.log
    assert [line[:300] for line in swept.log.splitlines() if "zorblax" in line] == []
    assert found(swept.log) == []


def test_the_database_logged_what_failed(database_sweep: Sweep) -> None:
    """Else its log would be empty anyway."""
    assert 'violates check constraint "short"' in database_sweep.log
    assert 'relation "events" does not exist' in database_sweep.log
    assert 'spinechat_store_errors_total{kind="outages"} 1.0' in database_sweep.metrics


def test_no_metric_has_a_word_of_a_patient(swept: Sweep) -> None:
    assert "spinechat_turns_total" in swept.metrics and "zorblax" not in swept.metrics
    assert found(swept.metrics) == []


def test_teeth_an_identifier_in_a_content_is_found() -> None:
    for message, identifiers in IDENTIFIERS:
        assert len(found(message)) >= len(identifiers) / 2, message
    assert found("a WILE.COYOTE b 79460958")
