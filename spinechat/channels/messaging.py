"""The messaging channels' routes, for Rasa.

In credentials.yml: `spinechat.channels.messaging.MessagingChannels:`. Each open channel
(SPINECHAT_CHANNELS) has one address, /webhooks/<its name>; one that is not open has none. A
request is answered once its messages are stored.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from typing import IO, Any

from rasa.core.channels.channel import InputChannel
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from spinechat.channels.base import BadHook, Channel, Forged, Hook, Response
from spinechat.channels.gate import Gate, TurnHandler
from spinechat.channels.inbox import Inbox
from spinechat.channels.meta import Messenger, WhatsApp
from spinechat.channels.options import WEBHOOKS, Options
from spinechat.channels.post_office import PostOffice
from spinechat.channels.sessions import signing_key
from spinechat.channels.slack import Slack
from spinechat.channels.telegram import Telegram
from spinechat.channels.twilio import TwilioSms, TwilioWhatsApp
from spinechat.channels.twilio_voice import LONGEST_TURN, TwilioVoice
from spinechat.settings import BadSetting, ChannelSettings, data_folder

logger = logging.getLogger(__name__)

CHANNELS: tuple[type[Channel], ...] = (
    TwilioSms, TwilioWhatsApp, Messenger, WhatsApp, Telegram, Slack,
)  # fmt: skip
LOCK = "inbox.lock"
Serve = Callable[[Hook], Awaitable[Response]]


class MessagingChannels(InputChannel):
    """All open messaging channels, with one inbox."""

    def __init__(self, options: Options, settings: ChannelSettings) -> None:
        self._options, self._settings = options, settings
        self._channels = [made(options) for made in CHANNELS if made.name in options.enabled]
        self._voice = TwilioVoice(options) if TwilioVoice.name in options.enabled else None
        self._lock: IO[bytes] | None = None
        self._tidying: asyncio.Task[None] | None = None

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> MessagingChannels:
        """Settings come from the environment, see options.py.

        Raises:
            RasaException: one of them is missing or wrong; `rasa run` prints its sentence.
        """
        try:
            return cls(Options.from_environment(), ChannelSettings.from_environment())
        except BadSetting as error:
            raise RasaException(str(error)) from None

    @classmethod
    def name(cls) -> str:
        """Its name for Rasa; the tracker gets the names of the channels."""
        return "messaging"

    def url_prefix(self) -> str:
        """Where all webhooks lie."""
        return WEBHOOKS

    def blueprint(self, on_new_message: TurnHandler) -> Blueprint:
        """The routes of the open channels."""
        routes = Blueprint("messaging", __name__)
        if not self._options.enabled:
            return routes
        office = self._office()

        @routes.listener("after_server_start")
        async def begin(app: Sanic, loop: Any) -> None:
            office.open(on_new_message, lambda: app.ctx.agent.tracker_store)
            self._tidying = asyncio.create_task(office.tidy(self._options.keep_seconds))
            # A second process on the same folder must not answer what the first one is at.
            self._lock = _locked()
            if self._lock is not None:
                office.resume()

        @routes.listener("before_server_stop")
        async def end(app: Sanic, loop: Any) -> None:
            if self._tidying is not None:
                self._tidying.cancel()
            await office.close()
            if self._lock is not None:
                self._lock.close()

        for channel in self._channels:
            serve = partial(_message, channel, office)
            _add(routes, channel.name, "POST", channel.authenticate, serve)
            _add(routes, channel.name, "GET", _anybody, partial(_challenge, channel))
        if self._voice is not None:
            serve = partial(_call, self._voice, office)
            _add(routes, self._voice.name, "POST", self._voice.authenticate, serve)
        return routes

    def _office(self) -> PostOffice:
        settings = self._settings
        gates = {
            name: Gate(name, settings.max_characters, settings.time_limit, numbered=True)
            for name in self._options.enabled
        }
        if self._voice is not None:
            limit = min(settings.time_limit, LONGEST_TURN)
            name = self._voice.name
            gates[name] = Gate(name, settings.max_characters, limit, numbered=True)
        rate = settings.messages_a_minute
        return PostOffice(self._channels, Inbox(), signing_key(), gates, rate)


def _locked() -> IO[bytes] | None:
    """The data folder's lock for left-over messages, or None if another process has it."""
    file = (data_folder() / LOCK).open("wb")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def _add(
    routes: Blueprint, name: str, method: str, authenticate: Callable[[Hook], None], serve: Serve
) -> None:
    async def handler(request: Request) -> HTTPResponse:
        headers = {key.lower(): value for key, value in request.headers.items()}
        hook = Hook(request.query_string, headers, request.body)
        try:
            authenticate(hook)
            answer = await serve(hook)
        except Forged:
            logger.warning("a request to %s was not genuine", name)
            return response.text("Not allowed.", status=403)
        except BadHook:
            logger.warning("a request to %s could not be read", name)
            return response.text("Not understood.", status=400)
        except sqlite3.Error as error:
            # Not acknowledged: the vendor sends it again.
            logger.error("a message to %s was not stored: %s", name, type(error).__name__)
            return response.text("Not stored.", status=503)
        return response.text(answer.body, content_type=answer.content_type)

    routes.add_route(handler, f"/{name}", methods=[method], name=f"{name}_{method.lower()}")


def _anybody(hook: Hook) -> None:
    """A GET proves itself by what it asks."""


async def _challenge(channel: Channel, hook: Hook) -> Response:
    return channel.challenge(hook)


async def _message(channel: Channel, office: PostOffice, hook: Hook) -> Response:
    await office.accept(channel, channel.parse(hook))
    return channel.acknowledge(hook)


async def _call(voice: TwilioVoice, office: PostOffice, hook: Hook) -> Response:
    return await voice.answer(hook, partial(office.spoken_turn, voice))
