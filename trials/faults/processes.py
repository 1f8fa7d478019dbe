"""The server is killed or hangs, the launcher is killed."""

from __future__ import annotations

import signal
import time

import psutil

from trials.faults.site import Site
from trials.faults.trial import Trial

# Seconds within which a server whose launcher was killed has to give the port back.
ORPHAN_LIMIT = 20.0


def _kill(site: Site) -> None:
    # All patients write without a pause: some turn is always under way.
    site.launched.server.kill()


def _kill_twice(site: Site) -> None:
    first = site.launched.server
    first.kill()
    end = time.monotonic() + ORPHAN_LIMIT
    while time.monotonic() < end:
        try:
            second = site.launched.server
        except LookupError:
            second = first
        if second.pid != first.pid:
            # In the middle of its start.
            time.sleep(2)
            second.kill()
            return
        time.sleep(0.1)


def _kill_launcher(site: Site) -> None:
    """What a service manager does next is to start it again."""
    server = site.launched.server
    site.launched.launcher.kill()
    psutil.wait_procs([server], ORPHAN_LIMIT)
    site.launched.launch()


def _hang(site: Site) -> None:
    site.launched.server.send_signal(signal.SIGSTOP)


KILL = Trial("kill -9 of the server in mid-turn", _kill, restarts=1)
HANG = Trial("the server hangs (SIGSTOP)", _hang, restarts=1)
KILL_LAUNCHER = Trial("kill -9 of the launcher, which is then started again", _kill_launcher)
TRIALS = [
    KILL,
    Trial("kill -9 of the server, and again while it starts", _kill_twice, restarts=2),
    HANG,
    KILL_LAUNCHER,
]
