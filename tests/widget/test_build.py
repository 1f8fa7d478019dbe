"""The committed script is what the sources give, small enough, and described as it is."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from spinechat.project import project_root

ROOT = project_root()
ASSETS = ROOT / "spinechat" / "channels" / "assets"
LIMIT = 14_000  # bytes after gzip
FILES = {"widget.js", "widget.js.gz", "widget.js.br", "manifest.json"}
NEEDS_NODE = "Node is missing, so that the widget cannot be built anew: install Node 18 or newer."


def test_the_committed_build_equals_a_fresh_one(tmp_path: Path) -> None:
    if shutil.which("npm") is None:
        pytest.skip(NEEDS_NODE)
    done = subprocess.run(
        [ROOT / "scripts" / "web", "build", tmp_path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert {file.name for file in tmp_path.iterdir()} == FILES
    again = "web/ has changed: run 'make widget' and commit spinechat/channels/assets/."
    for name in ("widget.js", "manifest.json"):
        assert (tmp_path / name).read_bytes() == (ASSETS / name).read_bytes(), again
    # Compressors differ from one Node to the next; what they hold does not.
    unpack = "process.stdout.write(zlib.brotliDecompressSync(fs.readFileSync(process.argv[1])))"
    command = ["node", "-e", unpack, str(ASSETS / "widget.js.br")]
    brotli = subprocess.run(command, capture_output=True, check=True).stdout
    assert brotli == (ASSETS / "widget.js").read_bytes()


def test_the_copies_hold_the_script_and_it_is_small() -> None:
    assert {file.name for file in ASSETS.iterdir()} == FILES
    plain = (ASSETS / "widget.js").read_bytes()
    packed = (ASSETS / "widget.js.gz").read_bytes()
    assert gzip.decompress(packed) == plain
    assert len(packed) <= LIMIT
    assert len((ASSETS / "widget.js.br").read_bytes()) < len(packed)
    # The time in a gzip header would change with every build.
    assert packed[4:8] == bytes(4)


def test_no_file_of_web_names_a_registry_or_a_range() -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text())
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]
    package = json.loads((ROOT / "web" / "package.json").read_text())
    versions = {**package["dependencies"], **package["devDependencies"]}.values()
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)


def test_every_option_is_documented_and_no_other() -> None:
    source = (ROOT / "web" / "src" / "options.ts").read_text(encoding="utf-8")
    block = source[source.index("export const OPTIONS") : source.index("};")]
    options = dict(re.findall(r'^  (\w+): "(.*)",$', block, re.MULTILINE))
    assert options
    text = (ROOT / "docs" / "embed.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `data-(\w+)` \|.*\| ([^|]+) \|$", text, re.MULTILINE))
    assert set(rows) == set(options)
    for name, default in options.items():
        if default:
            assert rows[name] == f"`{default}`"
    assert set(re.findall(r"data-(\w+)", text)) == set(options)


def test_both_languages_have_the_same_places_to_fill() -> None:
    source = (ROOT / "web" / "src" / "texts.ts").read_text(encoding="utf-8")
    english, spanish = source.split("const es: Texts")
    found = [re.findall(r'(\w+): "[^"]*\{\}', part) for part in (english, spanish)]
    assert found[0] and found[0] == found[1]


def test_no_text_of_the_widget_holds_a_number_or_a_promise() -> None:
    script = (ASSETS / "widget.js").read_text(encoding="utf-8")
    assert not re.search(r"\d{3}-\d{3}-\d{4}", script)
    assert not re.search(r"\bDr\.|\bnurse|\bguarantee|\bdoctor will", script)
