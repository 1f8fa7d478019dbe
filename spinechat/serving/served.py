"""Which model is served: `spinechat model`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from spinechat.encoder.weights import sha256_of
from spinechat.project import project_root
from spinechat.settings import data_folder
from spinechat.training import fault, model_path

# Where `make eval` writes.
SCORES = "results/eval/scores.json"


def _scores(sha256: str) -> dict[str, Any] | None:
    """The last evaluation, if it is this model's."""
    try:
        scores = json.loads((project_root() / SCORES).read_text(encoding="utf-8"))
        return dict(scores) if scores["model_sha256"] == sha256 else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _described(archive: Path) -> Iterator[str]:
    sha256 = sha256_of(archive)
    made = datetime.fromtimestamp(archive.stat().st_mtime, timezone.utc)
    yield f"  file: {archive}, {made:%Y-%m-%d %H:%M} UTC"
    yield f"  sha256: {sha256}"
    scores = _scores(sha256)
    if scores is None:
        yield "  not scored; `make eval` does it"
        return
    commit = str(scores["commit"])[:7]
    yield f"  scored on the {scores['half']} half, {scores['date'][:10]}, commit {commit}:"
    for name, share in scores["assistant"].items():
        yield f"    {name}: {100 * share['share']:.1f} % of {share['count']}"


def served_models() -> str:
    """The archive of the project, and the copy that each server of this data folder has taken."""
    lines = []
    archive = model_path()
    why = fault(quick=True)
    lines.append(f"The project's model{f' ({why})' if why else ''}:")
    lines += _described(archive) if archive.is_file() else ["  there is none"]
    copies = sorted(data_folder().glob(f"serving-*/{archive.name}"))
    for copy in copies:
        lines.append(f"Served on port {copy.parent.name.removeprefix('serving-')}:")
        lines += _described(copy)
    if not copies:
        lines.append("No server was started on this data folder.")
    return "\n".join(lines)
