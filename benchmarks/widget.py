"""Weighs and times the website widget in real Chromium on the real assistant.

python -m benchmarks.widget
"""

from __future__ import annotations

import json
from statistics import median

from playwright.sync_api import Browser, CDPSession

from benchmarks.browser import chromium, running_assistant
from spinechat.channels.assets import script

RUNS = 10
QUESTION = "How long will I be in the hospital?"

# Milliseconds from the click until the panel has been painted with the input focused.
OPEN = """() => new Promise(done => {
  const root = document.querySelector("spinechat-widget").shadowRoot;
  const begin = performance.now();
  root.querySelector(".launch").click();
  const look = () => root.activeElement?.matches("textarea")
    ? requestAnimationFrame(() => setTimeout(() => done(performance.now() - begin)))
    : requestAnimationFrame(look);
  look();
})"""
# Milliseconds from Enter until the answer is on the page.
ASK = """text => new Promise(done => {
  const root = document.querySelector("spinechat-widget").shadowRoot;
  const box = root.querySelector(".compose textarea");
  const before = root.querySelectorAll(".turn:not(.mine)").length;
  box.value = text;
  box.dispatchEvent(new Event("input"));
  const begin = performance.now();
  box.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true}));
  const look = () => root.querySelectorAll(".turn:not(.mine)").length > before
    ? done(performance.now() - begin) : requestAnimationFrame(look);
  look();
})"""


def _main_thread(session: CDPSession, url: str) -> float:
    """Milliseconds that the main thread spent in the script while the page loaded."""
    events: list[dict[str, object]] = []
    session.on("Tracing.dataCollected", lambda data: events.extend(data["value"]))
    finished: list[object] = []
    session.on("Tracing.tracingComplete", lambda event: finished.append(event))
    session.send("Tracing.end")
    while not finished:
        session.send("Browser.getVersion")
    spent = 0.0
    for event in events:
        data = json.dumps(event.get("args", {}))
        if event["name"] in ("EvaluateScript", "v8.compile") and url in data:
            spent += float(str(event.get("dur", 0))) / 1000
    return spent


def _visit(browser: Browser, address: str) -> tuple[float, float, float]:
    """Script time, click to ready, send to reply; milliseconds."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    session = browser.new_browser_cdp_session()
    session.send("Tracing.start", {"traceConfig": {"includedCategories": ["devtools.timeline"]}})
    page.goto(address)
    page.locator(".launch").wait_for()
    spent = _main_thread(session, "widget.js")
    ready = float(page.evaluate(OPEN))
    # The first message also gets a session.
    page.evaluate(ASK, "hello")
    replied = float(page.evaluate(ASK, QUESTION))
    context.close()
    return spent, ready, replied


def main() -> None:
    """Prints the figures of the README."""
    copies = script().copies
    sizes = ", ".join(f"{name or 'raw'} {len(copy) / 1000:.1f}" for name, copy in copies.items())
    print(f"size in kB: {sizes}")
    with running_assistant() as address, chromium() as browser:
        runs = [_visit(browser, address) for _ in range(RUNS)]
    names = ("main thread in the script", "click to ready", "send to reply")
    for name, times in zip(names, zip(*runs, strict=True), strict=True):
        print(f"{name}: median {median(times):.1f} ms, worst {max(times):.1f} ms of {RUNS}")


if __name__ == "__main__":
    main()
