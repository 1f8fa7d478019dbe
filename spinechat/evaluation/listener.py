"""Hears one message with a trained model, and gives all that its components noted on the way."""

from __future__ import annotations

from pathlib import Path

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.nlu.training_data.message import Message

from spinechat.evaluation.assistant import silence_rasa

# The last component's node in Rasa's graph begins with this.
LAST = "run_spinechat.nlu.red_flag_guard"


class Listener:
    """Loads a model once. No conversation, no reply: understanding alone."""

    def __init__(self, model: Path) -> None:
        silence_rasa()
        agent = Agent.load(str(model))
        assert agent.processor is not None
        self._runner = agent.processor.graph_runner
        self._target = next(name for name in self._runner._graph_schema.nodes if LAST in name)

    def message(self, text: str) -> Message:
        """The message as the last component leaves it, with every property."""
        fed = {"__message__": [UserMessage(text)], "__tracker__": None, "__endpoints__": None}
        heard: Message = self._runner.run(inputs=fed, targets=[self._target])[self._target][0]
        return heard
