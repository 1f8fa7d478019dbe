"""What a patient expects of the chat, in real Chromium on the real server."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from spinechat.clinic import clinic
from spinechat.storage import ReviewNotes
from tests.conftest import Server
from tests.widget.conftest import ANSWER, EMERGENCY, HELP, QUESTION, Chat, Visits

PHONE = clinic().phone
TEL = f"tel:+{PHONE.replace('-', '')}"


def test_a_question_is_answered_with_quick_replies_that_work(chat: Chat) -> None:
    chat.ask(QUESTION, ANSWER)
    expect(chat.mine()).to_have_text(re.compile(QUESTION[:-1]))
    names = chat.choices.get_by_role("button").all_text_contents()
    assert names
    chat.choices.get_by_role("button").first.click()
    expect(chat.mine().last).to_contain_text(names[0])
    expect(chat.bubbles()).to_have_count(2)


def test_quick_replies_are_those_of_the_last_answer_only(chat: Chat) -> None:
    chat.ask(QUESTION, ANSWER)
    expect(chat.choices).to_have_count(1)
    chat.ask(EMERGENCY, HELP)
    expect(chat.choices).to_have_count(0)


def test_questions_to_start_with_stand_there_before_the_first_message(chat: Chat) -> None:
    for name in ("What is it?", "What are the risks?", "How long is recovery?", "All topics"):
        expect(chat.choices.get_by_role("button", name=name, exact=True)).to_be_visible()
    chat.button("All topics").click()
    expect(chat.bubbles().last).to_contain_text("Here is what you can ask me about")
    assert chat.choices.get_by_role("button").count() > 5


def test_911_and_what_the_chat_is_stand_there_before_the_first_message(chat: Chat) -> None:
    notice = chat.page.locator(".notice")
    for words in ("In an emergency call 911.", "automated assistant", "Nobody reads this chat",
                  "Please don't write personal details"):  # fmt: skip
        expect(notice).to_contain_text(words)
    expect(chat.panel).to_contain_text("Automated assistant")


def test_the_call_button_is_always_in_the_same_place(chat: Chat) -> None:
    call = chat.page.locator(".calls").get_by_role("link", name=f"Call {PHONE}")
    expect(call).to_have_attribute("href", TEL)
    place = call.bounding_box()
    for message, answer in ((QUESTION, ANSWER), (EMERGENCY, HELP)):
        chat.ask(message, answer)
        assert call.bounding_box() == place
    assert chat.page.locator(".calls").get_by_role("link", name="Call 911").is_visible()


def test_the_greeting_comes_once_a_session_and_takes_no_focus(visits: Visits) -> None:
    chat = visits.open()
    greeting = chat.page.locator(".greeting")
    expect(greeting).to_be_visible()
    assert chat.focused() == "BODY"
    chat.button("Close").click()
    expect(greeting).to_have_count(0)
    chat.page.reload()
    expect(chat.launcher).to_be_visible()
    # The delay of the greeting, and a little more.
    chat.page.wait_for_timeout(1900)
    expect(greeting).to_have_count(0)


def test_the_greeting_stays_away_once_the_chat_was_opened(visits: Visits) -> None:
    chat = visits.open().opened()
    chat.page.wait_for_timeout(1900)
    chat.button("Close").click()
    expect(chat.page.locator(".greeting")).to_have_count(0)


def test_the_chat_never_opens_by_itself(visits: Visits) -> None:
    chat = visits.open().opened()
    chat.ask(QUESTION, ANSWER)
    chat.page.reload()
    expect(chat.launcher).to_have_text("Continue the chat")
    expect(chat.panel).to_have_count(0)


def test_dots_show_that_an_answer_is_coming(chat: Chat) -> None:
    chat.page.evaluate("window.delay = 700")
    chat.ask(QUESTION)
    expect(chat.page.locator(".dots")).to_be_visible()
    expect(chat.page.get_by_role("status")).to_have_text(re.compile("is writing"))
    expect(chat.bubbles()).to_have_count(1)
    expect(chat.page.locator(".dots")).to_have_count(0)


def test_an_emergency_stands_out_and_calls(chat: Chat) -> None:
    chat.ask(EMERGENCY, HELP)
    turn = chat.page.locator(".turn.alarm")
    expect(turn).to_contain_text("Get help now")
    expect(turn.get_by_role("link", name="Call 911")).to_have_attribute("href", "tel:911")
    assert turn.get_by_role("link").bounding_box()["height"] >= 44  # type: ignore[index]
    expect(turn.locator(".verdict")).to_have_count(0)


def test_a_crisis_has_988_and_911(chat: Chat) -> None:
    chat.ask("I want to kill myself", "988")
    links = chat.page.locator(".turn.alarm").get_by_role("link")
    assert [link.get_attribute("href") for link in links.all()] == ["tel:988", "tel:911"]


@pytest.mark.parametrize("language", ["en", "es"])
def test_an_alarm_in_spanish_is_marked_as_spanish(visits: Visits, language: str) -> None:
    chat = visits.open(locale=f"{language}-US")
    chat.opened()
    chat.ask("no puedo mover las piernas", "Llame al 911")
    expect(chat.bubbles().last).to_have_attribute("lang", "es")


def test_start_over_begins_a_new_conversation_and_forgets_the_old(
    chat: Chat, server: Server
) -> None:
    chat.ask(QUESTION, ANSWER)
    before = chat.stored()["session"]
    with chat.page.expect_response(
        lambda one: one.request.method == "DELETE" and one.status == 200
    ):
        chat.confirmed("Start over")
    expect(chat.bubbles()).to_have_count(0)
    expect(chat.choices.get_by_role("button").first).to_have_text("What is it?")
    chat.ask(QUESTION, ANSWER)
    assert chat.stored()["session"] not in ("", before)


def test_no_and_esc_keep_the_chat(chat: Chat) -> None:
    chat.ask(QUESTION, ANSWER)
    chat.menu("Start over")
    chat.button("No").click()
    chat.menu("Delete my chat")
    chat.page.keyboard.press("Escape")
    expect(chat.page.get_by_role("alertdialog")).to_have_count(0)
    expect(chat.bubbles()).to_have_count(1)


def test_delete_my_chat_deletes_it_here_and_on_the_server(chat: Chat, server: Server) -> None:
    word = "Zanzibarov"
    chat.ask(f"{QUESTION} {word}", ANSWER)
    assert word.encode() in (server.data / "conversations.db").read_bytes()
    chat.confirmed("Delete my chat")
    expect(chat.page.get_by_role("status")).to_have_text("Your chat was deleted.")
    expect(chat.bubbles()).to_have_count(0)
    assert chat.stored()["messages"] == [] and chat.stored()["session"] == ""
    assert word.encode() not in (server.data / "conversations.db").read_bytes()


def test_a_chat_that_could_not_be_deleted_is_said_so_and_kept(chat: Chat) -> None:
    chat.ask(QUESTION, ANSWER)
    chat.page.evaluate("window.broken = true")
    chat.confirmed("Delete my chat")
    expect(chat.alert).to_contain_text("That did not work")
    expect(chat.bubbles()).to_have_count(1)
    assert chat.stored()["session"]


@pytest.mark.parametrize("wish", ["delete my chat", "Please erase this chat!", "borrar mi chat"])
def test_delete_my_chat_in_words_asks_first_and_deletes(chat: Chat, wish: str) -> None:
    chat.ask(QUESTION, ANSWER)
    chat.ask(wish)
    chat.button("Yes").click()
    expect(chat.page.get_by_role("status")).to_have_text("Your chat was deleted.")
    expect(chat.mine()).to_have_count(0)
    assert chat.stored()["session"] == ""


def test_the_assistants_own_button_deletes_too(chat: Chat) -> None:
    chat.ask("Is this chat private?", "Nobody reads this chat")
    chat.choices.get_by_role("button", name="Delete my chat").click()
    chat.button("Yes").click()
    expect(chat.bubbles()).to_have_count(0)


def test_the_chat_can_be_downloaded(chat: Chat) -> None:
    chat.ask(QUESTION, ANSWER)
    with chat.page.expect_download() as download:
        chat.menu("Download the chat")
    assert download.value.suggested_filename == "chat.txt"
    text = download.value.path().read_text(encoding="utf-8")
    for words in (f"You: {QUESTION}", "Assistant: ", ANSWER, PHONE, "call 911"):
        assert words in text


def test_larger_text_in_four_steps_is_kept(chat: Chat) -> None:
    sizes = []
    chat.button("More options").click()
    for percent in (100, 125, 150, 200):
        sizes.append(chat.style(".notice", "font-size")[0])
        chat.button(f"Text size: {percent} %").click()
    assert sizes == ["15px", "18.75px", "22.5px", "30px"]
    chat.button("Text size: 100 %").click()
    chat.page.reload()
    chat.opened()
    assert chat.style(".notice", "font-size") == ["18.75px"]


def notes(server: Server) -> list[tuple[str, str, tuple[str, ...]]]:
    kept = ReviewNotes(server.data / "notes.db").all()
    return [(note.kind, note.text, note.topics) for note in kept]


@pytest.mark.parametrize(("thumb", "kind"), [("This helped", "good"), ("This did not help", "bad")])
def test_a_thumb_is_kept_with_the_question_and_the_topics(
    chat: Chat, server: Server, thumb: str, kind: str
) -> None:
    chat.ask(QUESTION, ANSWER)
    chat.button(thumb).click()
    expect(chat.button(thumb)).to_have_attribute("aria-pressed", "true")
    assert notes(server)[-1] == (kind, QUESTION, ("hospital_stay",))


def test_a_reason_is_kept_masked(chat: Chat, server: Server) -> None:
    chat.ask(QUESTION, ANSWER)
    chat.button("This did not help").click()
    chat.page.get_by_label("What was missing or wrong?").fill("No days. Mail me at a@b.org")
    chat.page.locator(".why").get_by_role("button", name="Send").click()
    expect(chat.page.locator(".verdict")).to_contain_text("Thank you.")
    assert notes(server)[-1] == ("why", "No days. Mail me at (email)", ("hospital_stay",))


def test_an_alarm_in_a_reason_gets_the_safety_reply(chat: Chat) -> None:
    chat.ask(QUESTION, ANSWER)
    chat.button("This did not help").click()
    chat.page.get_by_label("What was missing or wrong?").fill("It's no use. I want to die")
    chat.page.locator(".why").get_by_role("button", name="Send").click()
    expect(chat.page.locator(".turn.alarm")).to_contain_text("988")


def test_a_verdict_that_does_not_get_through_is_said_so(chat: Chat) -> None:
    chat.ask(QUESTION, ANSWER)
    chat.page.evaluate("window.broken = true")
    chat.button("This helped").click()
    expect(chat.alert).to_contain_text("That did not work")
    expect(chat.button("This helped")).to_have_attribute("aria-pressed", "false")


def test_transcript_session_and_draft_are_kept_over_page_changes(chat: Chat) -> None:
    chat.ask(QUESTION, ANSWER)
    session = chat.stored()["session"]
    chat.input.fill("half a sent")
    chat.page.goto("about:blank")
    chat.page.go_back()
    chat.opened()
    expect(chat.bubbles()).to_contain_text([re.compile(ANSWER)])
    expect(chat.input).to_have_value("half a sent")
    chat.ask("tell me more", "traditional surgery")
    assert chat.stored()["session"] == session


def test_a_day_later_nothing_is_left(visits: Visits) -> None:
    chat = visits.open().opened()
    chat.ask(QUESTION, ANSWER)
    chat.page.evaluate(
        """() => { const key = Object.keys(sessionStorage).find(k => k.startsWith("spinechat"));
        const kept = JSON.parse(sessionStorage[key]); kept.at -= 24 * 3600 * 1000 + 1;
        sessionStorage[key] = JSON.stringify(kept); }"""
    )
    chat.page.reload()
    expect(chat.launcher).to_have_text("Ask a question")


def test_a_second_message_while_the_first_is_under_way_is_not_lost(chat: Chat) -> None:
    chat.page.evaluate("window.delay = 500")
    chat.ask(QUESTION)
    chat.ask(EMERGENCY)
    expect(chat.mine()).to_have_count(2)
    expect(chat.input).to_have_value("")
    expect(chat.bubbles()).to_have_count(2)
    expect(chat.page.locator(".turn.alarm")).to_have_count(1)


def test_shift_enter_makes_a_line_and_an_input_method_sends_nothing(chat: Chat) -> None:
    chat.input.fill("one")
    chat.input.press("Shift+Enter")
    chat.page.keyboard.type("two")
    expect(chat.input).to_have_value("one\ntwo")
    chat.input.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    expect(chat.input).to_have_value("one\ntwo")
    expect(chat.mine()).to_have_count(0)


def test_too_long_a_text_is_neither_cut_nor_sent(chat: Chat) -> None:
    chat.input.fill("a" * 1007)
    expect(chat.panel).to_contain_text("Please make it shorter by 7 characters.")
    chat.input.press("Enter")
    expect(chat.input).to_have_value("a" * 1007)
    expect(chat.button("Send")).to_be_disabled()
    expect(chat.mine()).to_have_count(0)


def test_an_ended_session_is_replaced_and_the_question_answered(chat: Chat, visits: Visits) -> None:
    visits.expected.append("401")
    chat.page.evaluate(
        """() => { const key = Object.keys(sessionStorage).find(k => k.startsWith("spinechat"));
        const kept = JSON.parse(sessionStorage[key] || "{}");
        sessionStorage[key] = JSON.stringify({...kept, session: "of another clinic"}); }"""
    )
    chat.page.reload()
    chat.opened()
    chat.ask(QUESTION, ANSWER)
    assert len(chat.stored()["session"]) > 40


# What a reply may hold; the server's own texts hold none of it.
INJECTED = {
    "replies": [
        {
            "text": "<img src=x onerror=window.hit=1> javascript:window.hit=1 1-888-409-8006",
            "buttons": [
                {"title": "bad", "url": "javascript:window.hit=1"},
                {"title": "bad", "url": "java\nscript:window.hit=1"},
                {"title": "bad", "url": "data:text/html,<script>hit=1</script>"},
                {"title": "bad", "url": "http://plain.example/"},
                {"title": "bad", "url": 7},
                {"title": "call", "url": "tel:911"},
                {"title": "page", "url": "https://clinic.example/a"},
                {"title": "write", "url": "mailto:a@clinic.example"},
            ],
        },
        {"text": "See https://clinic.example/b. Or a@clinic.example!", "buttons": "none"},
    ],
    "outcome": "answered",
    "topics": [],
}


def test_links_are_safe_and_nothing_of_a_reply_is_html(chat: Chat) -> None:
    chat.page.route("**/chat/message", lambda route: route.fulfill(json=INJECTED))
    chat.ask("anything", "Or a@clinic.example")
    expect(chat.bubbles().first).to_contain_text("<img src=x onerror=window.hit=1>")
    links = chat.log.get_by_role("link").all()
    assert [link.get_attribute("href") for link in links] == [
        TEL,
        "tel:911",
        "https://clinic.example/a",
        "mailto:a@clinic.example",
        "https://clinic.example/b",
        "mailto:a@clinic.example",
    ]
    assert {link.get_attribute("rel") for link in links} == {"noreferrer"}
    assert chat.page.evaluate("window.hit") is None
    expect(chat.log.locator("img")).to_have_count(0)
    assert chat.style(".bubble a", "white-space") == ["nowrap"]


def test_a_long_reply_is_shown_from_its_beginning(chat: Chat) -> None:
    text = "Beginning. " + "A sentence of a long reply. " * 120 + "\n\nEnd."
    body = json.dumps({"replies": [{"text": text, "buttons": []}], "outcome": "answered"})
    chat.page.route("**/chat/message", lambda route: route.fulfill(body=body))
    chat.ask("anything", "End.")
    scroll = chat.page.locator(".scroll").bounding_box()
    bubble = chat.bubbles().bounding_box()
    assert scroll and bubble and bubble["height"] > scroll["height"]
    chat.page.wait_for_function(
        """() => { const root = document.querySelector("spinechat-widget").shadowRoot;
        const top = e => root.querySelector(e).getBoundingClientRect().top;
        return Math.abs(top(".turn:not(.mine)") - top(".scroll")) < 24; }"""
    )
