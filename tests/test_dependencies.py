"""docs/security-dependencies.md: versions are the lock's, reasons hold; the SBOM is whole."""

from __future__ import annotations

import json
import re
import subprocess
import tarfile
from pathlib import Path

import pytest

from spinechat.project import project_root, read_yaml

ROOT = project_root()
TEXT = (ROOT / "docs" / "security-dependencies.md").read_text(encoding="utf-8")
LOCK = (ROOT / "requirements" / "app.lock").read_text(encoding="utf-8")
OVERRIDES = (ROOT / "requirements" / "overrides.txt").read_text(encoding="utf-8")
LOCKED = dict(re.findall(r"^([a-z0-9.-]+)==([^ ]+)", LOCK, re.MULTILINE))
TABLES = TEXT.split("\n## ")[1:]
CYCLONEDX = ROOT / ".venv-tools" / "bin" / "cyclonedx-py"


def rows(table: str) -> dict[str, str]:
    """Versions by package."""
    return dict(re.findall(r"^\| ([a-z0-9-]+) \| ([0-9][^ ]*) \|", table, re.MULTILINE))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.splitlines()[0])
def test_every_version_is_the_locks(table: str) -> None:
    named = rows(table)
    assert len(named) >= 5
    assert named == {name: LOCKED.get(name) for name in named}


def test_what_is_raised_is_what_the_overrides_raise() -> None:
    fixes = OVERRIDES[OVERRIDES.index("# Security fixes") :]
    raised = re.findall(r"^([a-z-]+)==([^ \n]+)", fixes.split("\n#")[0], re.MULTILINE)
    assert dict(raised) == rows(TABLES[0])


def test_no_part_of_the_pipeline_uses_tensorflow_or_skops() -> None:
    config = read_yaml("config.yml")
    names = [part["name"] for part in config["pipeline"] + config["policies"]]
    assert [name for name in names if not name.startswith("spinechat.")] == ["FallbackClassifier"]


def test_the_model_holds_arrays_and_texts_only(model: Path) -> None:
    with tarfile.open(model) as archive:
        kinds = {Path(member.name).suffix for member in archive if member.isfile()}
    assert kinds <= {".json", ".yml", ".npz", ".npy", ".onnx"}


def test_no_channel_of_rasa_is_open_and_no_mongo() -> None:
    assert all(name.startswith("spinechat.") for name in read_yaml("credentials.yml"))
    assert read_yaml("endpoints.yml")["tracker_store"]["type"].startswith("spinechat.")


@pytest.mark.skipif(not CYCLONEDX.exists(), reason="no .venv-tools (requirements/tools.lock)")
def test_the_bill_of_materials_names_every_locked_package(tmp_path: Path) -> None:
    target = re.search(r"^\t@(\S+/cyclonedx-py .*) -o ", (ROOT / "Makefile").read_text(), re.M)
    assert target
    bill = tmp_path / "sbom.json"
    subprocess.run([*target[1].split(), "-o", str(bill)], cwd=ROOT, check=True, capture_output=True)
    components = json.loads(bill.read_text(encoding="utf-8"))["components"]
    named = {part["name"]: part["version"] for part in components}
    assert named == LOCKED
