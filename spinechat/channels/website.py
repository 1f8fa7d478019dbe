"""HTTP for the chat on the clinic's website (openapi.yml describes it).

In credentials.yml: `spinechat.channels.website.WebsiteChannel:`. Everything lies under /chat/;
the page to try it also lies at /.
"""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic, response
from sanic.exceptions import InvalidUsage, SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from spinechat.channels.gate import Answer, Gate, TurnHandler, refusal
from spinechat.channels.rate_limit import RateLimit, client_address
from spinechat.channels.sessions import Sessions, UnknownSession, signing_key
from spinechat.project import read_yaml
from spinechat.settings import ChannelSettings

logger = logging.getLogger(__name__)

FOLDER = Path(__file__).parent
# A sentence that any trained model understands; readiness is that it does.
KNOWN_SENTENCE = "How long will I be in the hospital after the surgery?"
KNOWN_TOPIC = "hospital_stay"
# Bodies over the limit are read up to here, so that they can be screened; more is cut off.
HARD_LIMIT = 256 * 1024
_ESCAPED_SPACE = re.compile(r"\\[nrtf]")
_NEW_SESSION = "This chat has ended. Please start a new one: POST /chat/session."


class CheckedRequest(Request):
    """A request whose body has a length that can be read.

    Sanic 21.12 believes "Content-Length: -5" and reads in a circle, for all patients, for ever.
    """

    def __init__(self, url_bytes: bytes, headers: Any, *args: Any, **kwargs: Any) -> None:
        """Called by Sanic once the headers are in; raises InvalidUsage, which becomes a 400."""
        super().__init__(url_bytes, headers, *args, **kwargs)
        for length in headers.getall("content-length", []):
            if not (length.isascii() and length.isdigit()):
                raise InvalidUsage("bad length")
        if headers.get("transfer-encoding", "chunked") != "chunked":
            raise InvalidUsage("bad encoding")


class BadBody(ValueError):
    """A request's body is not what openapi.yml says; the message says what is wrong."""


def _to_http(answer: Answer, **headers: str) -> HTTPResponse:
    return response.json(answer.as_json(), status=answer.status, headers=headers)


def _body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise BadBody("The request is not JSON.") from None
    if not isinstance(body, dict):
        raise BadBody("The request is not a JSON object.")
    return body


def _text(request: Request) -> str:
    """What the patient may have written in a body that is refused, without JSON's escapes."""
    try:
        plain = json.dumps(json.loads(request.body), ensure_ascii=False)
        return _ESCAPED_SPACE.sub(" ", plain)
    except (ValueError, RecursionError):
        return str(request.body.decode("utf-8", "replace"))


