"""How results are written into docs/: a table, and where they come from."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence

from spinechat.evaluation.report import origin


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; a bar in a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        f"| {' | '.join(c.replace('|', chr(92) + '|') for c in line)} |" for line in lines
    )


def where_from(command: str) -> str:
    """One line: the command, the date, the commit and the machine."""
    about = origin()
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    return f"`{command}`, {about['date'][:16]} UTC, commit {about['commit']}, {machine}."
