"""The vendors, as they write to us and as they are written to.

Requests are signed by the vendors' own code where there is any (twilio, slack_sdk); payloads have
the shapes of their documents.
"""

from __future__ import annotations

import hashlib
import hmac
import html
import itertools
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from slack_sdk.signature import SignatureVerifier
from twilio.request_validator import RequestValidator

from tests.channels.messaging.fake_api import Recorded

PUBLIC = "https://bot.clinic.example"
SID, TOKEN = "AC" + "0" * 32, "twilio-auth-token"
OWN_NUMBER, OWN_WHATSAPP = "+18005550100", "+18005550101"
APP_SECRET, VERIFY_TOKEN = "meta-app-secret", "meta-verify-word"
PAGE, NUMBER_ID = "1001", "2002"
BOT_TOKEN, BOT_SECRET = "12345:telegram-token", "telegram-secret-word"
SLACK_SECRET = "slack-signing-secret"
FORM = "application/x-www-form-urlencoded"

_numbers = itertools.count(1)


def settings(api: str, channels: Iterable[str], public: str = PUBLIC) -> dict[str, str]:
    """The environment of a server with these channels, with all vendors at one address."""
    return {
        "SPINECHAT_CHANNELS": ",".join(channels),
        "SPINECHAT_PUBLIC_URL": public,
        "SPINECHAT_TWILIO_ACCOUNT_SID": SID,
        "SPINECHAT_TWILIO_AUTH_TOKEN": TOKEN,
        "SPINECHAT_TWILIO_SMS_NUMBER": OWN_NUMBER,
        "SPINECHAT_TWILIO_WHATSAPP_NUMBER": OWN_WHATSAPP,
        "SPINECHAT_TWILIO_QUICK_REPLIES": ",".join("HX" + str(n) * 32 for n in (1, 2, 3)),
        "SPINECHAT_TWILIO_API_URL": api,
        "SPINECHAT_META_APP_SECRET": APP_SECRET,
        "SPINECHAT_META_VERIFY_TOKEN": VERIFY_TOKEN,
        "SPINECHAT_META_API_URL": api,
        "SPINECHAT_MESSENGER_PAGE_ID": PAGE,
        "SPINECHAT_MESSENGER_TOKEN": "page-token",
        "SPINECHAT_WHATSAPP_NUMBER_ID": NUMBER_ID,
        "SPINECHAT_WHATSAPP_TOKEN": "whatsapp-token",
        "SPINECHAT_TELEGRAM_TOKEN": BOT_TOKEN,
        "SPINECHAT_TELEGRAM_SECRET": BOT_SECRET,
        "SPINECHAT_TELEGRAM_API_URL": api,
        "SPINECHAT_SLACK_SIGNING_SECRET": SLACK_SECRET,
        "SPINECHAT_SLACK_TOKEN": "xoxb-token",
        "SPINECHAT_SLACK_API_URL": api,
    }


def fresh(start: str = "") -> str:
    """An id that no other test uses."""
    return f"{start}{time.time_ns()}{next(_numbers)}"


@dataclass(frozen=True)
class Request:
    """A webhook's request."""

    path: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    def but(self, **headers: str) -> Request:
        """The same with other headers; an empty one is left out."""
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        kept = {**{key.lower(): value for key, value in self.headers.items()}, **named}
        return replace(self, headers={key: value for key, value in kept.items() if value})


@dataclass(frozen=True)
class Sent:
    """A message that we sent: to whom, its text, its buttons (title, payload)."""

    to: str
    text: str
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Vendor:
    """One channel's other side."""

    name: str
    # Where the signature stands.
    header: str

    @property
    def path(self) -> str:
        return f"/webhooks/{self.name}"

    def person(self) -> str:
        """Somebody who never wrote before."""
        raise NotImplementedError

    def signed(self, body: bytes, path: str = "", secret: str = "") -> Request:
        """A genuine request with this body."""
        raise NotImplementedError

    def text(self, person: str, text: str, id: str = "") -> Request:
        raise NotImplementedError

    def tap(self, person: str, title: str, payload: str) -> Request:
        """A tap on a button that was offered."""
        raise NotImplementedError

    def media(self, person: str) -> Request:
        """A picture without words."""
        raise NotImplementedError

    def sent(self, call: Recorded) -> Sent | None:
        """A call as the person sees it; None if it is not a message of this channel."""
        raise NotImplementedError


