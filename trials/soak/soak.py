"""A whole soak: every source of requests against one server, and what it did to the server."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from trials.faults.site import Site, scratch
from trials.soak import generated, routes, schema, table
from trials.soak.ledger import Ledger
from trials.soak.wire import Wire, message, new_session, send

# Growth of the server's memory that is allowed, after the first tenth of the requests.
MOST_GROWTH = 0.10
SESSIONS = 40
TABLE, ROUTES = "the table", "Rasa's routes"
_QUESTION, _TOPIC = "How long will I be in the hospital?", "hospital_stay"
_MEGABYTE = 1 << 20


@dataclass
class Soaked:
    """What came of it.

    Attributes:
        ledger: all responses but schemathesis'.
        by_schemathesis: how many requests that one sent.
        complaints: of schemathesis; empty if it has none.
        memory: of the server in MB, after each tenth of the requests by Hypothesis.
        tracebacks: in the server's log.
        restarts: how often the server had to be started again.
        answers: whether it answers a question as always, afterwards.
    """

    ledger: Ledger = field(default_factory=Ledger)
    by_schemathesis: int = 0
    complaints: str = ""
    memory: list[float] = field(default_factory=list)
    tracebacks: int = 0
    restarts: int = 0
    answers: bool = False

    @property
    def requests(self) -> int:
        """How many there were."""
        return sum(self.ledger.sources.values()) + self.by_schemathesis

    @property
    def growth(self) -> float:
        """Of the memory, as a share of what it was after the first tenth."""
        return self.memory[-1] / self.memory[0] - 1 if self.memory else 0.0

    @property
    def passed(self) -> bool:
        """Whether the server bore it all."""
        return (
            not self.ledger.faults
            and not self.complaints
            and not self.tracebacks
            and not self.restarts
            and self.growth <= MOST_GROWTH
            and self.answers
        )


class _Memory:
    """Notes the server's memory after each tenth of the requests."""

    def __init__(self, server: psutil.Process, count: int, notes: list[float]) -> None:
        self._server, self._tenth, self._notes = server, max(count // 10, 1), notes
        self._done = 0

    def step(self) -> None:
        self._done += 1
        if self._done % self._tenth == 0:
            self._notes.append(self._server.memory_info().rss / _MEGABYTE)


def soak(site: Site, count: int, step: Callable[[], object] = lambda: None) -> Soaked:
    """Sends about `count` requests: the table, Rasa's routes, and of the rest each half.

    Args:
        site: a server; it runs on.
        count: how many.
        step: called after each that is sent from here.
    """
    soaked = Soaked()
    port, server = site.launched.port, site.launched.server
    _known(port, soaked.ledger, step)
    sessions = [new_session(port) for _ in range(min(SESSIONS, count))]
    rest = max(count - sum(soaked.ledger.sources.values()), 2)
    memory = _Memory(server, rest // 2, soaked.memory)

    def stepped() -> None:
        memory.step()
        step()

    with scratch() as folder:
        other = threading.Thread(target=_by_schemathesis, args=(port, rest // 2, folder, soaked))
        other.start()
        generated.run(port, sessions, rest // 2, soaked.ledger, stepped)
        other.join()
    # schemathesis sends fewer where it finds nothing to vary.
    if soaked.requests < count:
        generated.run(port, sessions, count - soaked.requests, soaked.ledger, stepped, series=1)
    soaked.tracebacks = site.launched.log.count("Traceback")
    soaked.restarts = site.launched.restarts
    reply = send(port, message(new_session(port), _QUESTION)).content
    soaked.answers = reply is not None and reply["topics"] == [_TOPIC]
    return soaked


def _by_schemathesis(port: int, count: int, folder: Path, soaked: Soaked) -> None:
    try:
        soaked.by_schemathesis, soaked.complaints = schema.run(port, count, folder)
    except Exception as error:
        # In a thread of its own: what failed must not look like nothing to complain of.
        soaked.complaints = f"{type(error).__name__}: {error}"


def _known(port: int, ledger: Ledger, step: Callable[[], object]) -> None:
    """The table and Rasa's routes, each with the status that is right."""
    for name, request, status in table.cases(new_session(port)):
        _expect(port, ledger, f"{TABLE} ({name})", TABLE, request, {status})
        step()
    for request in routes.rasas_own():
        _expect(port, ledger, f"{request.method} {request.path}", ROUTES, request, {404, 405})
        step()


def _expect(
    port: int, ledger: Ledger, name: str, source: str, request: Wire, statuses: set[int]
) -> None:
    answered = send(port, request)
    if ledger.enter(source, request, answered) is None and answered.status not in statuses:
        ledger.faults["another status than the right one"] += 1
        ledger.told.append(f"{name}: {answered.status} in place of {sorted(statuses)}")
