"""Where the project's own data files are, and how they are read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml


def project_root() -> Path:
    """The folder of the Rasa project: SPINECHAT_PROJECT, else the one this package lies in."""
    override = os.environ.get("SPINECHAT_PROJECT")
    return Path(override) if override else Path(__file__).resolve().parent.parent


def read_yaml(name: str) -> Any:
    """Contents of a YAML file of the project, `name` relative to its root."""
    with (project_root() / name).open(encoding="utf-8") as stream:
        # libyaml's safe loader: the same values in a tenth of the time.
        return yaml.load(stream, Loader=yaml.CSafeLoader)
