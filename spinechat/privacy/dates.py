"""Whole dates, in figures and words, and parts of dates that are said to be a birthday.

A year alone stays ("surgery in 2019"), and so do a day without a year ("on May 4") and a late date
beside a treatment ("MRI on 3/4/2021"), unless it is somebody's birthday.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from spinechat.privacy.number_words import OLD_YEAR, ORDINALS, SMALL, YEAR
from spinechat.privacy.spans import Span

_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,7}\.?"
    r"|ene|abr|ago|dic|enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre"
)
_MONTH = rf"(?:{_MONTH})"
_OF = r"(?:\s{1,2}(?:of|de|del))?[\s,]{1,3}"
_DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|{ORDINALS})"
_DAY_OF = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|{ORDINALS}|{SMALL})"
_YEAR = r"(?:(?:19|20)\d{2})"
# "July 9 '94", "july ninth ninety four".
_OLD_YEAR = rf"(?:['’]?[3-9]\d(?!\s?(?:people|miles|mg|%|percent|times))|{OLD_YEAR})"
_ANY_YEAR = rf"(?:{_YEAR}|{YEAR}|{_OLD_YEAR})"
_GAP = r"\s?[/.\-\u2010-\u2015]\s?"
_FIGURES = (
    rf"(?<![\w.])\d{{1,2}}{_GAP}\d{{1,2}}{_GAP}(?:{_YEAR}|\d{{2}})(?!\w)"
    rf"|(?<!\w){_YEAR}{_GAP}\d{{1,2}}{_GAP}\d{{1,2}}(?!\w)"
    rf"|(?<!\w)\d{{1,2}}\s\d{{1,2}}\s{_YEAR}(?!\w)"
    rf"|(?<!\w){_MONTH}{_GAP}\d{{1,2}}{_GAP}(?:{_YEAR}|\d{{2}})(?!\w)"
    rf"|(?<!\w){_YEAR}\s{_MONTH}\s\d{{1,2}}(?!\w)"
    rf"|(?<!\w)\d{{1,2}}{_GAP}{_MONTH}{_GAP}(?:{_YEAR}|\d{{2}})(?!\w)"
)
_WORDS = (
    rf"\b{_MONTH}\s{{1,2}}(?:the\s)?{_DAY}{_OF}{_ANY_YEAR}\b"
    rf"|\b{_DAY_OF}(?:\s{{1,2}}(?:of|de|day\sof))?\s{{1,2}}{_MONTH}{_OF}{_ANY_YEAR}\b"
)
_DATE = re.compile(rf"{_FIGURES}|{_WORDS}", re.IGNORECASE)

_CUE = (
    r"(?:\b(?:d\.?\s?o\.?\s?b\b\.?|born|birth\s?da(?:y|te)|b-?day|date\sof\sbirth|birth|nac[ií]d[oa]"
    r"|turn(?:ed|s|ing)?\s(?:\d{1,3})|nac[ií]|(?:fecha\sde\s)?nacimiento|cumplea[nñ]os|cumpl[oe]\sa[nñ]os|f\.?\s?nac)(?:'s|’s)?)"
)
_FILL = (
    r"(?:\s{0,2}(?:is|was|and|date|for|record|just|also|still|born|day|it's|on|the|el|d[ií]a|es|fue|en|in|:|=|-|,|\(|mine|he|she|i|my|of))"
    r"{0,5}[\s(]{0,2}"
)
# "oh three oh four seventy"
_SPOKEN_DAY = rf"(?:(?:oh|o|zero)[\s-])?{SMALL}"
_FEAST = (
    r"(?:halloween|christmas(?:\s(?:day|eve))?|new\syear'?s(?:\s(?:day|eve))?|valentine'?s(?:\sday)?"
    r"|(?:the\s)?(?:4th|fourth)\sof\sjuly|independence\sday|veterans\sday|thanksgiving|easter(?:\ssunday)?"
    r"|st\.?\spatrick'?s(?:\sday)?|leap\sday|navidad|a[nñ]o\snuevo|d[ií]a\sde\sreyes)"
)
_SHORT_YEAR = rf"(?:{_YEAR}|['’]?\d{{2}}|{YEAR}|{SMALL})"
_BIRTHDAY = re.compile(
    rf"{_CUE}{_FILL}("
    rf"\d{{1,4}}(?:{_GAP}|\s)\d{{1,2}}(?:{_GAP}|\s)\d{{2,4}}|\d{{8}}|\d{{6}}"
    rf"|\d{{1,2}}[/.\-]\d{{1,4}}"
    rf"|{_MONTH}\s{{1,2}}(?:the\s)?{_DAY_OF}(?:{_OF}{_SHORT_YEAR})?"
    rf"|{_DAY_OF}(?:\s{{1,2}}(?:of|de|day\sof))?\s{{1,2}}{_MONTH}(?:{_OF}{_SHORT_YEAR})?"
    rf"|{_MONTH}{_OF}{_ANY_YEAR}"
    rf"|{_SPOKEN_DAY}[\s,]{{1,2}}{_SPOKEN_DAY}[\s,]{{1,2}}(?:{YEAR}|{SMALL})"
    rf"|{_FEAST}(?:(?:\s(?:of|in|de))?[\s,]{{1,2}}{_SHORT_YEAR})?"
    r")(?!\w)",
    re.IGNORECASE,
)


_ARTICLE = re.compile(r"\b(?:the|el)\s\Z", re.IGNORECASE)

# A date of these years beside one of these words is that of a treatment, not of a birth.
_RECENT = re.compile(r"(?:(?<!\d)20(?:1\d|2\d)|[/.\-\s'’](?:1\d|2\d))\Z")
_EVENT = re.compile(
    r"\b(?:mris?|scans?|x-?rays?|ct|surger(?:y|ies)|operat(?:ion|ed)|op|procedure|fusion|visit|appt"
    r"|appointment|injections?|shot|epidural|accident|crash|fell|fall|injur(?:y|ed)|hurt|started"
    r"|since|until|till|before|after|scheduled|discharged|admitted|results?|report|emg|therapy|cirug[ií]a"
    r"|operaron|cita|resonancia|discectomy|laminectomy|done|imaging|test|labs?|seen|refill)\b",
    re.IGNORECASE,
)
_NEAR_BEFORE, _NEAR_AFTER = 30, 12


def _of_treatment(text: str, match: re.Match[str]) -> bool:
    near = text[max(0, match.start() - _NEAR_BEFORE) : match.start()]
    near += " " + text[match.end() : match.end() + _NEAR_AFTER]
    return bool(_RECENT.search(match[0]) and _EVENT.search(near))


def dates(text: str) -> Iterator[Span]:
    """Every whole date but that of a treatment, and every birthday; with its "the"."""
    for match in _DATE.finditer(text):
        if not _of_treatment(text, match):
            yield Span(_with_article(text, match.start()), match.end(), "date")
    for match in _BIRTHDAY.finditer(text):
        yield Span(_with_article(text, match.start(1)), match.end(1), "date")


def _with_article(text: str, start: int) -> int:
    article = _ARTICLE.search(text, max(0, start - 5), start)
    return article.start() if article else start
