"""Whether a vendor that answers slowly delays other patients: a turn on the website, and a webhook.

    python -m benchmarks.channels

A real server with every channel open. First nothing else happens; then the answers to 60 other
people hang at the vendor, which takes their calls and says nothing, so that each is given up and
tried again. Measured over HTTP: a turn on the website, and the time until a webhook is
acknowledged and until its answer reaches the vendor. Both states take turns, as other programs
share the machine.
"""

from __future__ import annotations

import http.client
import tempfile
import time
from pathlib import Path
from statistics import quantiles

from spinechat.channels.options import NEEDS
from spinechat.evaluation.tables import table
from spinechat.training import trained_model
from tests.channels.messaging.conftest import Clinic, eventually
from tests.channels.messaging.fake_api import FakeApi
from tests.channels.messaging.vendors import VENDORS, Request, settings
from tests.conftest import start_server, stop_server

TURNS, ROUNDS = 25, 4
# The tries of a hanging call take about a minute in all (sender.py); a round takes less.
SLOW_PEOPLE, SLOW = 60, 600.0
QUESTIONS = ["How long will I be in the hospital?", "What are the risks?", "how big is the scar"]


def website(clinic: Clinic) -> list[float]:
    """Milliseconds of each of the website's turns."""
    session, taken = clinic.server.session(), []
    for at in range(TURNS):
        begin = time.perf_counter()
        clinic.server.say(session, QUESTIONS[at % len(QUESTIONS)])
        taken.append(1000 * (time.perf_counter() - begin))
    return taken


def webhooks(clinic: Clinic) -> tuple[list[float], list[float]]:
    """Milliseconds until a webhook is acknowledged, and until its answer is at the vendor."""
    vendor, acknowledged, answered = VENDORS["whatsapp"], [], []
    for at in range(TURNS):
        person = vendor.person()
        request: Request = vendor.text(person, QUESTIONS[at % len(QUESTIONS)])
        begin = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", clinic.server.port, timeout=30)
        connection.request("POST", request.path, request.body, request.headers)
        assert connection.getresponse().read() is not None
        acknowledged.append(1000 * (time.perf_counter() - begin))
        connection.close()
        while len(clinic.sent(vendor, person)) < 2:
            time.sleep(0.001)
        answered.append(1000 * (time.perf_counter() - begin))
        clinic.api.calls.clear()
    return acknowledged, answered


def measured(clinic: Clinic, series: list[list[float]]) -> None:
    """Adds a round to the three series."""
    for kept, taken in zip(series, (website(clinic), *webhooks(clinic)), strict=False):
        kept += taken


def measured_beside_hanging(clinic: Clinic, series: list[list[float]]) -> None:
    """The same while the vendor answers nobody of a crowd."""
    slow = {VENDORS["whatsapp"].person() for _ in range(SLOW_PEOPLE)}
    clinic.api.slow = lambda text: SLOW if any(person in text for person in slow) else 0.0
    for person in slow:
        clinic.post(VENDORS["whatsapp"].text(person, "hello"))
    clinic.api.wait(lambda calls: len(calls) >= SLOW_PEOPLE)
    measured(clinic, series)
    assert not clinic.idle(), "the calls no longer hang: measure fewer turns"
    clinic.api.slow = lambda text: 0.0
    assert eventually(clinic.idle, patience=90)


def main() -> None:
    """Prints the table."""
    api = FakeApi()
    idle: list[list[float]] = [[], [], []]
    busy: list[list[float]] = [[], [], []]
    with tempfile.TemporaryDirectory() as folder:
        environment = settings(api.address, NEEDS)
        clinic = Clinic(start_server(trained_model(), Path(folder), **environment), api)
        try:
            website(clinic)  # what a first turn loads
            for _ in range(ROUNDS):
                measured(clinic, idle)
                measured_beside_hanging(clinic, busy)
        finally:
            stop_server(clinic.server)
            api.close()
    names = ["a turn on the website", "a webhook is acknowledged", "its answer is at the vendor"]
    rows = []
    for name, before, after in zip(names, idle, busy, strict=False):
        for label, at in (("p50", 49), ("p95", 94)):
            values = [f"{quantiles(series, n=100)[at]:.1f} ms" for series in (before, after)]
            rows.append([f"{name}, {label}", *values])
    print(table(["measured", "idle", f"{SLOW_PEOPLE} answers hang at the vendor"], rows))


if __name__ == "__main__":
    main()
