"""Words that work at any point ("human", "menu", "start over"), heard without the classifier."""

from __future__ import annotations

from functools import lru_cache

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from spinechat.nlu.component import PlainComponent
from spinechat.nlu.text import normalised
from spinechat.nlu.topic_classifier import TOPICS
from spinechat.project import read_yaml
from spinechat.topics import topic_book


@lru_cache(maxsize=1)
def _commands() -> dict[str, str]:
    """Intent by the words of data/commands.yml."""
    return {
        normalised(words): intent
        for intent, entries in read_yaml("data/commands.yml").items()
        for words in entries
    }


def command(text: str) -> str | None:
    """The intent of a message that is nothing but a command, else None."""
    bare = normalised(text)
    return _commands().get(bare) or _commands().get(bare.strip(" .!?,"))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class CommandWords(PlainComponent):
    """Overrides the classifier where a message is a command."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets intent, ranking and topics of messages that are commands."""
        for message in messages:
            intent = command(message.get(TEXT) or "")
            if intent is None:
                continue
            verdict = {INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: 1.0}
            message.set(INTENT, dict(verdict), add_to_output=True)
            message.set(INTENT_RANKING_KEY, [verdict], add_to_output=True)
            topics = [intent] if intent in topic_book().servable else []
            message.set(TOPICS, topics, add_to_output=True)
        return messages
