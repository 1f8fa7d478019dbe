"""Late, failed and refused replies; no network; a server that is started again."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from spinechat.clinic import clinic
from tests.conftest import HOST_SITE, Server, start_server, stop_server
from tests.widget.conftest import ANSWER, EMERGENCY, HELP, QUESTION, Chat, Visits

PHONE = clinic().phone
FAILED = "Failed to load resource"


def check_failed(chat: Chat) -> None:
    """The message is kept; there is 911, the number and a way to try again."""
    expect(chat.alert).to_contain_text("In an emergency call 911.")
    expect(chat.alert.get_by_role("link", name=f"Call {PHONE}")).to_be_visible()
    expect(chat.alert.get_by_role("button", name="Try again")).to_be_visible()
    expect(chat.page.locator(".turn.failed")).to_have_count(1)


def test_a_message_that_does_not_get_through_can_be_sent_again(chat: Chat) -> None:
    chat.page.evaluate("window.broken = true")
    chat.ask(QUESTION)
    check_failed(chat)
    chat.page.evaluate("window.broken = false")
    chat.button("Try again").click()
    expect(chat.bubbles().last).to_contain_text(ANSWER)
    expect(chat.mine()).to_have_count(1)
    expect(chat.alert).to_have_count(0)


def test_it_can_be_sent_again_after_a_page_change(chat: Chat) -> None:
    chat.page.evaluate("window.delay = 60_000")
    chat.ask(QUESTION)
    expect(chat.mine()).to_have_count(1)
    chat.page.reload()
    chat.opened()
    check_failed(chat)
    chat.button("Try again").click()
    expect(chat.bubbles().last).to_contain_text(ANSWER)


@pytest.mark.parametrize("body", ["<h1>502 Bad Gateway</h1>", "[]", "{}", '{"replies": []}', ""])
def test_an_answer_that_is_none_is_a_failure(chat: Chat, visits: Visits, body: str) -> None:
    visits.expected.append(FAILED)
    chat.page.route("**/chat/message", lambda route: route.fulfill(status=502, body=body))
    chat.ask(QUESTION)
    check_failed(chat)


def test_a_late_answer_is_announced_and_still_comes(chat: Chat) -> None:
    chat.page.evaluate("window.delay = 5_000")
    chat.ask(QUESTION)
    expect(chat.page.get_by_role("status")).to_contain_text("takes longer than usual")
    expect(chat.bubbles().last).to_contain_text(ANSWER)


def test_an_answer_that_never_comes_is_a_failure_in_the_end(visits: Visits) -> None:
    chat = visits.open()
    chat.page.clock.install()
    chat.launcher.click()
    chat.page.route("**/chat/message", lambda route: None)
    chat.ask(QUESTION)
    expect(chat.page.locator(".dots")).to_be_visible()
    chat.page.clock.fast_forward(7_500)
    check_failed(chat)


def test_a_refusal_of_the_server_is_shown_in_its_words(chat: Chat, visits: Visits) -> None:
    visits.expected.append(FAILED)
    text = f"That was very fast. Please wait a minute. Call {PHONE}."
    body = {"replies": [{"text": text, "buttons": []}], "outcome": "unsure", "topics": []}
    chat.page.route("**/chat/message", lambda route: route.fulfill(status=429, json=body))
    chat.ask(QUESTION, "Please wait a minute")
    check_failed(chat)
    expect(chat.page.locator(".verdict")).to_have_count(0)
    chat.page.unroute("**/chat/message")
    chat.button("Try again").click()
    expect(chat.bubbles().last).to_contain_text(ANSWER)


def test_an_alarm_in_a_refusal_is_shown_as_one(chat: Chat, visits: Visits) -> None:
    visits.expected.append(FAILED)
    text = f"{EMERGENCY} " + "and so on " * 97
    # Longer than the server takes, but not than this page believes.
    chat.page.route(
        "**/chat/clinic",
        lambda route: route.fulfill(json={"name": "a", "phone": PHONE, "max_characters": 9999}),
    )
    chat.page.evaluate("sessionStorage.clear()")
    chat.page.reload()
    chat.opened()
    chat.ask(text, HELP)
    expect(chat.page.locator(".turn.alarm")).to_have_count(1)


def test_without_network_the_message_waits_and_goes_out_by_itself(chat: Chat) -> None:
    chat.ask("thanks", "welcome")
    chat.page.evaluate("window.broken = true")
    chat.page.context.set_offline(True)
    chat.ask(QUESTION)
    expect(chat.alert).to_contain_text("You seem to be offline")
    check_failed(chat)
    chat.page.evaluate("window.broken = false")
    chat.page.context.set_offline(False)
    expect(chat.bubbles().last).to_contain_text(ANSWER)
    expect(chat.alert).to_have_count(0)


def test_a_server_that_is_started_again_goes_on_with_the_chat(
    visits: Visits, server: Server, model: Path
) -> None:
    """Ends the server that all tests share, and puts another in its place."""
    visits.expected += [FAILED, "ERR_CONNECTION"]
    chat = visits.open().opened()
    chat.ask(QUESTION, ANSWER)
    stop_server(server)
    chat.ask("tell me more")
    check_failed(chat)
    again = start_server(model, server.data, server.port, SPINECHAT_SITES=HOST_SITE)
    server.process = again.process
    # It looks by itself every few seconds, and sends again.
    expect(chat.bubbles().last).to_contain_text("traditional surgery", timeout=20_000)
    expect(chat.alert).to_have_count(0)
    expect(chat.mine()).to_have_count(2)
