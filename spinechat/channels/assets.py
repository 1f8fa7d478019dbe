"""The widget's script, and the page of a clinic that shows it.

`web/` builds the script into assets/ (widget.js with gzip and brotli copies, manifest.json). It is
served under two names: widget.js, kept by browsers for minutes, and widget-<hash>.js, kept for
ever; a page that names the latter can also give the integrity value of the manifest.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from spinechat.clinic import clinic

FOLDER = Path(__file__).parent
SCRIPT = "widget.js"
# Seconds: a change of the script reaches every page within minutes.
SHORT = "public, max-age=300"
FOR_EVER = "public, max-age=31536000, immutable"
# Best first; the copy's ending in assets/.
ENCODINGS = {"br": ".br", "gzip": ".gz"}
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@dataclass(frozen=True)
class Script:
    """The built script.

    Attributes:
        name: with the hash of its content, "widget-<hash>.js".
        integrity: for the attribute of that name.
        copies: its bytes by Content-Encoding; "" is the plain one.
    """

    name: str
    integrity: str
    copies: dict[str, bytes]


@lru_cache(maxsize=1)
def script() -> Script:
    """The committed build, read once."""
    folder = FOLDER / "assets"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    endings = {"": "", **ENCODINGS}
    # Another clinic's project may have no brotli copy (spinechat/adopt/widget.py).
    files = {name: folder / (SCRIPT + end) for name, end in endings.items()}
    copies = {name: file.read_bytes() for name, file in files.items() if file.is_file()}
    return Script(manifest["file"], manifest["integrity"], copies)


def accepted_encoding(header: str) -> str:
    """The best copy for an Accept-Encoding header (RFC 9110, 12.5.3); "" for the plain one."""
    weights: dict[str, float] = {}
    for part in header.lower().split(","):
        name, _, parameter = part.partition(";")
        quality = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", parameter)
        weights[name.strip()] = float(quality[1]) if quality else float(not parameter.strip())
    there = [name for name in ENCODINGS if name in script().copies]
    wanted = [name for name in there if weights.get(name, weights.get("*", 0)) > 0]
    return max(wanted, key=lambda name: weights.get(name, weights.get("*", 0)), default="")


def _served(request: Request, cache: str) -> HTTPResponse:
    encoding = accepted_encoding(request.headers.get("accept-encoding", ""))
    # A copy is a representation of its own, so it has a tag of its own.
    tag = f'"{script().name[7:-3]}{ENCODINGS.get(encoding, "")}"'
    headers = {
        "ETag": tag,
        "Cache-Control": cache,
        "Vary": "Accept-Encoding",
        # Host pages that isolate themselves (COEP) may load it too.
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    known = request.headers.get("if-none-match", "")
    if known.strip() == "*" or tag in [
        part.strip().removeprefix("W/") for part in known.split(",")
    ]:
        return response.empty(304, headers=headers)
    if encoding:
        headers["Content-Encoding"] = encoding
    kind = "text/javascript; charset=utf-8"
    return response.raw(script().copies[encoding], headers=headers, content_type=kind)


@lru_cache(maxsize=1)
def _page() -> tuple[str, str]:
    """The clinic's page with its name and number, and the CSP that it lives under."""
    page = (FOLDER / "pages" / "clinic.html").read_text(encoding="utf-8")
    style = "".join(_STYLE.findall(page))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; script-src 'self'; style-src 'sha256-{digest}'; img-src data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types lit-html"
    )
    words = {name: html.escape(value) for name, value in clinic().variables.items()}
    for name, value in words.items():
        page = page.replace("{" + name + "}", value)
    return page, policy


def clinic_page() -> HTTPResponse:
    """The page at / and /chat/."""
    page, policy = _page()
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-cache",
               "Referrer-Policy": "no-referrer"}  # fmt: skip
    return response.html(page, headers=headers)


def add_assets(routes: Blueprint) -> None:
    """Adds the routes of the script and of the page."""

    @routes.get("/")
    async def page(request: Request) -> HTTPResponse:
        return clinic_page()

    @routes.route(f"/{SCRIPT}", methods=["GET", "HEAD"])
    async def short(request: Request) -> HTTPResponse:
        return _served(request, SHORT)

    @routes.route(f"/{script().name}", methods=["GET", "HEAD"])
    async def for_ever(request: Request) -> HTTPResponse:
        return _served(request, FOR_EVER)
