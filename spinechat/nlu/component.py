"""What this project's graph components share: how Rasa makes, stores and loads them."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.training_data import TrainingData

PACKAGE = Path(__file__).resolve().parent.parent
Stored = TypeVar("Stored", bound="StoredComponent")
Plain = TypeVar("Plain", bound="PlainComponent")


def code_digest(patterns: Sequence[str]) -> str:
    """sha256 over files of this package; `patterns` as in "nlu/text.py", "encoder/*.py"."""
    digest = hashlib.sha256()
    for pattern in patterns:
        for path in sorted(PACKAGE.glob(pattern)):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


class FingerprintedByCode:
    """A mix-in that lets Rasa's training cache see our code.

    Rasa looks at a component's class and settings only; without this, a change in a module that
    the class uses would leave an old part in a new model. What comes in as features, Rasa sees.
    """

    # Files of this package that decide what is learned, as glob patterns.
    LEARNED_BY: ClassVar[tuple[str, ...]] = ("nlu/*.py",)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Called by Rasa when it looks for a part in its cache."""
        return code_digest(cls.LEARNED_BY)


class PlainComponent(GraphComponent):
    """A graph component that learns nothing."""

    def __init__(self, config: dict[str, Any]) -> None:
        """`config`: the component's part of config.yml over its defaults."""
        self._config = config

    @classmethod
    def create(
        cls: type[Plain],
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Plain:
        """Called by Rasa."""
        return cls(config)


class StoredComponent(FingerprintedByCode, GraphComponent):
    """A graph component that learns, and keeps what it learned in the model archive.

    Its constructor takes its settings and its name in the graph.
    """

    _storage: ModelStorage
    _resource: Resource

    @classmethod
    def create(
        cls: type[Stored],
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Stored:
        """An untrained component; called by Rasa."""
        component = cls(config, execution_context.node_name)
        component._storage, component._resource = model_storage, resource
        return component

    @classmethod
    def load(
        cls: type[Stored],
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Stored:
        """A trained component, from the archive alone; called by Rasa."""
        component = cls.create(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as folder:
            component.read(Path(folder))
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Learns and writes into the archive; called by Rasa."""
        self.learn(training_data)
        with self._storage.write_to(self._resource) as folder:
            self.write(Path(folder))
        return self._resource

    @abstractmethod
    def learn(self, training_data: TrainingData) -> None:
        """Learns from the training phrases."""

    @abstractmethod
    def write(self, folder: Path) -> None:
        """Writes what was learned to `folder`; no pickle."""

    @abstractmethod
    def read(self, folder: Path) -> None:
        """Reads what `write` wrote."""
