"""Alarm classifier: how much speaks for an emergency or a crisis in a message.

The screen's patterns (spinechat/redflags) hear what somebody thought of before; patients say it in
other words. This classifier adds up what three machines say of the meaning, the letters and the
words as the screen reads them. The screen's findings are no feature: red_flag_guard.py weighs the
two against each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import hstack
from tqdm import tqdm

from spinechat.nlu.alarm_model import AlarmModel
from spinechat.nlu.char_ngrams import NGRAMS, CharNgramFeaturizer
from spinechat.nlu.component import StoredComponent
from spinechat.nlu.encoder import ALARM, CALLS, VECTORS, SentenceEncoder
from spinechat.nlu.features import dense_features, sparse_features
from spinechat.nlu.term_weights import TermWeights
from spinechat.redflags import Screening, screen
from spinechat.redflags.evidence import word_terms

# Message property: an `AlarmChance`.
CHANCE = "alarm_chance"


@dataclass(frozen=True)
class AlarmChance:
    """What speaks for an alarm in a message.

    Attributes:
        screening: what the screen found.
        score: how much speaks for an emergency or a crisis; above 0 it is the likelier.
        likelier: "crisis" or "emergency".
    """

    screening: Screening
    score: float
    likelier: str


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class AlarmClassifier(StoredComponent, IntentClassifier):
    """Learns from all phrases: those of `emergency` and `crisis` against all others."""

    @classmethod
    def required_components(cls) -> list[type]:
        """One dense and one sparse featurizer."""
        return [SentenceEncoder, CharNgramFeaturizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Settings.

        penalty, reach: see `AlarmModel.fit`.
        tuned_weight: how much the call of the encoder's tuned layers counts.
        min_df: word terms in fewer phrases than that are left out.
        """
        return {"penalty": 1.0, "reach": 3.0, "tuned_weight": 0.4, "min_df": 2}

    def __init__(self, config: dict[str, Any], name: str) -> None:
        self._config = config
        self._words = TermWeights(fewest=config["min_df"])
        self._model: AlarmModel | None = None

    def learn(self, training_data: TrainingData) -> None:
        """Fits on the phrases' features and on the words that the screen reads in them."""
        phrases = [message for message in training_data.intent_examples if message.get(TEXT)]
        screened = [screen(m.get(TEXT)) for m in tqdm(phrases, desc="Screening", unit="phrase")]
        words = self._words.fit(word_terms(screening) for screening in screened)
        self._model = AlarmModel.fit(
            dense_features(phrases),
            hstack([sparse_features(phrases), words]).tocsr(),
            [phrase.get(INTENT) for phrase in phrases],
            penalty=self._config["penalty"],
            reach=self._config["reach"],
        )

    def write(self, folder: Path) -> None:
        """Writes terms and model."""
        assert self._model is not None
        self._words.write(folder)
        self._model.save(folder)

    def read(self, folder: Path) -> None:
        """Reads them."""
        self._words.read(folder)
        self._model = AlarmModel.load(folder)

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets the chance of an alarm."""
        for message in messages:
            if message.get(TEXT) and self._model is not None:
                message.set(CHANCE, self._chance(message, self._model))
        return messages

    def _chance(self, message: Message, model: AlarmModel) -> AlarmChance:
        screening = screen(message.get(TEXT))
        words = self._words.rows([word_terms(screening)])
        features = message.get(VECTORS)[:1], message.get(NGRAMS)[:1], words
        score = float(model.margins(*features)[0])
        calls = message.get(CALLS)
        if calls is not None:
            score += self._config["tuned_weight"] * float(calls.groups[ALARM][0])
        return AlarmChance(screening, score, model.likelier(*features))
