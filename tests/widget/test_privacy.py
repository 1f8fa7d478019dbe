"""No other origin, no cookie, nothing kept beyond the tab, and only the sites that may use it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.widget.conftest import ANSWER, QUESTION, Chat, HostSite, Visits


def test_no_other_origin_no_cookie_and_nothing_that_stays(visits: Visits) -> None:
    chat = visits.open().opened()
    chat.ask(QUESTION, ANSWER)
    chat.button("This helped").click()
    expect(chat.page.locator(".verdict")).to_contain_text("Thank you.")
    assert {request.url for request in visits.requests} == {
        visits.base + path
        for path in ("", "chat/widget.js", "chat/clinic", "chat/session", "chat/message",
                     "chat/feedback")
    }  # fmt: skip
    assert chat.page.context.cookies() == []
    assert chat.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 1]
    assert chat.page.evaluate("indexedDB.databases().then(all => all.length)") == 0


def test_nothing_is_asked_of_the_conversation_before_the_first_message(visits: Visits) -> None:
    visits.open().opened()
    assert not [r.url for r in visits.requests if r.url.endswith(("session", "message"))]


def test_requests_carry_no_address_of_the_page(visits: Visits, host_site: HostSite) -> None:
    tag = f'<script async src="{visits.base}chat/widget.js"></script>'
    page = '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>a</title>'
    chat = visits.open(host_site.put("/my-illness", page + tag)).opened()
    chat.ask(QUESTION, ANSWER)
    for request in visits.requests:
        if "/chat/" in request.url and request.method != "GET":
            headers = request.all_headers()
            assert "referer" not in headers and "cookie" not in headers
            assert headers["origin"].count("/") == 2


def test_a_site_that_is_not_listed_cannot_use_the_chat(visits: Visits, host_site: HostSite) -> None:
    visits.expected.append("CORS|Failed to load")
    tag = f'<script async src="{visits.base}chat/widget.js"></script>'
    page = '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>a</title>'
    # The same page under another name is another origin.
    address = host_site.put("/other", page + tag).replace("127.0.0.1", "localhost")
    visits.origins.add(address)
    chat = visits.open(address).opened()
    chat.ask(QUESTION)
    expect(chat.alert).to_contain_text("In an emergency call 911.")
    expect(chat.bubbles()).to_have_count(0)


def test_teeth_a_foreign_request_and_a_console_error_are_seen(visits: Visits) -> None:
    chat: Chat = visits.open()
    chat.page.evaluate("fetch('http://127.0.0.1:9/').catch(() => 0)")
    faults = visits.finish()
    assert any("127.0.0.1:9" in fault for fault in faults)
    visits.faults.clear()
    visits.pages.clear()
