"""Real servers on PostgreSQL and Redis, while these are stopped, frozen and started again."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from spinechat.storage import retention
from tests.conftest import Server, start_server, started, stop_server
from trials.services import Postgres, Redis

ANSWER_LIMIT = 8.0  # seconds, of every turn
WRITE_LIMIT = 30.0


class Clinic:
    """Two servers, a database, a Redis."""

    def __init__(
        self, model: Path, environment: dict[str, str], postgres: Postgres, redis: Redis, name: str
    ) -> None:
        self.model = model
        self.environment = environment
        self.servers: list[Server] = []
        self.postgres = postgres
        self.redis = redis
        self.name = name

    def say(self, session: str, text: str, server: int = 0) -> float:
        """One turn that has to be answered; its seconds."""
        begin = time.monotonic()
        answer = self.servers[server].say(session, text)
        assert answer["replies"], text
        return time.monotonic() - begin

    def stored(self, word: str) -> list[str]:
        """The patients' messages with a word, in the order in which they are stored."""
        rows = self.postgres.execute(
            "select data from events where type_name = 'user' order by id", self.name
        )
        texts = [json.loads(str(data))["text"] for (data,) in rows]
        return [text for text in texts if word in text]

    def wait_until_up(self, gauge: str) -> None:
        end = time.monotonic() + WRITE_LIMIT
        session = self.servers[0].session()
        while self.servers[0].scrape().samples[gauge] and time.monotonic() < end:
            # Redis is asked when there is a turn.
            self.say(session, "Hello")
        assert self.servers[0].scrape().samples[gauge] == 0

    def wait_for(self, word: str, texts: list[str]) -> None:
        end = time.monotonic() + WRITE_LIMIT
        while self.stored(word) != texts and time.monotonic() < end:
            time.sleep(0.2)
        assert self.stored(word) == texts


@pytest.fixture(scope="module")
def clinic(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """Started once; each test leaves everything running."""
    postgres, redis = started(Postgres), started(Redis)
    name = postgres.new_database()
    environment = {
        "LOG_LEVEL": "DEBUG",
        "SPINECHAT_DATABASE_URL": postgres.url(name),
        "SPINECHAT_REDIS_URL": redis.url,
        "SPINECHAT_SECRET": "the same for both servers, 32 bytes",
        "TICKET_LOCK_LIFETIME": "10",
    }
    with pytest.MonkeyPatch.context() as patch:
        for key, value in environment.items():
            patch.setenv(key, value)
        retention.prepare()
    clinic = Clinic(model, environment, postgres, redis, name)
    try:
        for _ in range(2):
            folder = tmp_path_factory.mktemp("clinic")
            clinic.servers.append(start_server(model, folder, **environment))
        yield clinic
    finally:
        for server in clinic.servers:
            stop_server(server)
        postgres.remove()
        redis.remove()


QUESTION = "How long will I be in the hospital, {word} {number}?"


def test_a_conversation_goes_from_server_to_server(clinic: Clinic) -> None:
    session = clinic.servers[0].session()
    texts = [QUESTION.format(word="numbat", number=number) for number in range(6)]
    for number, text in enumerate(texts):
        clinic.say(session, text, number % 2)
    assert clinic.stored("numbat") == texts


@pytest.mark.parametrize("what", ["stopped", "frozen"])
@pytest.mark.parametrize("service", ["postgres", "redis"])
def test_patients_are_answered_while_it_is(clinic: Clinic, service: str, what: str) -> None:
    word = f"{service} {what}"
    served: Postgres | Redis = getattr(clinic, service)
    session = clinic.servers[0].session()
    texts = [QUESTION.format(word=word, number=number) for number in range(5)]
    clinic.say(session, texts[0])
    if what == "stopped":
        served.stop()
    else:
        served.freeze()
    try:
        for text in texts[1:3]:
            assert clinic.say(session, text) < ANSWER_LIMIT
        gauge = f"spinechat_{'database' if service == 'postgres' else 'redis'}_down"
        seen = clinic.servers[0].scrape().samples
        assert seen[gauge] == 1
        assert (seen["spinechat_waiting_turns"] > 0) == (service == "postgres")
        # The alarm stands, although it cannot be stored.
        clinic.say(session, "I can't feel my legs and I wet myself")
        again = clinic.servers[0].say(session, "ok")
        assert "911" in again["replies"][0]["text"] and again["outcome"] == "safety"
        begin = time.monotonic()
        assert clinic.servers[0].request("GET", "/chat/health")[0] == 200
        assert time.monotonic() - begin < 2
    finally:
        if what == "stopped":
            served.start()
        else:
            served.thaw()
    for text in texts[3:]:
        clinic.say(session, text)
    clinic.wait_for(word, texts)
    clinic.wait_until_up(gauge)


def test_double_messages_to_two_servers_are_all_kept(clinic: Clinic) -> None:
    sessions = [clinic.servers[0].session() for _ in range(20)]

    def send(server: int) -> None:
        for number, session in enumerate(sessions):
            clinic.say(session, f"How long is the stay, quokka {server} {number}?", server)

    threads = [threading.Thread(target=send, args=(server,)) for server in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wanted = [f"How long is the stay, quokka {s} {n}?" for s in range(2) for n in range(20)]
    assert sorted(clinic.stored("quokka")) == sorted(wanted)


def test_a_server_that_is_ended_in_an_outage_loses_nothing(clinic: Clinic) -> None:
    old = clinic.servers[1]
    session = old.session()
    texts = [QUESTION.format(word="wombat", number=number) for number in range(4)]
    clinic.say(session, texts[0], 1)
    clinic.postgres.stop()
    try:
        for text in texts[1:3]:
            clinic.say(session, text, 1)
        stop_server(old)
        assert old.process.returncode == 0
        (file,) = old.data.glob("waiting-*.jsonl")
        assert file.stat().st_mode & 0o077 == 0
    finally:
        clinic.postgres.start()
    clinic.servers[1] = start_server(clinic.model, old.data, **clinic.environment)
    clinic.say(session, texts[3], 1)
    clinic.wait_for("wombat", texts)
    assert not list(old.data.glob("waiting-*"))
    # Its counts began anew, and the other server has its own.
    first, second = (server.scrape().samples for server in clinic.servers)
    turns = "spinechat_turns_total{channel=website,outcome=answered}"
    assert second[turns] == 1 < first[turns]
    outages = "spinechat_store_errors_total{kind=outages}"
    assert second[outages] == 0 and first[outages] >= 2


def test_no_log_tells_a_word(clinic: Clinic) -> None:
    """After all of the above: PostgreSQL's log, and this project's lines in the servers' logs."""
    assert "numbat" not in clinic.postgres.log.read_text("utf-8", "replace")
    for server in clinic.servers:
        lines = server.log.read_text("utf-8", "replace").splitlines()
        ours = [line for line in lines if "spinechat.storage" in line]
        assert ours and not any("quokka" in line or "numbat" in line for line in ours)
        assert not any("sqlalchemy" in line and "numbat" in line for line in lines)
        assert not any(line.startswith("SystemExit") for line in lines)
