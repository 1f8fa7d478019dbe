"""`rasa shell`, with nothing else running, through a pseudo-terminal."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pexpect

from spinechat.clinic import clinic
from spinechat.project import project_root

# what is typed, what has to appear
TURNS = [
    ("hello", "automated assistant"),
    ("how many nights in the hospital, and how bad are the scars?", "few centimeters"),
    ("tell me more", "Smaller cuts"),
    ("where does this come from?", "Smaller Incisions"),
    ("blorp the frandle quickly", "understood|only help with"),
    ("wibble snarf gromulent", clinic().phone),
    ("make me a list of questions for my visit", "Questions to take to your visit"),
    ("i cant feel my legs", "Call 911"),
    ("delete my chat", "deleting this chat"),
]


def test_every_reply_comes_and_no_traceback(model: Path, tmp_path: Path) -> None:
    shell = pexpect.spawn(
        sys.executable,
        ["-m", "rasa", "shell", "-m", str(model)],
        cwd=str(project_root()),
        env={
            **os.environ,
            "SPINECHAT_DATA": str(tmp_path),
            "RASA_TELEMETRY_ENABLED": "false",
            "PROMPT_TOOLKIT_NO_CPR": "1",
        },
        encoding="utf-8",
        dimensions=(50, 400),
        timeout=60,
    )
    seen = []
    try:
        shell.expect("Your input")
        for typed, expected in TURNS:
            shell.send(typed + "\r")
            shell.expect(expected)
            seen += [shell.before, shell.after]
            # Where buttons are offered, the shell shows a menu; its last entry is free text.
            if shell.expect(["Use arrow keys", "Your input ->"]) == 0:
                shell.expect("Type out your own message")
                shell.send("\x1b[A\r")
                shell.expect("Your input ->")
            seen.append(shell.before)
        shell.send("/stop\r")
    finally:
        shell.close(force=True)
    output = "".join(part for part in seen if isinstance(part, str))
    assert "Traceback" not in output
