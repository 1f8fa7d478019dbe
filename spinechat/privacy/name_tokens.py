"""Reading a name from a place in a text: how far it goes, and how sure the place must be of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from spinechat.privacy import name_words as words

# A word of letters, with what stands within names: O'Brien, Anne-Marie; an initial with its stop.
TOKEN = re.compile(r"[^\W\d_]\.(?![^\W\d_]{2})|[^\W\d_]+(?:['’\-][^\W\d_]+){0,3}")
# A nickname may stand between: Eleanor "Nell" Fitzgerald.
_BETWEEN = re.compile(r"[ \t\u00a0]{1,2}(?:[\"“'‘(][^\W\d_]{1,15}[\"”'’)][ \t]{1,2})?|\.\s|(?<=\.)")
_COMMA = re.compile(r",\s{1,2}")
_PARTICLES = frozenset(
    "de del la las los van von der den da dos di bin ibn al el st mc o' y viuda vda".split()
)
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|md|phd)\.?\Z", re.IGNORECASE)
# First, two middle, two surnames.
LONGEST = 5
FEW_WORDS = 6


class Cue(IntEnum):
    """How sure what stands before a word makes it a name.

    STRONG: "my name is". TITLE: "Dr.", before a surname or before "said". WEAK: "I'm", "this is",
    where anything may follow. NONE: nothing said so.
    """

    NONE = 0
    WEAK = 1
    TITLE = 2
    STRONG = 3


@dataclass(frozen=True)
class Name:
    """Where a name stands, and of how many words it is."""

    start: int
    end: int
    count: int


def tells_capitals(text: str) -> bool:
    """Whether capitals say anything: not where every letter, or every word of many, has them."""
    heads = [match[0] for match in TOKEN.finditer(text) if len(match[0]) > 1]
    if any(head.islower() for head in heads):
        return True
    return len(heads) <= FEW_WORDS and not text.isupper()


def is_initial(token: str) -> bool:
    """Whether a word is an initial: "J." or "J"."""
    alone = len(token.rstrip(".")) == 1 and token[0].isupper()
    # "I" is who writes, "I." may be Isaac.
    return alone and token != "I"


def _first_word(token: str, cue: Cue, capital: bool) -> bool:
    if words.is_stop(token):
        # "My name is Will", but not "my name is will you call me".
        named = words.is_first_name(token) and not words.is_symptom(token)
        return cue is Cue.STRONG and capital and named
    likely = max(words.first_name(token), words.surname(token) if cue >= Cue.TITLE else 0.0)
    if cue is Cue.STRONG:
        return capital or likely >= words.LIKELY or words.is_unknown(token)
    if capital:
        return likely >= words.LIKELY or (cue is not Cue.NONE and words.is_unknown(token))
    return likely >= (words.SURE if cue is Cue.NONE else words.LIKELY)


def _next_word(token: str, cue: Cue, capital: bool, count: int) -> bool:
    if is_initial(token):
        return True
    if words.is_stop(token):
        return False
    likely = max(words.surname(token), words.first_name(token))
    if capital:
        known_cue = cue is Cue.STRONG or likely >= 1.0
        return known_cue or words.is_unknown(token, words.UNCOMMON_CAPITAL)
    if cue is Cue.STRONG and count == 1:
        # In small letters a word that nobody knows is taken for one surname, not for two.
        return likely >= 1.0 or words.is_unknown(token, words.UNCOMMON_SURNAME)
    return likely >= words.LIKELY


def name_at(text: str, start: int, cue: Cue, capitals: bool) -> Name | None:
    """The name that begins at `start`, or None.

    Args:
        text: the whole message.
        start: where its first letter would stand.
        cue: what stands before it.
        capitals: whether capital letters tell anything in this text.
    """
    match = TOKEN.match(text, start)
    if match is None:
        return None
    token = match[0]
    capital = capitals and token[0].isupper()
    # "J. Smith", "Will Brown", "Nguyen Van Thanh": another word has to say that it is a name.
    named = is_initial(token) or words.is_first_name(token) or not words.is_stop(token)
    known = capital or (cue is not Cue.TITLE and words.is_unknown(token))
    doubtful = known and cue is not Cue.NONE and named and not words.is_symptom(token)
    family_first = words.surname(token) >= words.LIKELY
    if _first_word(token, cue, capital):
        doubtful = False
    elif not doubtful:
        return None
    end, count = match.end(), 1
    while count < LONGEST:
        between = _BETWEEN.match(text, end)
        if between is None or (between[0].startswith(".") and not is_initial(token)):
            break
        following = TOKEN.match(text, between.end())
        particle = following
        while particle is not None and particle[0].lower().rstrip(".") in _PARTICLES:
            particle = TOKEN.match(text, particle.end() + 1)
        if following is None or particle is None:
            break
        token = particle[0]
        capital = capitals and token[0].isupper()
        if not (_next_word(token, cue, capital, count) or _SUFFIX.match(token)):
            break
        given = family_first and (
            words.first_name(token) >= words.LIKELY
            or words.is_unknown(token, words.UNCOMMON_CAPITAL)
        )
        bar = words.LIKELY if capital else words.SURE
        if (capital and given) or words.surname(token) >= bar:
            doubtful = False
        end, count = particle.end(), count + 1
    if doubtful:
        return None
    if count == 1 and capital and words.first_name(token) < words.LIKELY:
        comma = _given_after_comma(text, end)
        end, count = (comma, 2) if comma else (end, count)
    return Name(start, _with_initial(text, end), count)


def _given_after_comma(text: str, end: int) -> int | None:
    """Where the given name ends in "Kowalczyk, Bogdan", if there is one."""
    comma = _COMMA.match(text, end)
    given = TOKEN.match(text, comma.end()) if comma else None
    if given is None or not given[0][0].isupper() or len(given[0]) < 2:
        return None
    likely = words.first_name(given[0]) >= words.LIKELY or words.is_unknown(given[0])
    return given.end() if likely else None


def _with_initial(text: str, end: int) -> int:
    """Includes the stop of an initial at the end."""
    return end + 1 if text[end - 2 : end - 1] in (" ", "") and text[end : end + 1] == "." else end
