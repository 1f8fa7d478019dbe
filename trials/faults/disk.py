"""The disk with the data folder is full."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from trials.faults.site import Site
from trials.faults.trial import Trial

# Megabytes; holds the copy of the model (31 MB), and the database with room for this trial.
SIZE = 64
LASTS = 10.0
_FILLER = "filler"


class CannotMount(RuntimeError):
    """No small disk can be had here; the message says why."""


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A tmpfs of its own.

    Raises:
        CannotMount: only root may mount.
    """
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}m", "none", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotMount(f"a small disk cannot be mounted: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        # Lazily, should somebody still hold a file open.
        subprocess.run(["umount", "-l", str(folder)], check=True)


def _fill(site: Site) -> None:
    with (site.launched.data.parent / _FILLER).open("wb", buffering=0) as filler:
        for size in (1 << 20, 1 << 10, 1):
            with suppress(OSError):
                while filler.write(os.urandom(size)):
                    pass


def _clear(site: Site) -> None:
    (site.launched.data.parent / _FILLER).unlink()


def _fill_and_kill(site: Site) -> None:
    _fill(site)
    site.launched.server.kill()


TRIALS = [
    Trial("the disk is full (SQLite, a tmpfs of 64 MB)", _fill, _clear, LASTS),
    Trial(
        "the disk is full, and the server is killed", _fill_and_kill, _clear, 2 * LASTS, restarts=1
    ),
]
