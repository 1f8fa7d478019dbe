"""Where Prometheus reads the metrics: a port of its own, in a thread of its own.

Not a page of the public server: a proxy's mistake cannot publish it, and it answers while the
server is busy. Each process has its own port, and Prometheus adds them up.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from prometheus_client import start_http_server

from spinechat.monitoring.metrics import REGISTRY
from spinechat.monitoring.state import ServerState, model_digest
from spinechat.settings import MetricsSettings
from spinechat.storage.conversations import archive

logger = logging.getLogger(__name__)


class Exporter:
    """The metrics' port of one server."""

    def __init__(self, settings: MetricsSettings) -> None:
        self._settings = settings
        self._server: Any = None
        self._state: ServerState | None = None

    async def open(self, agent: Any) -> None:
        """Opens the port, if one is set; whatever goes wrong, patients are answered.

        Args:
            agent: of Rasa, its model loaded.
        """
        port = self._settings.port
        if port is None:
            return
        locks = getattr(agent, "lock_store", None)
        digest = await asyncio.to_thread(model_digest, agent)
        state = ServerState(archive(), lambda: bool(getattr(locks, "is_down", False)), digest)
        try:
            self._server, _ = start_http_server(port, self._settings.host, REGISTRY)
        except OSError as error:
            values = {"port": port, "kind": type(error).__name__}
            logger.error("no metrics on port %(port)d: %(kind)s", values)
            return
        REGISTRY.register(state)
        self._state = state

    async def close(self) -> None:
        """Gives the port back."""
        if self._server is not None:
            await asyncio.to_thread(self._server.shutdown)
            self._server.server_close()
            self._server = None
        if self._state is not None:
            REGISTRY.unregister(self._state)
            self._state = None
