"""What a messaging channel is: it authenticates, parses, renders and says how to send.

Everything else (screening, masking, storing, the turn, sending, retries) is the same for all of
them and stands in post_office.py, inbox.py and sender.py.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from spinechat.channels.options import Options
from spinechat.channels.output import Reply

DAY = 86_400.0
# One message of a vendor's API, ready to send but for the address: JSON.
Part = dict[str, Any]


class Forged(Exception):
    """A request that does not come from the vendor; becomes a 403."""


class BadHook(ValueError):
    """A genuine request in a form that nobody documented; becomes a 400."""


@dataclass(frozen=True)
class Hook:
    """A webhook's request.

    Attributes:
        query: as it stands behind "?" in the address.
        headers: names in lower case.
        body: raw, as vendors sign the bytes.
    """

    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> dict[str, Any]:
        """The body as a JSON object.

        Raises:
            BadHook: it is none.
        """
        try:
            parsed = json.loads(self.body)
        except (ValueError, RecursionError):
            raise BadHook("no JSON") from None
        if not isinstance(parsed, dict):
            raise BadHook("no JSON object")
        return parsed


@dataclass(frozen=True)
class Call:
    """One request to a vendor's API.

    Attributes:
        json: its body; or `form`, for a form.
        login: name and password, where the API wants them.
    """

    url: str
    json: Mapping[str, Any] | None = None
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    login: tuple[str, str] | None = None


@dataclass(frozen=True)
class Incoming:
    """One message out of a webhook.

    Attributes:
        id: the vendor's; the same id is answered once.
        sender: who wrote; makes the conversation. Never stored or logged as it is.
        address: what the channel needs to send an answer back; kept until it is sent.
        text: raw; for a button its title.
        payload: of a button.
        fixed: name of a fixed answer in texts.yml, for what is no question ("media", "help");
            Rasa does not see such a message.
        once: the fixed answer is said only once in a conversation.
        consent: "stop" and "start" end and begin a person's consent to get messages.
        sent: seconds since 1970, by the vendor's clock; 0 if it does not say.
        courtesy: a call that only tells the vendor's app that the message has come.
    """

    id: str
    sender: str
    address: dict[str, str]
    text: object = None
    payload: str = ""
    fixed: str = ""
    once: bool = False
    consent: str = ""
    sent: float = 0.0
    courtesy: Call | None = None


@dataclass(frozen=True)
class Response:
    """What a webhook's request is answered with."""

    body: str = ""
    content_type: str = "text/plain; charset=utf-8"


class Channel(ABC):
    """A messaging channel.

    Attributes:
        name: in SPINECHAT_CHANNELS, in the webhook's address and in the tracker.
        prefix: of its conversation ids, so that no two channels share one.
        window: seconds after a person's last message in which answers may be sent; 0 for no end.
    """

    name: str
    prefix: str
    window: float = 0.0

    def __init__(self, options: Options) -> None:
        self._options = options

    @abstractmethod
    def authenticate(self, hook: Hook) -> None:
        """Raises Forged unless the vendor signed the request."""

    @abstractmethod
    def parse(self, hook: Hook) -> list[Incoming]:
        """The messages in an authentic request; what is no message is left out.

        Raises:
            BadHook: nothing can be read.
        """

    def acknowledge(self, hook: Hook) -> Response:
        """The answer to a request whose messages are stored."""
        return Response()

    def challenge(self, hook: Hook) -> Response:
        """The answer to a GET, with which some vendors check the address."""
        raise Forged

    @abstractmethod
    def render(self, reply: Reply) -> list[Part]:
        """A reply as this medium shows it, in one or more messages."""

    @abstractmethod
    def call(self, part: Part, address: Mapping[str, str]) -> Call:
        """The request that sends a part."""

    def is_passing(self, status: int, body: Mapping[str, Any]) -> bool:
        """Whether a refused call may go through later."""
        return status == 429 or status >= 500

    def is_refused(self, status: int, body: Mapping[str, Any]) -> bool:
        """Whether the vendor did not take the message."""
        return status >= 300

    def weigh(self, part: Part) -> dict[str, int]:
        """What a sent part adds to the counts, by name ("segments")."""
        return {}
