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
import time
from dataclasses import dataclass
from pathlib import Path

from spinechat.settings import data_folder

RANDOM_BYTES = 16
END_BYTES = 5
SIGNATURE_BYTES = 16
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
    try:
        # Made whole under another name and linked in place: of two processes that start at once
        # the second finds the first one's key, never half of one.
        draft = path.with_name(f"{SECRET_FILE}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(secrets.token_hex(32).encode())
        try:
            os.link(draft, path)
        finally:
            Path(draft).unlink()
    except FileExistsError:
        pass
    return path.read_bytes()


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
        return base64.urlsafe_b64encode(body + self._signature(body)).decode().rstrip("=")

    def conversation_id(self, session: object) -> str:
        """The conversation that a session stands for.

        Raises:
            UnknownSession: it is not text, not ours or has ended.
        """
        if not isinstance(session, str) or len(session) > 64 or not session.isascii():
            raise UnknownSession
        try:
            raw = base64.b64decode(session + "=" * (-len(session) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise UnknownSession from None
        body, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
        if len(body) != RANDOM_BYTES + END_BYTES:
            raise UnknownSession
        if not hmac.compare_digest(signature, self._signature(body)):
            raise UnknownSession
        if int.from_bytes(body[RANDOM_BYTES:], "big") < time.time():
            raise UnknownSession
        return PREFIX + body[:RANDOM_BYTES].hex()
