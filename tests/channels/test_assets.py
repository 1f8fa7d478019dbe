"""The script and the clinic's page over HTTP: caches, copies, tags, policy."""

from __future__ import annotations

import base64
import gzip
import hashlib
import http.client
import re

import pytest

from spinechat.channels.assets import FOLDER, accepted_encoding, script
from spinechat.clinic import clinic
from tests.conftest import Server

PLAIN = (FOLDER / "assets" / "widget.js").read_bytes()
NAMES = ["/chat/widget.js", f"/chat/{script().name}"]


def get(server: Server, path: str, method: str = "GET", **headers: str) -> tuple:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request(method, path, headers={n.replace("_", "-"): v for n, v in headers.items()})
    answer = connection.getresponse()
    return answer.status, {n.lower(): v for n, v in answer.getheaders()}, answer.read()


@pytest.mark.parametrize(
    ("header", "expected"),
    [("", ""), ("identity", ""), ("gzip", "gzip"), ("br", "br"), ("gzip, deflate, br, zstd", "br"),
     ("GZIP", "gzip"), ("gzip;q=1, br;q=0.5", "gzip"), ("br;q=0, gzip", "gzip"), ("*", "br"),
     ("*;q=0", ""), ("gzip;q=0, br;q=0", ""), ("br;q=0, *", "gzip"), ("deflate", ""),
     ("br;q=x", ""), ("br;level=3", ""), (",,;", "")],
)  # fmt: skip
def test_the_best_copy_that_is_accepted(header: str, expected: str) -> None:
    assert accepted_encoding(header) == expected


@pytest.mark.parametrize("path", NAMES)
@pytest.mark.parametrize("encoding", ["", "gzip", "br"])
def test_the_script_and_its_copies(server: Server, path: str, encoding: str) -> None:
    status, headers, body = get(server, path, Accept_Encoding=encoding or "identity")
    assert (status, headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert headers.get("content-encoding", "") == encoding
    assert headers["vary"] == "Accept-Encoding, Origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert body == script().copies[encoding]
    if encoding != "br":
        assert (gzip.decompress(body) if encoding else body) == PLAIN


def test_one_name_is_kept_for_minutes_and_the_other_for_ever(server: Server) -> None:
    assert get(server, NAMES[0])[1]["cache-control"] == "public, max-age=300"
    assert get(server, NAMES[1])[1]["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br"])
def test_a_tag_saves_the_second_transfer(server: Server, encoding: str) -> None:
    tag = get(server, NAMES[0], Accept_Encoding=encoding)[1]["etag"]
    for known in (tag, f'"other", W/{tag}', "*"):
        status, headers, body = get(server, NAMES[0], Accept_Encoding=encoding, If_None_Match=known)
        assert (status, body, headers["etag"]) == (304, b"", tag)
    assert get(server, NAMES[0], Accept_Encoding=encoding, If_None_Match='"other"')[0] == 200


def test_every_copy_has_its_own_tag(server: Server) -> None:
    tags = {get(server, NAMES[0], Accept_Encoding=e)[1]["etag"] for e in ("", "gzip", "br")}
    assert len(tags) == 3


def test_head(server: Server) -> None:
    status, headers, body = get(server, NAMES[0], "HEAD")
    assert (status, body) == (200, b"") and int(headers["content-length"]) == len(PLAIN)


def test_the_manifest_fits_the_script() -> None:
    digest = hashlib.sha384(PLAIN).digest()
    assert script().integrity == f"sha384-{base64.b64encode(digest).decode()}"
    assert script().name == f"widget-{hashlib.sha256(PLAIN).hexdigest()[:12]}.js"


@pytest.mark.parametrize(
    "path", ["/chat/widget-000000000000.js", "/chat/manifest.json", "/chat/widget.js.gz",
             "/chat/../widget.js", "/chat/assets/widget.js", "/chat/%2e%2e/sessions.py"]
)  # fmt: skip
def test_no_other_file_is_served(server: Server, path: str) -> None:
    assert get(server, path)[0] == 404


@pytest.mark.parametrize("path", ["/", "/chat/"])
def test_the_clinics_page_under_its_policy(server: Server, path: str) -> None:
    status, headers, body = get(server, path)
    page = body.decode()
    assert status == 200 and clinic().phone in page and "{clinic" not in page
    assert page.count("<script") == 1 and '<script async src="/chat/widget.js"' in page
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    style = "".join(re.findall(r"<style>(.*?)</style>", page, re.DOTALL))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy
    assert "style=" not in page
