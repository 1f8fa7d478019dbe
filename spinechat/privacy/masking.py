"""Masks identifiers in a patient's message: e-mail, SSN, phone, date, long numbers.

Called after the red-flag screen has read the raw text, and before anything is stored. The
clinic's own number stays, as it leads back to nobody.
"""

from __future__ import annotations

import re

import phonenumbers

from spinechat.clinic import clinic

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_SSN = re.compile(r"(?<!\d)\d{3}[- ]\d{2}[- ]\d{4}(?!\d)")
_DATE = re.compile(
    r"(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-](19|20)?\d{2}(?!\d)|(?<!\d)(19|20)\d{2}-\d{1,2}-\d{1,2}(?!\d)"
)
# Record, card and account numbers: seven digits or more, spaces and dashes between them allowed.
_NUMBER = re.compile(r"(?<!\d)\d(?:[ -]?\d){6,}(?!\d)")
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
