"""Meta: Messenger and the WhatsApp Cloud API, which share signature, challenge and API.

Requests: developers.facebook.com/docs/graph-api/webhooks/getting-started (X-Hub-Signature-256
over the raw body; hub.challenge), .../messenger-platform/webhooks and
.../whatsapp/cloud-api/webhooks/components. One request may hold many entries of many events.
"""

from __future__ import annotations

import hashlib
import hmac
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs

from spinechat.channels.base import (
    DAY,
    Call,
    Channel,
    Forged,
    Hook,
    Incoming,
    Part,
    Response,
)
from spinechat.channels.consent import consent_word
from spinechat.channels.output import Reply
from spinechat.channels.rendering import (
    choices,
    groups,
    international,
    links,
    number_of,
    shortened,
    split,
    with_links,
)
from spinechat.channels.texts import choices_line

# Codes of errors that pass: too many calls, a fault on Meta's side
# (developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes).
_PASSING = frozenset({1, 2, 4, 613, 80007, 130429, 131000, 131016, 131056, 133004})
# Longest challenge that is sent back; Meta's have about ten digits.
MAX_CHALLENGE = 128

# WhatsApp: reply buttons, list messages and texts.
MAX_BUTTONS, MAX_BUTTON = 3, 20
MAX_ROWS, MAX_ROW, MAX_ROW_NOTE = 10, 24, 72
MAX_INTERACTIVE, MAX_WHATSAPP = 1024, 4096
# Messenger: quick replies, texts, the buttons of a template and its text.
MAX_QUICK_REPLIES, MAX_QUICK_REPLY = 13, 20
MAX_MESSENGER = 2000
MAX_CALL_BUTTONS, MAX_TEMPLATE = 3, 640


def _objects(value: object) -> list[dict[str, Any]]:
    """The objects of a JSON list, whatever else it holds."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _seconds(value: object, a_second: int = 1) -> float:
    """A time of Meta's, a number or its digits; 0 if it is none."""
    digits = str(value) if not isinstance(value, bool) else ""
    return int(digits) / a_second if digits.isdecimal() and len(digits) < 16 else 0.0


class MetaChannel(Channel):
    """What Messenger and WhatsApp share."""

    window = DAY
    # The "object" of this channel's requests.
    subject: str

    def authenticate(self, hook: Hook) -> None:
        """Raises Forged unless Meta signed the body with the app's secret."""
        secret = self._options["SPINECHAT_META_APP_SECRET"].encode()
        right = "sha256=" + hmac.new(secret, hook.body, hashlib.sha256).hexdigest()
        given = hook.headers.get("x-hub-signature-256", "")
        if not hmac.compare_digest(right.encode(), given.encode("utf-8", "replace")):
            raise Forged

    def challenge(self, hook: Hook) -> Response:
        """Sends Meta's challenge back, if it knows our word."""
        query = parse_qs(hook.query)
        word = query.get("hub.verify_token", [""])[0].encode("utf-8", "replace")
        said = query.get("hub.challenge", [""])[0]
        right = hmac.compare_digest(self._options["SPINECHAT_META_VERIFY_TOKEN"].encode(), word)
        if not right or query.get("hub.mode") != ["subscribe"] or len(said) > MAX_CHALLENGE:
            raise Forged
        return Response(said)

    def acknowledge(self, hook: Hook) -> Response:
        """What Meta's examples answer."""
        return Response("EVENT_RECEIVED")

    def parse(self, hook: Hook) -> list[Incoming]:
        """All messages of all entries; receipts, echoes and other subjects are left out."""
        body = hook.json()
        if body.get("object") != self.subject:
            return []
        return [found for entry in _objects(body.get("entry")) for found in self._messages(entry)]

    @abstractmethod
    def _messages(self, entry: dict[str, Any]) -> Iterator[Incoming]:
        """The messages of one entry."""

    def is_passing(self, status: int, body: Mapping[str, Any]) -> bool:
        """Meta tells some passing errors by a code, with status 400."""
        return (
            super().is_passing(status, body) or _object(body.get("error")).get("code") in _PASSING
        )

    def _post(self, path: str, token: str, body: dict[str, Any]) -> Call:
        base = f"{self._options['SPINECHAT_META_API_URL']}"
        version = self._options["SPINECHAT_META_API_VERSION"]
        # The token goes into a header: addresses end up in logs.
        headers = {"Authorization": f"Bearer {self._options[token]}"}
        return Call(f"{base}/{version}/{path}/messages", json=body, headers=headers)