class _Twilio(Vendor):
    header = "x-twilio-signature"
    own = OWN_NUMBER

    def person(self) -> str:
        return f"+1{2_000_000_000 + int(fresh()[-9:]) % 1_000_000_000}"

    def _from(self, person: str) -> str:
        return person

    def form(self, fields: dict[str, str], query: str = "", public: str = PUBLIC) -> Request:
        address = public + self.path + query
        signature = RequestValidator(TOKEN).compute_signature(address, fields)
        headers = {"Content-Type": FORM, self.header: signature}
        return Request(self.path + query, urlencode(fields).encode(), headers)

    def signed(self, body: bytes, path: str = "", secret: str = "") -> Request:
        """For bodies that are forms; others cannot be signed by Twilio."""
        from urllib.parse import parse_qsl

        fields = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        address = PUBLIC + (path or self.path)
        signature = RequestValidator(secret or TOKEN).compute_signature(address, fields)
        return Request(self.path, body, {"Content-Type": FORM, self.header: signature})

    def fields(self, person: str, text: str, id: str = "", **more: str) -> dict[str, str]:
        """As Twilio sends them, the blank ones too."""
        id = id or fresh("SM")
        return {
            "ToCountry": "US", "ToState": "", "SmsMessageSid": id, "NumMedia": "0", "ToCity": "",
            "FromZip": "", "SmsSid": id, "FromState": "", "SmsStatus": "received", "FromCity": "",
            "Body": text, "FromCountry": "US", "To": self._from(self.own), "MessageSid": id,
            "AccountSid": SID, "From": self._from(person), "ApiVersion": "2010-04-01", **more,
        }  # fmt: skip

    def text(self, person: str, text: str, id: str = "") -> Request:
        return self.form(self.fields(person, text, id))

    def media(self, person: str) -> Request:
        picture = {"NumMedia": "1", "MediaUrl0": "https://x", "MediaContentType0": "image/jpeg"}
        return self.form(self.fields(person, "", **picture))

    def sent(self, call: Recorded) -> Sent | None:
        mine = call.body.get("From", "").startswith("whatsapp:") == (self.name != "sms")
        if not call.path.endswith("/Messages.json") or not mine:
            return None
        to = call.body["To"].removeprefix("whatsapp:")
        if "ContentSid" not in call.body:
            return Sent(to, call.body["Body"])
        values = list(json.loads(call.body["ContentVariables"]).values())
        return Sent(to, values[0], list(zip(values[1::2], values[2::2], strict=False)))


class Sms(_Twilio):
    name = "sms"

    def tap(self, person: str, title: str, payload: str) -> Request:
        """There is nothing to tap: the title is typed."""
        return self.text(person, title)


class TwilioWhatsApp(_Twilio):
    name = "twilio_whatsapp"
    own = OWN_WHATSAPP

    def _from(self, person: str) -> str:
        return f"whatsapp:{person}"

    def tap(self, person: str, title: str, payload: str) -> Request:
        buttons = {"ButtonText": title, "ButtonPayload": payload}
        return self.form(self.fields(person, title, **buttons))


