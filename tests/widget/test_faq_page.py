"""The printable FAQ page in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from spinechat.faq import page
from spinechat.topics import topic_book
from tests.widget.conftest import AXE, Chat, HostSite, Visits

PHONE = {"width": 320, "height": 640}


@pytest.fixture
def shown(visits: Visits, host_site: HostSite) -> Chat:
    """The page on a small phone, on the clinic's website."""
    return visits.open(host_site.put("/faq", page()), viewport=PHONE)


@pytest.mark.skipif(not AXE.is_file(), reason="Node is missing, which brings axe")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(shown: Chat, scheme: str) -> None:
    shown.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    assert shown.axe() == []


def test_it_fits_a_small_phone_and_can_be_walked_by_keyboard(shown: Chat) -> None:
    assert shown.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    for landmark in ("banner", "navigation", "main", "contentinfo"):
        expect(shown.page.get_by_role(landmark)).to_have_count(1)  # type: ignore[arg-type]
    shown.page.keyboard.press("Tab")
    assert shown.focused() == "To the answers"
    shown.page.keyboard.press("Tab")
    assert shown.focused() == "911"


def test_on_paper_stand_the_safety_box_and_the_answers_in_black(shown: Chat) -> None:
    shown.page.emulate_media(media="print", color_scheme="dark")
    expect(shown.page.locator(".safety")).to_be_visible()
    expect(shown.page.get_by_role("article")).to_have_count(len(topic_book().of_kind("faq")))
    expect(shown.page.locator("nav")).to_be_hidden()
    assert shown.style("body", "color", "background-color") == [
        "rgb(0, 0, 0)",
        "rgb(255, 255, 255)",
    ]
