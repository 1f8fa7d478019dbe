"""What is compared on the public intent sets: this project's components, Rasa's default pipeline.

This project's are those of config.yml with its settings, trained, stored, loaded and called as
Rasa does it (a test compares both), but in this process, without an archive for each training.
What belongs to this project's own labels is left out: alarms, command words, terms, red flags.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from rasa.core.agent import Agent
from rasa.engine.caching import CACHE_LOCATION_ENV
from rasa.model_training import train_nlu
from rasa.shared.nlu.constants import (
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from tqdm import tqdm

from benchmarks.intent_scores import Guess
from benchmarks.intent_sets import OUTSIDE, Phrase
from spinechat.evaluation.assistant import silence_rasa
from spinechat.evaluation.baselines import DEFAULT_CONFIG
from spinechat.nlu.char_ngrams import CharNgramFeaturizer
from spinechat.nlu.encoder import SentenceEncoder
from spinechat.nlu.spelling import SpellingCorrector
from spinechat.nlu.threshold import best_threshold, held_out_rounds
from spinechat.nlu.tokenizer import ClauseTokenizer
from spinechat.nlu.topic_classifier import TopicClassifier
from spinechat.project import read_yaml

FEATURIZERS = (SentenceEncoder, CharNgramFeaturizer)
FALLBACK = "FallbackClassifier"
# Parts of the default pipeline that name no intent.
WITHOUT_INTENTS = ("EntitySynonymMapper", "ResponseSelector")
# Before each label of a set, so that none is taken for a label of this project by its name.
FOREIGN = "~"


def settings(pipeline: Sequence[dict[str, Any]], name: str) -> dict[str, Any]:
    """A part's settings in a pipeline, its name left out."""
    part = next(part for part in pipeline if part["name"].split(".")[-1] == name)
    return {key: value for key, value in part.items() if key != "name"}


def _guess(ranking: Sequence[dict[str, Any]]) -> Guess:
    first = ranking[0]
    second = ranking[1][PREDICTED_CONFIDENCE_KEY] if len(ranking) > 1 else 0.0
    confidence = first[PREDICTED_CONFIDENCE_KEY]
    label = first[INTENT_NAME_KEY].removeprefix(FOREIGN)
    return Guess(label, confidence, confidence - second)


class OwnComponents:
    """This project's understanding, trained on the phrases of a set."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        """Trains."""
        pipeline = read_yaml("config.yml")["pipeline"]
        data = TrainingData([Message.build(text, FOREIGN + label) for text, label in phrases])
        tokenizer = ClauseTokenizer(ClauseTokenizer.get_default_config())
        tokenizer.process_training_data(data)
        self._parts: list[Any] = [tokenizer]
        for kind in (SpellingCorrector, *FEATURIZERS, TopicClassifier):
            part = self._trained(kind, settings(pipeline, kind.__name__), data)
            if kind in FEATURIZERS:
                part.process_training_data(data)
            self._parts.append(part)

    @staticmethod
    def _trained(kind: Any, own: dict[str, Any], data: TrainingData) -> Any:
        config = {**kind.get_default_config(), **own}
        learner, reader = (kind(config, kind.__name__) for _ in range(2))
        learner.learn(data)
        # As in a model: what is stored is what serves.
        with tempfile.TemporaryDirectory() as folder:
            learner.write(Path(folder))
            reader.read(Path(folder))
        return reader

    def guesses(self, texts: Sequence[str]) -> list[Guess]:
        """What it says of each text, before the fallback."""
        return [self._heard(text) for text in tqdm(texts, desc="Parsing", unit="text")]

    def _heard(self, text: str) -> Guess:
        messages = [Message({TEXT: text})]
        for part in self._parts:
            messages = part.process(messages)
        ranking = messages[0].get(INTENT_RANKING_KEY)
        # An empty text has no ranking, and gets Rasa's fallback.
        return _guess(ranking) if ranking else Guess(OUTSIDE, 0.0, 0.0)


def own_ambiguity() -> float:
    """FallbackClassifier's ambiguity threshold in config.yml."""
    return float(settings(read_yaml("config.yml")["pipeline"], FALLBACK)["ambiguity_threshold"])


