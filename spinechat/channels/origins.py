"""Which websites may use the chat: CORS, the check of Origin, and headers of every response.

A browser names the page's site in Origin. The server's own site is always allowed; others are
listed in SPINECHAT_SITES. No cookie or password is ever asked for, so no
Access-Control-Allow-Credentials is sent; Rasa's own CORS would send it with every answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

PREFIX = "/chat"
METHODS = "GET, POST, DELETE"
# The header that names the session where a request has no body.
SESSION_HEADER = "X-Session"
# Seconds a browser may remember a preflight's answer; Chromium caps it at two hours.
PREFLIGHT_AGE = 7200


@dataclass(frozen=True)
class Origins:
    """The sites that may use the chat.

    Attributes:
        sites: their origins, such as "https://www.clinic.example".
    """

    sites: frozenset[str]

    def allows(self, request: Request) -> bool:
        """Whether a request comes from the server's own site, from a listed one, or no browser."""
        origin = request.headers.get("origin")
        if origin is None or origin in self.sites:
            return True
        # The scheme is left out: behind a proxy the server does not know its own.
        return origin != "null" and urlsplit(origin).netloc == request.headers.get("host")

    def install(self, app: Sanic) -> None:
        """Puts the two below around every request."""
        # Rasa's CORS answers preflights before any other middleware, and adds its headers last.
        app.request_middleware.appendleft(self._preflight)
        app.response_middleware.append(self._headers)

    async def _preflight(self, request: Request) -> HTTPResponse | None:
        if request.method != "OPTIONS":
            return None
        ours = request.path.startswith(f"{PREFIX}/") and self.allows(request)
        return response.empty(204 if ours else 403)

    async def _headers(self, request: Request, answer: HTTPResponse) -> None:
        for name in [name for name in answer.headers if name.lower().startswith("access-control-")]:
            del answer.headers[name]
        answer.headers.setdefault("X-Content-Type-Options", "nosniff")
        if not request.path.startswith(f"{PREFIX}/"):
            return
        # Caches must not hand one site's answer to another.
        vary = answer.headers.get("vary")
        answer.headers["Vary"] = f"{vary}, Origin" if vary else "Origin"
        origin = request.headers.get("origin")
        if origin is None or not self.allows(request):
            return
        answer.headers["Access-Control-Allow-Origin"] = origin
        if request.method == "OPTIONS":
            answer.headers["Access-Control-Allow-Methods"] = METHODS
            answer.headers["Access-Control-Allow-Headers"] = f"Content-Type, {SESSION_HEADER}"
            answer.headers["Access-Control-Max-Age"] = str(PREFLIGHT_AGE)
