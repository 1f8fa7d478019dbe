"""HTTP for the chat on the clinic's website (openapi.yml describes it).

In credentials.yml: `spinechat.channels.website.WebsiteChannel:`. Everything lies under /chat/;
the clinic's page with the widget also lies at /.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from spinechat.channels.assets import add_assets, clinic_page
from spinechat.channels.feedback import VERDICTS, alarming, keep, question_of
from spinechat.channels.gate import Answer, Gate, TurnHandler, readable, refusal
from spinechat.channels.http import HARD_LIMIT, Refused, body_of, prepare, text_of, to_http
from spinechat.channels.origins import SESSION_HEADER, Origins
from spinechat.channels.output import plain_reply
from spinechat.channels.rate_limit import RateLimit, client_address
from spinechat.channels.sessions import Sessions, UnknownSession, signing_key
from spinechat.clinic import clinic
from spinechat.monitoring.exporter import Exporter
from spinechat.project import read_yaml
from spinechat.settings import ChannelSettings, MetricsSettings
from spinechat.storage import ConversationStore
from spinechat.topics import Outcome

__all__ = ["HARD_LIMIT", "WebsiteChannel", "openapi_document"]

logger = logging.getLogger(__name__)

# A sentence that the model of any clinic understands; readiness is that it does.
KNOWN_SENTENCE = "What is your phone number?"
KNOWN_TOPIC = "phone_number"
# More topics than any answer serves.
MOST_TOPICS = 20
_NEW_SESSION = "This chat has ended. Please start a new one: POST /chat/session."
_TOO_FAST = "That was very fast. Please wait a minute and try again."
_OTHER_SITE = "This website may not use the chat."
_THANKS = "Thank you. This helps us to improve the answers."


class WebsiteChannel(InputChannel):
    """The website's channel; the only one enabled by default."""

    def __init__(self, settings: ChannelSettings, key: bytes) -> None:
        self._settings = settings
        self._sessions = Sessions(key, settings.session_seconds)
        self._rate = RateLimit(settings.messages_a_minute)
        self._gate = Gate(self.name(), settings.max_characters, settings.time_limit)
        self._origins = Origins(settings.sites)

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
        add_assets(routes)

        @routes.listener("before_server_start")
        async def start(app: Sanic, loop: Any) -> None:
            prepare(app)
            app.register_middleware(_root, "request")
            self._origins.install(app)

        exporter = Exporter(MetricsSettings.from_environment())

        @routes.listener("after_server_start")
        async def show(app: Sanic, loop: Any) -> None:
            await exporter.open(app.ctx.agent)

        @routes.listener("before_server_stop")
        async def hide(app: Sanic, loop: Any) -> None:
            await exporter.close()

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
            return to_http(refusal(503, None))

        @routes.get("/clinic")
        async def about(request: Request) -> HTTPResponse:
            facts = {"name": clinic().name, "phone": clinic().phone,
                     "max_characters": self._settings.max_characters}  # fmt: skip
            return response.json(facts, headers={"Cache-Control": "no-cache"})

        @routes.post("/session")
        async def session(request: Request) -> HTTPResponse:
            self._check_caller(request, None)
            return response.json({"session": self._sessions.new()})

        @routes.delete("/session", ignore_body=False)
        async def forget(request: Request) -> HTTPResponse:
            return await self._forget(request)

        @routes.post("/message")
        async def message(request: Request) -> HTTPResponse:
            body = self._checked_body(request)
            text = body.get("message")
            conversation_id = self._admitted(request, body.get("session"), text)
            store = request.app.ctx.agent.tracker_store
            answer = await self._gate.turn(text, conversation_id, on_new_message, store)
            return to_http(answer)

        @routes.post("/feedback")
        async def feedback(request: Request) -> HTTPResponse:
            return to_http(await self._feedback(request, on_new_message))

        return routes

    def _address(self, request: Request) -> str:
        # Some proxies add a line of their own below the one that the client sent.
        forwarded = ",".join(request.headers.getall("x-forwarded-for", []))
        return client_address(request.ip, forwarded, self._settings.trusted_proxies)

    def _checked_body(self, request: Request) -> dict[str, Any]:
        """The body of a request; raises Refused if it is too long or none."""
        if len(request.body) > self._settings.max_body:
            raise Refused(refusal(413, text_of(request), "That message is too long."))
        return body_of(request)

    def _check_caller(self, request: Request, text: object) -> None:
        """Raises Refused, screened, for another website or one message too many."""
        if not self._origins.allows(request):
            raise Refused(refusal(403, text, _OTHER_SITE))
        if not self._rate.allows(self._address(request)):
            raise Refused(refusal(429, text, _TOO_FAST), **{"Retry-After": "60"})

    def _admitted(self, request: Request, session: object, text: object) -> str:
        """The conversation of a request that may be carried out; raises Refused for others."""
        self._check_caller(request, text)
        try:
            return self._sessions.conversation_id(session)
        except UnknownSession:
            raise Refused(refusal(401, text, _NEW_SESSION)) from None

    async def _forget(self, request: Request) -> HTTPResponse:
        """Deletes a conversation, once the turns that are under way in it are stored."""
        session = request.headers.get(SESSION_HEADER)
        conversation_id = self._admitted(request, session, text_of(request))
        agent = request.app.ctx.agent
        try:
            await asyncio.wait_for(_forgotten(agent, conversation_id), self._settings.time_limit)
        except Exception as error:
            values = {"conversation": conversation_id, "kind": type(error).__name__}
            logger.error("not deleted, %(conversation)s: %(kind)s", values)
            raise Refused(refusal(503, None, "Your chat was not deleted.")) from None
        return response.json({"status": "deleted"})

    async def _feedback(self, request: Request, handle: TurnHandler) -> Answer:
        """Keeps a verdict; a reason that is an alarm is heard as a message would be."""
        body = self._checked_body(request)
        verdict, why, topics = body.get("verdict"), body.get("why", ""), _labels(body.get("topics"))
        # Of a reason with half a letter in it, the model would hear no alarm.
        reason = readable(why) if isinstance(why, str) else ""
        conversation_id = self._admitted(request, body.get("session"), text_of(request))
        agent = request.app.ctx.agent
        if reason and await alarming(agent, reason):
            heard = await self._gate.turn(why, conversation_id, handle, agent.tracker_store)
            if heard.outcome == Outcome.SAFETY.value:
                return heard
        if not isinstance(why, str) or len(why) > self._settings.max_characters:
            limit = f"Please give the reason in at most {self._settings.max_characters} characters."
            raise Refused(refusal(413 if isinstance(why, str) else 400, text_of(request), limit))
        if verdict not in (None, *VERDICTS) or not (verdict or reason) or topics is None:
            raise Refused(refusal(400, text_of(request), "That is no verdict on an answer."))
        question = await question_of(agent.tracker_store, conversation_id, topics)
        if question is None:
            raise Refused(refusal(400, text_of(request), "There is no such answer in this chat."))
        keep(verdict, reason, question, topics)
        return Answer(200, [plain_reply(_THANKS)], Outcome.ANSWERED.value)


