"""A few threads for the database, apart from everybody else's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class Threads:
    """Runs work in up to `size` threads.

    Daemons, unlike those of ThreadPoolExecutor: a database that hangs must not keep the process
    from ending.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._work: SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = SimpleQueue()
        self._lock = threading.Lock()
        self._started = 0
        self._idle = 0

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Begins the work as soon as a thread is free."""
        future: Future[T] = Future()
        with self._lock:
            if self._idle == 0 and self._started < self._size:
                self._started += 1
                threading.Thread(target=self._serve, name="spinechat-store", daemon=True).start()
            elif self._idle:
                self._idle -= 1
        self._work.put((work, future))
        return future

    def _serve(self) -> None:
        while True:
            work, future = self._work.get()
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(work())
                except BaseException as error:
                    future.set_exception(error)
            del work, future
            with self._lock:
                self._idle += 1
