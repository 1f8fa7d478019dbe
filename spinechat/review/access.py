"""Who may use the review page: the person at this machine who sees the terminal.

The code stands in the terminal, is typed into a form and never in an address; the browser then
keeps a cookie that no script reads and no other site sends. Host and Origin are checked, so that
no page from elsewhere reaches in through the browser (DNS rebinding, cross-site requests).
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field

COOKIE = "review"
# Wrong codes until the page must be started anew.
TRIES = 5
# What every answer carries.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@dataclass
class Access:
    """The code of one run, and the cookie it is exchanged for.

    Attributes:
        port: that the page listens on.
        code: to be typed.
    """

    port: int
    code: str = field(default_factory=lambda: secrets.token_hex(4))
    _cookie: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    _left: int = TRIES

    @property
    def hosts(self) -> tuple[str, ...]:
        """Hosts that a request may name."""
        return (f"127.0.0.1:{self.port}", f"localhost:{self.port}")

    def is_from_here(self, method: str, host: str, origin: str | None) -> bool:
        """Whether a request names this machine, and was not made by another site's page."""
        if host not in self.hosts:
            return False
        # Browsers send Origin with every POST.
        same = origin in [f"http://{name}" for name in self.hosts]
        return same if method == "POST" else origin is None or same

    def exchange(self, code: str) -> str | None:
        """The cookie for the right code; None for a wrong one, or after too many."""
        if self._left <= 0:
            return None
        if hmac.compare_digest(code.strip().encode(), self.code.encode()):
            return self._cookie
        self._left -= 1
        return None

    def has_entered(self, cookie: str | None) -> bool:
        """Whether a cookie is this run's."""
        return cookie is not None and hmac.compare_digest(cookie.encode(), self._cookie.encode())