class WhatsApp(MetaChannel):
    """The WhatsApp Cloud API."""

    name = "whatsapp"
    prefix = "wa-"
    subject = "whatsapp_business_account"

    def _messages(self, entry: dict[str, Any]) -> Iterator[Incoming]:
        own = self._options["SPINECHAT_WHATSAPP_NUMBER_ID"]
        for change in _objects(entry.get("changes")):
            value = _object(change.get("value"))
            # Other numbers of the same account have webhooks of their own.
            if _object(value.get("metadata")).get("phone_number_id") != own:
                continue
            for message in _objects(value.get("messages")):
                found = self._message(message)
                if found is not None:
                    yield found

    def _message(self, message: dict[str, Any]) -> Incoming | None:
        id, sender = _text(message.get("id")), _text(message.get("from"))
        kind, content = _text(message.get("type")), {"to": sender}
        if not id or not sender or kind in ("reaction", "system"):
            return None
        sent = _seconds(message.get("timestamp"))
        said = _object(message.get(kind))
        text, payload = _text(said.get("caption")), ""
        if kind == "text":
            text = _text(said.get("body"))
        elif kind == "button":
            text, payload = _text(said.get("text")), _text(said.get("payload"))
        elif kind == "interactive":
            reply = _object(said.get("button_reply")) or _object(said.get("list_reply"))
            text, payload = _text(reply.get("title")), _text(reply.get("id"))
        elif not text.strip():
            return Incoming(id, sender, content, fixed="media", sent=sent)
        consent = consent_word(text)
        if consent in ("stop", "start"):
            fixed = "stopped" if consent == "stop" else "hello"
            return Incoming(id, sender, content, fixed=fixed, consent=consent, sent=sent)
        return Incoming(id, sender, content, text, payload, sent=sent)

    def render(self, reply: Reply) -> list[Part]:
        """Up to three reply buttons, else lists of ten; a long title stands below its row."""
        buttons = choices(reply)
        if not buttons:
            return [
                {"type": "text", "text": {"body": piece, "preview_url": False}}
                for piece in split(with_links(reply), MAX_WHATSAPP)
            ]
        *before, last = split(with_links(reply), MAX_INTERACTIVE)
        parts: list[Part] = [
            {"type": "text", "text": {"body": piece, "preview_url": False}} for piece in before
        ]
        fits = all(len(button["title"]) <= MAX_BUTTON for button in buttons)
        as_buttons = len(buttons) <= MAX_BUTTONS and fits
        for group in groups(buttons, MAX_ROWS):
            action = _reply_buttons(group) if as_buttons else _list(group)
            kind = "button" if as_buttons else "list"
            interactive = {"type": kind, "body": {"text": last}, "action": action}
            parts.append({"type": "interactive", "interactive": interactive})
            last = choices_line("list")
        return parts

    def call(self, part: Part, address: Mapping[str, str]) -> Call:
        """Messages: .../whatsapp/cloud-api/reference/messages."""
        head = {"messaging_product": "whatsapp", "recipient_type": "individual"}
        return self._post(
            self._options["SPINECHAT_WHATSAPP_NUMBER_ID"],
            "SPINECHAT_WHATSAPP_TOKEN",
            {**head, "to": address["to"], **part},
        )


def _reply_buttons(buttons: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "buttons": [
            {"type": "reply", "reply": {"id": button["payload"], "title": button["title"]}}
            for button in buttons
        ]
    }


def _list(buttons: list[dict[str, str]]) -> dict[str, Any]:
    rows = []
    for button in buttons:
        row = {"id": button["payload"], "title": shortened(button["title"], MAX_ROW)}
        if row["title"] != button["title"]:
            row["description"] = shortened(button["title"], MAX_ROW_NOTE)
        rows.append(row)
    return {"button": choices_line("open_list"), "sections": [{"rows": rows}]}


class Messenger(MetaChannel):
    """Messenger, for the clinic's page."""

    name = "messenger"
    prefix = "fb-"
    subject = "page"

    def _messages(self, entry: dict[str, Any]) -> Iterator[Incoming]:
        for event in _objects(entry.get("messaging")):
            sender = _text(_object(event.get("sender")).get("id"))
            if not sender:
                continue
            found = self._message(sender, event)
            if found is not None:
                yield found

    def _message(self, sender: str, event: dict[str, Any]) -> Incoming | None:
        message, postback = _object(event.get("message")), _object(event.get("postback"))
        sent, address = _seconds(event.get("timestamp"), 1000), {"to": sender}
        if postback:
            # Older pages send postbacks without an id of their own.
            id = _text(postback.get("mid")) or f"{sender} {event.get('timestamp')}"
            title, payload = _text(postback.get("title")), _text(postback.get("payload"))
            if payload.upper() == "GET_STARTED":
                return Incoming(id, sender, address, fixed="hello", sent=sent)
            return Incoming(id, sender, address, title, payload, sent=sent)
        id, text = _text(message.get("mid")), _text(message.get("text"))
        if not id or message.get("is_echo") or message.get("is_deleted"):
            return None
        if not text.strip() and message.get("attachments"):
            return Incoming(id, sender, address, fixed="media", sent=sent)
        payload = _text(_object(message.get("quick_reply")).get("payload"))
        return Incoming(id, sender, address, text, payload, sent=sent)

    def render(self, reply: Reply) -> list[Part]:
        """Quick replies for choices, and a button for each number that a phone can dial abroad."""
        quick = [
            {
                "content_type": "text",
                "title": shortened(button["title"], MAX_QUICK_REPLY),
                "payload": button["payload"],
            }
            for button in choices(reply)
        ]
        dialled = [
            {"type": "phone_number", "title": shortened(b["title"], 20), "payload": number}
            for b in links(reply)
            if (number := international(number_of(b))).startswith("+")
        ][:MAX_CALL_BUTTONS]
        text = with_links(reply)
        *before, last = split(text, MAX_TEMPLATE if dialled else MAX_MESSENGER)
        parts: list[Part] = [{"text": piece} for piece in before]
        parts.append(_template(last, dialled) if dialled else {"text": last})
        for at, group in enumerate(groups(quick, MAX_QUICK_REPLIES)):
            if at:
                parts.append({"text": choices_line("list")})
            parts[-1]["quick_replies"] = group
        return parts

    def call(self, part: Part, address: Mapping[str, str]) -> Call:
        """Send API: .../messenger-platform/reference/send-api."""
        body = {
            "recipient": {"id": address["to"]},
            "messaging_type": "RESPONSE",
            "message": part,
        }
        page = self._options["SPINECHAT_MESSENGER_PAGE_ID"]
        return self._post(page, "SPINECHAT_MESSENGER_TOKEN", body)


def _template(text: str, buttons: list[dict[str, str]]) -> Part:
    payload = {"template_type": "button", "text": text, "buttons": buttons}
    return {"attachment": {"type": "template", "payload": payload}}
