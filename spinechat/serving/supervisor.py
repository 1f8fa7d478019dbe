"""Keeps one server running: one that died is started again, one that hangs is killed first."""

from __future__ import annotations

import time

from tqdm import tqdm

from spinechat.serving.child import Child
from spinechat.serving.model_copy import ModelCopy

# Seconds a start may take (about 10 on two cores).
START_LIMIT = 120.0
# Seconds between two questions whether it is ready, and without a yes until it counts as hanging.
PAUSE = 2.0
HANG_LIMIT = 10.0
# A server that fails so often within so many seconds has a fault that restarts do not mend.
MAX_RESTARTS = 5
RESTART_WINDOW = 300.0
LONGEST_DELAY = 16.0


class CannotStart(RuntimeError):
    """The server did not start; the message says what to do."""


class Restarts:
    """How long to wait before the next start: not at all at first, then 1, 2, 4, 8 s."""

    def __init__(self) -> None:
        self._failures: list[float] = []

    def delay(self, now: float) -> float | None:
        """Seconds to wait after a failure at `now`; None if it failed too often.

        Args:
            now: seconds of a clock that only goes forward.
        """
        recent = [failure for failure in self._failures if failure > now - RESTART_WINDOW]
        self._failures = [*recent, now]
        if len(self._failures) > MAX_RESTARTS:
            return None
        return min(2.0 ** (len(recent) - 1), LONGEST_DELAY) if recent else 0.0


class Supervisor:
    """One server, from its start on."""

    def __init__(self, child: Child, model: ModelCopy) -> None:
        self._child = child
        self._model = model

    def start(self) -> None:
        """Starts the server and waits until it understands.

        Raises:
            CannotStart: it does not.
            ModelUnfit: there is no whole model.
        """
        self._child.start(self._model.checked())
        begin = time.monotonic()
        with tqdm(desc="Starting", bar_format="{desc} {elapsed}", leave=False) as clock:
            while not self._child.is_ready():
                clock.update()
                if self._child.ended(0.2) or time.monotonic() - begin > START_LIMIT:
                    raise CannotStart(f"The server did not start; {self._child.log} says why.")

    def watch(self) -> None:
        """Starts it again whenever it fails, for as long as that helps.

        Raises:
            CannotStart: it fails again and again.
            ModelUnfit: there is no whole model to start it with.
        """
        restarts = Restarts()
        limit = HANG_LIMIT
        while True:
            reason = self._failure(limit)
            self._child.kill()
            delay = restarts.delay(time.monotonic())
            if delay is None:
                raise CannotStart(f"The server keeps failing; {self._child.log} says why.")
            print(f"The server {reason}; starting it again ...", flush=True)
            time.sleep(delay)
            self._child.start(self._model.checked())
            limit = START_LIMIT

    def _failure(self, limit: float) -> str:
        """Waits until it died or hangs, and says which.

        Args:
            limit: seconds until the first yes to whether it is ready.
        """
        heard = time.monotonic()
        while not self._child.ended(PAUSE):
            if self._child.is_ready():
                heard, limit = time.monotonic(), HANG_LIMIT
            elif time.monotonic() - heard > limit:
                return "hangs"
        return "died"