def own_threshold(phrases: Sequence[Phrase]) -> float:
    """The threshold that the rule of spinechat/nlu/threshold.py finds on training phrases alone."""
    labels = [label for _, label in phrases]
    ambiguity = own_ambiguity()
    confidences: list[float] = []
    right: list[bool] = []
    outside: list[bool] = []
    for learned, tried in held_out_rounds(labels):
        known = {labels[at] for at in learned} - {OUTSIDE}
        system = OwnComponents([phrases[at] for at in learned])
        for at, guess in zip(tried, system.guesses([phrases[at][0] for at in tried]), strict=True):
            # 0: not answered, whatever the threshold.
            unanswered = guess.final(0.0, ambiguity) == OUTSIDE
            confidences.append(0.0 if unanswered else guess.confidence)
            right.append(guess.label == labels[at])
            outside.append(labels[at] not in known)
    return best_threshold(confidences, right, outside)


@contextmanager
def _cache_in(folder: Path) -> Iterator[None]:
    """Nothing from this project's cache, and nothing of a foreign set left in it."""
    before = os.environ.get(CACHE_LOCATION_ENV)
    os.environ[CACHE_LOCATION_ENV] = str(folder)
    try:
        yield
    finally:
        os.environ.pop(CACHE_LOCATION_ENV)
        if before is not None:
            os.environ[CACHE_LOCATION_ENV] = before


def train_with_rasa(pipeline: Sequence[dict[str, Any]], phrases: Sequence[Phrase]) -> Agent:
    """A pipeline trained by Rasa itself, from scratch, and loaded.

    Raises:
        RuntimeError: if Rasa wrote no model.
    """
    silence_rasa()
    config = {"recipe": "default.v1", "assistant_id": "benchmark", "language": "en"}
    examples = [{"text": text, "intent": FOREIGN + label} for text, label in phrases]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "config.yml").write_text(yaml.safe_dump({**config, "pipeline": list(pipeline)}))
        (folder / "nlu.json").write_text(
            json.dumps({"rasa_nlu_data": {"common_examples": examples}}), encoding="utf-8"
        )
        with _cache_in(folder / "cache"):
            archive = train_nlu(
                str(folder / "config.yml"), str(folder / "nlu.json"), str(folder / "models")
            )
        if archive is None:
            raise RuntimeError("Rasa wrote no model of the pipeline")
        return Agent.load(archive)


def heard_by(agent: Agent, texts: Sequence[str]) -> list[Guess]:
    """What a model of Rasa's says of each text, its own fallback left out."""
    loop = asyncio.new_event_loop()
    guesses = []
    for text in tqdm(texts, desc="Parsing", unit="text"):
        parse = loop.run_until_complete(agent.parse_message(text))
        ranking = [e for e in parse["intent_ranking"] if e["name"].startswith(FOREIGN)]
        guesses.append(_guess(ranking) if ranking else Guess(OUTSIDE, 0.0, 0.0))
    loop.close()
    return guesses


def default_guesses(phrases: Sequence[Phrase], texts: Sequence[str]) -> list[Guess]:
    """Rasa's default pipeline, trained on the phrases."""
    parts = read_yaml(DEFAULT_CONFIG)["pipeline"]
    pipeline = [part for part in parts if part["name"] not in WITHOUT_INTENTS]
    return heard_by(train_with_rasa(pipeline, phrases), texts)


def default_fallback() -> tuple[float, float]:
    """Threshold and ambiguity threshold of Rasa's default pipeline, as `rasa init` writes them."""
    own = settings(read_yaml(DEFAULT_CONFIG)["pipeline"], FALLBACK)
    return float(own["threshold"]), float(own["ambiguity_threshold"])
