"""Numbers that stand for a person: SSN, card, record, member, policy and other long numbers.

No check digits are asked for: a slip of the pen in a card's number does not make it public.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from spinechat.privacy.number_words import ONES, TEENS, TENS, TWENTIES
from spinechat.privacy.spans import Span

# What stands between digits, from phones and pasted text too: hyphens, dashes, spaces.
_DASH = r"\-\u2010-\u2015"
_SSN = re.compile(rf"(?<!\d)\d{{3}}[{_DASH}\s./_]{{1,3}}\d{{2}}[{_DASH}\s./_]{{1,3}}\d{{4}}(?!\d)")
# Seven digits or more, a space or dash between them allowed.
_LONG = re.compile(rf"(?<!\d)\d(?:(?:\s?[{_DASH}]\s?|\s)?\d){{6,}}(?!\d)")
# A card's number in groups of four, with anything between them.
_CARD = re.compile(r"(?<!\d)\d{4}([.·_/*,|])\s?\d{4}\1\s?\d{4}\1\s?\d{1,4}(?!\d)")
# "LUTH/19/40882", "DN/44871/B"; not "L4/L5" and "C5/6".
_SLASHED = re.compile(
    r"(?<![\w/])(?:[A-Z]{2,6}/\d{4,10}|[A-Z]{1,6}/\d{1,6}(?:/[A-Z0-9]{1,8}){1,3}"
    r"|\d{1,6}/[A-Z]{1,4}/\d{2,8})(?![\w/])"
)
# A part of it is left out already: "xxx-xx-6789".
_STARRED = re.compile(
    rf"(?<!\w)(?=[\d{_DASH}\s]{{0,8}}[x*#•]{{2}})(?:[\dx*#•]{{2,4}}[{_DASH}\s]?){{1,3}}\d{{4}}(?!\w)",
    re.IGNORECASE,
)
# A local phone number with a stop: "555.0123".
_LOCAL = re.compile(r"(?<![\w.$])[2-9]\d{2}\.\d{4}(?![\w.])")
# What is said after a card's number: "03/28, 411".
_CARD_TAIL = re.compile(r"(?<=\d{4})[,;\s]{1,3}(\d{1,2}/\d{2,4}(?:[,;\s]{1,3}\d{3,4})?)(?!\w)")
_GROUPS = re.compile(r"\d+")
# "2015-2019" and "2003 2011 2019" are years; "10 20 30 40" are milligrams, or weeks.
_YEAR = re.compile(r"(?:19|20)\d{2}\Z")
_SHORT_GROUP = 2
# Letters and figures together, as on a member's card: "W123456789", "1EG4-TE5-MK73".
_MIXED = re.compile(
    rf"(?<![\w{_DASH}])(?!(?:[CTLSctls]\d{{1,2}}[{_DASH}]?){{1,6}}\b)(?=(?:[A-Za-z{_DASH}]{{0,6}}\d){{5}})"
    rf"[A-Za-z0-9{_DASH}]{{6,25}}(?![\w])"
    rf"|(?<!\w)\d[A-Z][A-Z0-9]\d[{_DASH}\s]?[A-Z][A-Z0-9]\d[{_DASH}\s]?[A-Z]{{2}}\d{{2}}(?!\w)"
)

_NAMED = (
    r"(?:mrn|m\.r\.n\.?|medical\srecord|med\srec|record|chart|member(?:ship)?|subscriber|policy"
    r"|insurance|group|grp|account|acct|claim|case|patient|pt|medicare|medicaid|ssn|s\.s\.n\.?"
    r"|ss|social(?:\ssecurity)?|security|card|credit\scard|debit\scard|visa|mastercard|amex|discover"
    r"|driver'?s?\slicen[sc]e|licen[sc]e|dl|passport|confirmation|reference|ref|authorization|auth"
    r"|referral|prescription|rx|plan|hospital|clinic|denial|ticket|order|invoice|encounter|visit|file"
    r"|appeal|workers'?\scomp|tax|itin|hicn|mbi|npi|routing|p[oó]liza|expediente|seguro"
    r"|afiliad[oa]|cuenta|tarjeta|miembro|historia\scl[ií]nica|blue\s(?:cross|shield)|aetna|cigna"
    r"|humana|united(?:\s?health\s?care)?|kaiser|tricare|anthem|bcbs|uhc|va|id|i\.d\.)"
)
_SORT = (
    r"(?:\s?(?:(?:id|i\.d\.|number|no\.?|num\.?|nr\.?|n[uú]mero|code|card|file|de|social)|#)){0,3}"
)
_IS = (
    r"(?:\s?(?:is|was|es|:|=|-|,|\.|#|it's|->|to|mine"
    r"|(?:under|says|reads|on|the|my|paper|here|this|that|comp)\b)){0,5}\s{0,2}"
)
_VALUE = (
    rf"((?:[A-Z]{{1,4}}\s(?:dash|hyphen|slash)\s|(?-i:[A-Z]{{2,4}}[ -]))?"
    rf"(?=[A-Za-z{_DASH}./ ]{{0,6}}\d)"
    rf"[A-Za-z0-9](?:[{_DASH}./ ]?[A-Za-z]{{0,3}}\d[A-Za-z0-9]{{0,3}}){{1,24}}"
    rf"(?:-[A-Za-z]{{1,2}})?)"
)
_RECORD = re.compile(
    rf"(?<!\w){_NAMED}(?:['’]s)?(?:\s{_NAMED})?{_SORT}{_IS}(?<![A-Za-z0-9]){_VALUE}(?!\w)",
    re.IGNORECASE,
)
_CLEAR = re.compile(
    r"mrn|m\.r\.n|ssn|social|number|confirmation|reference|\bref\b|\bno\b|#|\bid\b|\bi\.d|n[uú]mero|acct|account|p[oó]liza",
    re.IGNORECASE,
)
_LAST_FOUR = re.compile(
    r"\b(?:ending(?:\s(?:in|with))?|ends(?:\s(?:in|with))?|last\s(?:4|four)(?:\sdigits)?(?:\sof\s(?:my\s)?"
    r"(?:social|ssn|ss|card|sss?n?))?(?:\s(?:is|are|being|of)|\s?:)?|terminad[oa]\sen"
    r"|[uú]ltimos\s(?:4|cuatro)(?:\sd[ií]gitos)?(?:\sson)?)\s{0,2}(\d{4})(?!\w)",
    re.IGNORECASE,
)
_CARD_EXTRA = re.compile(
    r"\b(?:exp(?:ires|iry|iration)?(?:\sdate)?|(?:valid|good)\s(?:thru|through|until|till)|vence"
    r"|caduca|vencimiento)(?:\s(?:is|on|el|es))?[\s:.]{1,3}"
    r"(\d{1,2}\s?[/\-]\s?\d{2,4})(?!\w)|\b(?:cvv2?|cvc2?|cv2|cid|security\scode|pin|c[oó]digo\sde"
    r"\sseguridad|(?:(?:3|4|three|four)[\s-]?(?:digits?|numbers?)\s(?:code\s)?|code\s(?:is\s)?|numbers?\s)"
    r"on\s(?:the|its)\sback(?:\sof\s(?:it|the\scard))?)(?:\s(?:is|are|number|code|es))?"
    r"[\s:#]{1,3}(\d{3,4})(?!\w)",
    re.IGNORECASE,
)

_WORD = rf"(?:{TENS}|{TEENS}|{TWENTIES}|{ONES})"
_SPOKEN = re.compile(
    rf"\b(?:(?:double|triple)\s)?(?:{_WORD}|\d{{1,4}})\b"
    rf"(?:(?:[\s,.{_DASH}]{{1,3}}(?:(?:dash|then|and|y|double|triple|hundred)[\s,]{{1,2}})?)"
    rf"(?:{_WORD}|\d{{1,4}})\b){{2,20}}(?:\s(?:thousand|hundred)\b)?",
    re.IGNORECASE,
)
# Three or four figures of a card in words, after what says so.
_CARD_WORDS = re.compile(
    rf"\b(?:cvv2?|cvc2?|security\scode|pin|on\sthe\sback|exp(?:iration|iry)?(?:\sdate)?)"
    rf"(?:\s(?:is|are|of|number))?[\s:,]{{1,3}}((?:{_WORD}[\s,-]{{1,2}}){{2,4}}{_WORD})\b",
    re.IGNORECASE,
)
_TWO_FIGURES = re.compile(rf"(?:{TEENS}|{TWENTIES})\Z", re.IGNORECASE)
_TENS = re.compile(rf"(?:{TENS})\Z", re.IGNORECASE)
# What may stand between it and the figures: letters, alone or spelled.
_LETTERS = (
    r"((?:(?:[a-z]{1,4}|[a-z]\s(?:as\sin|for|like)\s[a-z]{3,12})[\s,]{1,2}"
    r"(?:(?:dash|hyphen)\s)?){0,4})"
)
_SECRET = re.compile(
    rf"(?:\b{_NAMED}{_SORT}|\blast\s(?:4|four)(?:\sof\smy\ssocial)?|\b(?:ending|ends)(?:\s(?:in|with))?)"
    rf"{_IS}{_LETTERS}\Z",
    re.IGNORECASE,
)
_PHONE_CUE = re.compile(
    r"\b(?:phone|cell|mobile|number|call|text|reach|tel[eé]fono|celular|n[uú]mero|home|work)"
    r"[^.!?\d]{0,20}\Z",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[^\W\d_]+|\d+")
# A local phone number has seven figures; a spoken SSN's last part four.
FEWEST, FEWEST_NAMED = 7, 4
FEWEST_WORDS = 3
# With fewer words among figures ("219 zero nine 9999") as many as an SSN has.
FEWEST_MIXED = 9


def _is_plain(number: str) -> bool:
    """Whether a run of digits is a row of years or of small numbers."""
    groups = _GROUPS.findall(number)
    if _counts(groups) or all(_YEAR.match(group) for group in groups):
        return True
    return (
        len(groups) > 1
        and all(len(group) <= _SHORT_GROUP for group in groups)
        and any(len(group) == _SHORT_GROUP for group in groups)
    )


def _counts(groups: list[str]) -> bool:
    """Whether they count up or down by one: "6-5-4-3-2-1"."""
    steps = {int(after) - int(before) for before, after in pairwise(groups)}
    return len(groups) > 2 and steps in ({1}, {-1})


def _long(text: str) -> Iterator[Span]:
    for rule in (_SSN, _CARD, _SLASHED, _STARRED, _LOCAL):
        for match in rule.finditer(text):
            yield Span(match.start(), match.end(), "number")
    for match in _LONG.finditer(text):
        if not _is_plain(match[0]):
            tail = _CARD_TAIL.match(text, match.end())
            yield Span(match.start(), tail.end() if tail else match.end(), "number")
    for match in _MIXED.finditer(text):
        if not _is_plain(match[0]):
            yield Span(match.start(), match.end(), "number")


def _named(text: str) -> Iterator[Span]:
    for match in _RECORD.finditer(text):
        figures = sum(character.isdigit() for character in match[1])
        clear = _CLEAR.search(match[0][: match.start(1) - match.start()])
        year = _YEAR.match(match[1])
        mixed = clear and figures > 1 and len(match[1]) > FEWEST_NAMED
        if (mixed or figures >= (3 if clear else FEWEST_NAMED)) and not (year and not clear):
            yield Span(*match.span(1), "number")
    for match in _LAST_FOUR.finditer(text):
        yield Span(*match.span(1), "number")
    for match in _CARD_EXTRA.finditer(text):
        yield Span(*match.span(1 if match[1] else 2), "number")


def _figures(spoken: str) -> int:
    """How many figures a row of number words stands for."""
    count, after_tens, times = 0, False, 1
    for word in _WORDS.findall(spoken.lower()):
        if word in ("double", "triple"):
            times = 2 if word == "double" else 3
            continue
        if word.isdigit():
            count += len(word)
        elif _TENS.match(word) or _TWO_FIGURES.match(word):
            count += 2
        elif word not in ("dash", "then", "and", "y", "hundred") and not after_tens:
            count += times
        after_tens, times = bool(_TENS.match(word)), 1
    return count


def _in_words(text: str) -> Iterator[Span]:
    for match in _SPOKEN.finditer(text):
        before = text[max(0, match.start() - 50) : match.start()]
        secret = _SECRET.search(before)
        named = bool(secret)
        figures = _figures(match[0])
        words = sum(not word.isdigit() for word in _WORDS.findall(match[0]))
        enough = words >= FEWEST_WORDS or (words and figures >= FEWEST_MIXED)
        if enough and figures >= (FEWEST_NAMED if named else FEWEST):
            phone = not named and (figures in (10, 11) or bool(_PHONE_CUE.search(before)))
            # "zgp four four one": the letters are part of it.
            letters = len(secret[1]) if secret else 0
            yield Span(match.start() - letters, match.end(), "phone" if phone else "number")
    for match in _CARD_WORDS.finditer(text):
        yield Span(*match.span(1), "number")


def numbers(text: str) -> Iterator[Span]:
    """Every number that stands for a person, in figures or in words."""
    if any(character.isdigit() for character in text):
        yield from _long(text)
        yield from _named(text)
    yield from _in_words(text)
