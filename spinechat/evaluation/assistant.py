"""The whole assistant in this process, for scoring: a real model, a real tracker, no server."""

from __future__ import annotations

import asyncio
import logging
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import UserUttered
from rasa.utils.endpoints import EndpointConfig
from rasa.utils.log_utils import configure_structlog

from spinechat.channels.output import ReplyCollector

GENERATOR = "spinechat.replies.ResponseGenerator"


def silence_rasa() -> None:
    """Keeps message texts off the terminal: outside its own commands, Rasa prints each one.

    To be called before a model is loaded.
    """
    configure_structlog(logging.ERROR)


@dataclass(frozen=True)
class Heard:
    """What became of one message.

    Attributes:
        intent: the final intent.
        confidence: of the classifier's first label (0 to 1), before fallback.
        ranking: labels with confidence, likeliest first.
        text: the reply.
        outcome: of the reply.
        topics: served by the reply.
        buttons: payloads of the quick replies under it, such as "/hospital_stay".
        facts: ids of data/facts.yml that the reply states.
    """

    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    text: str
    outcome: str
    topics: tuple[str, ...]
    buttons: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


class Assistant:
    """Loads a model once and plays conversations."""

    def __init__(self, model: Path) -> None:
        silence_rasa()
        self._loop = asyncio.new_event_loop()
        self._agent = Agent.load(str(model), generator=EndpointConfig(type=GENERATOR))

    def ask(self, text: str, conversation: str | None = None) -> Heard:
        """One turn; without `conversation`, in a new one."""
        sender = conversation or uuid.uuid4().hex
        collector = ReplyCollector()
        message = UserMessage(text, collector, sender, input_channel="evaluation")
        self._loop.run_until_complete(self._agent.handle_message(message))
        parse = self._last_parse(sender)
        ranking = tuple((e["name"], e["confidence"]) for e in parse["intent_ranking"])
        scored = [entry for entry in ranking if entry[0] != "nlu_fallback"]
        return Heard(
            intent=parse["intent"]["name"],
            confidence=scored[0][1] if scored else 0.0,
            ranking=ranking,
            text="\n".join(reply["text"] for reply in collector.replies),
            outcome=collector.outcome,
            topics=tuple(collector.topics),
            facts=tuple(collector.facts),
            buttons=tuple(
                button["payload"]
                for reply in collector.replies
                for button in reply["buttons"]
                if "payload" in button
            ),
        )

    def converse(self, texts: list[str]) -> list[Heard]:
        """Several turns of one conversation."""
        sender = uuid.uuid4().hex
        return [self.ask(text, sender) for text in texts]

    def _last_parse(self, sender: str) -> dict[str, Any]:
        tracker = self._loop.run_until_complete(self._agent.tracker_store.retrieve(sender))
        user = [event for event in tracker.events if isinstance(event, UserUttered)][-1]
        return dict(user.parse_data or {})
