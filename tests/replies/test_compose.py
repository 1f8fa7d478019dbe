"""Several topics in one reply; safety before everything; misses and their second time."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from spinechat.clinic import clinic
from spinechat.project import read_yaml
from spinechat.replies.book import ReplyBook
from spinechat.replies.compose import answers, safety_first
from spinechat.topics import topic_book

PHONE = clinic().phone
BOOK = ReplyBook(read_yaml("domain.yml")["responses"])
SERVABLE = [topic.label for kind in ("faq", "handoff") for topic in topic_book().of_kind(kind)]


def test_two_answers_stand_in_the_order_asked_in_at_most_100_words() -> None:
    for pair in permutations(SERVABLE, 2):
        reply = answers(BOOK, pair)
        assert reply.topics == pair
        assert len(reply.text.split()) <= 100, pair
        first, second = (BOOK.first(label).text for label in pair)
        assert reply.text.index(first) < reply.text.rindex(second), pair


def test_of_three_the_third_becomes_a_button() -> None:
    reply = answers(BOOK, ["risks", "scarring", "hospital_stay", "future"])
    assert reply.topics == ("risks", "scarring")
    assert [button["payload"] for button in reply.buttons][:2] == ["/hospital_stay", "/future"]


@pytest.mark.parametrize("alarm", ["emergency", "crisis", "post_op_problem", "medical_advice"])
def test_safety_stands_first_and_the_other_question_after_it(alarm: str) -> None:
    reply = safety_first(BOOK, [alarm, "hospital_stay"])
    assert reply.text.startswith(BOOK.first(alarm).text)
    assert "24 to 48 hours" in reply.text
    assert reply.outcome.value == "safety"


def test_the_first_sentence_of_an_alarm_says_whom_to_call() -> None:
    assert "911" in BOOK.first("emergency").text.split(".")[0]
    assert "988" in BOOK.first("crisis").text.split(".")[0]
    assert "911" in BOOK.first("crisis").text.split(".")[0]


def test_a_first_miss_offers_near_topics_the_second_the_number_and_the_menu(assistant: Any) -> None:
    first, second = assistant.converse(["blorp the frandle quickly", "wibble snarf the gromulent"])
    assert {first.outcome, second.outcome} == {"unsure"}
    assert PHONE in second.text


def test_a_good_turn_between_two_misses_starts_the_count_anew(assistant: Any) -> None:
    replies = assistant.converse(["/nlu_fallback", "/risks", "/nlu_fallback"])
    assert "still" not in replies[-1].text


@pytest.mark.parametrize(
    "text", ["¿Cuánto cuesta la operación?", "hola necesito hablar con el doctor por mi espalda"]
)
def test_spanish_gets_the_spanish_sentence_with_the_number(assistant: Any, text: str) -> None:
    reply = assistant.ask(text)
    assert PHONE in reply.text and "inglés" in reply.text


def test_each_topic_has_its_own_reply_through_rasa(assistant: Any) -> None:
    for label in topic_book().topics:
        reply = assistant.converse([f"/{label}"])[-1]
        assert reply.text and label in reply.topics, label
        assert reply.outcome == topic_book().outcome(label).value


def test_every_reply_of_the_domain_can_be_given(assistant: Any) -> None:
    for name in read_yaml("domain.yml")["intents"]:
        reply = assistant.converse([f"/{name}"])[-1]
        assert reply.text.strip() and "{" not in reply.text, name


def test_no_reply_has_the_clinics_number_but_from_clinic_yml() -> None:
    root = Path(__file__).resolve().parents[2]
    holders = [
        path.relative_to(root).as_posix()
        for pattern in ("*.yml", "data/*.yml", "spinechat/**/*.py", "actions/*.py")
        for path in root.glob(pattern)
        if PHONE in path.read_text(encoding="utf-8")
    ]
    assert holders == ["clinic.yml"]
