"""How many messages a minute one address may send."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable

WINDOW = 60.0
# Addresses remembered at once; the one that was silent longest is forgotten first.
MAX_ADDRESSES = 20_000


class RateLimit:
    """A sliding window of one minute for each address."""

    def __init__(
        self, messages_a_minute: int | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`messages_a_minute`: None for no limit. `clock`: seconds, never going back."""
        self._limit = messages_a_minute
        self._clock = clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def allows(self, address: str) -> bool:
        """Counts a message of an address; False if it is one too many."""
        if self._limit is None:
            return True
        now = self._clock()
        times = self._seen.setdefault(address, deque())
        self._seen.move_to_end(address)
        while times and times[0] <= now - WINDOW:
            times.popleft()
        if len(self._seen) > MAX_ADDRESSES:
            self._seen.popitem(last=False)
        if len(times) >= self._limit:
            return False
        times.append(now)
        return True


def client_address(peer: str, forwarded_for: str | None, trusted_proxies: frozenset[str]) -> str:
    """The address a request really comes from.

    X-Forwarded-For is believed only from a trusted proxy, and only as far back as trusted
    proxies go: the last address that is not one of them.
    """
    address = peer
    hops = [hop.strip() for hop in (forwarded_for or "").split(",") if hop.strip()]
    while address in trusted_proxies and hops:
        address = hops.pop()
    return address
