"""An action fails, hangs, or cannot be loaded; patients' messages are such as start it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from trials.faults.trial import Trial, nothing

# A message without an answer is noted by action_note_for_review.
_MISS = "blorp the frandle {word} {number}"
SECONDS = 6.0


def _with(line: str) -> Callable[[Path], None]:
    """Puts a line before everything else that action_note_for_review does."""

    def change(actions: Path) -> None:
        path = actions / "note.py"
        code = path.read_text(encoding="utf-8")
        path.unlink()
        mark = ") -> list[dict[str, Any]]:\n"
        assert mark in code
        path.write_text(code.replace(mark, f"{mark}        {line}\n", 1), encoding="utf-8")

    return change


# what happens, and the line that makes it happen
ACTIONS = {
    "an action fails": _with('raise RuntimeError("the clinic\'s other system is down")'),
    "an action hangs for a minute": _with("__import__('time').sleep(60)"),
    "an action ends its process": _with("raise SystemExit(1)"),
}


def trial(name: str) -> Trial:
    """The trial on a site with these actions."""
    return Trial(name, nothing, seconds=SECONDS, message=_MISS)
