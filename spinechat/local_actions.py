"""Runs rasa-sdk actions beside the conversation: never in a turn's way.

The actions of actions/ have effects outside the conversation. They stand after the reply in
their rules, and a turn does not wait for them: each runs in the background, for one second at
most, and whatever goes wrong with it becomes one line in the log. Where endpoints.yml names an
action server (`rasa run actions`), the same holds for the call to it.

Rasa has no extension point for this: its RemoteAction waits up to 300 s for an action server and
prints a traceback without one (docs/decisions.md). So the class is exchanged, once, here.
"""

from __future__ import annotations

import asyncio
import logging
from functools import lru_cache
from typing import Any

import rasa.core.actions.action as rasa_actions
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

logger = logging.getLogger(__name__)

# Seconds an effect may take. It is not waited for; this only bounds what lies around.
TIME_LIMIT = 1.0
ACTION_PACKAGE = "actions"


@lru_cache(maxsize=1)
def _executor() -> ActionExecutor:
    # The SDK tells of each action it finds; in `rasa shell` that would stand between the turns.
    logging.getLogger("rasa_sdk").setLevel(logging.WARNING)
    executor = ActionExecutor()
    executor.register_package(ACTION_PACKAGE)
    return executor


class InProcessActions(EndpointConfig):
    """An action endpoint without a server: the SDK's own executor, in this process."""

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        """Runs the action that the request's JSON names.

        In a thread of its own, so that one that blocks does not block the patients.
        """
        return await asyncio.to_thread(_run, kwargs["json"]) or {"events": [], "responses": []}


def _run(call: dict[str, Any]) -> Any:
    try:
        return asyncio.run(_executor().run(call))
    except SystemExit:
        # It would end the server, for all patients.
        raise RuntimeError("an action wanted to end the process") from None


class BackgroundAction(rasa_actions.RemoteAction):
    """A custom action that no turn waits for."""

    _running: set[asyncio.Task[None]] = set()

    def __init__(self, name: str, action_endpoint: EndpointConfig | None) -> None:
        super().__init__(name, action_endpoint or InProcessActions())

    async def run(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> list[Event]:
        """Starts the action and returns at once, without events."""
        task = asyncio.create_task(self._effect(output_channel, nlg, tracker, domain))
        # The loop keeps weak references only.
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return []

    async def _effect(self, *parts: Any) -> None:
        try:
            await asyncio.wait_for(super().run(*parts), TIME_LIMIT)
        except Exception as error:
            # The kind of error only: its text may hold the patient's words.
            logger.warning("%s had no effect: %s", self.name(), type(error).__name__)


def run_actions_in_process() -> None:
    """Makes Rasa run custom actions as described above; calling it again changes nothing."""
    rasa_actions.RemoteAction = BackgroundAction
