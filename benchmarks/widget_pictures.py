"""Pictures of the widget's main states, for docs/.

python -m benchmarks.widget_pictures FOLDER
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from benchmarks.browser import chromium, running_assistant

DESKTOP: dict[str, Any] = {"viewport": {"width": 1100, "height": 760}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 760}, "has_touch": True}
# So many colours do for flat pictures, and keep them small.
COLOURS = 256
QUESTION = "How long will I be in the hospital?"
EMERGENCY = "I can't move my legs since this morning"


def _open(browser: Browser, address: str, **options: Any) -> Page:
    page = browser.new_context(locale="en-US", reduced_motion="reduce", **options).new_page()
    page.goto(address)
    page.locator(".launch").wait_for()
    return page


def _ask(page: Page, text: str) -> None:
    before = page.locator(".turn:not(.mine)").count()
    page.locator(".compose textarea").fill(text)
    page.keyboard.press("Enter")
    expect(page.locator(".turn:not(.mine)")).to_have_count(before + 1)


def _save(page: Page, file: Path) -> None:
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    image.quantize(COLOURS).save(file, optimize=True)
    print(f"{file}: {file.stat().st_size / 1000:.0f} kB")
    page.context.close()


def main(folder: Path) -> None:
    """Takes all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    with running_assistant() as address, chromium() as browser:
        page = _open(browser, address, **DESKTOP)
        page.locator(".greeting").wait_for()
        _save(page, folder / "closed.png")

        page = _open(browser, address, **DESKTOP)
        page.locator(".launch").click()
        _save(page, folder / "open.png")

        page = _open(browser, address, **DESKTOP)
        page.locator(".launch").click()
        _ask(page, QUESTION)
        _save(page, folder / "answer.png")

        page = _open(browser, address, **PHONE)
        page.locator(".launch").click()
        _ask(page, EMERGENCY)
        _save(page, folder / "emergency.png")

        page = _open(browser, address, **PHONE, color_scheme="dark")
        page.locator(".launch").click()
        page.get_by_role("button", name="More options").click()
        page.get_by_role("button", name="Español").click()
        page.get_by_role("button", name="Más opciones").click()
        _save(page, folder / "spanish-dark.png")

        page = _open(browser, address, **PHONE)
        page.locator(".launch").click()
        page.context.set_offline(True)
        page.locator(".compose textarea").fill(QUESTION)
        page.keyboard.press("Enter")
        page.get_by_role("alert").wait_for()
        _save(page, folder / "offline.png")

        page = _open(browser, address, viewport={"width": 320, "height": 640})
        page.locator(".launch").click()
        page.get_by_role("button", name="More options").click()
        for _ in range(3):
            page.get_by_role("button", name="Text size").click()
        page.get_by_role("button", name="More options").click()
        _ask(page, QUESTION)
        _save(page, folder / "320-px-200-percent.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
