"""Follow-ups are answered about the topic before them. Intents are given as payloads here, so
that these tests judge the replies alone; tests/run judges the understanding too."""

from __future__ import annotations

from typing import Any

import pytest

from spinechat.clinic import clinic

PHONE = clinic().phone

# what came before, the follow-up, outcome, topics, words the reply must hold
FOLLOWUPS: list[tuple[list[str], str, str, list[str], list[str]]] = [
    (["/hospital_stay"], "/tell_more", "answered", ["hospital_stay"], ["week or longer"]),
    (
        ["/hospital_stay", "/tell_more"],
        "/tell_more",
        "clinic",
        ["hospital_stay"],
        [PHONE, "all our article says"],
    ),
    (["/procedures"], "/tell_more", "clinic", ["procedures"], [PHONE, "all our article says"]),
    (["/hospital_stay"], "/ask_how_long", "answered", ["hospital_stay"], ["24 to 48 hours"]),
    (["/recovery_time"], "/ask_how_long", "answered", ["recovery_time"], ["no number of days"]),
    (
        ["/how_it_works"],
        "/ask_how_long",
        "clinic",
        ["clinic_question"],
        ["no time for that", PHONE],
    ),
    (["/postoperative_pain"], "/ask_why", "answered", ["postoperative_pain"], ["less damage"]),
    (["/future"], "/ask_why", "clinic", ["clinic_question"], [PHONE]),
    (["/hospital_stay"], "/ask_normal", "answered", ["hospital_stay"], ["in general", PHONE]),
    (["/risks"], "/simplify", "answered", ["risks"], ["still some risk"]),
    (["/scarring"], "/repeat", "answered", ["scarring"], ["few centimeters"]),
    (["/hospital_stay"], "/ask_source", "answered", ["hospital_stay"], ["Shorter Hospital Stays"]),
    (["/candidacy"], "/for_other", "answered", ["candidacy"], ["same for everyone"]),
    (["/hospital_stay", "/thanks"], "/ask_how_long", "answered", ["hospital_stay"], ["24 to 48"]),
    # After an alarm, no follow-up leads away from it.
    (["/emergency"], "/ask_normal", "safety", ["emergency"], ["911"]),
    (["/emergency"], "/deny", "safety", ["emergency"], ["911"]),
    (["/crisis"], "/nlu_fallback", "safety", ["crisis"], ["988"]),
    (["/post_op_problem"], "/ask_why", "safety", ["post_op_problem"], ["surgeon's office"]),
    # The number, after the number.
    (["/phone_number"], "/repeat", "clinic", ["phone_number"], [PHONE]),
    (["/clinic_question"], "/tell_more", "clinic", ["clinic_question"], [PHONE]),
]

WITHOUT_TOPIC = [
    "/tell_more", "/ask_how_long", "/ask_why", "/simplify", "/repeat", "/for_other", "/about_term",
]  # fmt: skip


@pytest.mark.parametrize(("before", "followup", "outcome", "topics", "words"), FOLLOWUPS)
def test_a_followup_is_about_the_topic_before(
    assistant: Any,
    before: list[str],
    followup: str,
    outcome: str,
    topics: list[str],
    words: list[str],
) -> None:
    reply = assistant.converse([*before, followup])[-1]
    assert (reply.outcome, list(reply.topics)) == (outcome, topics), reply.text
    for word in words:
        assert word in reply.text


@pytest.mark.parametrize("followup", WITHOUT_TOPIC)
def test_without_a_topic_it_asks_which_one(assistant: Any, followup: str) -> None:
    reply = assistant.converse([followup])[-1]
    assert reply.text
    assert reply.topics == ()


def test_start_over_forgets_the_topic(assistant: Any) -> None:
    reply = assistant.converse(["/hospital_stay", "/start_over", "/ask_how_long"])[-1]
    assert reply.topics == ()


# the message, the outcome, words the reply must hold
TERMS = [
    ("does it treat spinal stenosis", "answered", "Yes, our article names spinal stenosis."),
    ("can this surgery fix scoliosis?", "answered", "Yes, our article names scoliosis."),
    ("does it treat spondylolisthesis?", "clinic", "does not name spondylolisthesis"),
    ("can you do a kyphoplasty this way?", "clinic", "does not name kyphoplasty"),
]


@pytest.mark.parametrize(("message", "outcome", "words"), TERMS)
def test_a_term_is_named_in_the_article_or_not(
    assistant: Any, message: str, outcome: str, words: str
) -> None:
    reply = assistant.ask(message)
    assert words in reply.text
    assert reply.outcome == outcome
    assert outcome == "answered" or PHONE in reply.text


# the topic before, the follow-up with a term, outcome, words
ABOUT_TERMS = [
    ("/hospital_stay", "and for a fusion?", "answered", "no answer for spinal fusion alone"),
    ("/recovery_time", "and for a laminectomy?", "answered", "no answer for laminectomy alone"),
    ("/hospital_stay", "what about a kyphoplasty?", "clinic", "does not name kyphoplasty"),
    ("/conditions_treated", "and sciatica?", "clinic", "does not name sciatica"),
]


@pytest.mark.parametrize(("before", "followup", "outcome", "words"), ABOUT_TERMS)
def test_the_same_question_for_another_term(
    assistant: Any, before: str, followup: str, outcome: str, words: str
) -> None:
    reply = assistant.converse([before, followup])[-1]
    assert words in reply.text
    assert reply.outcome == outcome


def test_yes_to_the_offer_gives_the_visit_summary(assistant: Any) -> None:
    reply = assistant.converse(["/risks", "/hospital_stay", "/book_appointment", "/affirm"])[-1]
    lines = reply.text.splitlines()
    assert lines[0] == "Questions to take to your visit:"
    assert lines[1:-1] == [
        "- What are the risks in my case?",
        "- How long would I stay in the hospital?",
    ]
    assert PHONE in lines[-1]
    assert "" not in lines


def test_a_visit_summary_without_topics_still_helps(assistant: Any) -> None:
    reply = assistant.converse(["/visit_summary"])[-1]
    assert "Questions to take" in reply.text and PHONE in reply.text


# the topic before, the message, the topic of the reply, words the reply must hold
COMPARED = [
    ("/hospital_stay", "and with the old open kind?", "hospital_stay", "week or longer"),
    ("/recovery_time", "vs open?", "recovery_time", "much sooner than after open surgery"),
    ("/risks", "compared to open surgery?", "risks", "fewer problems than with open surgery"),
    # A whole question, or a topic whose answer compares nothing: the difference in general.
    (
        "/hospital_stay",
        "what is the difference between this and traditional open back surgery",
        "miss_vs_open",
        "",
    ),
    ("/imaging_guidance", "vs open?", "miss_vs_open", ""),
    ("/start_over", "vs open?", "miss_vs_open", ""),
]


@pytest.mark.parametrize(("before", "message", "topic", "words"), COMPARED)
def test_the_same_topic_with_open_surgery(
    assistant: Any, before: str, message: str, topic: str, words: str
) -> None:
    reply = assistant.converse([before, message])[-1]
    assert reply.topics == (topic,)
    assert words in reply.text
