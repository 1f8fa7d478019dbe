"""A real Chromium on the real server, host pages on another site, and what no test may cause."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    expect,
    sync_playwright,
)

from spinechat.project import project_root
from tests.conftest import HOST_PORT, HOST_SITE, Server

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 800}
# Collects what a Content-Security-Policy forbids, and lets a test slow down or break fetch.
WATCH = """
window.reports = [];
addEventListener("securitypolicyviolation", event => reports.push(event.violatedDirective));
{
  const real = window.fetch;
  window.fetch = async (...given) => {
    if (window.broken) throw new TypeError("Failed to fetch");
    if (window.delay && String(given[0]).endsWith("message"))
      await new Promise(done => setTimeout(done, window.delay));
    return real(...given);
  };
}
"""


AXE = project_root() / "web" / "node_modules" / "axe-core" / "axe.min.js"
QUESTION = "How long will I be in the hospital?"
EMERGENCY = "I can't move my legs since this morning"
# Words of the answers to the two.
ANSWER = "24 to 48 hours"
HELP = "Call 911 or get to the nearest emergency room now"


class Chat:
    """What is done and seen in the widget."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.launcher = page.locator(".launch")
        self.panel = page.locator(".panel")
        self.log = page.get_by_role("log")
        self.input = page.locator(".compose textarea")
        self.choices = page.locator(".choices")
        self.alert = page.get_by_role("alert")

    def opened(self) -> Chat:
        """Opens the panel and waits until it is ready for a screen reader."""
        self.launcher.click()
        expect(self.log).to_have_attribute("aria-live", "polite")
        return self

    def ask(self, text: str, answer: str | re.Pattern[str] = "") -> None:
        """Sends a message by Enter and waits for words of the answer."""
        self.input.fill(text)
        self.input.press("Enter")
        if answer:
            expect(self.bubbles().last).to_contain_text(answer)

    def bubbles(self) -> Locator:
        """The assistant's bubbles."""
        return self.page.locator(".turn:not(.mine) .bubble")

    def mine(self) -> Locator:
        """The patient's bubbles."""
        return self.page.locator(".turn.mine .bubble")

    def button(self, name: str) -> Locator:
        """A button by its exact name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def menu(self, name: str) -> None:
        """Chooses from "More options"."""
        self.button("More options").click()
        self.button(name).click()

    def confirmed(self, name: str) -> None:
        """Chooses from the menu and says yes."""
        self.menu(name)
        self.button("Yes").click()

    def stored(self) -> Any:
        """What the widget keeps in this tab."""
        return self.page.evaluate(
            "JSON.parse(Object.entries(sessionStorage).find(e => e[0].startsWith('spinechat'))[1])"
        )

    def style(self, selector: str, *names: str) -> list[str]:
        """Computed styles of a part of the widget."""
        script = "(e, names) => names.map(n => getComputedStyle(e).getPropertyValue(n))"
        return list(self.page.locator(selector).first.evaluate(script, list(names)))

    def focused(self) -> str:
        """What has the focus: the innermost element's name, class or text."""
        return str(
            self.page.evaluate(
                """() => {
                  let at = document.activeElement;
                  while (at && at.shadowRoot && at.shadowRoot.activeElement)
                    at = at.shadowRoot.activeElement;
                  return at.getAttribute("aria-label")
                    || (at.matches("a, button") ? at.textContent.trim() : at.tagName);
                }"""
            )
        )

    def axe(self) -> list[str]:
        """Axe's violations, each with the first part that has it."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("async () => await axe.run(document.documentElement)")
        return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in found["violations"]]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("Chromium is missing: run 'scripts/web browser', or 'make test', which does.")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield running
        running.close()


@dataclass
class HostSite:
    """A website of somebody else: pages with headers, by path."""

    pages: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)

    def put(self, path: str, page: str, **headers: str) -> str:
        """Puts a page there; its address. `_` in a header's name stands for `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (page, named)
        return HOST_SITE + path


# What a page needs.
SNIPPET = '<script async src="{base}chat/widget.js"></script>'


def put(site: HostSite, visits: Visits, path: str, head: str, doctype: str = "<!doctype html>",
        tag: str = SNIPPET, **headers: str) -> str:  # fmt: skip
    """A page of another website with the chat; its address."""
    page = (f'{doctype}<html lang="en"><head><title>Host</title><link rel="icon" href="data:,">'
            f"{head}</head><body><main><h1>Host</h1><button>Theirs</button></main>"
            f"{tag.format(base=visits.base)}</body></html>")  # fmt: skip
    return site.put(path, page, **headers)


@pytest.fixture(scope="session")
def host_site() -> Iterator[HostSite]:
    """The website that may use the chat, on another origin than the chat."""
    site = HostSite()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page, headers = site.pages.get(self.path, ("", {}))
            body = page.encode()
            self.send_response(200 if self.path in site.pages else 404)
            for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: Any) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", HOST_PORT), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield site
    running.shutdown()


@dataclass
class Visits:
    """Opens pages, and knows of everything that went wrong on them.

    Attributes:
        base: the chat's server, with a slash.
        expected: patterns of console errors that the test causes on purpose.
        origins: where requests may go.
    """

    browser: Browser
    base: str
    origins: set[str]
    expected: list[str] = field(default_factory=list)
    reports_expected: bool = False
    faults: list[str] = field(default_factory=list)
    requests: list[Any] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)

    def open(self, address: str = "", script: str = "", **options: Any) -> Chat:
        """A page in a fresh profile; `script` runs before the page's own."""
        options = {
            "viewport": DESKTOP,
            "locale": "en-US",
            # Clicks need not wait for the end of movements.
            "reduced_motion": "reduce",
            **options,
        }
        context = self.browser.new_context(**options)
        context.set_default_timeout(6_000)
        context.add_init_script(WATCH + script)
        page = context.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("request", self._request)
        self.pages.append(page)
        page.goto(address or self.base)
        return Chat(page)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        if not any(re.search(pattern, message.text) for pattern in self.expected):
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Any) -> None:
        self.requests.append(request)
        if not request.url.startswith((*self.origins, "data:", "blob:")):
            self.faults.append(f"request: {request.url}")

    def finish(self) -> list[str]:
        """What went wrong; closes everything."""
        for page in self.pages:
            if not page.is_closed():
                reports = page.evaluate("window.reports || []")
                if reports and not self.reports_expected:
                    self.faults.append(f"CSP: {reports}")
            page.context.close()
        return self.faults


@pytest.fixture
def visits(browser: Browser, server: Server) -> Iterator[Visits]:
    """Pages of one test; at its end there is no console error, CSP report or foreign request."""
    base = f"http://127.0.0.1:{server.port}/"
    made = Visits(browser, base, {base, f"{HOST_SITE}/"})
    yield made
    assert made.finish() == []


@pytest.fixture
def chat(visits: Visits) -> Chat:
    """The open chat on the clinic's page."""
    return visits.open().opened()


@pytest.fixture
def update_aria() -> bool:
    """Whether the golden files are to be written anew."""
    return "UPDATE_ARIA" in os.environ
