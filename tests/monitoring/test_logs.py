"""The log: lines of JSON, by event and id; its level is set; an exception tells only its kind."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest

from spinechat.monitoring.logs import LEVEL, JsonLines, log_as_json, log_level
from spinechat.settings import BadSetting
from tests.conftest import Server


def line(message: str, *args: Any, name: str = "spinechat.x", error: bool = False) -> Any:
    try:
        raise ValueError("jane doe")
    except ValueError:
        raised = sys.exc_info() if error else None
    record = logging.LogRecord(name, logging.ERROR, "", 0, message, args, raised)
    return json.loads(JsonLines().format(record))


def test_named_values_are_fields() -> None:
    said = line("turn failed in %(conversation)s: %(kind)s", {"conversation": "web-a", "kind": "E"})
    assert said.pop("at").endswith("+00:00")
    assert said == {
        "level": "error",
        "logger": "spinechat.x",
        "event": "turn failed in %(conversation)s: %(kind)s",
        "conversation": "web-a",
        "kind": "E",
        "message": "turn failed in web-a: E",
    }


def test_a_value_overwrites_nothing() -> None:
    assert line("%(level)s", {"level": "web-a"})["level"] == "error"


@pytest.mark.parametrize("name", ["spinechat.x", "sanic.root"])
def test_of_an_exception_only_the_kind_is_told(name: str) -> None:
    said = line("it failed", name=name, error=True)
    assert said["error"] == "ValueError" and "jane" not in str(said)


def test_others_sentences_are_whole() -> None:
    assert line("port %d", 5005, name="rasa.core")["event"] == "port 5005"


@pytest.mark.parametrize(
    ("message", "args"),
    [
        ("Exception occurred while handling uri: %s", ("/jane",)),
        ("<CheckedRequest: GET /jane> body not consumed.", ()),
    ],
)
def test_sanics_sentences_tell_no_address(message: str, args: tuple[str, ...]) -> None:
    said = line(message, *args, name="sanic.error")
    assert "jane" not in str(said) and len(said["event"]) > 20


def test_a_line_is_one_line() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "a\nb \u2028 é", (), None)
    assert "\n" not in JsonLines().format(record)


@pytest.mark.parametrize(
    ("given", "level"), [("", "warning"), ("INFO", "info"), ("debug", "debug")]
)
def test_the_level_is_set(monkeypatch: pytest.MonkeyPatch, given: str, level: str) -> None:
    monkeypatch.setenv(LEVEL, given)
    assert log_level() == level


def test_a_bad_level_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LEVEL, "loud")
    with pytest.raises(BadSetting, match="warning"):
        log_level()


def test_every_logger_writes_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a process of pytest's, whose own handlers are put back."""
    root, other = logging.getLogger(), logging.getLogger("other.library")
    kept = root.handlers[:]
    monkeypatch.setenv(LEVEL, "info")
    other.addHandler(logging.StreamHandler(sys.stderr))
    try:
        log_as_json()
        logging.getLogger("spinechat.channels.gate").info("turn", {"channel": "website"})
        logging.getLogger("spinechat.channels.gate").debug("not this")
        other.warning("hello")
    finally:
        root.handlers[:] = kept
        logging.getLogger("spinechat").setLevel(logging.NOTSET)
        logging.getLogger("actions").setLevel(logging.NOTSET)
    lines = [json.loads(text) for text in capsys.readouterr().err.splitlines()]
    assert [said["event"] for said in lines] == ["turn", "hello"]
    assert lines[0]["channel"] == "website"


def test_a_servers_log_is_json_once_it_is_up(server: Server) -> None:
    server.request("GET", "/chat/%00")
    lines = server.log.read_text("utf-8", "replace").splitlines()
    begin = next(i for i, text in enumerate(lines) if text.startswith('{"at"'))
    assert [text for text in lines[begin:] if not text.startswith('{"at"')] == []
