"""Whole dates, in figures and words, and parts of dates that are said to be a birthday.

A year alone stays ("surgery in 2019"), and so does a day without a year ("on May 4"), unless it is
somebody's birthday.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from spinechat.privacy.number_words import ORDINALS, SMALL, YEAR
from spinechat.privacy.spans import Span

_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,7}\.?"
    r"|enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre"
)
_MONTH = rf"(?:{_MONTH})"
_OF = r"(?:\s{1,2}(?:of|de|del))?[\s,]{1,3}"
_DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|{ORDINALS})"
_DAY_OF = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|{ORDINALS}|{SMALL})"
_YEAR = r"(?:(?:19|20)\d{2})"
_ANY_YEAR = rf"(?:{_YEAR}|{YEAR})"
_GAP = r"\s?[/.\-\u2010-\u2015]\s?"
_FIGURES = (
    rf"(?<![\w.])\d{{1,2}}{_GAP}\d{{1,2}}{_GAP}(?:{_YEAR}|\d{{2}})(?!\w)"
    rf"|(?<!\w){_YEAR}{_GAP}\d{{1,2}}{_GAP}\d{{1,2}}(?!\w)"
    rf"|(?<!\w)\d{{1,2}}\s\d{{1,2}}\s{_YEAR}(?!\w)"
    rf"|(?<!\w)\d{{1,2}}{_GAP}{_MONTH}{_GAP}(?:{_YEAR}|\d{{2}})(?!\w)"
)
_WORDS = (
    rf"\b{_MONTH}\s{{1,2}}(?:the\s)?{_DAY}{_OF}{_ANY_YEAR}\b"
    rf"|\b{_DAY_OF}(?:\s{{1,2}}(?:of|de|day\sof))?\s{{1,2}}{_MONTH}{_OF}{_ANY_YEAR}\b"
)
_DATE = re.compile(rf"{_FIGURES}|{_WORDS}", re.IGNORECASE)

_CUE = (
    r"(?:\b(?:d\.?\s?o\.?\s?b\b\.?|born|birth\s?da(?:y|te)|b-?day|date\sof\sbirth|birth|nac[ií]d[oa]"
    r"|nac[ií]|(?:fecha\sde\s)?nacimiento|cumplea[nñ]os|f\.?\s?nac)(?:'s|’s)?)"
)
_FILL = (
    r"(?:\s{0,2}(?:is|was|it's|on|the|el|d[ií]a|es|fue|en|in|:|=|-|,|\(|mine|he|she|i|my|of))"
    r"{0,5}[\s(]{0,2}"
)
_SHORT_YEAR = rf"(?:{_YEAR}|['’]?\d{{2}}|{YEAR}|{SMALL})"
_BIRTHDAY = re.compile(
    rf"{_CUE}{_FILL}("
    rf"\d{{1,4}}(?:{_GAP}|\s)\d{{1,2}}(?:{_GAP}|\s)\d{{2,4}}|\d{{8}}|\d{{6}}"
    rf"|\d{{1,2}}[/.\-]\d{{1,4}}"
    rf"|{_MONTH}\s{{1,2}}(?:the\s)?{_DAY_OF}(?:{_OF}{_SHORT_YEAR})?"
    rf"|{_DAY_OF}(?:\s{{1,2}}(?:of|de|day\sof))?\s{{1,2}}{_MONTH}(?:{_OF}{_SHORT_YEAR})?"
    rf"|{_MONTH}{_OF}{_ANY_YEAR}"
    rf"|{SMALL}[\s,]{{1,2}}{SMALL}[\s,]{{1,2}}(?:{YEAR}|{SMALL})"
    r")(?!\w)",
    re.IGNORECASE,
)


def dates(text: str) -> Iterator[Span]:
    """Every whole date, and every birthday."""
    for match in _DATE.finditer(text):
        yield Span(match.start(), match.end(), "date")
    for match in _BIRTHDAY.finditer(text):
        yield Span(*match.span(1), "date")
