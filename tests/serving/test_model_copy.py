"""The private copy of the model, what happens to models/ meanwhile, and what stock Rasa does."""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
from pathlib import Path

import pytest
import rasa.cli.run
from rasa.core.agent import load_agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

from spinechat.serving.model_copy import ModelCopy, ModelUnfit

# Any bytes do: nothing here reads them as a model.
CONTENT = b"a model" * 1000


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive with its record."""
    path = tmp_path / "models" / "spinechat.tar.gz"
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    record = {"sha256": hashlib.sha256(CONTENT).hexdigest()}
    path.with_name("spinechat.json").write_text(json.dumps(record))
    return path


def _delete(archive: Path) -> None:
    archive.unlink()


def _damage(archive: Path) -> None:
    with archive.open("r+b") as stream:
        stream.seek(1000)
        stream.write(b"damage")


def _cut(archive: Path) -> None:
    os.truncate(archive, 1000)


def _swap(archive: Path) -> None:
    archive.write_bytes(b"another model")
    record = {"sha256": hashlib.sha256(b"another model").hexdigest()}
    archive.with_name("spinechat.json").write_text(json.dumps(record))


HARM = {"deleted": _delete, "damaged": _damage, "cut": _cut, "swapped": _swap}


@pytest.mark.parametrize("harm", HARM)
def test_what_happens_to_models_does_not_reach_the_copy(
    archive: Path, tmp_path: Path, harm: str
) -> None:
    copy = ModelCopy(archive, tmp_path / "serving")
    HARM[harm](archive)
    assert copy.checked().read_bytes() == CONTENT


@pytest.mark.parametrize("harm", ["deleted", "damaged", "cut"])
def test_a_harmed_copy_is_taken_anew(archive: Path, tmp_path: Path, harm: str) -> None:
    copy = ModelCopy(archive, tmp_path / "serving")
    HARM[harm](copy.checked())
    assert copy.checked().read_bytes() == CONTENT
    # Not if the archive is another one by now: two servers' restarts would serve two models.
    HARM[harm](copy.checked())
    _swap(archive)
    with pytest.raises(ModelUnfit, match="damaged or was replaced"):
        copy.checked()


@pytest.mark.parametrize("harm", ["deleted", "damaged", "cut"])
def test_a_harmed_model_is_refused_in_one_sentence(
    archive: Path, tmp_path: Path, harm: str
) -> None:
    HARM[harm](archive)
    with pytest.raises(ModelUnfit, match=str(archive)):
        ModelCopy(archive, tmp_path / "serving")
    assert not list((tmp_path / "serving").iterdir())


@pytest.mark.parametrize("record", [None, "", "{", "[]", "{}"])
def test_a_model_without_a_record_is_refused(
    archive: Path, tmp_path: Path, record: str | None
) -> None:
    path = archive.with_name("spinechat.json")
    path.unlink()
    if record is not None:
        path.write_text(record)
    with pytest.raises(ModelUnfit, match="spinechat train"):
        ModelCopy(archive, tmp_path / "serving")


def test_another_model_replaces_the_copy_of_an_earlier_start(archive: Path, tmp_path: Path) -> None:
    ModelCopy(archive, tmp_path / "serving")
    _swap(archive)
    copy = ModelCopy(archive, tmp_path / "serving")
    assert copy.checked().read_bytes() == b"another model"
    assert [path.name for path in (tmp_path / "serving").iterdir()] == ["spinechat.tar.gz"]


def test_stock_rasa_serves_the_newest_model_in_place_of_a_missing_one(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("rasa.run", lambda **given: served.append(given["model"]))
    served: list[str] = []
    arguments = argparse.Namespace(
        model="models/the-one-that-was-asked-for.tar.gz", endpoints=None, credentials=None,
        enable_api=False, remote_storage=None,
    )  # fmt: skip
    rasa.cli.run.run(arguments)
    assert served == ["models"] and archive.is_file()


@pytest.mark.parametrize("harm", ["deleted", "damaged", "cut"])
def test_stock_rasa_serves_silence_of_a_harmed_model(archive: Path, harm: str) -> None:
    HARM[harm](archive)

    async def turn() -> list[dict[str, str]]:
        agent = await load_agent(str(archive))
        collector = CollectingOutputChannel()
        await agent.handle_message(UserMessage("How long is the stay?", collector, "somebody"))
        return collector.messages

    assert asyncio.run(turn()) == []
