"""Masks identifiers in a patient's message; docs/privacy.md lists them.

Called after the red-flag screen has read the raw text, and before anything is stored. The
clinic's own number stays, as it leads back to nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from spinechat.privacy.accounts import accounts
from spinechat.privacy.addresses import addresses
from spinechat.privacy.dates import dates
from spinechat.privacy.emails import emails
from spinechat.privacy.names import names
from spinechat.privacy.numbers import numbers
from spinechat.privacy.phones import phones
from spinechat.privacy.spans import Span, replaced, without

FINDERS: tuple[Callable[[str], Iterator[Span]], ...] = (
    emails,
    dates,
    numbers,
    addresses,
    accounts,
    names,
)
# A mask can bring two things together that were apart; after so many rounds nothing is left.
ROUNDS = 5


def _once(text: str) -> str:
    others, own = phones(text)
    found = [*others, *(span for find in FINDERS for span in find(text))]
    return replaced(text, without(text, found, own))


def masked(text: str) -> str:
    """The text with identifiers replaced by their kind in round brackets."""
    for _ in range(ROUNDS):
        before, text = text, _once(text)
        if text == before:
            break
    return text
