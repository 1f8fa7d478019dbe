"""Topic classifier: which topics of topics.yml, or which dialogue intent, a message is about.

A message of one clause gets the label of the whole. In a longer one, each clause that asks
something is heard for itself: two different topics that both ring clear are both served, and a
story with the question at its end is not drowned by the story.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from spinechat.encoder.heads import Calls
from spinechat.nlu.char_ngrams import NGRAMS, CharNgramFeaturizer
from spinechat.nlu.clauses import asks_something
from spinechat.nlu.component import StoredComponent
from spinechat.nlu.encoder import CALLS, VECTORS, SentenceEncoder
from spinechat.nlu.evidence import TopicScores
from spinechat.nlu.features import sentence_features
from spinechat.nlu.linear_model import CalibratedLinearModel, softmax
from spinechat.nlu.tokenizer import CLAUSES
from spinechat.topics import topic_book

# Output property of a parse: the topics to serve, in the order asked.
TOPICS = "topics"
# Message property: (label, probability) of each clause (only where there are two or more).
CLAUSE_LABELS = "clause_labels"
# Message property: a `TopicScores`.
SCORES = "topic_scores"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(StoredComponent, IntentClassifier):
    """Calibrated linear classifier on the features, and what the encoder's tuned layers say."""

    LEARNED_BY = (
        "nlu/topic_classifier.py", "nlu/linear_model.py", "nlu/features.py", "nlu/component.py"
    )  # fmt: skip

    @classmethod
    def required_components(cls) -> list[type]:
        """One dense and one sparse featurizer."""
        return [SentenceEncoder, CharNgramFeaturizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Settings.

        penalty: see `CalibratedLinearModel.fit`.
        clear: a clause that asks something counts for itself from this probability on (0 to 1).
        clear_statement: the same for a clause that is not worded as a question.
        tuned_weight: how much the tuned layers' scores count beside the linear ones.
        temperature: what both together are divided by; above 1 makes probabilities more modest.
        ranking_length: how many labels a parse lists.
        """
        return {
            "penalty": 1.0,
            "clear": 0.35,
            "clear_statement": 0.9,
            "tuned_weight": 0.3,
            "temperature": 1.0,
            "ranking_length": 8,
        }

    def __init__(self, config: dict[str, Any], name: str) -> None:
        self._config = config
        self._model: CalibratedLinearModel | None = None
        self._servable = topic_book().servable

    def learn(self, training_data: TrainingData) -> None:
        """Fits on the phrases' features."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        labels = [example.get(INTENT) for example in examples]
        penalty = self._config["penalty"]
        self._model = CalibratedLinearModel.fit(sentence_features(examples), labels, penalty)

    def write(self, folder: Path) -> None:
        """Writes the linear model."""
        assert self._model is not None
        self._model.save(folder)

    def read(self, folder: Path) -> None:
        """Reads it."""
        self._model = CalibratedLinearModel.load(folder)

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets intent, ranking and the topics to serve."""
        for message in messages:
            if message.get(TEXT) and self._model is not None:
                self._classify(message, self._model)
        return messages

    def _classify(self, message: Message, model: CalibratedLinearModel) -> None:
        scores = self._scores(message, model)
        message.set(SCORES, scores)
        probabilities = scores.both
        whole = probabilities[0]
        heard = [(model.labels[int(row.argmax())], float(row.max())) for row in probabilities[1:]]
        message.set(CLAUSE_LABELS, heard)
        topics, leading = self._clear_topics(message.get(CLAUSES) or [], probabilities[1:])
        shown = whole if leading is None else leading
        ranking = [
            {INTENT_NAME_KEY: model.labels[index], PREDICTED_CONFIDENCE_KEY: float(shown[index])}
            for index in np.argsort(-shown)[: self._config["ranking_length"]]
        ]
        message.set(INTENT, dict(ranking[0]), add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        if len(topics) < 2:
            name = ranking[0][INTENT_NAME_KEY]
            topics = [name] if name in self._servable else []
        message.set(TOPICS, topics, add_to_output=True)

    def _scores(self, message: Message, model: CalibratedLinearModel) -> TopicScores:
        """Of each label for the message and its clauses."""
        linear = model.scores_beside(message.get(VECTORS), message.get(NGRAMS))
        own = softmax(linear)
        calls: Calls | None = message.get(CALLS)
        if calls is None:
            return TopicScores(model.labels, own, own, own, {})
        columns = [calls.names.index(label) for label in model.labels]
        tuned = calls.intents[:, columns]
        both = (linear + self._config["tuned_weight"] * tuned) / self._config["temperature"]
        return TopicScores(model.labels, own, softmax(tuned), softmax(both), calls.groups)

    def _clear_topics(
        self, clauses: list[str], probabilities: np.ndarray[Any, Any]
    ) -> tuple[list[str], np.ndarray[Any, Any] | None]:
        """The topics that asking clauses name clearly, and the first such clause's row."""
        assert self._model is not None
        topics: list[str] = []
        leading: np.ndarray[Any, Any] | None = None
        for clause, row in zip(clauses, probabilities, strict=False):
            best = int(row.argmax())
            label = self._model.labels[best]
            bar = self._config["clear" if asks_something(clause) else "clear_statement"]
            if label not in self._servable or row[best] < bar:
                continue
            if leading is None:
                leading = row
            if label not in topics:
                topics.append(label)
        return topics, leading
