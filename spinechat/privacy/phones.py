"""Phone numbers in figures: a run of digit groups is offered to phonenumbers, piece by piece.

phonenumbers' own matcher tries so many pieces that 1,000 hostile characters take it 140 ms; here
only pieces that have the shape of a North American number, or begin with +, 00 or 011, are tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import phonenumbers

from spinechat.clinic import clinic
from spinechat.privacy.spans import Span

REGION = "US"
# Digit groups and what stands between them, from phones and pasted text too.
_RUN = re.compile(r"(?:\+\s?)?\(?\d(?:[\s().\-\u2010-\u2015/_*·]{0,4}\d)*")
_GROUP = re.compile(r"\d+")
# Area code and exchange begin with 2 to 9: https://www.nationalnanpa.com/about_us/abt_nanp.html
_NORTH_AMERICAN = re.compile(r"1?[2-9]\d{2}[2-9]\d{6}\Z")
_ABROAD = re.compile(r"\+|00\d|011")
_EXTENSION = re.compile(r"[\s,;]{0,2}(?:x|ext\.?|extension|#)\s?\d{1,6}\b", re.IGNORECASE)
# E.164: a number has at most 15 digits; 00 or 011 may stand before them.
LONGEST = 18
SHORTEST_ABROAD = 8


class _Found(NamedTuple):
    span: Span
    national: int | None


def _parsed(digits: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(digits, REGION)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _number(digits: str, plus: bool) -> phonenumbers.PhoneNumber | None:
    if _NORTH_AMERICAN.match(digits):
        return _parsed(digits)
    if plus and len(digits) >= SHORTEST_ABROAD:
        return _parsed("+" + digits)
    if digits.startswith("00") and len(digits) > SHORTEST_ABROAD:
        return _parsed("+" + digits[2:])
    return _parsed(digits) if digits.startswith("011") else None


def _in_run(text: str, begin: int, end: int) -> Iterator[_Found]:
    groups = [(m.start(), m.end()) for m in _GROUP.finditer(text, begin, end)]
    # Figures of other scripts too: ٢١٢ is 212.
    figures = ["".join(str(int(digit)) for digit in text[a:b]) for a, b in groups]
    first = 0
    while first < len(groups):
        start = groups[first][0]
        plus = "+" in text[max(begin, start - 3) : start]
        best, digits = None, ""
        for last in range(first, len(groups)):
            digits += figures[last]
            if len(digits) > LONGEST:
                break
            number = _number(digits, plus)
            if number is not None:
                best = last, number
        if best is None:
            first += 1
            continue
        last, number = best
        opening = text.rfind("(", max(begin, start - 2), start)
        start = text.index("+", begin if start < begin + 3 else start - 3) if plus else start
        start = opening if opening >= 0 and not plus else start
        extension = _EXTENSION.match(text, groups[last][1])
        stop = extension.end() if extension else groups[last][1]
        yield _Found(Span(start, stop, "phone"), number.national_number)
        first = last + 1


def _all(text: str) -> Iterator[_Found]:
    for run in _RUN.finditer(text):
        if run.end() - run.start() >= SHORTEST_ABROAD:
            yield from _in_run(text, run.start(), run.end())


def phones(text: str) -> tuple[list[Span], list[Span]]:
    """Every phone number: those of others, and the clinic's own, in any spelling."""
    own = phonenumbers.parse(clinic().phone, REGION).national_number
    others: list[Span] = []
    clinics: list[Span] = []
    for run in _RUN.finditer(text):
        if run.end() - run.start() >= SHORTEST_ABROAD:
            for found in _in_run(text, run.start(), run.end()):
                (clinics if found.national == own else others).append(found.span)
    return others, clinics
