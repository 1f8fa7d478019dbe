"""Puts safety before everything else that was understood in a message.

Order of precedence in a message: crisis, emergency, post_op_problem, medical_advice, the rest.
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
from spinechat.nlu.safety_classifier import SAFETY, SafetyCall
from spinechat.nlu.topic_classifier import CLAUSE_LABELS, TOPICS
from spinechat.redflags import CONCEPTS
from spinechat.topics import ALARMS

AFTER_SURGERY, ADVICE = "post_op_problem", "medical_advice"
PRECEDENCE = (*ALARMS, AFTER_SURGERY, ADVICE)
FALLBACK = "nlu_fallback"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class RedFlagGuard(PlainComponent):
    """Stands last in the pipeline, so that nothing overrides it."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Settings; `bars` and `advice` are log-odds, the others probabilities (0 to 1).

        bars: for each alarm the safety classifier's log-odds from which on a message is one.
        short: letters of a short message: too few for evidence to speak against what the screen
            raises ("numb down there").
        short_bar: in place of `bars` there.
        typed_alarm: confidence of the intent that makes an alarm too (a typed command has 1).
        advice: log-odds from which on a message asks for personal advice.
        clause_after_surgery: of post_op_problem in one clause of a message.
        least_topic: of a topic that takes the place of an alarm that was none.
        """
        return {
            "bars": {"crisis": 0.0, "emergency": 0.0},
            "short": 60,
            "short_bar": -5.5,
            "typed_alarm": 0.999,
            "advice": 0.0,
            "clause_after_surgery": 0.9,
            "least_topic": 0.35,
        }

    def process(self, messages: list[Message]) -> list[Message]:
        """Overrides intent and topics where a message holds something unsafe."""
        for message in messages:
            if message.get(TEXT):
                self._guard(message)
        return messages

    def _guard(self, message: Message) -> None:
        call: SafetyCall = message.get(SAFETY)
        message.set(CONCEPTS, list(call.screening.concepts), add_to_output=True)
        current = message.get(INTENT) or {}
        alarm = self._alarm(call, current, len(message.get(TEXT)))
        topics = [topic for topic in message.get(TOPICS) or [] if topic not in ALARMS]
        if alarm:
            _set_verdict(message, alarm, 1.0)
            topics = [alarm] if alarm == "crisis" else [alarm, *topics]
        else:
            if current.get(INTENT_NAME_KEY) in ALARMS:
                name, confidence = self._second(message)
                _set_verdict(message, name, confidence)
                topics = topics or [name]
            first = self._advice(message, call)
            if first:
                others = [topic for topic in topics if topic not in PRECEDENCE]
                topics = [first, *others]
                if message.get(INTENT)[INTENT_NAME_KEY] != first:
                    _set_verdict(message, first, 1.0)
        message.set(TOPICS, topics, add_to_output=True)

    def _alarm(self, call: SafetyCall, current: dict[str, Any], letters: int) -> str | None:
        """Which alarm a message is, if it is one."""
        bar = self._config["bars"][call.kind]
        if call.screening.action and letters <= self._config["short"]:
            bar = min(bar, self._config["short_bar"])
        if call.alarm >= bar:
            return call.kind
        name, confidence = current.get(INTENT_NAME_KEY), current.get(PREDICTED_CONFIDENCE_KEY, 0.0)
        if name in ALARMS and confidence >= self._config["typed_alarm"]:
            return str(name)
        return None

    def _second(self, message: Message) -> tuple[str, float]:
        """What the topic classifier heard besides an alarm, or a miss."""
        ranking = message.get(INTENT_RANKING_KEY) or []
        others = [entry for entry in ranking if entry[INTENT_NAME_KEY] not in ALARMS]
        left = 1 - sum(
            entry[PREDICTED_CONFIDENCE_KEY] for entry in ranking if entry[INTENT_NAME_KEY] in ALARMS
        )
        for entry in others:
            confidence = entry[PREDICTED_CONFIDENCE_KEY] / max(left, 1e-9)
            if entry[INTENT_NAME_KEY] != FALLBACK and confidence >= self._config["least_topic"]:
                return entry[INTENT_NAME_KEY], confidence
        return FALLBACK, 1.0

    def _advice(self, message: Message, call: SafetyCall) -> str | None:
        """post_op_problem or medical_advice, if the whole message or a clause is about it."""
        found = {(message.get(INTENT) or {}).get(INTENT_NAME_KEY)}
        if call.advice >= self._config["advice"]:
            found.add(ADVICE)
        for label, probability in message.get(CLAUSE_LABELS) or []:
            if label == AFTER_SURGERY and probability >= self._config["clause_after_surgery"]:
                found.add(label)
        return next((label for label in PRECEDENCE if label in found), None)


def _set_verdict(message: Message, name: str, confidence: float) -> None:
    verdict = {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: confidence}
    message.set(INTENT, verdict, add_to_output=True)
    ranking = message.get(INTENT_RANKING_KEY) or []
    others = [entry for entry in ranking if entry[INTENT_NAME_KEY] != name]
    message.set(INTENT_RANKING_KEY, [verdict, *others], add_to_output=True)
