"""What the assistant is compared with: word overlap, and Rasa's default pipeline.

Both see the same training phrases and are scored by the intent they name.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import rasa
import yaml
from rasa.core.agent import Agent
from rasa.engine.caching import CACHE_LOCATION_ENV
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.loading import load_data

from spinechat.evaluation.assistant import silence_rasa
from spinechat.project import project_root, read_yaml

logger = logging.getLogger(__name__)

DEFAULT_CONFIG = "benchmarks/default_pipeline.yml"
DEFAULT_NAME = "default-pipeline"
CLASSIFIER = "DIETClassifier"
# What `rasa init` writes.
FULL_EPOCHS = 100
# What the comparisons train by default: ten minutes instead of an hour and a half on two cores.
SHORT_EPOCHS = 10
NLU = "data/nlu.yml"
TRAINING_FILES = (NLU, "data/rules.yml", "data/stories.yml")

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def words(text: str) -> frozenset[str]:
    """The lower-case words of a text, without punctuation."""
    return frozenset(_WORD.findall(text.lower().replace("’", "'")))


def training_phrases() -> list[tuple[str, str]]:
    """(phrase, label) of data/nlu.yml, in its order."""
    data = load_data(str(project_root() / NLU))
    return [(example.get(TEXT), example.get(INTENT)) for example in data.intent_examples]


class WordOverlap:
    """Names the label of the training phrase that shares most words with the message."""

    def __init__(self, phrases: Iterable[tuple[str, str]]) -> None:
        self._phrases = [(phrase, label, words(phrase)) for phrase, label in phrases]
        # Only phrases that share a word need to be looked at.
        self._with_word: dict[str, list[int]] = defaultdict(list)
        for index, (_, _, own) in enumerate(self._phrases):
            for word in own:
                self._with_word[word].append(index)

    def label(self, text: str) -> str | None:
        """The label by Jaccard overlap, ties to the longer phrase; None if no word is known."""
        asked = words(text)
        shared = Counter(index for word in asked for index in self._with_word.get(word, ()))

        def closeness(index: int) -> tuple[float, int, int]:
            phrase, _, own = self._phrases[index]
            overlap = shared[index] / len(asked | own)
            # Of equally long phrases the first one wins.
            return overlap, len(phrase), -index

        return self._phrases[max(shared, key=closeness)][1] if shared else None


def train(config: Path, archive: Path) -> None:
    """Trains a model on the project's data from scratch, with nothing taken from a cache.

    Args:
        config: pipeline and policies.
        archive: where the model is written, a name ending in ".tar.gz".

    Raises:
        RuntimeError: if Rasa wrote no model.
    """
    root = project_root()
    with tempfile.TemporaryDirectory() as cache:
        # Apart from the project's own cache: what TED leaves there, `rasa test` stumbles over.
        os.environ[CACHE_LOCATION_ENV] = cache
        result = rasa.train(
            domain=str(root / "domain.yml"),
            config=str(config),
            training_files=[str(root / name) for name in TRAINING_FILES],
            output=str(archive.parent),
            force_training=True,
            fixed_model_name=archive.name.removesuffix(".tar.gz"),
        )
    if result.code != 0 or not archive.is_file():
        raise RuntimeError(f"training {config.name} wrote no model (code {result.code})")


def _digest(config: Path) -> str:
    """sha256 of all that the default pipeline learns from.

    The wording of replies is left out: it learns nothing from it, and a reworded answer should
    not cost an hour of training.
    """
    digest = hashlib.sha256(config.read_bytes())
    for name in TRAINING_FILES:
        digest.update((project_root() / name).read_bytes())
    domain = read_yaml("domain.yml")
    domain["responses"] = sorted(domain["responses"])
    digest.update(json.dumps(domain, sort_keys=True).encode())
    return digest.hexdigest()


def _config_with(epochs: int) -> Path:
    """The default configuration with another number of epochs of its classifier, as a file."""
    config = read_yaml(DEFAULT_CONFIG)
    for component in config["pipeline"]:
        if component["name"] == CLASSIFIER:
            component["epochs"] = epochs
    path = project_root() / "results" / f"{DEFAULT_NAME}-{epochs}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    return path


def default_pipeline(epochs: int) -> Path:
    """The archive of the default pipeline, trained now unless one of the same data lies there.

    Args:
        epochs: of its classifier DIET, about half a minute to a minute each; the default is
            FULL_EPOCHS.
    """
    config = _config_with(epochs)
    archive = config.with_name(f"{DEFAULT_NAME}-{epochs}.tar.gz")
    stamp = archive.with_name(f"{archive.name}.sha256")
    digest = _digest(config)
    if archive.is_file() and stamp.is_file() and stamp.read_text().strip() == digest:
        return archive
    logger.warning("Training Rasa's default pipeline, %d epochs: up to a minute each.", epochs)
    # So that a training broken off leaves no stamp on an archive of other data.
    stamp.unlink(missing_ok=True)
    train(config, archive)
    stamp.write_text(f"{digest}\n")
    return archive


class DefaultPipeline:
    """Rasa's default pipeline, loaded."""

    def __init__(self, archive: Path) -> None:
        silence_rasa()
        self._loop = asyncio.new_event_loop()
        self._agent = Agent.load(str(archive))

    def label(self, text: str) -> str | None:
        """The intent it names; nlu_fallback when it is not sure."""
        parse = self._loop.run_until_complete(self._agent.parse_message(text))
        return parse["intent"]["name"]
