"""E-mail addresses, written and spoken: "a_b@x.org", "john dot smith at gmail dot com"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from spinechat.privacy.spans import Span

_MAIL = (
    r"gmail|googlemail|yahoo|ymail|hotmail|icloud|aol|msn|comcast|protonmail|sbcglobal|bellsouth"
)
_PROVIDER = rf"(?:{_MAIL}|outlook|live|proton|verizon|gmx|fastmail|zoho|rocketmail|cox|att|mac|me)"
_TOP = r"(?:com|net|org|edu|gov|mil|io|co|us|me|info|biz|mx|es|ca|uk)"
_LETTER = r"[\w.+'’-]"
_WRITTEN = re.compile(rf"(?<!{_LETTER}){_LETTER}{{1,200}}@[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{0,5}}")
_DOT = r"(?:\s?\.\s?|\s{1,2}(?:dot|punto|point)\s{1,2}|\s?[(\[{]\s?(?:dot|\.)\s?[)\]}]\s?)"
_JOIN = r"\s{1,2}(?:dot|punto|underscore|under\s?score|dash|hyphen|guion|plus)\s{1,2}"
_LOCAL = (
    rf"(?<!{_LETTER})(?:(?:\w\s){{2,20}})?\w{_LETTER}{{0,63}}(?:{_JOIN}{_LETTER}{{1,63}}){{0,4}}"
)
_SIGN = r"(?:\s{0,2}@\s{0,2}|\s?[(\[{]\s?(?:at|@)\s?[)\]}]\s?|\s{1,2}arroba\s{1,2})"
_WORD_AT = r"\s{1,2}at\s{1,2}"
# "look at webmd.com": the word "at" makes an address only before a well-known provider, or before
# a spoken "dot" and after what is no verb.
_SPOKEN = re.compile(
    rf"{_LOCAL}{_SIGN}(?:[\w-]{{1,63}}{_DOT}){{1,3}}{_TOP}\b"
    rf"|{_LOCAL}{_WORD_AT}{_PROVIDER}{_DOT}{_TOP}\b"
    rf"|{_LOCAL}(?:{_SIGN}|{_WORD_AT})(?:{_MAIL})\b"
    rf"|(?!(?:look|looked|looking|read|saw|seen|found|site|it|that|this|you|me|us|them|page|info"
    rf"|website|available|is|are|visit|online|more|here)\s){_LOCAL}{_WORD_AT}"
    rf"(?:[\w-]{{1,63}}\s{{1,2}}(?:dot|punto)\s{{1,2}}){{1,3}}{_TOP}\b",
    re.IGNORECASE,
)
# Words before an address that is spoken in pieces: "my email is maria lopez 72 at gmail dot com".
_AFTER_CUE = re.compile(
    r"\b(?:e-?mail|correo)(?:\s(?:address|electr[oó]nico))?(?:\s(?:is|es)|\s?[:=])\s{0,2}"
    r"((?:[\w.+-]{1,40}\s{1,2}){1,8}(?:at|arroba|@)\s{1,2}[\w-]{2,40}"
    rf"(?:{_DOT}[\w-]{{2,20}}){{0,2}})",
    re.IGNORECASE,
)
_PLAIN_AT = re.compile(
    rf"(?:me|us|you|is|it|her|him|them|by|emails?){_WORD_AT}{_PROVIDER}\b(?!{_DOT})", re.IGNORECASE
)


def emails(text: str) -> Iterator[Span]:
    """Every e-mail address."""
    if "@" in text:
        for match in _WRITTEN.finditer(text):
            # A sentence's last stop, or a quote before it, is not the address's.
            stop = match.end() - (len(match[0]) - len(match[0].rstrip(".-'’")))
            yield Span(match.start(), stop, "email")
    if "@" not in text and not re.search(r"\b(?:at|arroba)\b", text, re.IGNORECASE):
        return
    for match in _SPOKEN.finditer(text):
        if not _PLAIN_AT.fullmatch(match[0]):
            yield Span(match.start(), match.end(), "email")
    for match in _AFTER_CUE.finditer(text):
        yield Span(*match.span(1), "email")
