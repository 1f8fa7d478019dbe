"""The encoder's tuned layers: TensorFlow's and ONNX Runtime's numbers agree, vectors stay."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from spinechat.encoder import SentenceVectors, prepared_encoder
from spinechat.encoder.graph import read_weights, write_graph
from spinechat.encoder.tuning import tune
from spinechat.encoder.weights import GRAPH_FILE, TOKENIZER_FILE, checked_weights

ALARMING = [
    "i cant feel my legs",
    "my chest hurts",
    "there is pus",
    "i wet the bed",
    "i want to die",
]
PLAIN = [
    "what does it cost",
    "where do i park",
    "no numbness",
    "how long is the stay",
    "thank you",
]


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> SentenceVectors:
    """Tuned on ten phrases, with 32-bit weights, so that nothing is lost to rounding."""
    folder = tmp_path_factory.mktemp("tuned")
    plain = prepared_encoder(quantized=False)
    shutil.copyfile(plain / TOKENIZER_FILE, folder / TOKENIZER_FILE)
    tokens = SentenceVectors(plain).token_ids
    texts = [*ALARMING, *PLAIN]
    learned = tune(
        read_weights(checked_weights()),
        [tokens(text) for text in texts],
        [f"intent {at}" for at in range(len(texts))],
        [text in ALARMING for text in texts],
        epochs=25,
    )
    write_graph(checked_weights(), folder / GRAPH_FILE, quantized=False, tuned=learned)
    return SentenceVectors(folder)


def test_what_was_learned_reaches_the_graph(tuned: SentenceVectors) -> None:
    assert all(tuned.read([text])[1] > 0 for text in ALARMING)
    assert all(tuned.read([text])[1] < 0 for text in PLAIN)


@pytest.mark.parametrize("parts", [["how long is the stay"], ["i cant feel my legs", "what now"]])
def test_vectors_stay_as_they_are(tuned: SentenceVectors, parts: list[str]) -> None:
    plain = SentenceVectors(prepared_encoder(quantized=False))
    vectors, call = plain.read(parts)
    assert call == 0.0  # not tuned
    assert np.allclose(tuned.read(parts)[0], vectors, atol=1e-5)
    assert np.allclose(tuned.encode([parts[0]]), plain.encode([parts[0]]), atol=1e-5)


def test_the_archive_holds_tuned_layers(model: Path, tmp_path: Path) -> None:
    import tarfile

    with tarfile.open(model) as archive:
        names = [name for name in archive.getnames() if name.endswith(GRAPH_FILE)]
        assert len(names) == 1
        for name in (names[0], names[0].replace(GRAPH_FILE, TOKENIZER_FILE)):
            member = archive.extractfile(name)
            assert member is not None
            (tmp_path / Path(name).name).write_bytes(member.read())
    vectors = SentenceVectors(tmp_path)
    assert vectors.read(["i can not feel anything between my legs since last night"])[1] > 0
    assert vectors.read(["what are your opening hours on monday"])[1] < 0
