"""Trains the model when what it is made of changed, and checks that it is whole."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from spinechat.encoder.weights import sha256_of
from spinechat.project import project_root

NAME = "spinechat"
# What a model is made of; a change in one of these makes `spinechat train` train again.
SOURCES = (
    "config.yml",
    "domain.yml",
    "data/*.yml",
    "spinechat/nlu/*.py",
    "spinechat/encoder/*.py",
    "spinechat/redflags/*.py",
    "requirements/app.lock",
)


class TrainingFailed(RuntimeError):
    """Rasa could not train; its own words were printed before."""


def _sources() -> Iterator[Path]:
    for pattern in SOURCES:
        yield from sorted(project_root().glob(pattern))


def source_digest() -> str:
    """One sha256 over everything a model is made of."""
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(path.relative_to(project_root()).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def model_path() -> Path:
    """The archive that is served."""
    return project_root() / "models" / f"{NAME}.tar.gz"


def _record_path() -> Path:
    return model_path().with_name(f"{NAME}.json")


def fault() -> str | None:
    """What is wrong with the archive: "missing", "damaged", "outdated", or nothing."""
    if not model_path().is_file():
        return "missing"
    try:
        record = json.loads(_record_path().read_text(encoding="utf-8"))
        sources, sha256 = record["sources"], record["sha256"]
        if sha256 != sha256_of(model_path()):
            return "damaged"
    except (OSError, ValueError, KeyError, TypeError):
        return "damaged"
    return None if sources == source_digest() else "outdated"


def trained_model(force: bool = False) -> Path:
    """The current model's archive, trained first if it is missing, outdated or damaged.

    Raises:
        TrainingFailed: Rasa's training ended with an error.
    """
    why = fault()
    if why is None and not force:
        return model_path()
    print(f"The model is {why or 'whole'}; training it anew takes some minutes ...", flush=True)
    command = [sys.executable, "-m", "rasa", "train", "--fixed-model-name", NAME]
    command += ["--out", str(model_path().parent)] + (["--force"] if force else [])
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "LOG_LEVEL": "WARNING"}
    result = subprocess.run(command, cwd=project_root(), env=environment, check=False)
    if result.returncode != 0 or not model_path().is_file():
        raise TrainingFailed("Training failed, see above. 'rasa data validate' may tell more.")
    record = {"sources": source_digest(), "sha256": sha256_of(model_path())}
    _record_path().write_text(json.dumps(record), encoding="utf-8")
    return model_path()
