"""Settings of the messaging channels, from the environment (.env.example is their template).

SPINECHAT_CHANNELS names the channels that are open. An open channel without its secret keeps the
process from starting.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from spinechat.settings import BadSetting

PUBLIC_URL = "SPINECHAT_PUBLIC_URL"
ENABLED = "SPINECHAT_CHANNELS"
KEEP_DAYS = "SPINECHAT_INBOX_DAYS"
WEBHOOKS = "/webhooks"

# What each setting is for; .env.example and docs/channels.md are compared with this one.
DESCRIPTIONS = {
    "SPINECHAT_CHANNELS": "open messaging channels, separated by commas; none by default",
    "SPINECHAT_PUBLIC_URL": "address under which the vendors reach this server, with https://",
    "SPINECHAT_INBOX_DAYS": "days that a message's id and a sender's mark are kept",
    "SPINECHAT_TWILIO_ACCOUNT_SID": "Twilio: the account (AC...)",
    "SPINECHAT_TWILIO_AUTH_TOKEN": "Twilio: signs its requests and opens its API",
    "SPINECHAT_TWILIO_SMS_NUMBER": "Twilio: our number (+1...) or messaging service (MG...)",
    "SPINECHAT_TWILIO_WHATSAPP_NUMBER": "Twilio: our WhatsApp number (+1...)",
    "SPINECHAT_TWILIO_QUICK_REPLIES": "Twilio: content templates for 1, 2 and 3 buttons (HX...)",
    "SPINECHAT_TWILIO_API_URL": "Twilio: address of its API",
    "SPINECHAT_META_APP_SECRET": "Meta: signs its requests",
    "SPINECHAT_META_VERIFY_TOKEN": "Meta: a word of our own, for setting the webhook up",
    "SPINECHAT_META_API_VERSION": "Meta: version of the Graph API",
    "SPINECHAT_META_API_URL": "Meta: address of the Graph API",
    "SPINECHAT_MESSENGER_PAGE_ID": "Messenger: the clinic's page",
    "SPINECHAT_MESSENGER_TOKEN": "Messenger: the page's access token",
    "SPINECHAT_WHATSAPP_NUMBER_ID": "WhatsApp Cloud API: id of our number",
    "SPINECHAT_WHATSAPP_TOKEN": "WhatsApp Cloud API: access token",
    "SPINECHAT_TELEGRAM_TOKEN": "Telegram: the bot's token",
    "SPINECHAT_TELEGRAM_SECRET": "Telegram: a word of our own that comes back with each request",
    "SPINECHAT_TELEGRAM_API_URL": "Telegram: address of its API",
    "SPINECHAT_SLACK_SIGNING_SECRET": "Slack: signs its requests",
    "SPINECHAT_SLACK_TOKEN": "Slack: the bot's token (xoxb-...)",
    "SPINECHAT_SLACK_API_URL": "Slack: address of its API",
}

DEFAULTS = {
    KEEP_DAYS: "30",
    "SPINECHAT_TWILIO_API_URL": "https://api.twilio.com",
    "SPINECHAT_META_API_VERSION": "v23.0",
    "SPINECHAT_META_API_URL": "https://graph.facebook.com",
    "SPINECHAT_TELEGRAM_API_URL": "https://api.telegram.org",
    "SPINECHAT_SLACK_API_URL": "https://slack.com",
}

_TWILIO = ("SPINECHAT_PUBLIC_URL", "SPINECHAT_TWILIO_ACCOUNT_SID", "SPINECHAT_TWILIO_AUTH_TOKEN")
_META = ("SPINECHAT_META_APP_SECRET", "SPINECHAT_META_VERIFY_TOKEN")

# What each channel cannot do without.
NEEDS: dict[str, tuple[str, ...]] = {
    "sms": (*_TWILIO, "SPINECHAT_TWILIO_SMS_NUMBER"),
    "twilio_whatsapp": (*_TWILIO, "SPINECHAT_TWILIO_WHATSAPP_NUMBER"),
    "voice": _TWILIO,
    "messenger": (*_META, "SPINECHAT_MESSENGER_PAGE_ID", "SPINECHAT_MESSENGER_TOKEN"),
    "whatsapp": (*_META, "SPINECHAT_WHATSAPP_NUMBER_ID", "SPINECHAT_WHATSAPP_TOKEN"),
    "telegram": ("SPINECHAT_TELEGRAM_TOKEN", "SPINECHAT_TELEGRAM_SECRET"),
    "slack": ("SPINECHAT_SLACK_SIGNING_SECRET", "SPINECHAT_SLACK_TOKEN"),
}

# Values that can be told wrong by their form, with what they should look like.
_FORMS = {
    "SPINECHAT_TWILIO_ACCOUNT_SID": (r"AC[0-9a-fA-F]{32}", "AC and 32 digits or letters a to f"),
    "SPINECHAT_TWILIO_SMS_NUMBER": (
        r"\+[1-9]\d{6,14}|MG[0-9a-fA-F]{32}|\d{5,6}",
        "like +18005550100, or a service's id that starts with MG",
    ),
    "SPINECHAT_TWILIO_WHATSAPP_NUMBER": (r"\+[1-9]\d{6,14}", "like +18005550100"),
    "SPINECHAT_TWILIO_QUICK_REPLIES": (
        r"HX[0-9a-fA-F]{32}(\s*,\s*HX[0-9a-fA-F]{32}){0,2}",
        "one to three ids that start with HX, separated by commas",
    ),
    "SPINECHAT_META_API_VERSION": (r"v\d{1,3}\.\d{1,2}", "like v23.0"),
    "SPINECHAT_MESSENGER_PAGE_ID": (r"\d{1,32}", "digits only"),
    "SPINECHAT_WHATSAPP_NUMBER_ID": (r"\d{1,32}", "digits only"),
    "SPINECHAT_TELEGRAM_TOKEN": (r"\d{1,20}:[A-Za-z0-9_-]{10,100}", "like 123456:ABC-DEF..."),
    # Telegram's own rule for secret_token.
    "SPINECHAT_TELEGRAM_SECRET": (r"[A-Za-z0-9_-]{16,256}", "16 to 256 letters, digits, - or _"),
    KEEP_DAYS: (r"[1-9]\d{0,3}", "a whole number of days above 0"),
}


@dataclass(frozen=True)
class Options:
    """The messaging channels' settings.

    Attributes:
        enabled: names of the open channels, in the order of NEEDS.
        values: every setting that is given or has a default.
    """

    enabled: tuple[str, ...]
    values: Mapping[str, str]

    @classmethod
    def from_environment(cls) -> Options:
        """Reads and checks the environment.

        Raises:
            BadSetting: with the setting's name and what to do; never with a secret's value.
        """
        options = cls.unchecked()
        named = [part.strip() for part in options[ENABLED].split(",") if part.strip()]
        unknown = [name for name in named if name not in NEEDS]
        if unknown:
            known = ", ".join(NEEDS)
            raise BadSetting(f"{ENABLED} names {unknown[0]!r}; the channels are {known}.")
        for channel in options.enabled:
            missing = options.missing(channel)
            if missing:
                what = f"{missing[0]} is empty ({DESCRIPTIONS[missing[0]]})"
                raise BadSetting(f"The channel {channel} is open, but {what}.")
        for name, value in options.values.items():
            _check(name, value)
        return options

    @classmethod
    def unchecked(cls) -> Options:
        """Reads the environment."""
        given = {name: os.environ.get(name, "").strip() for name in DESCRIPTIONS}
        values = {name: value or DEFAULTS.get(name, "") for name, value in given.items()}
        named = {part.strip() for part in values[ENABLED].split(",")}
        enabled = tuple(name for name in NEEDS if name in named)
        return cls(enabled, {name: value.rstrip("/") for name, value in values.items() if value})

    def missing(self, channel: str) -> list[str]:
        """Settings that a channel cannot do without and that are empty."""
        return [name for name in NEEDS[channel] if not self[name]]

    def __getitem__(self, name: str) -> str:
        """A setting's value; empty if it has none."""
        return self.values.get(name, "")

    def webhook(self, channel: str) -> str:
        """The address that the vendor is told."""
        return f"{self[PUBLIC_URL] or 'https://<SPINECHAT_PUBLIC_URL>'}{WEBHOOKS}/{channel}"

    @property
    def keep_seconds(self) -> float:
        """How long the inbox keeps what is answered."""
        return float(self[KEEP_DAYS]) * 86_400


def _check(name: str, value: str) -> None:
    if not value:
        return
    pattern, wanted = _FORMS.get(name, ("", ""))
    if pattern and not re.fullmatch(pattern, value):
        raise BadSetting(f"{name} must be {wanted}.")
    if name.endswith("_URL") and not _is_address(value):
        raise BadSetting(f"{name} must be an address that starts with https://.")


def _is_address(value: str) -> bool:
    """Whether it is an https address, or any on this machine."""
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018  (raises for "https://host:port")
    except ValueError:
        return False
    if parts.query or parts.fragment or not parts.hostname:
        return False
    own = parts.hostname in ("127.0.0.1", "localhost")
    return parts.scheme == "https" or (own and parts.scheme == "http")