class _Meta(Vendor):
    header = "x-hub-signature-256"

    def person(self) -> str:
        return fresh("1")[-16:]

    def signed(self, body: bytes, path: str = "", secret: str = "") -> Request:
        digest = hmac.new((secret or APP_SECRET).encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", self.header: f"sha256={digest}"}
        return Request(path or self.path, body, headers)

    def event(self, person: str, **content: Any) -> dict[str, Any]:
        raise NotImplementedError

    def batch(self, *events: dict[str, Any]) -> Request:
        raise NotImplementedError


class Messenger(_Meta):
    name = "messenger"

    def event(self, person: str, **content: Any) -> dict[str, Any]:
        return {
            "sender": {"id": person}, "recipient": {"id": PAGE},
            "timestamp": int(time.time() * 1000), **content,
        }  # fmt: skip

    def batch(self, *events: dict[str, Any]) -> Request:
        entries = [{"id": PAGE, "time": 1, "messaging": [event]} for event in events]
        return self.signed(json.dumps({"object": "page", "entry": entries}).encode())

    def message(self, text: str, id: str = "", **more: Any) -> dict[str, Any]:
        return {"message": {"mid": id or fresh("m_"), "text": text, **more}}

    def text(self, person: str, text: str, id: str = "") -> Request:
        return self.batch(self.event(person, **self.message(text, id)))

    def tap(self, person: str, title: str, payload: str) -> Request:
        quick = {"quick_reply": {"payload": payload}}
        return self.batch(self.event(person, **self.message(title, **quick)))

    def media(self, person: str) -> Request:
        picture = [{"type": "image", "payload": {"url": "https://x"}}]
        message = {"mid": fresh("m_"), "attachments": picture}
        return self.batch(self.event(person, message=message))

    def sent(self, call: Recorded) -> Sent | None:
        if not call.path.endswith(f"/{PAGE}/messages"):
            return None
        message = call.body["message"]
        text = message.get("text") or message["attachment"]["payload"]["text"]
        buttons = [(q["title"], q["payload"]) for q in message.get("quick_replies", [])]
        return Sent(call.body["recipient"]["id"], text, buttons)


class WhatsApp(_Meta):
    name = "whatsapp"

    def event(self, person: str, **content: Any) -> dict[str, Any]:
        return {
            "from": person, "id": fresh("wamid."), "timestamp": str(int(time.time())), **content
        }  # fmt: skip

    def batch(self, *events: dict[str, Any]) -> Request:
        metadata = {"display_phone_number": "18005550101", "phone_number_id": NUMBER_ID}
        entries = []
        for event in events:
            value = {"messaging_product": "whatsapp", "metadata": metadata, "messages": [event]}
            entries.append({"id": "3", "changes": [{"field": "messages", "value": value}]})
        body = {"object": "whatsapp_business_account", "entry": entries}
        return self.signed(json.dumps(body).encode())

    def text(self, person: str, text: str, id: str = "") -> Request:
        more = {"id": id} if id else {}
        return self.batch(self.event(person, type="text", text={"body": text}, **more))

    def tap(self, person: str, title: str, payload: str) -> Request:
        reply = {"type": "button_reply", "button_reply": {"id": payload, "title": title}}
        return self.batch(self.event(person, type="interactive", interactive=reply))

    def media(self, person: str) -> Request:
        return self.batch(self.event(person, type="image", image={"id": "1", "sha256": "x"}))

    def sent(self, call: Recorded) -> Sent | None:
        if not call.path.endswith(f"/{NUMBER_ID}/messages"):
            return None
        if call.body["type"] == "text":
            return Sent(call.body["to"], call.body["text"]["body"])
        shown = call.body["interactive"]
        action = shown["action"]
        buttons = [(b["reply"]["title"], b["reply"]["id"]) for b in action.get("buttons", [])]
        for section in action.get("sections", []):
            buttons += [(row["title"], row["id"]) for row in section["rows"]]
        return Sent(call.body["to"], shown["body"]["text"], buttons)


class Telegram(Vendor):
    name = "telegram"
    header = "x-telegram-bot-api-secret-token"

    def person(self) -> str:
        return fresh()[-12:].lstrip("0")

    def signed(self, body: bytes, path: str = "", secret: str = "") -> Request:
        headers = {"Content-Type": "application/json", self.header: secret or BOT_SECRET}
        return Request(path or self.path, body, headers)

    def update(self, id: str = "", **content: Any) -> Request:
        number = int(hashlib.sha256(id.encode()).hexdigest()[:12], 16) if id else int(fresh())
        return self.signed(json.dumps({"update_id": number, **content}).encode())

    def message(self, person: str, kind: str = "private", **content: Any) -> dict[str, Any]:
        return {
            "message_id": 1, "date": int(time.time()), "chat": {"id": int(person), "type": kind},
            "from": {"id": int(person), "is_bot": False, "first_name": "Zebulon"}, **content,
        }  # fmt: skip

    def text(self, person: str, text: str, id: str = "") -> Request:
        return self.update(id, message=self.message(person, text=text))

    def tap(self, person: str, title: str, payload: str) -> Request:
        keys = [[{"text": title, "callback_data": payload}]]
        shown = self.message(person, text="...", reply_markup={"inline_keyboard": keys})
        tap = {"id": fresh(), "from": {"id": int(person)}, "message": shown, "data": payload}
        return self.update(callback_query=tap)

    def media(self, person: str) -> Request:
        return self.update(message=self.message(person, photo=[{"file_id": "x"}]))

    def sent(self, call: Recorded) -> Sent | None:
        if not call.path.endswith("/sendMessage"):
            return None
        rows = call.body.get("reply_markup", {}).get("inline_keyboard", [])
        buttons = [(key["text"], key["callback_data"]) for row in rows for key in row]
        return Sent(str(call.body["chat_id"]), call.body["text"], buttons)


class Slack(Vendor):
    name = "slack"
    header = "x-slack-signature"

    def person(self) -> str:
        return fresh("U")

    def signed(
        self, body: bytes, path: str = "", secret: str = "", at: float = 0, kind: str = ""
    ) -> Request:
        moment = str(int(at or time.time()))
        verifier = SignatureVerifier(secret or SLACK_SECRET)
        signature = verifier.generate_signature(timestamp=moment, body=body)
        assert signature is not None
        headers = {
            "Content-Type": kind or "application/json; charset=utf-8",
            "x-slack-request-timestamp": moment,
            self.header: signature,
        }
        return Request(path or self.path, body, headers)

    def event(self, person: str, id: str = "", **event: Any) -> Request:
        inner = {
            "type": "message", "channel_type": "im", "user": person, "channel": f"D{person}",
            "ts": f"{time.time():.6f}", **event,
        }  # fmt: skip
        body = {"type": "event_callback", "team_id": "T1", "event_id": id or fresh("Ev"),
                "event": inner}  # fmt: skip
        return self.signed(json.dumps(body).encode())

    def text(self, person: str, text: str, id: str = "") -> Request:
        return self.event(person, id, text=text)

    def tap(self, person: str, title: str, payload: str) -> Request:
        text = {"type": "plain_text", "text": title}
        action = {"type": "button", "action_id": payload, "value": payload, "text": text,
                  "action_ts": fresh()}  # fmt: skip
        body = {"type": "block_actions", "user": {"id": person}, "team": {"id": "T1"},
                "channel": {"id": f"D{person}"}, "actions": [action]}  # fmt: skip
        return self.signed(urlencode({"payload": json.dumps(body)}).encode(), kind=FORM)

    def media(self, person: str) -> Request:
        return self.event(person, text="", subtype="file_share", files=[{"id": "F1"}])

    def sent(self, call: Recorded) -> Sent | None:
        if not call.path.endswith("/chat.postMessage"):
            return None
        buttons = [
            (element["text"]["text"], element["value"])
            for block in call.body["blocks"]
            if block["type"] == "actions"
            for element in block["elements"]
        ]
        return Sent(call.body["channel"][1:], html.unescape(call.body["text"]), buttons)


VENDORS: dict[str, Vendor] = {
    vendor.name: vendor
    for vendor in (Sms(), TwilioWhatsApp(), Messenger(), WhatsApp(), Telegram(), Slack())
}
