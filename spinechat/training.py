"""Trains the model when what it is made of changed, and checks that it is whole."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spinechat.encoder.heads import HEADS_FILE, TUNED_BEFORE
from spinechat.encoder.weights import GRAPH_FILE, sha256_of
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


def fault(quick: bool = False) -> str | None:
    """What is wrong with the archive: "missing", "damaged", "outdated", or nothing.

    Args:
        quick: whether an archive that `trained_model(quick=True)` made will do.
    """
    if not model_path().is_file():
        return "missing"
    try:
        record = json.loads(_record_path().read_text(encoding="utf-8"))
        sources, sha256 = record["sources"], record["sha256"]
        if sha256 != sha256_of(model_path()):
            return "damaged"
    except (OSError, ValueError, KeyError, TypeError):
        return "damaged"
    current = sources == source_digest() and (quick or not record.get("quick"))
    return None if current else "outdated"


@contextmanager
def _tuned_before() -> Iterator[dict[str, str]]:
    """The environment that keeps the present archive's tuned encoder; empty if it has none."""
    with tempfile.TemporaryDirectory() as folder:
        found = {}
        try:
            with tarfile.open(model_path()) as archive:
                for member in archive:
                    name = Path(member.name).name
                    stream = archive.extractfile(member)
                    if name in (GRAPH_FILE, HEADS_FILE) and stream:
                        found[name] = (Path(folder) / name).write_bytes(stream.read())
        except (OSError, tarfile.TarError):
            found = {}
        yield {TUNED_BEFORE: folder} if len(found) == len((GRAPH_FILE, HEADS_FILE)) else {}


def trained_model(force: bool = False, quick: bool = False) -> Path:
    """The current model's archive, trained first if it is missing, outdated or damaged.

    Args:
        force: train although nothing changed.
        quick: keep the encoder as it was tuned for the archive that is there, and fit only the
            classifiers: a tenth of the time, for a look at a change; not for going live.

    Raises:
        TrainingFailed: Rasa's training ended with an error.
    """
    why = fault(quick)
    if why is None and not force:
        return model_path()
    print(f"The model is {why or 'whole'}; training it anew takes some minutes ...", flush=True)
    if not quick:
        return _trained(force, {})
    with _tuned_before() as environment:
        return _trained(force, environment)


def _trained(force: bool, further: dict[str, str]) -> Path:
    command = [sys.executable, "-m", "rasa", "train", "--fixed-model-name", NAME]
    command += ["--out", str(model_path().parent)] + (["--force"] if force else [])
    environment = {
        **os.environ,
        **further,
        "RASA_TELEMETRY_ENABLED": "false",
        "LOG_LEVEL": "WARNING",
    }
    result = subprocess.run(command, cwd=project_root(), env=environment, check=False)
    if result.returncode != 0 or not model_path().is_file():
        raise TrainingFailed("Training failed, see above. 'rasa data validate' may tell more.")
    record = {
        "sources": source_digest(),
        "sha256": sha256_of(model_path()),
        "quick": TUNED_BEFORE in further,
    }
    _record_path().write_text(json.dumps(record), encoding="utf-8")
    return model_path()