async def _forgotten(agent: Any, conversation_id: str) -> None:
    async with agent.lock_store.lock(conversation_id):
        await ConversationStore().forget_in_turn(conversation_id)


def _labels(topics: object) -> list[str] | None:
    """The topics of a verdict; None if they are no list of labels."""
    if not isinstance(topics, list) or len(topics) > MOST_TOPICS:
        return None
    return topics if all(isinstance(topic, str) for topic in topics) else None


async def _understands(app: Sanic) -> bool:
    """Whether a real parse of the known sentence gives the known topic."""
    agent = getattr(app.ctx, "agent", None)
    if agent is None or not agent.is_ready():
        return False
    try:
        parse = await agent.parse_message(KNOWN_SENTENCE)
    except Exception as error:
        logger.error("readiness failed: %(kind)s", {"kind": type(error).__name__})
        return False
    return bool(parse["intent"]["name"] == KNOWN_TOPIC)


async def _root(request: Request) -> HTTPResponse | None:
    """The page at / in place of Rasa's "Hello from Rasa" with its version."""
    return clinic_page() if request.path == "/" and request.method == "GET" else None


def openapi_document() -> dict[str, Any]:
    """The OpenAPI document of this channel."""
    return dict(read_yaml("spinechat/channels/openapi.yml"))
