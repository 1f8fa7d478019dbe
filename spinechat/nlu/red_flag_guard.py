"""Puts safety before everything else that was understood in a message.

Order of precedence in a message: crisis, emergency, post_op_problem, medical_advice, the rest.
An alarm is raised by the screen on the raw text, by the classifier on the whole message, or by
the classifier on one of its clauses; a low confidence does not turn it into a miss.
"""

from __future__ import annotations

from typing import Any

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
from spinechat.nlu.topic_classifier import CLAUSE_LABELS, TOPICS
from spinechat.redflags import screen

# Output property of a parse: the names of the red-flag concepts found in the text.
CONCEPTS = "red_flags"
PRECEDENCE = ("crisis", "emergency", "post_op_problem", "medical_advice")
ALARMS = frozenset({"crisis", "emergency"})


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class RedFlagGuard(PlainComponent):
    """Stands last in the pipeline, so that nothing overrides it."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Settings.

        alarm: probability of emergency and crisis together from which a message is an alarm.
        clause_alarm: the same for one clause of a message.
        clause_advice: the same for post_op_problem and medical_advice in a clause.
        """
        return {"alarm": 0.4, "clause_alarm": 0.95, "clause_advice": 0.9}

    def process(self, messages: list[Message]) -> list[Message]:
        """Overrides intent and topics where a message holds something unsafe."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                self._guard(message, text)
        return messages

    def _guard(self, message: Message, text: str) -> None:
        screening = screen(text)
        message.set(CONCEPTS, list(screening.concepts), add_to_output=True)
        found = self._heard(message)
        if screening.action:
            found.add(screening.action)
        if not found:
            return
        first = next(label for label in PRECEDENCE if label in found)
        current = (message.get(INTENT) or {}).get(INTENT_NAME_KEY)
        others = [topic for topic in message.get(TOPICS) or [] if topic not in PRECEDENCE]
        message.set(TOPICS, [first, *([] if first == "crisis" else others)], add_to_output=True)
        if current != first:
            verdict = {INTENT_NAME_KEY: first, PREDICTED_CONFIDENCE_KEY: 1.0}
            message.set(INTENT, verdict, add_to_output=True)
            ranking = message.get(INTENT_RANKING_KEY) or []
            message.set(INTENT_RANKING_KEY, [verdict, *ranking], add_to_output=True)

    def _heard(self, message: Message) -> set[str]:
        """Safety labels that the classifier heard, in the whole or in a clause."""
        found: set[str] = set()
        current = (message.get(INTENT) or {}).get(INTENT_NAME_KEY)
        chances = {
            entry[INTENT_NAME_KEY]: entry[PREDICTED_CONFIDENCE_KEY]
            for entry in message.get(INTENT_RANKING_KEY) or []
        }
        alarms = {label: chances.get(label, 0.0) for label in ALARMS}
        if current in ALARMS or sum(alarms.values()) >= self._config["alarm"]:
            found.add(max(alarms, key=lambda label: alarms[label]))
        elif current in PRECEDENCE:
            found.add(str(current))
        for label, probability in message.get(CLAUSE_LABELS) or []:
            bar = self._config["clause_alarm" if label in ALARMS else "clause_advice"]
            if label in PRECEDENCE and probability >= bar:
                found.add(label)
        return found
