"""Collects what the assistant says in one turn, with its outcome and topics."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import OutputChannel

from spinechat.topics import Outcome

Reply = dict[str, Any]


def plain_reply(text: str) -> Reply:
    """A reply without buttons."""
    return {"text": text, "buttons": []}


class ReplyCollector(OutputChannel):
    """An output channel that keeps replies instead of sending them.

    Attributes:
        replies: each {"text", "buttons": [{"title", "payload" or "url"}]}.
        outcome: of the turn, see `spinechat.topics.Outcome`.
        topics: labels served in the turn.
        facts: ids of data/facts.yml that the replies state.
        screened: whether the red-flag guard judged the message that is answered.
    """

    @classmethod
    def name(cls) -> str:
        """The channel's name in the tracker."""
        return "website"

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.outcome: str = Outcome.UNSURE.value
        self.topics: list[str] = []
        self.facts: list[str] = []
        self.screened = False

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Called by Rasa for each bot event of the turn."""
        if not message.get("text"):
            return
        buttons = [
            {key: button[key] for key in ("title", "payload", "url") if key in button}
            for button in message.get("buttons") or []
        ]
        self.replies.append({"text": message["text"], "buttons": buttons})
        self.outcome = message.get("outcome") or self.outcome
        self.screened = self.screened or bool(message.get("screened"))
        self.topics += [topic for topic in message.get("topics") or [] if topic not in self.topics]
        self.facts += [fact for fact in message.get("facts") or [] if fact not in self.facts]