class WebsiteChannel(InputChannel):
    """The website's channel; the only one enabled by default."""

    def __init__(self, settings: ChannelSettings, key: bytes) -> None:
        self._settings = settings
        self._sessions = Sessions(key, settings.session_seconds)
        self._rate = RateLimit(settings.messages_a_minute)
        self._gate = Gate(self.name(), settings.max_characters, settings.time_limit)

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> WebsiteChannel:
        """Settings come from the environment, see `spinechat.settings`."""
        return cls(ChannelSettings.from_environment(), signing_key())

    @classmethod
    def name(cls) -> str:
        """The channel's name in the tracker."""
        return "website"

    def url_prefix(self) -> str:
        """An absolute path: Rasa puts others under /webhooks/."""
        return "/chat"

    def blueprint(self, on_new_message: TurnHandler) -> Blueprint:
        """The routes."""
        routes = Blueprint("website", __name__)

        @routes.listener("before_server_start")
        async def prepare(app: Sanic, loop: Any) -> None:
            _prepare(app)

        @routes.get("/")
        async def page(request: Request) -> HTTPResponse:
            return await _page()

        @routes.get("/openapi.json")
        async def description(request: Request) -> HTTPResponse:
            return response.json(openapi_document())

        @routes.get("/health")
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "alive"})

        @routes.get("/ready")
        async def ready(request: Request) -> HTTPResponse:
            if await _understands(request.app):
                return response.json({"status": "ready"})
            return _to_http(refusal(503, None))

        @routes.post("/session")
        async def session(request: Request) -> HTTPResponse:
            if not self._rate.allows(self._address(request)):
                return _too_fast(None)
            return response.json({"session": self._sessions.new()})

        @routes.post("/message")
        async def message(request: Request) -> HTTPResponse:
            return await self._message(request, on_new_message)

        return routes

    def _address(self, request: Request) -> str:
        # Some proxies add a line of their own below the one that the client sent.
        forwarded = ",".join(request.headers.getall("x-forwarded-for", []))
        return client_address(request.ip, forwarded, self._settings.trusted_proxies)

    async def _message(self, request: Request, handle: TurnHandler) -> HTTPResponse:
        if len(request.body) > self._settings.max_body:
            return _to_http(refusal(413, _text(request), "That message is too long."))
        try:
            body = _body(request)
        except BadBody as error:
            return _to_http(refusal(400, _text(request), str(error)))
        text = body.get("message")
        if not self._rate.allows(self._address(request)):
            return _too_fast(text)
        try:
            conversation_id = self._sessions.conversation_id(body.get("session"))
        except UnknownSession:
            return _to_http(refusal(401, text, _NEW_SESSION))
        store = request.app.ctx.agent.tracker_store
        return _to_http(await self._gate.turn(text, conversation_id, handle, store))


def _too_fast(text: object) -> HTTPResponse:
    reason = "That was very fast. Please wait a minute and try again."
    return _to_http(refusal(429, text, reason), **{"Retry-After": "60"})


async def _understands(app: Sanic) -> bool:
    """Whether a real parse of the known sentence gives the known topic."""
    agent = getattr(app.ctx, "agent", None)
    if agent is None or not agent.is_ready():
        return False
    try:
        parse = await agent.parse_message(KNOWN_SENTENCE)
    except Exception as error:
        logger.error("readiness failed: %s", type(error).__name__)
        return False
    return bool(parse["intent"]["name"] == KNOWN_TOPIC)


async def _page() -> HTTPResponse:
    return await response.file(FOLDER / "pages" / "try.html", mime_type="text/html; charset=utf-8")


async def _root(request: Request) -> HTTPResponse | None:
    """The page at / in place of Rasa's "Hello from Rasa" with its version."""
    return await _page() if request.path == "/" and request.method == "GET" else None


def _as_answer(request: Request, error: Exception) -> HTTPResponse:
    """Every error as JSON with the fixed sentence; its text goes nowhere."""
    status = error.status_code if isinstance(error, SanicException) else 500
    if status >= 500:
        logger.error("request failed: %s", type(error).__name__)
    # "Allow" of a 405, for example.
    return _to_http(refusal(status, None), **(getattr(error, "headers", None) or {}))


def _without_traceback(record: logging.LogRecord) -> bool:
    """For Sanic's loggers: a connection's error is one line, its kind."""
    if record.exc_info:
        kind = record.exc_info[0]
        record.msg, record.args = f"{record.getMessage()}: {kind and kind.__name__}", ()
        record.exc_info = None
    return True


def _prepare(app: Sanic) -> None:
    for name in ("sanic.root", "sanic.error"):
        logging.getLogger(name).addFilter(_without_traceback)
    app.request_class = CheckedRequest
    app.config.REQUEST_MAX_SIZE = HARD_LIMIT
    app.config.ACCESS_LOG = False
    app.register_middleware(_root, "request")
    app.error_handler.add(Exception, _as_answer)


def openapi_document() -> dict[str, Any]:
    """The OpenAPI document of this channel."""
    return dict(read_yaml("spinechat/channels/openapi.yml"))
