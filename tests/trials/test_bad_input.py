"""A small `make soak`; and that its ledger sees what is wrong."""

from __future__ import annotations

import pytest

from spinechat.clinic import clinic
from spinechat.project import project_root
from trials.faults.site import Site
from trials.soak import routes, schema
from trials.soak.ledger import Ledger, fault_in
from trials.soak.report import as_markdown
from trials.soak.soak import MOST_GROWTH, Soaked, soak
from trials.soak.wire import Answered, Wire

COUNT = 340


@pytest.mark.skipif(
    not (project_root() / schema.PROGRAM).exists(),
    reason="no .venv-tools: schemathesis does not fit Rasa's pins (requirements/tools.lock)",
)
def test_the_server_bears_it_all(site: Site) -> None:
    soaked = soak(site, COUNT)
    assert soaked.passed, as_markdown(soaked, COUNT)
    assert soaked.requests >= COUNT and soaked.by_schemathesis > 50


def test_rasas_routes_are_those_of_its_server() -> None:
    asked = {(wire.method, wire.path) for wire in routes.rasas_own()}
    assert {("PUT", "/model"), ("POST", "/webhooks/rest/webhook"), ("GET", "/version"),
            ("GET", "/conversations/somebody/tracker")} <= asked  # fmt: skip
    assert ("GET", "/") not in asked


FIXED = {"text": f"Please call {clinic().phone}.", "buttons": []}
WHOLE = Answered(200, b"{}", {"replies": [FIXED]})
WRONG = {
    "no response": Answered(0),
    "500": Answered(500, b"", {"replies": [FIXED]}),
    "503, declared": Answered(503, b"", {"replies": [FIXED]}),
    "the server's inner life": Answered(400, b"Traceback (most recent", {"replies": [FIXED]}),
    "an empty reply": Answered(200, b"[]", {"replies": []}),
    "no number in a refusal": Answered(400, b"{}", {"replies": [{"text": "No."}]}),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_teeth_a_wrong_response_is_seen(wrong: str) -> None:
    assert fault_in(Wire(), WHOLE) is None
    ledger = Ledger()
    assert ledger.enter("test", Wire(), WRONG[wrong]) == wrong
    assert not Soaked(ledger, memory=[100, 100], answers=True).passed
    assert wrong in as_markdown(Soaked(ledger), 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"complaints": "a 500"},
        {"tracebacks": 1},
        {"restarts": 1},
        {"memory": [100, 100 * (1 + MOST_GROWTH) + 1]},
        {"answers": False},
    ],
    ids=str,
)
def test_teeth_a_server_that_suffers_is_seen(wrong: dict[str, object]) -> None:
    right: dict[str, object] = {"memory": [100, 105], "answers": True}
    assert Soaked(**right).passed  # type: ignore[arg-type]
    assert not Soaked(**{**right, **wrong}).passed  # type: ignore[arg-type]
