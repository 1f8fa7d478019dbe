"""A private copy of the model: nothing that happens to models/ reaches a server that runs.

Rasa reads the archive once, at a start. Without a copy, a server that died would come back with
whatever lies in models/ by then, or with nothing: Rasa 3.6.21 goes on without a word, and every
reply is empty.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from spinechat.encoder.weights import sha256_of


class ModelUnfit(RuntimeError):
    """There is no whole model to serve; the message says what to do."""


class ModelCopy:
    """The copy of one server.

    Attributes:
        sha256: of the archive, in hex; fixed at the first copy.
    """

    def __init__(self, source: Path, folder: Path) -> None:
        """Copies the archive.

        Args:
            source: the archive; beside it lies its record, a .json with its "sha256".
            folder: for the copy; made if it is missing. No other server may use it.

        Raises:
            ModelUnfit: the archive is missing or is not the recorded one, or cannot be copied.
        """
        self._source = source
        self._path = folder / source.name
        self.sha256 = recorded_sha256(source)
        folder.mkdir(parents=True, exist_ok=True)
        self._take()

    def checked(self) -> Path:
        """The copy's path, once it was read and found whole; damaged, it is copied anew.

        Raises:
            ModelUnfit: it is not whole, and the archive in models/ is no longer the same one.
        """
        if not _is_whole(self._path, self.sha256):
            self._take()
        return self._path

    def _take(self) -> None:
        if _is_whole(self._path, self.sha256):
            return
        unfinished = self._path.with_name(f"{self._path.name}.part")
        try:
            shutil.copyfile(self._source, unfinished)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise ModelUnfit(
                f"The model {self._source} cannot be copied to {self._path.parent} "
                f"({error.strerror})."
            ) from None
        # The copy is judged, not the source: that one may be written at this moment.
        if not _is_whole(unfinished, self.sha256):
            unfinished.unlink()
            raise ModelUnfit(
                f"The model {self._source} is damaged or was replaced: its sha256 is not "
                f"{self.sha256[:12]}…. 'spinechat train' makes it anew."
            )
        os.replace(unfinished, self._path)


def recorded_sha256(archive: Path) -> str:
    """The sha256 that training wrote beside an archive.

    Raises:
        ModelUnfit: it wrote none.
    """
    record = archive.with_name(archive.name.replace(".tar.gz", ".json"))
    try:
        return str(json.loads(record.read_text(encoding="utf-8"))["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        raise ModelUnfit(
            f"There is no trained model {archive}, or no record of it; 'spinechat train' makes it."
        ) from None


def _is_whole(path: Path, sha256: str) -> bool:
    try:
        return sha256_of(path) == sha256
    except OSError:
        return False
