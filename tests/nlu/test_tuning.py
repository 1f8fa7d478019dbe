"""The encoder's tuned layers: TensorFlow's and ONNX Runtime's numbers agree, vectors stay."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from spinechat.encoder import SentenceVectors, prepared_encoder
from spinechat.encoder.graph import read_weights, write_graph
from spinechat.encoder.heads import HEADS_FILE
from spinechat.encoder.tuning import BATCH, FEWEST_BATCHES, enough_epochs, tune
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
    vectors = SentenceVectors(plain)
    texts = [*ALARMING, *PLAIN]
    layers, heads = tune(
        read_weights(checked_weights()),
        [vectors.states(text, 20) for text in texts],
        texts,
        {"alarm": ALARMING, "thanks": PLAIN[-1:]},
        epochs=25,
    )
    write_graph(checked_weights(), folder / GRAPH_FILE, quantized=False, tuned=layers)
    heads.save(folder)
    return SentenceVectors(folder)


def alarm(vectors: SentenceVectors, *parts: str) -> float:
    calls = vectors.read(parts)[1]
    assert calls is not None
    return float(calls.groups["alarm"][0])


@pytest.mark.parametrize(
    ("phrases", "epochs", "seen"),
    [
        (1, 3, FEWEST_BATCHES),
        (BATCH, 3, FEWEST_BATCHES),
        (328, 3, 10),
        (328, 20, 20),
        (15_000, 3, 3),
    ],
)
def test_few_phrases_are_seen_more_often(phrases: int, epochs: int, seen: int) -> None:
    assert enough_epochs(phrases, epochs) == seen


def test_what_was_learned_reaches_the_graph(tuned: SentenceVectors) -> None:
    assert all(alarm(tuned, text) > 0 for text in ALARMING)
    assert all(alarm(tuned, text) < 0 for text in PLAIN)


@pytest.mark.parametrize("text", [*ALARMING, *PLAIN])
def test_intents_are_learned_too(tuned: SentenceVectors, text: str) -> None:
    calls = tuned.read([text])[1]
    assert calls is not None and calls.intents.shape == (1, len(calls.names))
    assert calls.names[int(calls.intents[0].argmax())] == text


def test_parts_are_called_for_themselves(tuned: SentenceVectors) -> None:
    calls = tuned.read(["thank you", "i cant feel my legs"])[1]
    assert calls is not None
    assert calls.groups["alarm"][1] < calls.groups["alarm"][2]
    assert calls.groups["thanks"][1] > calls.groups["thanks"][2]


@pytest.mark.parametrize("parts", [["how long is the stay"], ["i cant feel my legs", "what now"]])
def test_vectors_stay_as_they_are(tuned: SentenceVectors, parts: list[str]) -> None:
    plain = SentenceVectors(prepared_encoder(quantized=False))
    vectors, calls = plain.read(parts)
    assert calls is None  # not tuned
    assert np.allclose(tuned.read(parts)[0], vectors, atol=1e-5)
    assert np.allclose(tuned.encode([parts[0]]), plain.encode([parts[0]]), atol=1e-5)


def test_the_archive_holds_tuned_layers(model: Path, tmp_path: Path) -> None:
    import tarfile

    with tarfile.open(model) as archive:
        names = [name for name in archive.getnames() if name.endswith(GRAPH_FILE)]
        assert len(names) == 1
        for file in (GRAPH_FILE, TOKENIZER_FILE, HEADS_FILE):
            name = names[0].replace(GRAPH_FILE, file)
            member = archive.extractfile(name)
            assert member is not None
            (tmp_path / Path(name).name).write_bytes(member.read())
    vectors = SentenceVectors(tmp_path)
    assert alarm(vectors, "i can not feel anything between my legs since last night") > 0
    assert alarm(vectors, "what are your opening hours on monday") < 0
