"""deploy/nginx.conf in a real nginx before a real server: TLS, limits, closed doors."""

from __future__ import annotations

import json
import re
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from trials.services import ServiceMissing, debian_program, free_port


@dataclass
class Front:
    """A running nginx."""

    plain: int
    tls: int

    def ask(
        self, path: str, body: Any = None, raw: bytes | None = None, method: str | None = None
    ) -> tuple[int, str]:
        """Status and text of one request over TLS."""
        data = raw if raw is not None else (json.dumps(body).encode() if body is not None else None)
        request = urllib.request.Request(
            f"https://127.0.0.1:{self.tls}{path}",
            data,
            {"Content-Type": "application/json"},
            method=method,
        )
        # The certificate is the test's own.
        context = ssl._create_unverified_context()
        try:
            with urllib.request.urlopen(request, timeout=20, context=context) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


def _certificate(folder: Path) -> None:
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    command += ["-subj", "/CN=localhost", "-keyout", "privkey.pem", "-out", "fullchain.pem"]
    subprocess.run(command, cwd=folder, capture_output=True, check=True)


def _configuration(folder: Path, front: Front, apps: tuple[int, int]) -> Path:
    """deploy/nginx.conf with this machine's addresses and folders."""
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for number, port in enumerate(apps, start=1):
        text, count = re.subn(rf"app{number}:5005", f"127.0.0.1:{port}", text)
        assert count == 1
    for before, after in {
        "/tmp/": f"{folder}/",
        "/etc/nginx/tls/": f"{folder}/",
        "listen 8080": f"listen 127.0.0.1:{front.plain}",
        "listen 8443": f"listen 127.0.0.1:{front.tls}",
    }.items():
        assert before in text
        text = text.replace(before, after)
    path = folder / "nginx.conf"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def front(server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    try:
        nginx = debian_program("nginx", "nginx-light")
    except ServiceMissing as missing:
        pytest.skip(str(missing))
    folder = tmp_path_factory.mktemp("nginx")
    folder.chmod(0o755)
    _certificate(folder)
    running = Front(free_port(), free_port())
    # The second app is down: every turn is answered by the first.
    path = _configuration(folder, running, (server.port, free_port()))
    checked = subprocess.run([nginx, "-t", "-c", path], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    command = [str(nginx), "-c", str(path), "-g", "daemon off;"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                if running.ask("/chat/health")[0] == 200:
                    break
            except OSError:
                time.sleep(0.1)
        yield running
        process.terminate()


def test_a_turn_over_tls(front: Front) -> None:
    session = json.loads(front.ask("/chat/session", {})[1])["session"]
    for _ in range(4):
        status, text = front.ask(
            "/chat/message", {"session": session, "message": "how long is the hospital stay"}
        )
        assert status == 200
        assert json.loads(text)["topics"] == ["hospital_stay"]


def test_the_page_is_at_the_root(front: Front) -> None:
    status, text = front.ask("/")
    assert status == 200 and "/chat/widget.js" in text


@pytest.mark.parametrize("path", ["/status", "/model", "/conversations/x/tracker", "/domain"])
def test_rasas_own_routes_are_closed(front: Front, path: str) -> None:
    assert front.ask(path)[0] == 404


def test_a_body_that_is_too_large_stops_at_nginx(front: Front) -> None:
    assert front.ask("/chat/message", raw=b"x" * 20_000)[0] == 413


def test_without_tls_there_is_nothing_but_the_way_to_it(front: Front) -> None:
    opener = urllib.request.build_opener(_NoRedirect)
    with pytest.raises(urllib.error.HTTPError) as error:
        opener.open(f"http://127.0.0.1:{front.plain}/chat/health", timeout=10)
    assert error.value.code == 308
    assert error.value.headers["Location"].startswith("https://")


def test_too_many_at_once_get_words(front: Front) -> None:
    statuses, texts = zip(*(front.ask("/chat/health") for _ in range(60)), strict=True)
    assert 429 in statuses
    assert "Please wait a moment" in texts[statuses.index(429)]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *given: object) -> None:
        return None
