"""Runs the encoder: texts in, unit vectors out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from spinechat.encoder.heads import HEADS_FILE, Calls, Heads
from spinechat.encoder.weights import GRAPH_FILE, TOKENIZER_FILE

DIMENSIONS = 384
# Patients' messages have at most 1,000 characters; the model was trained on up to 128 tokens
# and reads up to 512, the time grows with the length.
MAX_TOKENS = 192


class SentenceVectors:
    """The encoder, loaded once and safe to call from any thread."""

    def __init__(self, folder: Path) -> None:
        """Loads graph, tokenizer and, if the encoder was tuned, heads from `folder`."""
        options = onnxruntime.SessionOptions()
        # One thread: a turn must not wait for, or starve, the other turns on a small machine.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / GRAPH_FILE), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        self._heads = Heads.load(folder) if (folder / HEADS_FILE).is_file() else None
        empty = self._tokenizer.encode("").ids
        self._marks = (empty[0], empty[-1])

    def encode(self, texts: Sequence[str]) -> np.ndarray[Any, Any]:
        """Unit vectors, one row of 384 floats for each text.

        Texts are run one by one: padding them to one length costs more than it saves here, and
        8-bit activations would make a vector depend on its neighbours in the batch.
        """
        rows = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in enumerate(texts):
            rows[row] = self._run(["vector"], self._tokenizer.encode(text).ids)[0][0]
        return rows

    def states(self, text: str, most: int) -> np.ndarray[Any, Any]:
        """What the layers under the vector make of a text's first tokens, [at most `most`, 384]."""
        tokens = self._run(["token_vectors"], self._tokenizer.encode(text).ids)[0][0]
        return np.asarray(tokens[:most])

    def read(self, parts: Sequence[str]) -> tuple[np.ndarray[Any, Any], Calls | None]:
        """Vectors of a message and of its parts, from one run of the encoder.

        A part's vector is the mean of its own tokens, each seen in the light of the whole
        message; a part cut off by MAX_TOKENS gets zeros.

        Args:
            parts: the message's clauses in order, or the message alone.

        Returns:
            Unit vectors, [1] or [1 + parts, 384], the whole message's first, and what the tuned
            layers say of the same; None if the encoder was not tuned.
        """
        ids, spans = self._joined(parts)
        if len(parts) == 1:
            spans = []
        if self._heads is None:
            return _means(self._run(["token_vectors"], ids)[0][0], spans), None
        plain, tuned = self._run(["token_vectors", "tuned_vectors"], ids)
        return _means(plain[0], spans), self._heads.calls(_means(tuned[0], spans))

    def _joined(self, parts: Sequence[str]) -> tuple[list[int], list[tuple[int, int]]]:
        """The tokens of a text, and where each of its parts begins and ends among them."""
        encodings = [self._tokenizer.encode(part, add_special_tokens=False) for part in parts]
        begin, end = self._marks
        ids, spans = [begin], []
        for encoding in encodings:
            spans.append((len(ids), min(len(ids) + len(encoding.ids), MAX_TOKENS - 1)))
            ids += encoding.ids
        return [*ids[: MAX_TOKENS - 1], end], spans

    def _run(self, outputs: list[str], ids: list[int]) -> Any:
        tokens = np.array([ids], dtype=np.int32)
        fed = {"input_ids": tokens, "attention_mask": np.ones_like(tokens)}
        return self._session.run(outputs, fed)


def _means(tokens: np.ndarray[Any, Any], spans: Sequence[tuple[int, int]]) -> np.ndarray[Any, Any]:
    """Unit vectors of a text and of its parts, from the vectors of its tokens."""
    means = [tokens.mean(axis=0)]
    means += [tokens[a:b].mean(axis=0) if a < b else np.zeros(DIMENSIONS) for a, b in spans]
    rows = np.array(means, dtype=np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9))
