"""Runs the encoder: texts in, unit vectors out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from spinechat.encoder.weights import GRAPH_FILE, TOKENIZER_FILE

DIMENSIONS = 384
# Patients' messages have at most 1,000 characters; the model was trained on up to 128 tokens
# and reads up to 512, the time grows with the length.
MAX_TOKENS = 192


class SentenceVectors:
    """The encoder, loaded once and safe to call from any thread."""

    def __init__(self, folder: Path) -> None:
        """Loads graph and tokenizer from `folder` (see `prepared_encoder`)."""
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
        self._tuned = "alarm" in {output.name for output in self._session.get_outputs()}
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

    def token_ids(self, text: str) -> list[int]:
        """The tokens of a text, with the marks at both ends."""
        return list(self._tokenizer.encode(text).ids)

    def read(self, parts: Sequence[str]) -> tuple[np.ndarray[Any, Any], float]:
        """Vectors of a message, and how loud its tuned layers call it an alarm.

        Args:
            parts: the message's clauses in order, or the message alone.

        Returns:
            The vectors, [1] or [1 + parts, 384] (see `encode_parts`), and a number above 0 for
            an alarm; 0 if the encoder was not tuned.
        """
        extra = ["alarm"] if self._tuned else []
        if len(parts) > 1:
            ids, spans = self._joined(parts)
            tokens, *alarm = self._run(["token_vectors", *extra], ids)
            rows = _means(tokens[0], spans)
        else:
            rows, *alarm = self._run(["vector", *extra], self.token_ids(parts[0]))
        return rows, float(alarm[0][0, 0]) if alarm else 0.0

    def encode_parts(self, parts: Sequence[str]) -> np.ndarray[Any, Any]:
        """Unit vectors of a text and of its parts, [1 + parts, 384], from one run of the encoder.

        The text is its parts one after the other. A part's vector is the mean of its own tokens,
        each seen in the light of the whole text; a part cut off by MAX_TOKENS gets zeros.
        """
        ids, spans = self._joined(parts)
        return _means(self._run(["token_vectors"], ids)[0][0], spans)

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
