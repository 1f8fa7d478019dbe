"""Masks identifiers in a patient's message: e-mail, SSN, phone, date, long numbers.

Called after the red-flag screen has read the raw text, and before anything is stored. The
clinic's own number stays, as it leads back to nobody.
"""

from __future__ import annotations

import re

import phonenumbers

from spinechat.clinic import clinic

# What stands between digits, from phones and pasted text too: hyphens, dashes, spaces.
_GAP = r"[-\u2010-\u2015\s]"
_EMAIL = re.compile(r"[\w.+'’-]+@[\w-]+(\.[\w-]+)+")
_SSN = re.compile(rf"(?<!\d)\d{{3}}(?:{_GAP}|\.)\d{{2}}(?:{_GAP}|\.)\d{{4}}(?!\d)")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:19|20)\d{2}"
_DATE = re.compile(
    rf"(?<!\d)\d{{1,2}}[/.-]\d{{1,2}}[/.-](?:{_YEAR}|\d{{2}})(?!\d)"
    rf"|(?<!\d){_YEAR}[/.-]\d{{1,2}}[/.-]\d{{1,2}}(?!\d)"
    rf"|\b{_MONTH}\s+{_DAY},?\s+{_YEAR}\b|\b{_DAY}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}\b",
    re.IGNORECASE,
)
# Record, card and account numbers: seven digits or more, a space or dash between them allowed.
_NUMBER = re.compile(rf"(?<!\d)\d(?:{_GAP}?\d){{6,}}(?!\d)")
REGION = "US"


def _own_numbers(text: str) -> list[tuple[int, int]]:
    own = phonenumbers.parse(clinic().phone, REGION)
    return [
        (match.start, match.end)
        for match in phonenumbers.PhoneNumberMatcher(text, REGION)
        if match.number.national_number == own.national_number
    ]


def _phones(text: str) -> str:
    pieces, end = [], 0
    for match in phonenumbers.PhoneNumberMatcher(text, REGION):
        pieces += [text[end : match.start], "(phone)"]
        end = match.end
    return "".join([*pieces, text[end:]])


def _masked_piece(text: str) -> str:
    text = _EMAIL.sub("(email)", text)
    text = _SSN.sub("(number)", text)
    text = _DATE.sub("(date)", text)
    return _NUMBER.sub("(number)", _phones(text))


def masked(text: str) -> str:
    """The text with identifiers replaced by their kind in round brackets."""
    pieces, end = [], 0
    for begin, stop in _own_numbers(text):
        pieces += [_masked_piece(text[end:begin]), text[begin:stop]]
        end = stop
    return "".join([*pieces, _masked_piece(text[end:])])
