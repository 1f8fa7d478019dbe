"""What the tests share: the real model, the assistant on it, and a real server.

The model is models/spinechat.tar.gz; `make test` trains it first if the data changed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import jsonschema
import pytest
from prometheus_client.parser import text_string_to_metric_families

from spinechat.project import project_root, read_yaml
from trials.services import Service, ServiceMissing, free_port

ROOT = project_root()
MODEL = ROOT / "models" / "spinechat.tar.gz"
START_LIMIT = 90  # seconds


@pytest.fixture(scope="session")
def model() -> Path:
    """The trained model."""
    if not MODEL.is_file():
        pytest.fail("There is no trained model: run 'make train' first.")
    return MODEL


@pytest.fixture(scope="session")
def assistant(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The whole assistant in this process."""
    os.environ["SPINECHAT_DATA"] = str(tmp_path_factory.mktemp("data"))
    from spinechat.evaluation.assistant import Assistant

    return Assistant(model)


class Metrics:
    """One reading of a server's metrics.

    Attributes:
        text: as it came.
        samples: values by name and labels, such as "spinechat_misses_total{channel=website}".
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.samples: dict[str, float] = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                labels = ",".join(f"{name}={sample.labels[name]}" for name in sorted(sample.labels))
                self.samples[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value

    def since(self, before: Metrics) -> dict[str, float]:
        """What rose after another reading, and by how much; times and memory left out."""
        rises = {name: value - before.samples[name] for name, value in self.samples.items()}
        counted = ("spinechat_", "_total")
        return {
            name: rise
            for name, rise in rises.items()
            if rise and all(part in name for part in counted)
        }


@dataclass
class Server:
    """A running server and how to talk to it."""

    port: int
    data: Path
    log: Path
    process: subprocess.Popen[bytes]
    metrics_port: int = 0

    def scrape(self) -> Metrics:
        """What Prometheus reads."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics") as answer:
            return Metrics(answer.read().decode())

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        raw: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any]:
        """Status and parsed JSON body (or text) of one request."""
        data = raw if raw is not None else (json.dumps(body).encode() if body is not None else None)
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=data,
            method=method,
            headers={"Content-Type": "application/json", **(headers or {})},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, _parsed(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, _parsed(error.read())

    def session(self) -> str:
        """A new session."""
        return str(self.request("POST", "/chat/session")[1]["session"])

    def say(self, session: str, message: Any) -> Any:
        """One turn that has to succeed."""
        status, answer = self.request(
            "POST", "/chat/message", {"session": session, "message": message}
        )
        assert status == 200, answer
        return answer


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")


def resolved_in(document: Any, part: Any) -> Any:
    """What a $ref leads to."""
    while isinstance(part, dict) and "$ref" in part:
        target = document
        for name in part["$ref"].removeprefix("#/").split("/"):
            target = target[name]
        part = target
    return part


def check_answer(path: str, method: str, status: int, answer: Any) -> None:
    """A real answer is one of those that the OpenAPI document names, and as it says."""
    document = read_yaml("spinechat/channels/openapi.yml")
    responses = document["paths"][path][method]["responses"]
    assert str(status) in responses, f"{status} is not in the document"
    found = resolved_in(document, responses[str(status)])
    schema = found["content"]["application/json"]["schema"]
    whole = {"components": document["components"], **schema}
    jsonschema.Draft4Validator(whole).validate(answer)


def start_server(
    model: Path, data: Path, port: int = 0, folder: Path = ROOT, **environment: str
) -> Server:
    """Starts `rasa run` in a project's folder, as the launcher does, until it understands."""
    port, metrics_port = port or free_port(), free_port()
    log = data / "server.log"
    command = [sys.executable, "-m", "rasa", "run", "-i", "127.0.0.1", "-p", str(port)]
    command += [
        "-m",
        str(model),
        "--credentials",
        "credentials.yml",
        "--endpoints",
        "endpoints.yml",
    ]
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=stream,
            stderr=stream,
            env={
                **os.environ,
                "RASA_TELEMETRY_ENABLED": "false",
                "SPINECHAT_DATA": str(data),
                "SPINECHAT_RATE_LIMIT": "off",
                "SPINECHAT_METRICS_PORT": str(metrics_port),
                **environment,
            },
        )
    server = Server(port, data, log, process, metrics_port)
    end = time.monotonic() + START_LIMIT
    while time.monotonic() < end and process.poll() is None:
        try:
            if server.request("GET", "/chat/ready")[0] == 200:
                return server
        except OSError:
            pass
        time.sleep(0.3)
    stop_server(server)
    raise AssertionError(f"The server did not start:\n{log.read_text()[-3000:]}")


_Service = TypeVar("_Service", bound=Service)


def started(kind: type[_Service]) -> _Service:
    """A running service; skips if it is not installed and cannot be."""
    try:
        service = kind()
    except ServiceMissing as missing:
        pytest.skip(str(missing))
    service.start()
    return service


def stop_server(server: Server) -> None:
    """Ends a server."""
    if server.process.poll() is None:
        server.process.terminate()
        try:
            server.process.wait(15)
        except subprocess.TimeoutExpired:
            server.process.kill()
            server.process.wait()


# Another website that may use the chat; the widget's tests put their host pages there.
HOST_PORT = free_port()
HOST_SITE = f"http://127.0.0.1:{HOST_PORT}"


@pytest.fixture(scope="session")
def server(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that need HTTP, without a rate limit."""
    data = tmp_path_factory.mktemp("server")
    running = start_server(model, data, SPINECHAT_SITES=HOST_SITE)
    yield running
    stop_server(running)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast tests first: without a model, with it, with a server; last those with a browser.

    Playwright's event loop runs until it is closed, and async tests cannot run beside it.
    """

    def cost(item: pytest.Item) -> int:
        if item.path.parent.name == "widget":
            return 3
        names = getattr(item, "fixturenames", ())
        in_run = item.path.parent.name == "run"
        return 2 if "server" in names or in_run else 1 if "assistant" in names else 0

    items.sort(key=cost)
