"""Safety classifier: how much speaks for an alarm, and for a request for personal advice.

The screen's patterns (spinechat/redflags) hear what somebody thought of before; patients say it in
other words. Here the screen's findings are weighed together with what the topic classifier and the
encoder's tuned layers say of the message and its clauses; red_flag_guard.py draws the line.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from spinechat.nlu.component import PlainComponent
from spinechat.nlu.encoder import ADVICE, ALARM, GROUPS
from spinechat.nlu.evidence import TopicScores, alarm_evidence, group_evidence, weighed
from spinechat.nlu.topic_classifier import SCORES, TopicClassifier
from spinechat.redflags import Screening, screen

# Message property: a `SafetyCall`.
SAFETY = "safety_call"
CRISIS, EMERGENCY = "crisis", "emergency"


@dataclass(frozen=True)
class SafetyCall:
    """What speaks for a message being unsafe to answer; log-odds, above 0 it is the likelier.

    Attributes:
        screening: what the screen found.
        alarm: for an emergency or a crisis.
        kind: which of the two it would be.
        advice: for a request for personal advice.
        evidence: the numbers behind `alarm`, by name.
        advice_evidence: those behind `advice`.
    """

    screening: Screening
    alarm: float
    kind: str
    advice: float
    evidence: Mapping[str, float]
    advice_evidence: Mapping[str, float]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SafetyClassifier(PlainComponent, IntentClassifier):
    """Adds the evidence up; its weights are fitted on the dev half, not on the phrases.

    On its own training phrases a model is always sure, so what its doubts are worth can be learned
    on other messages only.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """The topic classifier's scores."""
        return [TopicClassifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`alarm`, `advice`: the weight of each piece of evidence (evidence.py) and `bias`.

        `python -m spinechat.evaluation.safety_weights` fits them.
        """
        return {"alarm": {"bias": 0.0}, "advice": {"bias": 0.0}}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuses weights without a bias."""
        for name in ("alarm", "advice"):
            if "bias" not in config[name]:
                raise InvalidConfigException(f"SafetyClassifier: {name} needs a bias.")

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets what speaks for alarm and advice."""
        for message in messages:
            if message.get(TEXT) and message.get(SCORES) is not None:
                message.set(SAFETY, self._call(message.get(TEXT), message.get(SCORES)))
        return messages

    def _call(self, text: str, scores: TopicScores) -> SafetyCall:
        screening = screen(text)
        alarm, alarm_evidence_ = -math.inf, {}
        if set(GROUPS[ALARM]) & set(scores.labels):
            alarm_evidence_ = alarm_evidence(scores, GROUPS[ALARM], ALARM, len(text), screening)
            alarm = weighed(alarm_evidence_, self._config["alarm"])
        elif screening.action:
            # Nothing was learned of alarms: the screen decides alone.
            alarm = math.inf
        advice, advice_evidence = -math.inf, {}
        if set(GROUPS[ADVICE]) & set(scores.labels):
            advice_evidence = group_evidence(scores, GROUPS[ADVICE], ADVICE, len(text))
            advice = weighed(advice_evidence, self._config["advice"])
        kind = _kind(screening, scores)
        return SafetyCall(screening, alarm, kind, advice, alarm_evidence_, advice_evidence)


def _kind(screening: Screening, scores: TopicScores) -> str:
    """Which alarm a message would be: a crisis, if the screen or the classifier hears one."""
    if screening.action == CRISIS:
        return CRISIS
    likelier = scores.chance_of(CRISIS) > scores.chance_of(EMERGENCY)
    return CRISIS if likelier else EMERGENCY
