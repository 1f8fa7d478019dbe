"""What is not counted but looked up when Prometheus asks: the database, Redis, the model."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from spinechat.encoder.weights import sha256_of
from spinechat.storage.archive import Archive

logger = logging.getLogger(__name__)


class ServerState(Collector):
    """The state of one server, for the registry."""

    def __init__(self, archive: Archive, redis_is_down: Callable[[], bool], model: str) -> None:
        """What is looked at.

        Args:
            archive: of the conversations.
            redis_is_down: whether this server locks for itself.
            model: sha256 of the model's file when it was loaded; empty if it is not known.
        """
        self._archive, self._redis_is_down, self._model = archive, redis_is_down, model

    def collect(self) -> Iterator[Metric]:
        """Called by the registry at each request."""
        yield GaugeMetricFamily(
            "spinechat_database_down",
            "1 while the database counts as down, and turns wait.",
            float(self._archive.is_down),
        )
        yield GaugeMetricFamily(
            "spinechat_waiting_turns",
            "Turns that wait in memory to be written.",
            float(self._archive.waiting),
        )
        errors = CounterMetricFamily(
            "spinechat_store_errors", "What went wrong in the storage.", labels=["kind"]
        )
        for kind in Archive.KINDS:
            errors.add_metric([kind.replace(" ", "_")], float(self._archive.counts[kind]))
        yield errors
        yield GaugeMetricFamily(
            "spinechat_redis_down",
            "1 while Redis does not answer, and this server locks for itself.",
            float(self._redis_is_down()),
        )
        model = GaugeMetricFamily(
            "spinechat_model_info", "The model that is served.", labels=["sha256"]
        )
        model.add_metric([self._model], 1.0)
        yield model


def model_digest(agent: Any) -> str:
    """The sha256 of the model that an agent of Rasa loaded; empty if there is none."""
    path = getattr(getattr(agent, "processor", None), "model_path", None)
    if path is None:
        return ""
    try:
        return sha256_of(Path(path))
    except OSError as error:
        logger.error("the model cannot be read: %s", type(error).__name__)
        return ""
