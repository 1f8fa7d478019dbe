"""promtool, which checks and plays Prometheus' alert rules."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from spinechat.project import project_root

KEPT = project_root() / ".cache" / "promtool"


@pytest.fixture(scope="session")
def promtool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program alone, out of Debian's package: it needs nothing else of it."""
    installed = shutil.which("promtool")
    if installed:
        return Path(installed)
    if not KEPT.exists():
        folder = tmp_path_factory.mktemp("promtool")
        fetch = ["apt-get", "download", "-qq", "prometheus"]
        for command in (fetch, ["apt-get", "update", "-qq"], fetch):
            if shutil.which("apt-get") and not list(folder.glob("*.deb")):
                subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=300)
        for package in folder.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
            KEPT.parent.mkdir(exist_ok=True)
            shutil.copy(folder / "usr" / "bin" / "promtool", KEPT)
    if not KEPT.exists():
        pytest.skip("promtool is not installed and cannot be had: 'apt-get install prometheus'")
    return KEPT
