"""Keyboard, screen reader, contrast, zoom, forced colours, motion, right to left, Spanish."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.widget.conftest import ANSWER, AXE, EMERGENCY, HELP, QUESTION, Chat, HostSite, Visits

PHONE_SCREEN = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
NARROW = {"viewport": {"width": 320, "height": 640}}
ARIA = Path(__file__).parent / "aria"

needs_axe = pytest.mark.skipif(
    not AXE.is_file(), reason="Node is missing, which brings axe: run 'scripts/web browser'"
)


def _closed(chat: Chat) -> None:
    expect(chat.page.locator(".greeting")).to_be_visible()


def _open(chat: Chat) -> None:
    chat.opened()


def _busy(chat: Chat) -> None:
    chat.opened()
    chat.page.evaluate("window.delay = 60_000")
    chat.ask(QUESTION)
    expect(chat.page.locator(".dots")).to_be_visible()


def _answered(chat: Chat) -> None:
    chat.opened()
    chat.ask(QUESTION, ANSWER)


def _reason(chat: Chat) -> None:
    _answered(chat)
    chat.button("This did not help").click()
    expect(chat.page.locator(".why")).to_be_visible()


def _emergency(chat: Chat) -> None:
    chat.opened()
    chat.ask(EMERGENCY, HELP)


def _error(chat: Chat) -> None:
    chat.opened()
    chat.page.evaluate("window.broken = true")
    chat.ask(QUESTION)
    expect(chat.alert).to_be_visible()


def _menu(chat: Chat) -> None:
    _answered(chat)
    chat.button("More options").click()


STATES: dict[str, Callable[[Chat], None]] = {
    "closed": _closed,
    "open": _open,
    "busy": _busy,
    "answered": _answered,
    "reason": _reason,
    "emergency": _emergency,
    "error": _error,
    "menu": _menu,
}
SCREENS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "320 px": NARROW,
    "phone": PHONE_SCREEN,
    "forced colours": {"forced_colors": "active"},
}


@needs_axe
@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing_in_any_state(visits: Visits, screen: str) -> None:
    """One walk through the states: each page that is opened takes a second."""
    chat = visits.open(**SCREENS[screen])
    found = {}

    def look(state: str) -> None:
        found[state] = chat.axe()

    _closed(chat)
    look("closed, greeting")
    chat.opened()
    look("open")
    chat.page.evaluate("window.delay = 60_000")
    chat.ask(QUESTION)
    look("busy")
    chat.page.reload()
    chat.opened()
    look("error")
    chat.button("Try again").click()
    chat.button("This did not help").click()
    expect(chat.page.locator(".why")).to_be_visible()
    look("answered, asked why")
    chat.ask(EMERGENCY, HELP)
    look("emergency")
    chat.button("More options").click()
    look("menu")
    chat.button("Delete my chat").click()
    look("asked whether to delete")
    chat.input.fill("a" * 1001)
    look("too long")
    assert {state: faults for state, faults in found.items() if faults} == {}


@needs_axe
def test_axe_finds_nothing_in_spanish(visits: Visits, host_site: HostSite) -> None:
    chat = spanish(visits, host_site)
    assert chat.axe() == []
    chat.opened()
    chat.ask("no puedo mover las piernas", "Llame al 911")
    chat.ask(QUESTION, ANSWER)
    assert chat.axe() == []


@needs_axe
def test_teeth_axe_sees_a_button_without_a_name(chat: Chat) -> None:
    chat.button("Send").evaluate("e => e.removeAttribute('aria-label')")
    assert [line.split(":")[0] for line in chat.axe()] == ["button-name"]


def spanish(visits: Visits, host_site: HostSite) -> Chat:
    tag = f'<script async src="{visits.base}chat/widget.js"></script>'
    page = '<!doctype html><html lang="es"><link rel="icon" href="data:,"><title>a</title>'
    return visits.open(host_site.put("/es", f"{page}<main><h1>Clínica</h1></main>{tag}"))


def test_spanish_texts_say_that_answers_are_in_english(visits: Visits, host_site: HostSite) -> None:
    chat = spanish(visits, host_site).opened()
    expect(chat.page.locator(".notice")).to_contain_text("Las respuestas están en inglés")
    expect(chat.page.locator(".notice")).to_contain_text("llame al 911")
    chat.button("¿Cuánto dura la recuperación?").click()
    expect(chat.bubbles().last).to_contain_text("less trauma")
    expect(chat.bubbles().last).to_have_attribute("lang", "en")
    expect(chat.page.locator(".root")).to_have_attribute("lang", "es")


def test_the_language_can_be_changed_and_is_kept(chat: Chat) -> None:
    chat.menu("Español")
    expect(chat.button("Cerrar")).to_be_visible()
    chat.page.reload()
    expect(chat.launcher).to_have_text("Haga una pregunta")
    chat.launcher.click()
    chat.button("Más opciones").click()
    chat.button("English").click()
    expect(chat.button("Close")).to_be_visible()


# What a screen reader is told, as golden files; `UPDATE_ARIA=1 pytest tests/widget` writes them.
GOLDEN = ["closed", "open", "answered", "emergency", "error", "menu"]


@pytest.mark.parametrize("name", GOLDEN)
def test_what_a_screen_reader_is_told(visits: Visits, name: str, update_aria: bool) -> None:
    chat = visits.open()
    STATES[name](chat)
    told = chat.page.locator(".root").aria_snapshot() + "\n"
    file = ARIA / f"{name}.yml"
    if update_aria:
        file.write_text(told, encoding="utf-8")
    assert told == file.read_text(encoding="utf-8")


def test_everything_by_keyboard_alone(visits: Visits) -> None:
    chat = visits.open()
    press = chat.page.keyboard.press
    expect(chat.launcher).to_be_visible()
    chat.launcher.focus()
    press("Enter")
    expect(chat.input).to_be_focused()
    chat.page.keyboard.type(QUESTION)
    press("Enter")
    expect(chat.bubbles()).to_have_count(1)
    expect(chat.input).to_be_focused()
    # Back from the input: the last quick reply is one step away.
    names = chat.choices.get_by_role("button").all_text_contents()
    press("Shift+Tab")
    assert chat.focused() == names[-1]
    press("Enter")
    expect(chat.bubbles()).to_have_count(2)
    expect(chat.input).to_be_focused()
    press("Tab")
    assert chat.focused() == "Send"
    chat.button("More options").focus()
    press("Enter")
    assert chat.focused() == "Text size: 100 %"
    press("Escape")
    assert chat.focused() == "More options"
    press("Tab")
    assert chat.focused() == "Close"
    press("Escape")
    expect(chat.panel).to_have_count(0)
    expect(chat.launcher).to_be_focused()


def test_the_order_of_tab_is_the_order_on_the_screen(visits: Visits) -> None:
    chat = visits.open()
    _answered(chat)
    chat.button("More options").focus()
    order = []
    while (now := chat.focused()) not in order:
        order.append(now)
        chat.page.keyboard.press("Tab")
        if now == "Send":
            break
    names = chat.choices.get_by_role("button").all_text_contents()
    calls = [one.strip() for one in chat.page.locator(".calls a").all_text_contents()]
    assert order == ["More options", "Close", *calls, "Chat", "This helped", "This did not help",
                     *names, "Your question", "Send"]  # fmt: skip


def test_on_a_phone_tab_stays_in_the_chat(visits: Visits) -> None:
    chat = visits.open(**PHONE_SCREEN).opened()
    expect(chat.panel).to_have_attribute("aria-modal", "true")
    chat.button("Send").focus()
    chat.page.keyboard.press("Tab")
    assert chat.focused() == "More options"
    chat.page.keyboard.press("Shift+Tab")
    assert chat.focused() == "Send"


def test_an_answer_does_not_steal_the_focus(chat: Chat) -> None:
    chat.page.evaluate("window.delay = 400")
    chat.ask(QUESTION)
    chat.button("Close").focus()
    expect(chat.bubbles()).to_have_count(1)
    assert chat.focused() == "Close"


def test_what_was_said_before_is_not_read_out_again(visits: Visits) -> None:
    chat = visits.open()
    _answered(chat)
    chat.page.reload()
    chat.launcher.click()
    # The bubbles are there before the region is live.
    states = chat.page.evaluate(
        """async () => { const root = document.querySelector("spinechat-widget").shadowRoot;
        const log = root.querySelector("[role=log]");
        return [log.ariaLive, log.querySelectorAll(".bubble").length]; }"""
    )
    assert states[1] == 2
    expect(chat.log).to_have_attribute("aria-live", "polite")


TARGETS = """() => {
  const root = document.querySelector("spinechat-widget").shadowRoot;
  return [...root.querySelectorAll("button, a.button, textarea")].map(e => {
    const box = e.getBoundingClientRect();
    return [e.getAttribute("aria-label") || e.textContent.trim(), box.width, box.height];
  });
}"""


@pytest.mark.parametrize("state", ["closed", "reason", "menu", "emergency", "error"])
@pytest.mark.parametrize("screen", ["light", "phone"])
def test_every_target_is_large_enough(visits: Visits, state: str, screen: str) -> None:
    chat = visits.open(**SCREENS[screen])
    STATES[state](chat)
    for name, width, height in chat.page.evaluate(TARGETS):
        assert min(width, height) >= 44 - 0.1, name


CLIPPED = """() => {
  const root = document.querySelector("spinechat-widget").shadowRoot;
  const wide = [...root.querySelectorAll("*")].filter(e => {
    const box = e.getBoundingClientRect();
    return box.width > 1 && (box.right > innerWidth + 1 || box.left < -1
      || (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline"));
  });
  return wide.map(e => e.className || e.tagName)
    .concat(document.documentElement.scrollWidth > innerWidth ? ["page"] : []);
}"""


@pytest.mark.parametrize("percent", [100, 200])
@pytest.mark.parametrize("width", [320, 390, 640, 1280])
def test_nothing_is_cut_off_or_scrolls_sideways(visits: Visits, width: int, percent: int) -> None:
    """320 px is a page of 1280 px at 400 %, 640 px at 200 % (WCAG 1.4.10 and 1.4.4)."""
    chat = visits.open(viewport={"width": width, "height": 640}).opened()
    for _ in range({100: 0, 200: 3}[percent]):
        chat.button("More options").click()
        chat.page.get_by_role("button", name="Text size").click()
        chat.button("More options").click()
    for message, answer in ((QUESTION, ANSWER), (EMERGENCY, HELP), ("a" * 300, "")):
        chat.ask(message, answer)
    assert chat.page.evaluate(CLIPPED) == []
    # The conversation keeps room, whatever the size of the text.
    room = chat.page.locator(".scroll").bounding_box()
    assert room and room["height"] > 100
    chat.button("More options").click()
    assert chat.page.evaluate(CLIPPED) == []


def test_the_size_of_the_input_is_16_px_at_least(visits: Visits) -> None:
    chat = visits.open(**PHONE_SCREEN).opened()
    assert chat.style(".compose textarea", "font-size") == ["16px"]


def test_on_a_phone_it_fills_the_screen_and_opens_no_keyboard(visits: Visits) -> None:
    chat = visits.open(**PHONE_SCREEN).opened()
    assert chat.panel.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert chat.focused() == "Chat"


KEYBOARD = """
const view = Object.assign(new EventTarget(), {height: innerHeight, offsetTop: 0, scale: 1});
Object.defineProperty(window, "visualViewport", {value: view});
"""


def test_the_keyboard_of_a_phone_hides_nothing(visits: Visits) -> None:
    chat = visits.open(script=KEYBOARD, **PHONE_SCREEN).opened()
    show = """([height, top]) => { Object.assign(visualViewport, {height, offsetTop: top});
        visualViewport.dispatchEvent(new Event("resize")); }"""
    chat.page.evaluate(show, [430, 60])
    assert chat.panel.bounding_box() == {"x": 0, "y": 60, "width": 390, "height": 430}
    send = chat.button("Send").bounding_box()
    assert send and send["y"] + send["height"] <= 490
    chat.page.evaluate(show, [844, 0])
    assert chat.panel.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}


def test_forced_colours_leave_edges(visits: Visits) -> None:
    chat = visits.open(forced_colors="active")
    _emergency(chat)
    for part in (".bubble", ".mine .bubble", ".send", ".alarm .links a", "textarea", ".panel"):
        width, style = chat.style(part, "border-top-width", "border-top-style")
        assert (float(width[:-2]) >= 1, style) == (True, "solid"), part


def test_reduced_motion(visits: Visits) -> None:
    moving = "document.querySelector('spinechat-widget').shadowRoot.getAnimations().length"
    still = visits.open(reduced_motion="reduce")
    _busy(still)
    assert still.page.evaluate(moving) == 0
    lively = visits.open(reduced_motion="no-preference")
    _busy(lively)
    assert lively.page.evaluate(moving) > 0


def test_right_to_left_words_and_pages(visits: Visits, host_site: HostSite) -> None:
    tag = f'<script async src="{visits.base}chat/widget.js"></script>'
    page = (
        '<!doctype html><html lang="ar" dir="rtl"><link rel="icon" href="data:,"><title>a</title>'
    )
    chat = visits.open(host_site.put("/rtl", f"{page}</title>{tag}")).opened()
    place = chat.panel.bounding_box()
    assert place and place["x"] + place["width"] == 1264
    chat.ask("ما هي المخاطر؟")
    direction = chat.mine().locator(".words").evaluate("e => getComputedStyle(e).direction")
    assert direction == "rtl"
    expect(chat.bubbles()).to_have_count(1)
    assert chat.style(".turn:not(.mine) .bubble", "direction") == ["ltr"]


def test_a_printed_page_has_no_chat(chat: Chat) -> None:
    chat.page.emulate_media(media="print")
    expect(chat.panel).to_be_hidden()
