"""Identifiers are masked, the clinic's own number and all that carries meaning stays."""

from __future__ import annotations

import pytest

from spinechat.clinic import clinic
from spinechat.privacy import masked, masking
from tests.privacy.conftest import CASES, CLEAN, FIGURES, KINDS, OWN


def check_masked(text: str, expected: str) -> None:
    assert masked(text) == expected
    assert masked(masked(text)) == expected


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_identifiers_are_masked(text: str, expected: str) -> None:
    check_masked(text, expected)


@pytest.mark.parametrize("text", FIGURES)
def test_identifiers_are_masked_inside_a_sentence(text: str) -> None:
    kept = masked(f"Hello, {text} is mine.")
    assert kept.startswith("Hello, ") and kept.endswith(" is mine.")
    assert text not in kept


@pytest.mark.parametrize("text", CLEAN)
def test_all_else_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize("own", OWN)
def test_the_clinics_number_stays_in_any_spelling(own: str) -> None:
    assert masked(f"is it {own}?") == f"is it {own}?"
    assert masked(f"{own} or 212-736-5000") == f"{own} or (phone)"
    assert masked(f"212-736-5000 or {own}") == f"(phone) or {own}"
    assert masked(f"212-736-5000 {own}") == f"(phone) {own}"


def test_the_clinics_number_is_the_one_of_clinic_yml() -> None:
    assert masked(clinic().phone) == clinic().phone


def test_a_longer_number_that_begins_like_the_clinics_is_masked() -> None:
    assert masked("8884098006123456") == "(number)"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "phones"])
def test_teeth_without_a_finder_its_cases_are_seen(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    finders = tuple(find for find in masking.FINDERS if find.__name__ != kind)
    assert len(finders) == len(masking.FINDERS) - 1
    monkeypatch.setattr(masking, "FINDERS", finders)
    unseen = [text for text, expected in KINDS[kind].items() if masked(text) == expected]
    assert len(unseen) < len(KINDS[kind]) / 2


def test_teeth_without_the_phones_their_cases_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masking, "phones", lambda text: ([], []))
    with pytest.raises(AssertionError):
        check_masked("212.736.5000", "(phone)")
    with pytest.raises(AssertionError):
        test_the_clinics_number_stays_in_any_spelling(OWN[0])
