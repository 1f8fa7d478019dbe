"""Signed session ids: the server makes them, and accepts no others.

A session is base64url of 16 random bytes, 5 bytes of its end (seconds since 1970), and 16 bytes
of an HMAC-SHA256 over both. Whoever holds the key can check it, after a restart and in another
process too; nobody can guess one or make one up.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from spinechat.settings import BadSetting, data_folder

RANDOM_BYTES = 16
END_BYTES = 5
SIGNATURE_BYTES = 16
KEY_BYTES = 32
SECRET_FILE = "secret"
# Set before the random part in conversation ids, so that no two channels share one.
PREFIX = "web-"


class UnknownSession(Exception):
    """The session is not one of ours, or it has ended."""


def signing_key() -> bytes:
    """SPINECHAT_SECRET, else a key of 32 random bytes kept in the data folder (mode 600)."""
    given = os.environ.get("SPINECHAT_SECRET")
    if given:
        return given.encode()
    path = data_folder() / SECRET_FILE
    if not path.exists():
        _make_key(path)
    key = path.read_bytes()
    if len(key) < KEY_BYTES:
        raise BadSetting(f"{path} holds no whole key. Please delete it; a new one will be made.")
    return key


def _make_key(path: Path) -> None:
    """Makes the key whole under another name (mode 600) and links it in place.

    Of two processes that start at once the second finds the first one's key, never half of one.
    """
    descriptor, draft = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(secrets.token_hex(KEY_BYTES).encode())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        Path(draft).unlink()


def _spelled(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass(frozen=True)
class Sessions:
    """Makes and checks sessions.

    Attributes:
        key: see `signing_key`.
        lifetime: seconds a session lasts.
    """

    key: bytes
    lifetime: int

    def _signature(self, body: bytes) -> bytes:
        return hmac.new(self.key, body, hashlib.sha256).digest()[:SIGNATURE_BYTES]

    def new(self) -> str:
        """A fresh session."""
        end = int(time.time()) + self.lifetime
        body = secrets.token_bytes(RANDOM_BYTES) + end.to_bytes(END_BYTES, "big")
        return _spelled(body + self._signature(body))

    def conversation_id(self, session: object) -> str:
        """The conversation that a session stands for.

        Raises:
            UnknownSession: it is not text, not ours or has ended.
        """
        if not isinstance(session, str) or len(session) > 64 or not session.isascii():
            raise UnknownSession
        try:
            raw = base64.urlsafe_b64decode(session + "=" * (-len(session) % 4))
        except (binascii.Error, ValueError):
            raise UnknownSession from None
        # Only in the one spelling that `new` gives: base64 has spare bits and two alphabets.
        if _spelled(raw) != session:
            raise UnknownSession
        body, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
        if len(body) != RANDOM_BYTES + END_BYTES:
            raise UnknownSession
        if not hmac.compare_digest(signature, self._signature(body)):
            raise UnknownSession
        if int.from_bytes(body[RANDOM_BYTES:], "big") < time.time():
            raise UnknownSession
        return PREFIX + body[:RANDOM_BYTES].hex()
