"""Telegram: the Bot API over a webhook (core.telegram.org/bots/api).

Nothing is called at import or start; `spinechat telegram` tells Telegram the webhook's address.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from spinechat.channels.base import Call, Channel, Forged, Hook, Incoming, Part
from spinechat.channels.options import Options
from spinechat.channels.output import Reply
from spinechat.channels.rendering import choices, split, with_links

MAX_TEXT = 4096
# The fields of an update that hold a person's message; other kinds are not asked for.
UPDATES = ["message", "callback_query"]


def api_address(options: Options, method: str) -> str:
    """Address of a method; it holds the token, so it must not be logged."""
    base, token = options["SPINECHAT_TELEGRAM_API_URL"], options["SPINECHAT_TELEGRAM_TOKEN"]
    return f"{base}/bot{token}/{method}"


def set_webhook(options: Options) -> Call:
    """The call that tells Telegram where messages go."""
    body = {
        "url": options.webhook("telegram"),
        "secret_token": options["SPINECHAT_TELEGRAM_SECRET"],
        "allowed_updates": UPDATES,
    }
    return Call(api_address(options, "setWebhook"), json=body)


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: object) -> str:
    """The digits of a JSON number, as ids are; empty for anything else."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


class Telegram(Channel):
    """A bot in private chats."""

    name = "telegram"
    prefix = "tg-"

    def authenticate(self, hook: Hook) -> None:
        """Raises Forged unless the request brings our word back."""
        right = self._options["SPINECHAT_TELEGRAM_SECRET"].encode()
        given = hook.headers.get("x-telegram-bot-api-secret-token", "")
        if not hmac.compare_digest(right, given.encode("utf-8", "replace")):
            raise Forged

    def parse(self, hook: Hook) -> list[Incoming]:
        """A message or a tap on a button; edits, channels and members' news are left out."""
        update = hook.json()
        id = _whole(update.get("update_id"))
        if not id:
            return []
        found = self._tap(id, _object(update.get("callback_query"))) or self._message(
            id, _object(update.get("message"))
        )
        return [found] if found is not None else []

    def _tap(self, id: str, tap: dict[str, Any]) -> Incoming | None:
        message, payload = _object(tap.get("message")), _text(tap.get("data"))
        chat = _whole(_object(message.get("chat")).get("id"))
        if not chat or not payload:
            return None
        # Without this call the button shows a clock for a minute.
        body = {"callback_query_id": _text(tap.get("id"))}
        courtesy = Call(api_address(self._options, "answerCallbackQuery"), json=body)
        title = _title(message, payload)
        return Incoming(id, chat, {"chat": chat}, title, payload, courtesy=courtesy)

    def _message(self, id: str, message: dict[str, Any]) -> Incoming | None:
        where = _object(message.get("chat"))
        chat = _whole(where.get("id"))
        if not chat or _object(message.get("from")).get("is_bot"):
            return None
        address = {"chat": chat}
        text = _text(message.get("text")) or _text(message.get("caption"))
        if where.get("type") != "private":
            # Who put the bot into a group is told once; the others are left in peace.
            return Incoming(id, chat, address, fixed="group", once=True)
        if text.split("@")[0].split(" ")[0] == "/start":
            return Incoming(id, chat, address, fixed="hello")
        if not text.strip():
            return Incoming(id, chat, address, fixed="media")
        return Incoming(id, chat, address, text)

    def render(self, reply: Reply) -> list[Part]:
        """Choices as an inline keyboard, one in a row; numbers in a form that Telegram links."""
        *before, last = split(with_links(reply, everywhere=True), MAX_TEXT)
        parts: list[Part] = [{"text": piece} for piece in before]
        keys = [
            [{"text": button["title"], "callback_data": button["payload"]}]
            for button in choices(reply)
        ]
        keyboard = {"reply_markup": {"inline_keyboard": keys}} if keys else {}
        return [*parts, {"text": last, **keyboard}]

    def call(self, part: Part, address: Mapping[str, str]) -> Call:
        """The method sendMessage."""
        body = {"chat_id": int(address["chat"]), **part}
        return Call(api_address(self._options, "sendMessage"), json=body)


def _title(message: dict[str, Any], payload: str) -> str:
    """The title of the button with this payload under a message of ours."""
    rows = _object(message.get("reply_markup")).get("inline_keyboard")
    for row in rows if isinstance(rows, list) else []:
        for key in row if isinstance(row, list) else []:
            if _object(key).get("callback_data") == payload:
                return _text(_object(key).get("text")) or payload
    return payload
