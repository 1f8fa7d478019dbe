"""The figures of each model that a report was made of, one line of JSON each.

They lie in the data folder, which `make clean` leaves alone.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from spinechat.evaluation.messages import checksums
from spinechat.evaluation.scores import Share
from spinechat.settings import data_folder

FILE = "model-history.jsonl"
HALF = "dev"


@dataclass(frozen=True)
class Entry:
    """One model.

    Attributes:
        date: of the report, ISO.
        commit: of the project.
        model: sha256 of its archive.
        messages: sha256 over the messages it was asked; only equal ones can be compared.
        figures: hits and count by name.
    """

    date: str
    commit: str | None
    model: str
    messages: str
    figures: dict[str, tuple[int, int]]

    def share(self, name: str) -> Share | None:
        """A figure, if this model's report had it."""
        return Share(*self.figures[name]) if name in self.figures else None


def messages_digest() -> str:
    """One sha256 over the dev half."""
    own = {name: value for name, value in checksums().items() if name.startswith(f"{HALF}/")}
    return hashlib.sha256(json.dumps(own, sort_keys=True).encode()).hexdigest()


def history_path() -> Path:
    """Where the entries lie."""
    return data_folder() / FILE


def read(path: Path) -> list[Entry]:
    """All entries, the oldest first."""
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Entry(**json.loads(line)) for line in lines if line.strip()]


def add(path: Path, entry: Entry) -> list[Entry]:
    """Adds an entry in place of an older one of the same model and messages; all of them."""
    same = (entry.model, entry.messages)
    kept = [old for old in read(path) if (old.model, old.messages) != same]
    entries = [*kept, entry]
    text = "".join(json.dumps(asdict(one)) + "\n" for one in entries)
    # Whole or not at all: a report may be stopped at any time.
    fresh = path.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
    return entries
