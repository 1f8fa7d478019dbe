"""How often, and how soon, a server that fails is started again."""

from __future__ import annotations

import pytest

from spinechat.serving.supervisor import MAX_RESTARTS, RESTART_WINDOW, Restarts


@pytest.mark.parametrize(
    ("seconds", "delays"),
    [
        # A failure now and then is mended at once, for ever.
        ([n * RESTART_WINDOW for n in range(10)], [0.0] * 10),
        # A crash loop slows down, then ends.
        ([0, 10, 20, 40, 60, 80], [0.0, 1.0, 2.0, 4.0, 8.0, None]),
        # Two bad hours a day apart are no loop.
        ([0, 1, 2, 90_000, 90_001, 90_002], [0.0, 1.0, 2.0, 0.0, 1.0, 2.0]),
    ],
)
def test_the_delays(seconds: list[float], delays: list[float | None]) -> None:
    restarts = Restarts()
    assert [restarts.delay(second) for second in seconds] == delays


def test_the_slowest_crash_loop_ends_too() -> None:
    """Each start takes all the time it may: the window still holds them all."""
    restarts = Restarts()
    now, delays = 0.0, []
    for _ in range(MAX_RESTARTS + 1):
        delays.append(restarts.delay(now))
        now += 20 + (delays[-1] or 0)
    assert delays[-1] is None
