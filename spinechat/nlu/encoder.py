"""Sentence-encoder featurizer: a message's meaning as one dense vector."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from tqdm import tqdm

from spinechat.encoder import SentenceVectors, prepared_encoder
from spinechat.encoder.heads import HEADS_FILE, TUNED_BEFORE, Heads
from spinechat.encoder.runtime import DIMENSIONS
from spinechat.encoder.weights import GRAPH_FILE, checked_weights, sha256_of
from spinechat.nlu.component import StoredComponent
from spinechat.nlu.spelling import PARTS, SpellingCorrector
from spinechat.nlu.text import normalised
from spinechat.topics import ALARMS

# Message property: the vectors of the whole message and, if there are two or more, of its
# clauses, [1 + clauses, 384] float32 (set when a message is parsed, not in training).
VECTORS = "vectors"
# Message property: what the tuned layers say of the same rows, `spinechat.encoder.heads.Calls`;
# None if they were not tuned.
CALLS = "calls"
# Intents that get a head of their own: what must not be missed.
ALARM, ADVICE = "alarm", "advice"
GROUPS = {ALARM: ALARMS, ADVICE: ("medical_advice",)}
# Tokens of a phrase that are learned from; stories are cut off, as the time grows with them.
TUNING_TOKENS = 96


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceEncoder(StoredComponent, DenseFeaturizer):
    """all-MiniLM-L6-v2 in ONNX Runtime; its graph and tokenizer travel in the model archive."""

    LEARNED_BY = ("encoder/*.py", "nlu/encoder.py", "nlu/text.py", "nlu/component.py", "topics.py")

    @classmethod
    def required_components(cls) -> list[type]:
        """The clauses, mended."""
        return [SpellingCorrector]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Settings.

        quantized: 8-bit weights, half the time and a quarter of the size of 32-bit ones.
        epochs: how often the top layers see every phrase; 0 leaves them as they are.
        """
        return {**DenseFeaturizer.get_default_config(), "quantized": True, "epochs": 3}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuses a `quantized` that is neither true nor false."""
        if not isinstance(config["quantized"], bool):
            raise InvalidConfigException("SentenceEncoder: quantized must be true or false.")
        if not isinstance(config["epochs"], int) or config["epochs"] < 0:
            raise InvalidConfigException("SentenceEncoder: epochs must be 0 or more.")

    def __init__(self, config: dict[str, Any], name: str) -> None:
        super().__init__(name, config)
        self._quantized: bool = config["quantized"]
        self._epochs: int = config["epochs"]
        self._tuned: Any = None
        self._tuned_before: Path | None = None

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Called by Rasa when it looks for a part in its cache."""
        before = os.environ.get(TUNED_BEFORE)
        own = super().fingerprint_addon(config)
        return own + sha256_of(Path(before) / GRAPH_FILE) if before else own

    def learn(self, training_data: TrainingData) -> None:
        """Tunes the layers above the vectors, which stay as they are."""
        if not self._epochs:
            return
        phrases = [message for message in training_data.intent_examples if message.get(TEXT)]
        intents = [message.get(INTENT) for message in phrases]
        before = os.environ.get(TUNED_BEFORE)
        if before and set(Heads.load(Path(before)).intents) == set(intents):
            self._tuned_before = Path(before)
            return
        # Imported here: tuning needs TensorFlow and onnx, serving does not.
        from spinechat.encoder.graph import read_weights
        from spinechat.encoder.tuning import tune

        # From the graph that serves, so that the tuned layers learn on what they will get.
        vectors = SentenceVectors(prepared_encoder(self._quantized))
        states = [
            vectors.states(normalised(message.get(TEXT)), TUNING_TOKENS)
            for message in tqdm(phrases, desc="Reading phrases", unit="phrase")
        ]
        weights = read_weights(checked_weights())
        self._tuned = tune(weights, states, intents, GROUPS, epochs=self._epochs)

    def write(self, folder: Path) -> None:
        """Puts graph and tokenizer into the archive, so that it stands alone."""
        for file in prepared_encoder(self._quantized).iterdir():
            shutil.copyfile(file, folder / file.name)
        if self._tuned_before:
            for name in (GRAPH_FILE, HEADS_FILE):
                shutil.copyfile(self._tuned_before / name, folder / name)
        elif self._tuned is not None:
            from spinechat.encoder.graph import write_graph

            layers, heads = self._tuned
            write_graph(checked_weights(), folder / GRAPH_FILE, self._quantized, layers)
            heads.save(folder)

    def read(self, folder: Path) -> None:
        """Loads graph and tokenizer."""
        self._vectors = SentenceVectors(folder)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the vector of each training phrase."""
        for message in tqdm(
            training_data.training_examples, desc="Encoding phrases", unit="phrase"
        ):
            if message.get(TEXT):
                self._add(message, self._vectors.encode([normalised(message.get(TEXT))]))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets the vector of each message, and those of its clauses if there are several."""
        for message in messages:
            if message.get(TEXT):
                vectors, calls = self._vectors.read(message.get(PARTS))
                message.set(VECTORS, vectors)
                message.set(CALLS, calls)
        return messages

    def _add(self, message: Message, vector: np.ndarray[Any, Any]) -> None:
        assert vector.shape == (1, DIMENSIONS)
        message.add_features(Features(vector, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
