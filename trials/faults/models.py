"""The model is missing, damaged or swapped while its server runs, which is then started again."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from spinechat.project import project_root
from trials.faults.site import Site, scratch
from trials.faults.trial import Trial
from trials.launched import Launched, project_folder

_ARCHIVE = Path("models") / "spinechat.tar.gz"
_DAMAGE_AT = 1000
# Seconds for the launcher's first line.
SPEAK_LIMIT = 30.0


def _delete(archive: Path) -> None:
    archive.unlink()


def _damage(archive: Path) -> None:
    with archive.open("r+b") as stream:
        stream.seek(_DAMAGE_AT)
        stream.write(b"damage")


def _cut(archive: Path) -> None:
    os.truncate(archive, archive.stat().st_size // 2)


def _swap(archive: Path) -> None:
    archive.write_bytes(b"another model")


def _then_kill(harm: Callable[[Path], None]) -> Callable[[Site], None]:
    def harmed(site: Site) -> None:
        harm(site.launched.project / _ARCHIVE)
        site.launched.server.kill()

    return harmed


def _damage_the_copy_too(site: Site) -> None:
    """The copy alone: it is taken anew from models/."""
    _damage(site.launched.data / f"serving-{site.launched.port}" / _ARCHIVE.name)
    site.launched.server.kill()


def _restore(site: Site) -> None:
    """For the next trial: the server has answered by now."""
    restore(site.launched.project)


def restore(project: Path) -> None:
    """Puts the model back into a project folder."""
    for path in (project_root() / "models").iterdir():
        shutil.copyfile(path, project / "models" / path.name)


def _killed(name: str, harm: Callable[[Path], None]) -> Trial:
    return Trial(
        f"the model is {name} and the server killed", _then_kill(harm), restarts=1, after=_restore
    )


DAMAGED = _killed("damaged", _damage)
TRIALS = [
    _killed("deleted", _delete),
    DAMAGED,
    _killed("cut in half", _cut),
    _killed("swapped", _swap),
    Trial(
        "the server's own copy is damaged and the server killed", _damage_the_copy_too, restarts=1
    ),
]


def _no_record(archive: Path) -> None:
    archive.with_name("spinechat.json").unlink()


UNFIT = {
    "no model": _delete,
    "a damaged model": _damage,
    "half a model": _cut,
    "another model than its record says": _swap,
    "a model without a record": _no_record,
}


def said_at_the_start(harm: Callable[[Path], None], copy: Path | None = None) -> str:
    """What the launcher says to an unfit model, in its first line; it is ended there.

    Args:
        harm: of UNFIT.
        copy: the folder with the copy of an earlier start, if there was one.
    """
    with scratch() as folder:
        launched = Launched(project_folder(folder / "project"), folder / "data")
        if copy is not None:
            shutil.copytree(copy, launched.data / f"serving-{launched.port}")
        harm(launched.project / _ARCHIVE)
        launched.launch()
        end = time.monotonic() + SPEAK_LIMIT
        while "\n" not in launched.said and time.monotonic() < end:
            time.sleep(0.1)
        # A training that began ends with the launcher.
        launched.stop()
        return launched.said.split("\n")[0]
