"""Every text a patient can get is short, in plain words, and claims no licence."""

from __future__ import annotations

import pytest

from spinechat.clinic import clinic
from spinechat.evaluation.readability import (
    MAX_COMPOSED,
    MAX_FIRST,
    MAX_GRADE,
    MAX_PART,
    grade,
    reading_faults,
    syllables,
    wording_faults,
    words,
)
from spinechat.project import read_yaml
from spinechat.spanish import looks_spanish
from spinechat.topics import topic_book

LIMITS = {
    "first": MAX_FIRST,
    "part": MAX_PART,
    "line": MAX_PART,
    "followup": MAX_PART,
    "composed": MAX_COMPOSED,
    "standing": MAX_COMPOSED,
}
# Texts in Spanish: Flesch-Kincaid's grade is for English. They are checked below.
SPANISH = {"speak_spanish", "emergency/es", "emergency/es_again", "crisis/es", "crisis/es_again"}


@pytest.mark.parametrize("kind", LIMITS)
def test_each_text_can_be_read(kind, said):
    texts = [each for each in said if each.kind == kind and each.name not in SPANISH]
    found = {each.name: bad for each in texts if (bad := reading_faults(each.text, LIMITS[kind]))}
    assert texts and not found, found


def test_every_ordered_pair_and_every_safety_reply_was_read(said):
    topics = topic_book()
    servable, safety = len(topics.servable), len(topics.of_kind("safety"))
    composed = {each.name for each in said if each.kind == "composed"}
    assert len(composed) == servable * (servable - 1) + safety * servable


def test_the_texts_in_spanish_are_those_listed(said):
    found = {each.name for each in said if looks_spanish(each.text) and each.kind != "standing"}
    assert found == SPANISH


@pytest.mark.parametrize(("alarm", "numbers"), [("emergency", "911"), ("crisis", "988")])
def test_an_alarm_in_spanish_is_one_short_block_and_says_whom_to_call(book, alarm, numbers):
    whole, again = book.line(alarm, "es"), book.line(alarm, "es_again")
    assert len(words(whole)) <= 60 and len(words(again)) <= 25
    for text in (whole, again):
        assert numbers in text.split(".")[0] and "911" in text.split(".")[0]
        assert not wording_faults(text)
        # Spanish first, and the same in English after it.
        assert looks_spanish(text.split(".")[0]) and numbers in text.split(".")[-2]


def test_the_spanish_reply_is_one_short_sentence(book):
    text = book.first("speak_spanish").text
    assert len(words(text)) <= 25 and not wording_faults(text)


def test_the_sentence_for_failures_can_be_read():
    assert not reading_faults(clinic().fixed_sentence, MAX_FIRST)


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Smith can see you.",
        "Your doctor says that you can walk.",
        "As a nurse I know that well.",
        "A nurse will call you.",
        "Our team will care for you.",
        "Our doctors are the best.",
        "We recommend surgery.",
        "I would advise you to rest.",
        "You should take less.",
        "A board-certified surgeon does it.",
        "One line.\n\nAnother line.",
        "One line. ",
    ],
)
def test_wording_that_implies_a_licence_or_advises_is_refused(text):
    assert wording_faults(text)


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        ("Small tubes make a path to the spine.", True),
        (
            "Utilization of contemporary instrumentation facilitates physiological advantages.",
            False,
        ),
        ("The back is cut in one place, and " * 6 + "that is all there is to it.", False),
    ],
)
def test_grade_tells_plain_from_hard(text, readable):
    assert (grade(text) <= MAX_GRADE) is readable


@pytest.mark.parametrize(
    ("word", "count"),
    [("open", 2), ("area", 2), ("needed", 2), ("caused", 1), ("little", 2), ("please", 1)],
)
def test_syllables_are_counted_as_spoken(word, count):
    assert syllables(word) == count


def test_length_is_counted():
    assert reading_faults("It is so. " * 15 + "It is.", 45) == ["47 words, at most 45"]


def test_the_list_of_medical_words_stays_short_and_each_word_is_used(said):
    groups = read_yaml("data/medical_words.yml")["short_words"]
    listed = [word for group in groups for word in group["words"]]
    everything = " ".join(each.text for each in said).lower()
    assert all(group["why"] for group in groups) and len(listed) == len(set(listed)) <= 32
    assert [word for word in listed if word not in everything] == []
