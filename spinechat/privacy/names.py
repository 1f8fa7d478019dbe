"""Names of people: after "my name is" and the like, in signatures, and first name with surname.

A doctor's name is masked like any other: it tells who treats whom.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from spinechat.privacy import name_cues as cues
from spinechat.privacy import name_words as words
from spinechat.privacy.name_tokens import TOKEN, Cue, Name, name_at, tells_capitals
from spinechat.privacy.spans import Span

# In small letters, shorter words are too often something else ("pa na").
SHORTEST = 3
# A surname that no list has, after a first name in small letters.
SHORTEST_RARE = 5
# How far back a place's words ("transferred me over to") and a word before a name are looked for.
PLACE_REACH, WORD_REACH = 30, 16


def _strong(text: str, capitals: bool) -> Iterator[Name | None]:
    for match in cues.STRONG.finditer(text):
        yield name_at(text, match.end(), Cue.STRONG, capitals)
    for match in cues.TITLE.finditer(text):
        yield name_at(text, match.end(), Cue.TITLE, capitals)
    for match in cues.COURTESY.finditer(text):
        token = TOKEN.match(text, match.end())
        if token is not None and words.is_unknown(token[0]):
            yield Name(token.start(), token.end(), 1)
    if capitals:
        for match in cues.STAFF.finditer(text):
            yield name_at(text, match.end(), Cue.TITLE, capitals)
        for match in cues.MET.finditer(text):
            name = name_at(text, match.end(), Cue.WEAK, capitals)
            if name is not None and _begins_sure(text, name):
                yield name


def _begins_sure(text: str, name: Name) -> bool:
    token = TOKEN.match(text, name.start)
    return token is not None and words.first_name(token[0]) >= words.SURE


def _weak(text: str, capitals: bool) -> Iterator[Name | None]:
    for match in cues.WEAK.finditer(text):
        name = name_at(text, match.end(), Cue.WEAK, capitals)
        if name is None:
            name = _of_two_words(text, match, capitals) or _of_a_word(text, match, capitals)
        if name is None:
            continue
        name = _with_rare_surname(text, name)
        spoken = text[name.start : name.end]
        listed = capitals and spoken[0].isupper() and words.first_name(spoken) >= words.LIKELY
        family = cues.OWN_FAMILY.match(match[0]) or (
            cues.NAMING.match(match[0]) and (spoken[0].isupper() or _begins_sure(text, name))
        )
        if listed or family or name.count > 1 or cues.END.match(text, name.end):
            yield name
    for match in cues.CALLING.finditer(text):
        yield _whole(text, match.start(1), match.end(1), capitals)
    for match in cues.HERE.finditer(text):
        yield _whole(text, match.end(), match.end(1), capitals)
    for match in cues.PUT_DOWN.finditer(text):
        yield _whole(text, match.start(1), match.end(1), capitals)


def _of_two_words(text: str, cue: re.Match[str], capitals: bool) -> Name | None:
    """Two capitalised words, the first a word as well: "I'm Will Hope", "I'm Sunday Adeyemi"."""
    first = TOKEN.match(text, cue.end())
    last = TOKEN.match(text, first.end() + 1) if first else None
    if not capitals or first is None or last is None or text[first.end()] != " ":
        return None
    if not (cues.MYSELF.match(cue[0]) and first[0][0].isupper() and last[0][0].isupper()):
        return None
    both = len(first[0]) > 1 and len(last[0]) > 1 and cues.END.match(text, last.end())
    given = words.is_first_name(first[0]) or words.is_date_word(first[0])
    family = words.is_surname(last[0]) or words.is_unknown(last[0], words.UNCOMMON_CAPITAL)
    symptom = words.is_symptom(first[0]) or words.is_stop(last[0])
    return Name(first.start(), last.end(), 2) if both and given and family and not symptom else None


def _of_a_word(text: str, cue: re.Match[str], capitals: bool) -> Name | None:
    """A capitalised first name that is a word too: "my daughter Hope", "I'm Faith."."""
    first = TOKEN.match(text, cue.end())
    if not capitals or first is None or not first[0][0].isupper() or words.is_stop(first[0]):
        return None
    own = cues.OWN_FAMILY.match(cue[0]) and words.is_first_name(first[0])
    said = cues.MYSELF.match(cue[0]) and words.first_name(first[0]) >= 1.0
    ends = cues.END.match(text, first.end())
    return Name(first.start(), first.end(), 1) if own or (said and ends) else None


def _with_rare_surname(text: str, name: Name) -> Name:
    """With a surname that no list has, or that is a word too: "this is anthony scarpelli,"."""
    token = TOKEN.match(text, name.start)
    if name.count > 1 or token is None:
        return name
    if words.first_name(token[0]) < words.LIKELY and not token[0][0].isupper():
        return name
    last = TOKEN.match(text, name.end + 1) if text[name.end : name.end + 1] == " " else None
    if last is None or words.is_stop(last[0]):
        return name
    rare = len(last[0]) >= SHORTEST_RARE and words.is_unknown(last[0])
    if not rare and not (last[0][0].isupper() and words.is_surname(last[0])):
        return name
    return Name(name.start, last.end(), 2) if cues.END.match(text, last.end()) else name


def _before_date(text: str, capitals: bool) -> Iterator[Name | None]:
    for match in cues.BEFORE_DATE.finditer(text):
        name = _whole(text, match.start(1), match.end(1), capitals)
        if name is not None and words.surname(match[1].split()[-1]) >= words.LIKELY:
            yield name


def _alone(text: str, capitals: bool) -> Iterator[Name | None]:
    """Names that are all between two stops, in small letters too: "hi, shania whitlow, can I"."""
    for match in cues.SEGMENT.finditer(text):
        name = _whole(text, match.start(1), match.end(1), capitals)
        first, last = match[1].split()[0], match[1].split()[-1]
        # Unknown small words are mostly Spanish ones.
        sure = words.first_name(first) >= words.LIKELY or (capitals and last[0].isupper())
        sure = sure and words.surname(last) >= words.SURE
        if name is not None and (sure or (capitals and _closes(text, match))):
            yield name
    for rule in (cues.ONE_WORD, cues.SUBJECT, cues.LAST_WORD, cues.ADDRESS):
        for match in rule.finditer(text):
            place = match[1].lower() in cues.PLACES
            if capitals and not place and words.first_name(match[1]) >= words.SURE:
                yield Name(match.start(1), match.end(1), 1)


def _amid(text: str, capitals: bool) -> Iterator[Name | None]:
    """First names with a capital within a sentence, and surnames behind an initial."""
    if not capitals:
        return
    for match in cues.AMID.finditer(text):
        before = cues.CAPITAL_BEFORE.search(
            text, max(0, match.start() - PLACE_REACH), match.start()
        )
        known = cues.KNOWN.match(text, match.start()) or match[1].lower() in cues.PLACES
        apart = text[match.start() - 1] == "("
        if (apart or not before) and not known and words.first_name(match[1]) >= words.SURE:
            yield Name(match.start(1), match.end(1), 1)
    for match in cues.INITIAL.finditer(text):
        if words.surname(match[1]) >= words.LIKELY:
            yield Name(match.start(), match.end(), 2)


def _whose(text: str, capitals: bool) -> Iterator[Name | None]:
    """Names before what tells that they are: "Darlene's husband", "Whitfield is my last name"."""
    for match in cues.WHOSE.finditer(text):
        group = 1 if match[1] else 2
        if words.first_name(match[group]) >= words.SURE:
            yield _with_first_before(text, Name(*match.span(group), 1))
    for match in cues.TURNED.finditer(text):
        likely = max(words.first_name(match[1]), words.surname(match[1]))
        if likely >= words.LIKELY or words.is_unknown(match[1]):
            yield Name(*match.span(1), 1)
    for match in cues.HYPHENED.finditer(text):
        yield Name(match.start(), match.end(), 1)


def _closes(text: str, segment: re.Match[str]) -> bool:
    """Whether capitalised words end a text of more than one sentence, as a signature does."""
    every = all(word[0].isupper() for word in segment[1].split())
    begins = text[segment.start() : segment.start(1)].strip()
    return every and begins in (".", "!", "?") and not text[segment.end() :].strip(" .!")


def _whole(text: str, start: int, end: int, capitals: bool) -> Name | None:
    """A name that has to reach to `end`, which makes its place a sure one."""
    strict = Cue.STRONG if len(text[start:end].split()) > 1 else Cue.WEAK
    name = name_at(text, start, strict, capitals)
    likely = max(words.first_name(text[start:end].split()[0]), 0.0) if name else 0.0
    unknown = name is not None and words.is_unknown(text[start:end].split()[0])
    reaches = name is not None and not text[name.end : end].strip(" .")
    return name if reaches and (likely >= words.LIKELY or unknown) else None


def _signatures(text: str, capitals: bool) -> Iterator[Name | None]:
    for match in cues.SIGNED.finditer(text):
        rank = cues.RANK.match(text, match.end())
        start = rank.end() if rank else match.end()
        if TOKEN.match(text, start) is None:
            continue
        name = name_at(text, start, Cue.TITLE if rank else Cue.WEAK, capitals)
        if name is None and capitals and _initials(text, start):
            name = Name(start, len(text.rstrip(" .")), 1)
        if name is not None and cues.AFTER.match(text, name.end):
            yield name


def _initials(text: str, start: int) -> bool:
    return bool(re.fullmatch(r"(?:[A-Z]\.\s?){2,3}\s*", text[start : start + 12]))


def _full_names(text: str, capitals: bool) -> Iterator[Name | None]:
    """First name and surname together, wherever they stand."""
    end = -1
    for match in TOKEN.finditer(text):
        token = match[0]
        if match.start() < end:
            continue
        reach = max(0, match.start() - PLACE_REACH)
        known = cues.KNOWN.match(text, match.start())
        if known or cues.PLACE_BEFORE.search(text, reach, match.start()):
            # The rest of the place's name is none either.
            place = name_at(text, match.start(), Cue.WEAK, capitals)
            end = place.end if place and place.count > 1 else end
            continue
        capital = capitals and token[0].isupper()
        listed = words.first_name(token) >= words.LIKELY
        # "Zach Pruitt": the surname speaks for both.
        if not listed and not (capital and words.is_unknown(token, words.UNCOMMON_CAPITAL)):
            continue
        cue = Cue.WEAK if capital else Cue.NONE
        name = name_at(text, match.start(), cue, capitals)
        if name is None or name.count < 2:
            continue
        last = TOKEN.findall(text[name.start : name.end])[-1]
        if not capital and min(len(token), len(last)) < SHORTEST:
            continue
        if capital and not listed and not last[0].isupper():
            continue
        bar = words.LIKELY if capital and listed else words.SURE
        unknown = capital and listed and last[0].isupper() and words.is_unknown(last)
        if words.surname(last) >= bar or unknown:
            end = name.end
            yield _with_first_before(text, name)
    for match in cues.SURNAME_FIRST.finditer(text):
        if words.surname(match[1]) >= words.LIKELY and words.first_name(match[2]) >= words.SURE:
            given = name_at(text, match.start(2), Cue.WEAK, True)
            yield Name(match.start(), given.end if given else match.end(), 2)


def _with_first_before(text: str, name: Name) -> Name:
    """With a first name before it that is also a word: "jo beth mclemore"."""
    before = cues.WORD_BEFORE.search(text, max(0, name.start - WORD_REACH), name.start)
    if before is None or words.is_stop(before[1]) or not words.is_first_name(before[1]):
        return name
    return Name(before.start(1), name.end, name.count + 1)


def names(text: str) -> Iterator[Span]:
    """Every name of a person."""
    capitals = tells_capitals(text)
    for rule in (_strong, _weak, _before_date, _alone, _amid, _whose, _signatures, _full_names):
        for name in rule(text, capitals):
            if name is not None:
                if cues.INSTITUTION.match(text, name.end):
                    continue
                yield Span(name.start, name.end, "name")
    for match in cues.SPELLED.finditer(text):
        yield Span(*match.span(1), "name")
    for match in cues.SPELLED_OUT.finditer(text):
        yield Span(match.start(), match.end(), "name")
