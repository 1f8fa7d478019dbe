"""What a component is made of beside its own class, for Rasa's training cache.

Rasa looks at a component's class and settings only; without this, a change in a module that the
class uses would leave an old part in a new model.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parent.parent
# The rooms whose code and settings decide what is learned.
ROOMS = ("nlu", "encoder")


def code_digest() -> str:
    """sha256 over the code of the rooms that make features and classify."""
    digest = hashlib.sha256()
    for room in ROOMS:
        for path in sorted((PACKAGE / room).glob("*.py")):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


class FingerprintedByCode:
    """A mix-in for graph components that are trained."""

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Called by Rasa when it looks for a part in its cache."""
        return code_digest()
