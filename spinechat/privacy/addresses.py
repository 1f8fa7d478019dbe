"""Street addresses as they are written in the United States, PO boxes, and ZIP codes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from spinechat.privacy.spans import Span

_CLEAR = (
    r"street|str|avenue|ave|av|road|rd|lane|ln|boulevard|blvd|parkway|pkwy|circle|cir|terrace|ter"
    r"|highway|hwy|turnpike|tpke|crescent|broadway|alley|aly|freeway|expressway|trl|xing|crossing"
)
# These are also something else ("2 more CT", "30 minute drive"): the number has three figures, or
# the name is capitalised.
_AMBIGUOUS = (
    r"st|drive|dr|court|ct|way|place|pl|square|sq|trail|loop|run|row|path|pass|point|pt|plaza|plz"
    r"|cove|cv|ridge|pike|hill|park|walk|bend|landing|glen|hollow|manor|view|mews|commons|green"
)
_NOT_STREET = (
    r"(?:hours?|hrs?|hr|minutes?|mins?|min|days?|weeks?|wks?|months?|years?|yrs?|yr|miles?|blocks?"
    r"|feet|ft|foot|times?|mg|ml|lbs?|pounds?|percent|dollars?|more|long|and|or|but|on|in|to|the|my"
    r"|a|an|of|for|per|is|was|at|from|i|me|it|ct|mri|x-?rays?|disc|discs|level|levels|off|down"
    r"|up|out|over|all|am|pm|people|pills?|step|steps|different|other|separate|lumbar|cervical"
    r"|spinal|through|with|that|if|do|did|you|we|he|she|they|your|this|kids?|stairs?|surger(?:y|ies))"
)
_WORD = rf"(?!{_NOT_STREET}\b)[^\W\d_][\w'’.-]{{0,25}}"
_DIRECTION = r"(?:(?:north|south|east|west|n|s|e|w|ne|nw|se|sw|n\.|s\.|e\.|w\.)\s{1,2})?"
_NAME = rf"(?:\d{{1,3}}(?:st|nd|rd|th)|{_WORD}(?:\s{{1,2}}{_WORD}){{0,4}})"
_UNIT = (
    r"(?:[\s,.]{1,3}(?:apartment|apt|unit|suite|ste|floor|fl|bldg|building|room|rm|lot|trailer|apto"
    r"|departamento|#)[\s.#]{0,3}(?:no\.?\s)?\w{1,6}(?:-\w{1,4})?|[\s,]{1,2}#\s?\w{1,6})?"
)
_STATES = (
    r"AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM"
    r"|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC|PR"
)
_STATE_NAMES = (
    r"alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|florida|georgia"
    r"|hawaii|idaho|illinois|indiana|iowa|kansas|kentucky|louisiana|maine|maryland|massachusetts"
    r"|michigan|minnesota|mississippi|missouri|montana|nebraska|nevada|new\s(?:hampshire|jersey"
    r"|mexico|york)|(?:north|south)\s(?:carolina|dakota)|ohio|oklahoma|oregon|pennsylvania"
    r"|rhode\sisland|tennessee|texas|utah|vermont|(?:west\s)?virginia|washington|wisconsin|wyoming"
)
_ZIP = r"\d{5}(?:[\s-]\d{4})?(?!\w)"
_STATE = rf"(?:(?:{_STATES})\b|(?:{_STATE_NAMES})\b)\.?"
# City, state and ZIP, as far as they follow an address.
_PLACE = (
    rf"(?:[\s,.]{{1,3}}(?:in\s|en\s)?(?:(?!(?:and|i|my|is|but|please|can|for)\b)[^\W\d_][\w.'’-]{{1,20}}"
    rf"[\s,]{{1,2}}){{0,3}}(?:{_STATE}(?:[\s,]{{1,3}}{_ZIP})?|{_ZIP})"
    rf"|,\s(?-i:[A-Z][\w'’-]{{1,20}}(?:\s[A-Z][\w'’-]{{1,20}}){{0,2}})(?=[\s,.;!?]|$))?"
)
_HOUSE = r"(?<![\w.$/-])\d{1,6}(?:-\d{1,4})?(?:\s?[a-d]|\s1/2)?\s{1,2}"
_SIDE = r"(?:\s(?:north|south|east|west|[nsew]{1,2})\b)?"
_STREET = re.compile(
    rf"{_HOUSE}{_DIRECTION}(?:highway|hwy|route|rte|rt|fm|(?:county|parish|township|ranch|farm|state|private|forest)\s(?:road|rd|highway|hwy)|cr|ranch\sroad|loop|interstate|avenue"
    rf"|ave)\s{{1,2}}[\da-z]{{1,5}}\b(?:\s(?:rd|road)\b)?{_SIDE}{_UNIT}{_PLACE}"
    rf"|{_HOUSE}{_DIRECTION}{_NAME}\s{{1,2}}(?:{_CLEAR})\b\.?{_SIDE}{_UNIT}{_PLACE}",
    re.IGNORECASE,
)
_AMBIGUOUS_STREET = re.compile(
    rf"({_HOUSE})({_DIRECTION}{_NAME})\s{{1,2}}(?:{_AMBIGUOUS})\b\.?{_SIDE}{_UNIT}{_PLACE}",
    re.IGNORECASE,
)
_BOX = re.compile(
    rf"(?<!\w)box\s#?\d{{1,6}},\s(?:[^\W\d_][\w.'’-]{{1,20}}[\s,]{{1,2}}){{1,3}}{_STATE}[\s,]{{1,3}}{_ZIP}"
    rf"|(?<!\w)(?:p\.?\s?o\.?\s?box|post\soffice\sbox|apartado(?:\spostal)?)\s?#?\s?\d{{1,7}}\b{_PLACE}",
    re.IGNORECASE,
)
# "Miami, FL 33101", and "zip 33101".
_CITY_ZIP = re.compile(
    rf"(?<!\w)(?:[A-Z][\w.'’-]{{1,20}}[\s,]{{1,2}}){{0,3}}(?:(?:{_STATES})|(?i:{_STATE_NAMES}))\b\.?"
    rf"[\s,]{{1,3}}{_ZIP}"
)
_LOWER_STATE_ZIP = re.compile(rf"(?<!\w)(?:{_STATES})[\s,]{{1,3}}{_ZIP}", re.IGNORECASE)
_ZIP_CUE = re.compile(
    rf"\b(?:zip(?:\s?code)?|postal(?:\scode)?|c[oó]digo\spostal)(?:\s(?:is|es|of)|\s?[:=#])?"
    rf"\s{{0,2}}({_ZIP})",
    re.IGNORECASE,
)
_RURAL = re.compile(
    rf"(?<!\w)(?:rural\s)?(?:route|rt|rr|hc)\.?\s{{0,2}}#?\d{{1,4}},?\s{{1,2}}(?:box|bx)\s?#?\d{{1,6}}\b{_PLACE}",
    re.IGNORECASE,
)
# After "I live at" the street needs no word for street: "I live at 1420 Magnolia".
_CUE = re.compile(
    r"\b(?:(?:live|living|lives|reside|resides|staying|house\sis|home\sis|moved)\s(?:at|to|on)"
    r"|(?:home|mailing|street|my|new|billing)?\s?address(?:\s(?:is|was)|\s?:|\s?-)"
    r"|direcci[oó]n(?:\ses|\s?:)|domicilio(?:\ses|\s?:)|vivo\sen(?:\sla|\sel)?)\s{0,3}"
    rf"((?:(?:\d{{1,6}}|[a-z]{{3,9}}[\s-]?[a-z]{{0,9}})\s{{1,2}}{_DIRECTION}{_NAME}\s{{1,2}}(?:{_CLEAR}|{_AMBIGUOUS})\b\.?"
    rf"|\d{{1,6}}\s{{1,2}}{_DIRECTION}{_NAME}){_UNIT}{_PLACE})",
    re.IGNORECASE,
)
_SPANISH = re.compile(
    r"\b(?:calle|avenida|avda?\.?|carrera|cra\.?|colonia|paseo|camino|calzada|boulevard|privada|callej[oó]n"
    r"|cerrada|andador|prolongaci[oó]n)\s{1,2}"
    r"(?:(?:de|del|la|las|los|el|san|santa)\s){0,2}[\w'’.-]{1,20}(?:\s(?:de\s)?[^\W\d_][\w.'’-]{1,20}){0,2}"
    r"[\s,]{1,2}(?:n[uú]mero|num\.?|no\.?|#|n[º°])?\s{0,2}#?\s?\d{1,6}(?:-\d{1,4})?\b"
    rf"{_UNIT}{_PLACE}",
    re.IGNORECASE,
)
_NUMBER_FIRST = re.compile(
    rf"{_HOUSE}{_DIRECTION}(?:calle|avenida|avda|camino|paseo|via|v[ií]a|rue|calzada|rancho)\s{{1,2}}"
    rf"(?:(?:de|del|la|las|los|el)\s){{0,2}}{_WORD}{_UNIT}{_PLACE}",
    re.IGNORECASE,
)
# "apt #4B" alone; "apt 3pm" is an appointment.
_UNIT_ALONE = re.compile(
    r"\b(?:apartment|apt\.?|unit)\s?(?:(?:#|no\.?|number)\s?\w{1,5}|\d{1,4}-?[a-f])\b",
    re.IGNORECASE,
)
# The word for the street and two words of a unit or place: "27 cypress bend ct apt 3b".
UNIT_WORDS = 2
# "4400 n main", "10450 Bissonnet, building 4": a direction or a unit stands for the word.
_WORDLESS = re.compile(
    rf"(?<![\w.$/-])\d{{3,6}}\s(?:[nsew]|north|south|east|west)\.?\s{_WORD}(?=\s|[,.;!?]|\Z)"
    r"|(?<![\w.$/-])\d{3,6}\s(?-i:[A-Z])[\w'’-]{2,20}(?:\s(?-i:[A-Z])[\w'’-]{2,20})?,?\s"
    r"(?:building|bldg|apt|apartment|unit|suite|ste)\.?\s?#?\w{1,5}"
    r"(?:,?\s(?:apt|apartment|unit|suite|ste)\.?\s?#?\w{1,5})?",
    re.IGNORECASE,
)
_CAPITALISED = re.compile(r"(?:[A-Z]|\d{1,3}(?:st|nd|rd|th))")


def addresses(text: str) -> Iterator[Span]:
    """Every street address, PO box, and ZIP code after a state or the word."""
    for rule in (
        _STREET,
        _BOX,
        _RURAL,
        _NUMBER_FIRST,
        _CITY_ZIP,
        _LOWER_STATE_ZIP,
        _SPANISH,
        _UNIT_ALONE,
        _WORDLESS,
    ):
        for match in rule.finditer(text):
            yield Span(match.start(), match.end(), "address")
    for match in _AMBIGUOUS_STREET.finditer(text):
        whole = match[0][match.end(2) - match.start() :].split()
        if len(match[1].strip()) > 2 or len(whole) > UNIT_WORDS or _CAPITALISED.match(match[2]):
            yield Span(match.start(), match.end(), "address")
    for rule in (_ZIP_CUE, _CUE):
        for match in rule.finditer(text):
            yield Span(*match.span(1), "address")
