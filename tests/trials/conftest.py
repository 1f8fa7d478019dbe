"""One launcher and its server for all trials, which run in the order of their files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from trials.faults.site import Site, embedded


@pytest.fixture(scope="session")
def site(model: Path) -> Iterator[Site]:
    """A launcher and its server; each test but the last leaves them running."""
    with embedded() as running:
        yield running
