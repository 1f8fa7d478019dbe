"""Identifiers are masked, the clinic's own number and all that carries meaning stays."""

from __future__ import annotations

import re
import time

import pytest

from spinechat.clinic import clinic
from spinechat.privacy import masked, masking

# What a patient may write, and what must be left of it.
WITH_IDENTIFIERS = {
    "john.doe+spine@mail.co.uk": "(email)",
    "o'brien@mail.com": "(email)",
    "mail me: a_b@x.org, please": "mail me: (email), please",
    "123-45-6789": "(number)",
    "123 45 6789": "(number)",
    "123.45.6789": "(number)",
    "123456789": "(number)",
    "123–45–6789": "(number)",
    "123\u201145\u20116789": "(number)",
    "123\u00a045\u00a06789": "(number)",
    "(305) 555-0123": "(phone)",
    "(212)7365000": "(phone)",
    "305-555-0123": "(phone)",
    "212.736.5000": "(phone)",
    "212–736–5000": "(phone)",
    "2127365000": "(phone)",
    "+1 (212) 736-5000": "(phone)",
    "+44 20 7946 0958": "(phone)",
    "2 1 2 7 3 6 5 0 0 0": "(phone)",
    "٢١٢٧٣٦٥٠٠٠": "(phone)",
    "555-0123": "(number)",
    "born 3/4/1970": "born (date)",
    "03.04.70": "(date)",
    "1970-03-04": "(date)",
    "1970/03/04": "(date)",
    "March 4, 1970": "(date)",
    "Mar 4th 1970": "(date)",
    "4 march 1970": "(date)",
    "the 1st of Sept. 1970": "the (date)",
    "MRN 1234567": "MRN (number)",
    "A1234567B": "A(number)B",
    "4111 1111 1111 1111": "(number)",
    "4111-1111-1111-1111": "(number)",
    "１２３-４５-６７８９": "(number)",
    "call 212-736-5000 or a@b.com, SSN 123-45-6789": "call (phone) or (email), SSN (number)",
}

# Digits that say something about spines, pain or time.
WITHOUT = [
    "How long will I be in the hospital after the surgery?",
    "L4-L5 and L5-S1 disc, C5/6 C6/7 ACDF, T10-T12",
    "24 to 48 hours, 2 1/2 weeks, 6-8 weeks",
    "blood pressure 120/80, pain 7/10 since 2019",
    "I'm 65, 5'10 and 180 lbs, 5mg/325mg 3x/day",
    "call 911 or 988?",
    "may 4 people visit me? march 4 miles a day?",
    "@ the clinic / at home",
    "fever of 101.5 and 102.3",
    "😀🦴",
    "",
]

OWN = ["1-888-409-8006", "(888) 409-8006", "+1 888 409 8006", "8884098006", "1.888.409.8006"]


def check_masked(text: str, expected: str) -> None:
    assert masked(text) == expected
    assert masked(masked(text)) == expected


@pytest.mark.parametrize(("text", "expected"), WITH_IDENTIFIERS.items())
def test_identifiers_are_masked(text: str, expected: str) -> None:
    check_masked(text, expected)


@pytest.mark.parametrize("text", WITH_IDENTIFIERS)
def test_identifiers_are_masked_inside_a_sentence(text: str) -> None:
    kept = masked(f"Hello, {text} is mine.")
    assert kept.startswith("Hello, ") and kept.endswith(" is mine.")
    assert text not in kept


@pytest.mark.parametrize("text", WITHOUT)
def test_all_else_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize("own", OWN)
def test_the_clinics_number_stays_in_any_spelling(own: str) -> None:
    assert masked(f"is it {own}?") == f"is it {own}?"
    assert masked(f"{own} or 212-736-5000") == f"{own} or (phone)"
    assert masked(f"212-736-5000 or {own}") == f"(phone) or {own}"


def test_the_clinics_number_is_the_one_of_clinic_yml() -> None:
    assert masked(clinic().phone) == clinic().phone


def test_a_longer_number_that_begins_like_the_clinics_is_masked() -> None:
    assert masked("8884098006123456") == "(number)"


@pytest.mark.parametrize("piece", ["a", "1", "1-", "1 ", "1/1/", "a.a@", "(555) ", "888 409 8006 "])
def test_hostile_text_of_the_longest_length_takes_no_time(piece: str) -> None:
    text = (piece * 1000)[:1000]
    begin = time.monotonic()
    masked(text)
    assert time.monotonic() - begin < 2


RULES = {
    "_EMAIL": "john.doe+spine@mail.co.uk",
    "_SSN": "123.45.6789",
    "_DATE": "born 3/4/1970",
    "_NUMBER": "MRN 1234567",
}


@pytest.mark.parametrize(("rule", "text"), RULES.items())
def test_teeth_without_a_rule_its_case_is_seen(
    rule: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(masking, rule, re.compile(r"(?!)"))
    with pytest.raises(AssertionError):
        check_masked(text, WITH_IDENTIFIERS[text])


def test_teeth_without_the_phone_rule_its_case_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masking, "_phones", lambda text: text)
    with pytest.raises(AssertionError):
        check_masked("212.736.5000", "(phone)")


def test_teeth_without_the_exception_the_clinics_number_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(masking, "_own_numbers", lambda text: [])
    with pytest.raises(AssertionError):
        test_the_clinics_number_stays_in_any_spelling(OWN[0])
