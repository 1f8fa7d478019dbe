"""Replies in media without the website's buttons: plain text, numbers to call, numbered choices."""

from __future__ import annotations

import re
from collections.abc import Sequence

import phonenumbers

from spinechat.channels.output import Reply
from spinechat.channels.texts import choices_line

REGION = "US"
_TEL = "tel:"
_BREAKS = ("\n\n", "\n", ". ", "? ", "! ", "; ", ", ", " ")
# What GSM 03.38 cannot write, in letters that it can: one such sign doubles a message's price.
_TYPOGRAPHY = str.maketrans({
    "‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ",
    "•": "-",
})  # fmt: skip
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE = frozenset("^{}\\[~]|€")


def number_of(button: dict[str, str]) -> str:
    """The phone number behind a button, as patients read it; empty if there is none."""
    url = button.get("url", "")
    return url[len(_TEL) :] if url.startswith(_TEL) else ""


def international(number: str) -> str:
    """A number as every phone dials it (+18005550100); 911 and 988 stay as they are."""
    digits = re.sub(r"\D", "", number)
    if len(digits) <= 3:
        return digits
    parsed = phonenumbers.parse(number, REGION)
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def choices(reply: Reply) -> list[dict[str, str]]:
    """The buttons that ask something."""
    return [button for button in reply["buttons"] if button.get("payload")]


def links(reply: Reply) -> list[dict[str, str]]:
    """The buttons that lead to a number or a page."""
    return [b for b in reply["buttons"] if b.get("url") and not b.get("payload")]


def with_links(reply: Reply, everywhere: bool = False) -> str:
    """The text, with the numbers and addresses of its buttons in lines below it.

    Args:
        reply: its text has most of its numbers already; those are not said twice.
        everywhere: write numbers as every phone dials them, also those in the text: some apps
            make only such numbers tappable.
    """
    text = str(reply["text"])
    lines = []
    for button in links(reply):
        shown = number_of(button) or button["url"]
        if everywhere and number_of(button):
            shown = international(shown)
        if shown not in text:
            lines.append(f"{button['title']}: {shown}")
    return "\n".join([text, *lines])


def numbered(reply: Reply) -> str:
    """The text with its choices as a numbered list, for media without buttons."""
    text = with_links(reply)
    titles = [button["title"] for button in choices(reply)]
    if not titles:
        return text
    listed = [f"{at}. {title}" for at, title in enumerate(titles, start=1)]
    return "\n".join([text, choices_line("sms"), *listed])


def split(text: str, limit: int) -> list[str]:
    """A text in pieces of at most `limit` characters, broken where a reader would breathe."""
    pieces = []
    rest = text.strip()
    while len(rest) > limit:
        head = rest[: limit + 1]
        cuts = (_last(head, mark, limit) for mark in _BREAKS)
        at = next((cut for cut in cuts if cut > limit // 3), limit)
        pieces.append(rest[:at].strip())
        rest = rest[at:].strip()
    return [*pieces, rest] if rest else pieces


def _last(head: str, mark: str, limit: int) -> int:
    """Where the last such break ends, within the limit; -1 without one."""
    at = head.rfind(mark)
    return min(at + len(mark), limit) if at >= 0 else -1


def shortened(title: str, limit: int) -> str:
    """A title in at most `limit` characters."""
    return title if len(title) <= limit else f"{title[: limit - 1].rstrip()}…"


def groups(items: Sequence[dict[str, str]], size: int) -> list[list[dict[str, str]]]:
    """Items in groups of at most `size`, in their order."""
    return [list(items[at : at + size]) for at in range(0, len(items), size)]


def sms_text(text: str) -> str:
    """The same in signs that a text message can hold at the usual price, where that is possible."""
    return text.translate(_TYPOGRAPHY)


def segments(text: str) -> int:
    """How many text messages a carrier makes of it, and bills.

    GSM 03.38: 160 signs in one, 153 in each of several; with any other sign UCS-2: 70 and 67.
    """
    if all(sign in _GSM or sign in _GSM_DOUBLE for sign in text):
        length = sum(2 if sign in _GSM_DOUBLE else 1 for sign in text)
        single, several = 160, 153
    else:
        length, single, several = len(text.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= single else -(-length // several)
