"""Slack, for the clinic's staff: direct messages and mentions (docs.slack.dev)."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from slack_sdk.signature import SignatureVerifier

from spinechat.channels.base import BadHook, Call, Channel, Forged, Hook, Incoming, Part, Response
from spinechat.channels.options import Options
from spinechat.channels.output import Reply
from spinechat.channels.rendering import (
    choices,
    groups,
    international,
    links,
    number_of,
    shortened,
    split,
)

# Of a section's text, of a button's text and value, buttons in an actions block, blocks.
MAX_SECTION, MAX_TITLE, MAX_ACTIONS = 3000, 75, 5
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json; charset=utf-8"
# <@U123>, <tel:1|1>, <https://x>: Slack marks names, links and numbers in what people write.
_MARKED = re.compile(r"<(?:[@#!][^>]*|[^>|]*\|([^>]*)|(?:\w+:)?([^>]*))>")


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def plain(text: str) -> str:
    """What a person wrote, without Slack's marks."""
    unmarked = _MARKED.sub(lambda found: found[1] or found[2] or "", text)
    return html.unescape(unmarked).strip()


def _escaped(text: str) -> str:
    """A text whose &, < and > mean nothing to Slack."""
    return html.escape(text, quote=False)


class Slack(Channel):
    """A bot for staff."""

    name = "slack"
    prefix = "slack-"

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._verifier = SignatureVerifier(options["SPINECHAT_SLACK_SIGNING_SECRET"])

    def authenticate(self, hook: Hook) -> None:
        """Raises Forged unless Slack signed the body, five minutes ago at most."""
        timestamp = hook.headers.get("x-slack-request-timestamp", "")
        signature = hook.headers.get("x-slack-signature", "")
        try:
            genuine = self._verifier.is_valid(hook.body, timestamp, signature)
        except (ValueError, TypeError):
            genuine = False  # a time that is no number, a body or signature that is no text
        if not genuine:
            raise Forged

    def _request(self, hook: Hook) -> dict[str, Any]:
        """The JSON of a request: its body, or the field "payload" of a form."""
        if not hook.headers.get("content-type", "").lower().startswith(_FORM):
            return hook.json()
        try:
            fields = parse_qs(hook.body.decode("utf-8"), max_num_fields=20)
        except ValueError:
            raise BadHook("no form") from None
        return Hook(body=fields.get("payload", [""])[0].encode()).json()

    def acknowledge(self, hook: Hook) -> Response:
        """Nothing, but for the question whether the address is ours."""
        request = self._request(hook)
        if request.get("type") != "url_verification":
            return Response()
        return Response(json.dumps({"challenge": _text(request.get("challenge"))}), _JSON)

    def parse(self, hook: Hook) -> list[Incoming]:
        """A direct message, a mention or a tap on a button."""
        request = self._request(hook)
        if request.get("type") == "block_actions":
            found = _tap(request)
        elif request.get("type") == "event_callback":
            found = _message(request)
        else:
            found = None
        return [found] if found is not None else []

    def render(self, reply: Reply) -> list[Part]:
        """Sections of text, and buttons in blocks of five."""
        blocks: list[dict[str, Any]] = [
            {"type": "section", "text": {"type": "mrkdwn", "text": _escaped(piece)}}
            for piece in split(str(reply["text"]), MAX_SECTION // 2)
        ]
        dialled = [
            f"<tel:{international(number_of(button))}|{_escaped(button['title'])}>"
            for button in links(reply)
            if number_of(button)
        ]
        if dialled:
            text = {"type": "mrkdwn", "text": "  ".join(dialled)}
            blocks.append({"type": "context", "elements": [text]})
        for group in groups(choices(reply), MAX_ACTIONS):
            blocks.append({"type": "actions", "elements": [_button(button) for button in group]})
        # The text is what a notification shows, and who cannot see blocks.
        return [{"text": _escaped(str(reply["text"])), "blocks": blocks}]

    def call(self, part: Part, address: Mapping[str, str]) -> Call:
        """The method chat.postMessage."""
        thread = {"thread_ts": address["thread"]} if address.get("thread") else {}
        return Call(
            f"{self._options['SPINECHAT_SLACK_API_URL']}/api/chat.postMessage",
            json={"channel": address["channel"], **thread, "unfurl_links": False, **part},
            headers={"Authorization": f"Bearer {self._options['SPINECHAT_SLACK_TOKEN']}"},
        )

    def is_refused(self, status: int, body: Mapping[str, Any]) -> bool:
        """Slack tells most errors with status 200."""
        return super().is_refused(status, body) or body.get("ok") is not True

    def is_passing(self, status: int, body: Mapping[str, Any]) -> bool:
        """Errors that pass, told with status 200."""
        passing = ["ratelimited", "internal_error", "fatal_error", "service_unavailable"]
        return super().is_passing(status, body) or body.get("error") in passing


def _button(button: dict[str, str]) -> dict[str, Any]:
    text = {"type": "plain_text", "text": shortened(button["title"], MAX_TITLE)}
    # Each action_id must be unique within its block.
    return {
        "type": "button", "text": text, "value": button["payload"], "action_id": button["payload"]
    }  # fmt: skip


def _message(request: dict[str, Any]) -> Incoming | None:
    event = _object(request.get("event"))
    id, kind = _text(request.get("event_id")), event.get("type")
    user, channel = _text(event.get("user")), _text(event.get("channel"))
    direct = kind == "message" and event.get("channel_type") == "im"
    # The bot's own messages come back as events, and so do edits and deletions.
    own = event.get("bot_id") or event.get("subtype") not in (None, "file_share")
    if not id or not user or not channel or own or not (direct or kind == "app_mention"):
        return None
    thread = _text(event.get("thread_ts"))
    if kind == "app_mention":
        thread = thread or _text(event.get("ts"))
    sender = f"{_text(request.get('team_id'))} {channel} {user}"
    address = {"channel": channel, "thread": thread}
    text = plain(_text(event.get("text")))
    if not text and event.get("files"):
        return Incoming(id, sender, address, fixed="media")
    return Incoming(id, sender, address, text)


def _tap(request: dict[str, Any]) -> Incoming | None:
    actions = request.get("actions")
    action = _object(actions[0]) if isinstance(actions, list) and actions else {}
    user = _text(_object(request.get("user")).get("id"))
    channel = _text(_object(request.get("channel")).get("id"))
    payload = _text(action.get("value"))
    # A tap has no event_id; its moment and its user are its id.
    id = f"{channel} {user} {_text(action.get('action_ts'))}"
    if not user or not channel or not payload or not _text(action.get("action_ts")):
        return None
    team = _text(_object(request.get("team")).get("id"))
    thread = _text(_object(request.get("message")).get("thread_ts"))
    title = _text(_object(action.get("text")).get("text")) or payload
    address = {"channel": channel, "thread": thread}
    return Incoming(id, f"{team} {channel} {user}", address, title, payload)
