"""Results of other runs that the report shows: it does not score the test half anew."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spinechat.evaluation.safety import ROWS
from spinechat.project import project_root

SCORES = Path("results/eval/scores.json")  # of `make eval`
SPEED = Path("results/bench/bench.json")  # of `make bench`
SAFETY = Path("docs/safety.md")


@dataclass(frozen=True)
class Table:
    """A table of words and figures."""

    head: list[str]
    rows: list[list[str]]


def _json(path: Path) -> dict[str, Any] | None:
    file = project_root() / path
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else None


def scores() -> dict[str, Any] | None:
    """What `make eval` wrote last, if it was run."""
    return _json(SCORES)


def speed() -> dict[str, Any] | None:
    """What `make bench` wrote last, if it was run."""
    return _json(SPEED)


def safety() -> Table | None:
    """All safety scores in docs/safety.md without their intervals, the latest last."""
    path = project_root() / SAFETY
    if not path.is_file():
        return None
    above = path.read_text(encoding="utf-8").partition(ROWS)[0].rstrip("\n").split("\n\n")[-1]
    lines = [line for line in above.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    rows = [[re.sub(r"\s*\(.*?\)\s*", ", ", cell) for cell in row] for row in cells[2:]]
    return Table(cells[0], rows) if rows else None
