"""A real server with every messaging channel open, and the vendors' stand-in beside it."""

from __future__ import annotations

import http.client
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from spinechat.channels.options import NEEDS
from tests.channels.messaging.fake_api import PATIENCE, FakeApi
from tests.channels.messaging.vendors import VENDORS, Request, Sent, Vendor, settings
from tests.conftest import Server, start_server, stop_server


@pytest.fixture(scope="session")
def api() -> Iterator[FakeApi]:
    fake = FakeApi()
    yield fake
    fake.close()


def eventually(seen: Callable[[], bool], patience: float = PATIENCE) -> bool:
    """Whether something becomes true in a while."""
    end = time.monotonic() + patience
    while not seen() and time.monotonic() < end:
        time.sleep(0.02)
    return seen()


@dataclass
class Clinic:
    """A running server and its vendors' stand-in."""

    server: Server
    api: FakeApi

    def post(self, request: Request, method: str = "POST") -> int:
        """The status of a webhook's request."""
        return self.ask(request, method)[0]

    def ask(self, request: Request, method: str = "POST") -> tuple[int, str]:
        """Status and body of a webhook's request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        try:
            connection.request(method, request.path, request.body, request.headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def sent(self, vendor: Vendor, person: str) -> list[Sent]:
        """The messages that a person got."""
        seen = [vendor.sent(call) for call in list(self.api.calls) if call.answered == 200]
        return [sent for sent in seen if sent is not None and sent.to == person]

    def answers(self, vendor: Vendor, person: str, least: int) -> list[Sent]:
        """The same, once there are so many of them."""
        eventually(lambda: len(self.sent(vendor, person)) >= least)
        sent = self.sent(vendor, person)
        assert len(sent) >= least, (vendor.name, sent)
        return sent

    def rows(self) -> int:
        """How many messages were ever stored."""
        with sqlite3.connect(self.server.data / "inbox.db", timeout=5) as connection:
            return int(connection.execute("select count(*) from messages").fetchone()[0])

    def idle(self) -> bool:
        """Whether every stored message is answered."""
        with sqlite3.connect(self.server.data / "inbox.db", timeout=5) as connection:
            query = "select count(*) from messages where state in ('waiting', 'ready')"
            return not connection.execute(query).fetchone()[0]

    def check_quiet(self, *words: str) -> None:
        """The log holds no traceback and no patient's word."""
        log = self.server.log.read_text(errors="replace")
        assert "Traceback" not in log
        assert [word for word in words if word in log] == []


@pytest.fixture(scope="session")
def clinic_server(
    model: Path, api: FakeApi, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Clinic]:
    data = tmp_path_factory.mktemp("messaging")
    server = start_server(model, data, **settings(api.address, NEEDS))
    yield Clinic(server, api)
    stop_server(server)


@pytest.fixture
def clinic(clinic_server: Clinic) -> Iterator[Clinic]:
    """The same server for every test, with a fresh record of calls."""
    clinic_server.api.clear()
    yield clinic_server
    clinic_server.api.clear()


@pytest.fixture(params=list(VENDORS))
def vendor(request: pytest.FixtureRequest) -> Vendor:
    """Each channel but voice."""
    return VENDORS[request.param]
