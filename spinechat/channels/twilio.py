"""Twilio: SMS and WhatsApp.

Requests: www.twilio.com/docs/messaging/guides/webhook-request, signed as in
www.twilio.com/docs/usage/security over the public address and every field, blank ones too.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator

from spinechat.channels.base import (
    DAY,
    BadHook,
    Call,
    Channel,
    Forged,
    Hook,
    Incoming,
    Part,
    Response,
)
from spinechat.channels.consent import consent_word
from spinechat.channels.options import Options
from spinechat.channels.output import Reply
from spinechat.channels.rendering import (
    choices,
    groups,
    numbered,
    segments,
    shortened,
    sms_text,
    split,
    with_links,
)
from spinechat.channels.texts import choices_line

logger = logging.getLogger(__name__)

# Twilio's own limit of a message's body.
MAX_BODY = 1600
# Of a quick reply's title and its template's body, in WhatsApp.
MAX_TITLE = 20
MAX_TEMPLATE_BODY = 1024
# Requests have about 30 fields; more is not Twilio's.
MAX_FIELDS = 200
_WHATSAPP = "whatsapp:"
TWIML = "text/xml; charset=utf-8"
NO_ANSWER = Response('<?xml version="1.0" encoding="UTF-8"?><Response/>', TWIML)


class Signed:
    """The fields of a request that Twilio signed."""

    def __init__(self, options: Options, channel: str) -> None:
        self._validator = RequestValidator(options["SPINECHAT_TWILIO_AUTH_TOKEN"])
        self._address = options.webhook(channel)

    def fields(self, hook: Hook) -> dict[str, str]:
        """The form's fields.

        Raises:
            BadHook: the body is no form.
        """
        try:
            pairs = parse_qsl(
                hook.body.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_FIELDS
            )
        except ValueError:
            raise BadHook("no form") from None
        fields = dict(pairs)
        # Twilio sends each field once; of two it is unclear which one was signed.
        if len(fields) != len(pairs):
            raise BadHook("a field twice")
        return fields

    def check(self, hook: Hook) -> None:
        """Raises Forged unless the signature fits the public address and the fields."""
        try:
            fields = self.fields(hook)
        except BadHook:
            raise Forged from None
        address = self._address + (f"?{hook.query}" if hook.query else "")
        signature = hook.headers.get("x-twilio-signature", "")
        try:
            genuine = self._validator.validate(address, fields, signature)
        except ValueError:
            genuine = False  # a query that is no query
        if not genuine:
            raise Forged


class TwilioMessages(Channel):
    """What SMS and WhatsApp share."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._signed = Signed(options, self.name)

    def authenticate(self, hook: Hook) -> None:
        """See `Signed.check`."""
        self._signed.check(hook)

    def acknowledge(self, hook: Hook) -> Response:
        """An empty TwiML: the answer is sent apart from the request."""
        return NO_ANSWER

    def parse(self, hook: Hook) -> list[Incoming]:
        """One message, or none for a status callback."""
        fields = self._signed.fields(hook)
        status = fields.get("MessageStatus", "")
        if status and status != "received":
            if status in ("failed", "undelivered"):
                logger.warning("%s: a message is %s", self.name, status)
            return []
        id, sender = fields.get("MessageSid", ""), fields.get("From", "")
        if not id or not sender:
            raise BadHook("no message")
        text, address = fields.get("Body", ""), {"to": sender}
        consent = fields.get("OptOutType", "").lower() or consent_word(text)
        if consent == "help":
            return [Incoming(id, sender, address, fixed="help")]
        if consent in ("stop", "start"):
            fixed = "hello" if consent == "start" else self.said_to_stop
            return [Incoming(id, sender, address, fixed=fixed, consent=consent)]
        if not text.strip() and fields.get("NumMedia", "0") != "0":
            return [Incoming(id, sender, address, fixed="media")]
        title = fields.get("ButtonText", "") or text
        return [Incoming(id, sender, address, title, fields.get("ButtonPayload", ""))]

    # Name of the fixed answer to STOP.
    said_to_stop = ""

    def call(self, part: Part, address: Mapping[str, str]) -> Call:
        """Messages resource: www.twilio.com/docs/messaging/api/message-resource."""
        account = self._options["SPINECHAT_TWILIO_ACCOUNT_SID"]
        base = self._options["SPINECHAT_TWILIO_API_URL"]
        return Call(
            f"{base}/2010-04-01/Accounts/{account}/Messages.json",
            form={"To": address["to"], **self.origin(), **part},
            login=(account, self._options["SPINECHAT_TWILIO_AUTH_TOKEN"]),
        )

    def origin(self) -> dict[str, str]:
        """Where our messages come from."""
        raise NotImplementedError


class TwilioSms(TwilioMessages):
    """Text messages: plain, with choices as numbers."""

    name = "sms"
    prefix = "sms-"
    # Twilio answers STOP itself; a second answer would be one too many.
    said_to_stop = ""

    def origin(self) -> dict[str, str]:
        """A number of ours, or a messaging service that picks one."""
        own = self._options["SPINECHAT_TWILIO_SMS_NUMBER"]
        return {"MessagingServiceSid": own} if own.startswith("MG") else {"From": own}

    def render(self, reply: Reply) -> list[Part]:
        """Numbered choices; parts of at most 1,600 characters."""
        return [{"Body": piece} for piece in split(sms_text(numbered(reply)), MAX_BODY)]

    def weigh(self, part: Part) -> dict[str, int]:
        """How many text messages are billed."""
        return {"segments": segments(part["Body"])}


class TwilioWhatsApp(TwilioMessages):
    """WhatsApp: quick replies where content templates are configured, else numbered choices."""

    name = "twilio_whatsapp"
    prefix = "twa-"
    # WhatsApp's rule: free-form messages only within a day of the person's last one.
    window = DAY
    # Twilio does not answer STOP in WhatsApp.
    said_to_stop = "stopped"

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        given = options["SPINECHAT_TWILIO_QUICK_REPLIES"].split(",")
        self._templates = [template.strip() for template in given if template.strip()]

    def origin(self) -> dict[str, str]:
        """Our WhatsApp number."""
        return {"From": _WHATSAPP + self._options["SPINECHAT_TWILIO_WHATSAPP_NUMBER"]}

    def render(self, reply: Reply) -> list[Part]:
        """As many buttons in a message as there are templates for; without any, numbers."""
        if not choices(reply) or not self._templates:
            return [{"Body": piece} for piece in split(numbered(reply), MAX_BODY)]
        text = with_links(reply)
        *before, last = split(text, MAX_TEMPLATE_BODY)
        parts: list[Part] = [{"Body": piece} for piece in before]
        for group in groups(choices(reply), len(self._templates)):
            parts.append(self._template(last, group))
            last = choices_line("list")
        return parts

    def _template(self, text: str, buttons: list[dict[str, str]]) -> Part:
        """A template with the body in {{1}}, then a title and a payload for each button."""
        values = [text]
        for button in buttons:
            values += [shortened(button["title"], MAX_TITLE), button["payload"]]
        variables = {str(at): value for at, value in enumerate(values, start=1)}
        return {
            "ContentSid": self._templates[len(buttons) - 1],
            "ContentVariables": json.dumps(variables, ensure_ascii=False),
        }
