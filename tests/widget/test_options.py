"""What a page can set on the script tag."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.widget.conftest import ANSWER, QUESTION, Chat, HostSite, Visits, put


def with_options(visits: Visits, site: HostSite, **options: str) -> Chat:
    attributes = " ".join(f'data-{name}="{value}"' for name, value in options.items())
    tag = f'<script async {attributes} src="{{base}}chat/widget.js"></script>'
    return visits.open(put(site, visits, "/options", "", tag=tag))


def test_position_bottom_and_title(visits: Visits, host_site: HostSite) -> None:
    chat = with_options(visits, host_site, position="left", bottom="80", title="Ask our clinic")
    place = chat.launcher.bounding_box()
    assert place and place["x"] == 16 and place["y"] + place["height"] == 720
    chat.opened()
    expect(chat.page.get_by_role("dialog", name="Ask our clinic")).to_be_visible()
    place = chat.panel.bounding_box()
    assert place and place["x"] == 16


def test_greeting(visits: Visits, host_site: HostSite) -> None:
    chat = with_options(visits, host_site, greeting="Hello from us")
    expect(chat.page.locator(".greeting")).to_contain_text("Hello from us")


def test_greeting_off(visits: Visits, host_site: HostSite) -> None:
    chat = with_options(visits, host_site, greeting="off")
    expect(chat.launcher).to_be_visible()
    chat.page.wait_for_timeout(1900)
    expect(chat.page.locator(".greeting")).to_have_count(0)


@pytest.mark.parametrize(
    ("color", "ground", "text"),
    [
        ("#7a1f5c", "rgb(122, 31, 92)", "rgb(255, 255, 255)"),
        ("#fd0", "rgb(255, 221, 0)", "rgb(17, 17, 17)"),
        ("red;x", "rgb(15, 92, 116)", "rgb(255, 255, 255)"),
    ],
)
def test_a_colour_gets_a_text_that_can_be_read_on_it(
    visits: Visits, host_site: HostSite, color: str, ground: str, text: str
) -> None:
    chat = with_options(visits, host_site, color=color)
    assert chat.style(".launch", "background-color", "color") == [ground, text]
    chat.opened().ask(QUESTION, ANSWER)
    assert chat.axe() == []


@pytest.mark.parametrize(("theme", "ground"), [("dark", "18, 25, 29"), ("light", "255, 255, 255")])
def test_theme(visits: Visits, host_site: HostSite, theme: str, ground: str) -> None:
    chat = with_options(visits, host_site, theme=theme).opened()
    assert chat.style(".panel", "background-color") == [f"rgb({ground})"]


def test_server_and_phone(visits: Visits, host_site: HostSite) -> None:
    visits.expected.append("ERR_CONNECTION|Failed to load")
    nowhere = "http://127.0.0.1:9"
    visits.origins.add(nowhere)
    chat = with_options(visits, host_site, server=nowhere, phone="1-800-555-0100").opened()
    chat.ask(QUESTION)
    expect(chat.alert.get_by_role("link", name="Call 1-800-555-0100")).to_be_visible()
    assert {r.url for r in visits.requests if r.url.startswith(nowhere)} <= {
        f"{nowhere}/chat/clinic", f"{nowhere}/chat/session"}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "page", "locale", "launch"),
    [
        ("es", "en", "en-US", "Haga una pregunta"),
        ("auto", "es-MX", "en-US", "Haga una pregunta"),
        ("auto", "", "es-US", "Haga una pregunta"),
        ("auto", "en", "es-US", "Ask a question"),
        ("auto", "fr", "fr-FR", "Ask a question"),
        ("xx", "en", "en-US", "Ask a question"),
    ],
)
def test_language(
    visits: Visits, host_site: HostSite, language: str, page: str, locale: str, launch: str
) -> None:
    tag = f'<script async data-language="{language}" src="{visits.base}chat/widget.js"></script>'
    address = host_site.put(
        "/language",
        f'<!doctype html><html lang="{page}"><link rel="icon" href="data:,"><title>a</title>{tag}',
    )
    expect(visits.open(address, locale=locale).launcher).to_have_text(launch)
