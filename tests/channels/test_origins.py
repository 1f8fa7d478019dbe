"""CORS and the check of Origin: the server's own site, listed sites, and nobody else."""

from __future__ import annotations

import http.client
import json

import pytest

from tests.conftest import HOST_SITE, Server

EMERGENCY = "I can't move my legs since this morning"
OTHERS = ["https://evil.example", "null", "", f"{HOST_SITE}.evil.example", "http://localhost",
          HOST_SITE.replace("http:", "https:"), HOST_SITE.upper()]  # fmt: skip
CALLS = [("POST", "/chat/session"), ("DELETE", "/chat/session"), ("POST", "/chat/message"),
         ("POST", "/chat/feedback")]  # fmt: skip


def ask(server: Server, method: str, path: str, origin: str | None, body: str = "") -> tuple:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    headers = {} if origin is None else {"Origin": origin}
    connection.request(method, path, body=body.encode(), headers=headers)
    answer = connection.getresponse()
    return answer.status, {n.lower(): v for n, v in answer.getheaders()}, answer.read()


def cors(headers: dict[str, str]) -> dict[str, str]:
    return {name[15:]: value for name, value in headers.items() if name[:15] == "access-control-"}


@pytest.mark.parametrize("path", [path for _, path in CALLS] + ["/chat/clinic"])
def test_a_listed_site_gets_its_preflight(server: Server, path: str) -> None:
    status, headers, body = ask(server, "OPTIONS", path, HOST_SITE)
    assert (status, body) == (204, b"")
    assert cors(headers) == {
        "allow-origin": HOST_SITE,
        "allow-methods": "GET, POST, DELETE",
        "allow-headers": "Content-Type, X-Session",
        "max-age": "7200",
    }


@pytest.mark.parametrize("origin", [*OTHERS, None])
def test_a_preflight_of_others_gets_no_leave(server: Server, origin: str | None) -> None:
    _, headers, _ = ask(server, "OPTIONS", "/chat/message", origin)
    assert cors(headers) == {}


@pytest.mark.parametrize("path", ["/", "/webhooks/rest/webhook", "/model/parse", "/chatter"])
def test_no_preflight_elsewhere(server: Server, path: str) -> None:
    status, headers, _ = ask(server, "OPTIONS", path, HOST_SITE)
    assert status == 403 and cors(headers) == {}


@pytest.mark.parametrize("origin", [HOST_SITE, "own"])
def test_listed_sites_and_the_servers_own_may_read(server: Server, origin: str) -> None:
    origin = f"http://127.0.0.1:{server.port}" if origin == "own" else origin
    status, headers, body = ask(server, "POST", "/chat/session", origin)
    assert status == 200 and json.loads(body)["session"]
    # Neither "*" nor credentials, which Rasa's own CORS would add.
    assert cors(headers) == {"allow-origin": origin}
    assert "Origin" in headers["vary"]


@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize("origin", OTHERS)
def test_other_sites_are_refused(server: Server, method: str, path: str, origin: str) -> None:
    status, headers, body = ask(server, method, path, origin, "{}")
    assert status == 403 and cors(headers) == {}
    assert "911" in json.loads(body)["replies"][0]["text"]


def test_programs_without_an_origin_are_served(server: Server) -> None:
    status, headers, _ = ask(server, "POST", "/chat/session", None)
    assert status == 200 and cors(headers) == {}


@pytest.mark.parametrize("path", ["/chat/message", "/chat/feedback"])
def test_an_alarm_is_heard_before_the_refusal(server: Server, path: str) -> None:
    body = json.dumps({"message": EMERGENCY, "why": EMERGENCY})
    status, _, answer = ask(server, "POST", path, "https://evil.example", body)
    assert status == 403 and json.loads(answer)["topics"] == ["emergency"]


def test_errors_can_be_read_by_listed_sites_too(server: Server) -> None:
    status, headers, _ = ask(server, "POST", "/chat/message", HOST_SITE, "{")
    assert status == 400 and cors(headers) == {"allow-origin": HOST_SITE}
