"""Conversation ids that every database takes.

Ids come from the channels, which make good ones. Rasa itself accepts anything, and a NUL or half
a surrogate pair in one ended the whole server (PostgreSQL and SQLite).
"""

from __future__ import annotations

import hashlib

# The column holds 255.
LONGEST = 200
_MADE = "odd-"


def safe_id(conversation_id: object) -> str:
    """The id itself if it is printable ASCII of at most 200 characters, else a hash of it.

    Two ids never share a name: what looks like one of our hashes is hashed too.
    """
    if (
        isinstance(conversation_id, str)
        and conversation_id
        and conversation_id.isascii()
        and conversation_id.isprintable()
        and len(conversation_id) <= LONGEST
        and not conversation_id.startswith(_MADE)
    ):
        return conversation_id
    named = f"{type(conversation_id).__name__} {conversation_id!r}"
    return _MADE + hashlib.sha256(named.encode("utf-8", "backslashreplace")).hexdigest()
