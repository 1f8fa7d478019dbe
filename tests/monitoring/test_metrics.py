"""Metrics: what happens is counted once and under the right name; nobody's words are in them."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import socket
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain

from spinechat.channels.gate import Gate
from spinechat.channels.inbox import Inbox
from spinechat.channels.options import NEEDS
from spinechat.channels.website import WebsiteChannel
from spinechat.monitoring import metrics
from spinechat.monitoring.exporter import Exporter
from spinechat.serving.launcher import Launcher
from spinechat.serving.supervisor import CannotStart
from spinechat.settings import BadSetting, MetricsSettings
from spinechat.topics import ALARMS, Outcome, topic_book
from tests.conftest import Metrics, Server

ANSWER = "How long will I be in the hospital?"
MISS = "qwrtz blorf zing"
ALARM = "I can't feel my legs and I wet myself"
CRISIS = "I want to kill myself"


def turns(outcome: str, *topics: str, **others: int) -> dict[str, int]:
    """What one answered message adds."""
    return {
        f"spinechat_turns_total{{channel=website,outcome={outcome}}}": 1,
        **{f"spinechat_topics_total{{topic={topic}}}": 1 for topic in topics},
        **others,
    }


def refused(reason: str, alarm: str = "") -> dict[str, int]:
    """What one refused message adds."""
    rises = {f"spinechat_refused_total{{channel=website,reason={reason}}}": 1}
    return rises | ({f"spinechat_alarms_total{{channel=website,kind={alarm}}}": 1} if alarm else {})


SENT: list[tuple[Any, dict[str, int]]] = [
    (ANSWER, turns("answered", "hospital_stay")),
    (MISS, turns("unsure", "out_of_scope") | {"spinechat_misses_total{channel=website}": 1}),
    (ALARM, turns("safety", "emergency")
     | {"spinechat_alarms_total{channel=website,kind=emergency}": 1}),
    (CRISIS, turns("safety", "crisis")
     | {"spinechat_alarms_total{channel=website,kind=crisis}": 1}),
    (7, refused("no_text")),
    (" ", refused("no_text")),
    ("long " * 300, refused("too_long")),
    (ALARM + " and so on" * 100, refused("too_long", "emergency")),
]  # fmt: skip


@pytest.mark.parametrize(("message", "rises"), SENT, ids=[str(case[0])[:20] for case in SENT])
def test_each_message_is_counted(server: Server, message: object, rises: dict[str, int]) -> None:
    body = {"session": server.session(), "message": message}
    before = server.scrape()
    server.request("POST", "/chat/message", body)
    after = server.scrape()
    assert after.since(before) == rises
    # Refused messages are not timed.
    count = "spinechat_turn_seconds_count{channel=website}"
    answered = any("turns_total" in name for name in rises)
    assert after.samples[count] - before.samples[count] == answered


REQUESTS = [
    ("POST", "/chat/message", {"session": "x", "message": "hi"}, refused("no_session")),
    ("POST", "/chat/message", {"session": "x", "message": CRISIS}, refused("no_session", "crisis")),
    ("POST", "/chat/message", "hi", refused("no_text")),
    ("GET", "/chat/message", None, refused("no_such_page")),
    ("GET", "/jane.doe@mail.com", None, refused("no_such_page")),
    ("GET", "/metrics", None, refused("no_such_page")),
    ("POST", "/chat/feedback", {"session": "x"}, refused("no_session")),
    ("GET", "/chat/health", None, {}),
]


@pytest.mark.parametrize(("method", "path", "body", "rises"), REQUESTS)
def test_each_refused_request_is_counted(
    server: Server, method: str, path: str, body: Any, rises: dict[str, int]
) -> None:
    before = server.scrape()
    server.request(method, path, body)
    assert server.scrape().since(before) == rises


def test_a_verdict_that_is_none_is_counted(server: Server) -> None:
    session = server.session()
    before = server.scrape()
    server.request("POST", "/chat/feedback", {"session": session, "verdict": "so", "topics": []})
    assert server.scrape().since(before) == refused("no_text")


def test_labels_come_from_closed_sets(server: Server) -> None:
    known = {
        *(channel for channel in ("website", *NEEDS)),
        *(outcome.value for outcome in Outcome),
        *topic_book().topics, *ALARMS, *metrics.REASONS.values(), *metrics.FAILURES,
        *metrics.LETTERS, metrics.OTHER,
        "outages", "turns_given_up", "turns_refused", "damaged_rows",
    }  # fmt: skip
    for name in server.scrape().samples:
        if name.startswith("spinechat_") and "{" in name and "model_info" not in name:
            labels = dict(part.split("=") for part in name.split("{")[1].rstrip("}").split(","))
            labels.pop("le", None)
            assert set(labels.values()) <= known, name


def test_labels_that_are_not_known_become_other() -> None:
    before = value("spinechat_turns_total", channel="other", outcome="other")
    metrics.answered("jane@mail.com", "jane", ["jane doe"])
    assert value("spinechat_turns_total", channel="other", outcome="other") == before + 1
    metrics.refused("jane@mail.com", 499, ["jane"])
    metrics.failed("jane@mail.com", "jane", ["jane"])
    metrics.message("jane@mail.com", "jane", 1)
    metrics.took("jane@mail.com", 1)
    samples = [sample for family in metrics.REGISTRY.collect() for sample in family.samples]
    assert not any("jane" in str(sample.labels) for sample in samples)


def value(name: str, **labels: str) -> float:
    return metrics.REGISTRY.get_sample_value(name, labels) or 0.0


async def _error(*_: Any) -> None:
    raise ValueError("jane")


async def _hangs(*_: Any) -> None:
    await asyncio.sleep(60)


async def _silent(*_: Any) -> None:
    pass


@pytest.mark.parametrize(
    ("handle", "reason"), [(_error, "error"), (_hangs, "too_slow"), (_silent, "no_reply")]
)
@pytest.mark.parametrize(("text", "alarms"), [(ANSWER, 0), (ALARM, 1)])
async def test_a_turn_that_fails_is_counted(
    handle: Any, reason: str, text: str, alarms: int
) -> None:
    names = [
        ("spinechat_failed_turns_total", {"channel": "website", "reason": reason}),
        ("spinechat_alarms_total", {"channel": "website", "kind": "emergency"}),
        ("spinechat_turn_seconds_count", {"channel": "website"}),
        ("spinechat_turns_total", {"channel": "website", "outcome": "unsure"}),
    ]
    before = [value(name, **labels) for name, labels in names]
    gate = Gate(WebsiteChannel.name(), 1000, 0.05)
    answer = await gate.turn(text, "web-a", handle, InMemoryTrackerStore(Domain.empty()))
    assert answer.status == 503
    after = [value(name, **labels) for name, labels in names]
    assert [b - a for a, b in zip(before, after, strict=True)] == [1, alarms, 1, 0]


def test_the_inboxs_counts_are_metrics(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox.db")
    labels = {"channel": "sms", "what": "undelivered"}
    before = value("spinechat_messages_total", **labels)
    inbox.count("sms", "undelivered", 2)
    assert value("spinechat_messages_total", **labels) == before + 2
    inbox.close()


def test_the_model_that_is_served_is_named(server: Server, model: Path) -> None:
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    assert server.scrape().samples[f"spinechat_model_info{{sha256={digest}}}"] == 1


def test_the_port_is_the_machines_own_and_takes_no_orders(server: Server) -> None:
    assert MetricsSettings.from_environment().host == "127.0.0.1"
    address = f"http://127.0.0.1:{server.metrics_port}/"
    for method in ("POST", "PUT", "DELETE"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(urllib.request.Request(address, b"x", method=method))
        assert refused.value.code == 405


def test_a_port_that_is_taken_stops_no_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SPINECHAT_DATA", str(tmp_path))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        exporter = Exporter(MetricsSettings(port, "127.0.0.1"))
        with caplog.at_level(logging.ERROR):
            asyncio.run(exporter.open(None))
            asyncio.run(exporter.close())
        assert f"no metrics on port {port}" in caplog.text
        # `spinechat run` says so before it starts anything.
        monkeypatch.setenv("SPINECHAT_METRICS_PORT", str(port))
        with pytest.raises(CannotStart, match="SPINECHAT_METRICS_PORT"):
            Launcher().run()


def test_it_opens_closes_and_opens_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPINECHAT_DATA", str(tmp_path))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for _ in range(2):
        exporter = Exporter(MetricsSettings(port, "127.0.0.1"))
        asyncio.run(exporter.open(None))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            assert Metrics(answer.read().decode()).samples["spinechat_database_down"] == 0
        asyncio.run(exporter.close())
    with pytest.raises(OSError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics")


@pytest.mark.parametrize("port", ["0", "65536", "x", "-1"])
def test_a_bad_port_is_refused(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("SPINECHAT_METRICS_PORT", port)
    with pytest.raises(BadSetting, match="SPINECHAT_METRICS_PORT"):
        MetricsSettings.from_environment()
