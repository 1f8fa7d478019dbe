"""The encoder's graph gives the vectors that its weights stand for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file
from scipy.special import erf, softmax
from tokenizers import Tokenizer

from spinechat.encoder import EncoderUnavailable, SentenceVectors, prepared_encoder, weights
from spinechat.encoder.graph import SHARED_LAYERS
from spinechat.encoder.weights import TOKENIZER_FILE, checked_weights

TEXTS = [
    "how long will i be in the hospital after the surgery",
    "is parking free?",
    "my dad's 78 and diabetic, had two fusions, can he still get this done",
]


def _reference(text: str, tensors: dict[str, Any], tokenizer: Tokenizer) -> Any:
    """BERT written out in numpy, from its paper and the model's config: 12 heads of 32."""

    def norm(x: Any, name: str) -> Any:
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt(x.var(-1, keepdims=True) + 1e-12)
        return scaled * tensors[name + ".weight"] + tensors[name + ".bias"]

    def dense(x: Any, name: str) -> Any:
        return x @ tensors[name + ".weight"].T + tensors[name + ".bias"]

    ids = tokenizer.encode(text).ids
    n, e = len(ids), "embeddings."
    x = tensors[e + "word_embeddings.weight"][ids] + tensors[e + "position_embeddings.weight"][:n]
    x = norm(x + tensors[e + "token_type_embeddings.weight"][0], e + "LayerNorm")
    for layer in range(SHARED_LAYERS):
        base = f"encoder.layer.{layer}."
        parts = [dense(x, f"{base}attention.self.{p}") for p in ("query", "key", "value")]
        q, k, v = (part.reshape(n, 12, 32).transpose(1, 0, 2) for part in parts)
        seen = softmax(q @ k.transpose(0, 2, 1) / np.sqrt(32), -1) @ v
        out = base + "attention.output."
        x = norm(
            dense(seen.transpose(1, 0, 2).reshape(n, 384), out + "dense") + x, out + "LayerNorm"
        )
        h = dense(x, base + "intermediate.dense")
        h = h * 0.5 * (1 + erf(h / np.sqrt(2)))
        x = norm(dense(h, base + "output.dense") + x, base + "output.LayerNorm")
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)


@pytest.mark.parametrize(("quantized", "least"), [(False, 0.9999), (True, 0.98)])
def test_vectors_equal_a_plain_reckoning_of_the_weights(quantized: bool, least: float) -> None:
    folder = prepared_encoder(quantized)
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
    tokenizer.no_padding()
    tensors = load_file(checked_weights())
    vectors = SentenceVectors(folder).encode(TEXTS)
    for text, vector in zip(TEXTS, vectors, strict=True):
        assert float(vector @ _reference(text, tensors, tokenizer)) > least


def test_a_vector_does_not_depend_on_its_neighbours() -> None:
    encoder = SentenceVectors(prepared_encoder())
    alone, together = encoder.encode(TEXTS[:1]), encoder.encode(TEXTS)
    assert np.array_equal(alone[0], together[0])


def test_parts_are_encoded_in_the_light_of_the_whole() -> None:
    encoder = SentenceVectors(prepared_encoder(quantized=False))
    first, second = "how long is the hospital stay", "and do you take my insurance?"
    rows = encoder.read([first, second])[0]
    assert rows.shape == (3, 384)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)
    alone = encoder.encode([f"{first} {second}", first, second])
    assert float(rows[0] @ alone[0]) > 0.9999
    assert float(rows[1] @ alone[1]) > float(rows[1] @ alone[2])
    assert float(rows[2] @ alone[2]) > float(rows[2] @ alone[1])


def test_a_part_beyond_the_limit_gets_zeros() -> None:
    rows = SentenceVectors(prepared_encoder()).read(["word " * 400, "the end"])[0]
    assert not rows[2].any() and rows[0].any()


def test_very_long_and_odd_texts_get_a_vector() -> None:
    vectors = SentenceVectors(prepared_encoder()).encode(["", "word " * 3000, "\u200f\U0001f600"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


def test_other_weights_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(weights, "WEIGHTS_SHA256", "0" * 64)
    monkeypatch.setenv("SPINECHAT_CACHE", str(tmp_path))
    with pytest.raises(EncoderUnavailable, match="make clean setup"):
        prepared_encoder()
