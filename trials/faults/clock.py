"""The clock is wrong at the start, or jumps while the server runs.

libfaketime tells the server another time; timers (the monotonic clock) stay right, as they do when
a machine's clock is set.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from trials.faults.site import Site
from trials.faults.trial import Trial

_LIBRARY = "usr/lib/*/faketime/libfaketimeMT.so.1"
RIGHT = "+0"
# Seconds that a wrong time lasts.
LASTS = 6.0


class NoFaketime(RuntimeError):
    """libfaketime is not on this machine."""


def environment(file: Path) -> dict[str, str]:
    """Settings for a server whose clock a file tells.

    Args:
        file: holds the difference, such as "-3d"; it is read once a second.

    Raises:
        NoFaketime: the library is missing.
    """
    found = sorted(Path("/").glob(_LIBRARY))
    if not found:
        raise NoFaketime("libfaketime is not installed: as root, 'apt-get install faketime'")
    return {
        "LD_PRELOAD": str(found[-1]),
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        # Its default makes every wait of a thread of Python some 20 times too long.
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",
    }


def _jump(file: Path, difference: str) -> Callable[[Site], None]:
    return lambda site: _set(file, difference)


def _set(file: Path, difference: str) -> None:
    file.write_text(difference)


def trials(file: Path) -> list[Trial]:
    """Jumps of the clock of a running server, and back."""
    right = _jump(file, RIGHT)
    return [
        Trial("the clock jumps an hour ahead, and back", _jump(file, "+1h"), right, LASTS),
        Trial("the clock jumps three days ahead, and back", _jump(file, "+3d"), right, LASTS),
        Trial("the clock jumps three days back, and ahead", _jump(file, "-3d"), right, LASTS),
        Trial("the clock jumps 30 years back, and ahead", _jump(file, "-30y"), right, LASTS),
    ]
