"""Requests by schemathesis, from the OpenAPI document that the server gives out."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from spinechat.project import project_root

SOURCE = "schemathesis"
PROGRAM = Path(".venv-tools") / "bin" / "st"
# Operations of the document with something to vary: POST message, POST feedback, DELETE session.
_VARIED = 3
_SECONDS_EACH = 2.0
_CHECKED = re.compile(r"not_a_server_error\s+(\d+) / (\d+) passed")


def run(port: int, count: int, folder: Path) -> tuple[int, str]:
    """Has schemathesis send about `count` requests, right and wrong ones.

    Args:
        port: of the server.
        count: how many.
        folder: a scratch folder to run in.

    Returns:
        How many it sent, and what it complains of; empty if of nothing.

    Raises:
        RuntimeError: it did not run.
    """
    command = [str(project_root() / PROGRAM), "run", f"http://127.0.0.1:{port}/chat/openapi.json"]
    command += ["--checks", "all", "--data-generation-method", "all", "--no-color"]
    command += ["--hypothesis-max-examples", str(max(count // _VARIED, 1))]
    command += ["--hypothesis-seed", "1", "--validate-schema", "true", "--request-timeout", "30000"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False,
        timeout=120 + _SECONDS_EACH * count,
    )  # fmt: skip
    found = _CHECKED.search(done.stdout)
    if found is None:
        raise RuntimeError(f"schemathesis did not run: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return int(found[2]), "" if done.returncode == 0 else done.stdout
