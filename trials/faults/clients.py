"""Clients that open sockets and say nothing, that are slow, that stop in the middle."""

from __future__ import annotations

import json
import resource
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from trials.faults.site import Site
from trials.faults.trial import Trial

# Seconds that they stay.
LASTS = 15.0
# Open files of this process beside the sockets.
_SPARE = 500
_BODY = json.dumps({"session": "x" * 48, "message": "How long will I be in the hospital?"}).encode()
_REQUEST = (
    b"POST /chat/message HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_BODY), _BODY)
)


class TooFewFiles(RuntimeError):
    """This machine does not allow so many sockets in one process."""


def allow(sockets: int) -> None:
    """Raises this process' limit of open files; the launcher does so for the server's.

    Raises:
        TooFewFiles: the machine's hard limit is lower.
    """
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard < sockets + _SPARE:
        raise TooFewFiles(f"{sockets} sockets need 'ulimit -n' of {sockets + _SPARE}, not {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Crowd:
    """Clients that are there for a while."""

    def __init__(self, count: int, behave: Callable[[socket.socket], None]) -> None:
        """Nobody is there yet.

        Args:
            count: how many.
            behave: what each does right after it came.
        """
        self._count = count
        self._behave = behave
        self._sockets: list[socket.socket] = []

    def come(self, site: Site) -> None:
        """Connects them all, one after the other."""
        allow(self._count)
        for _ in range(self._count):
            client = socket.create_connection(("127.0.0.1", site.launched.port), timeout=30)
            self._sockets.append(client)
            # A server may well hang up on such clients.
            with suppress(OSError):
                self._behave(client)

    def go(self, site: Site) -> None:
        """Closes what is still open."""
        while self._sockets:
            self._sockets.pop().close()


class SlowCrowd(Crowd):
    """Clients that send a right request, a byte at a time."""

    # Seconds between two bytes of one client: the whole request would take five minutes.
    PAUSE = 1.0

    def __init__(self, count: int) -> None:
        """Nobody is there yet.

        Args:
            count: how many.
        """
        super().__init__(count, lambda client: client.setblocking(False))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._drip)

    def come(self, site: Site) -> None:
        """Connects them all and begins to send."""
        super().come(site)
        self._thread.start()

    def go(self, site: Site) -> None:
        """Stops sending."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        super().go(site)

    def _drip(self) -> None:
        for byte in _REQUEST:
            if self._stop.wait(self.PAUSE):
                return
            for client in self._sockets:
                with suppress(OSError):
                    client.send(bytes([byte]))


def _half(client: socket.socket) -> None:
    client.sendall(_REQUEST[: -len(_BODY) // 2])


def _half_and_leave(client: socket.socket) -> None:
    _half(client)
    client.close()


def _hurried(client: socket.socket) -> None:
    """Asks, and leaves before the answer."""
    client.sendall(_REQUEST)
    client.close()


def trials(count: int, idle: int) -> list[Trial]:
    """All trials of this module.

    Args:
        count: clients that do something.
        idle: clients that only hold a socket open.
    """
    crowds: dict[str, Crowd] = {
        f"{idle:,} open sockets": Crowd(idle, lambda client: None),
        f"{count:,} clients send a byte a second": SlowCrowd(count),
        f"{count:,} half-sent bodies": Crowd(count, _half),
        f"{count:,} half-sent bodies, then the connection is closed": Crowd(count, _half_and_leave),
        f"{count:,} requests whose client is gone before the answer": Crowd(count, _hurried),
    }
    return [Trial(name, crowd.come, crowd.go, LASTS) for name, crowd in crowds.items()]
