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

    def encode(self, texts: Sequence[str]) -> np.ndarray[Any, Any]:
        """Unit vectors, one row of 384 floats for each text.

        Texts are run one by one: padding them to one length costs more than it saves here, and
        8-bit activations would make a vector depend on its neighbours in the batch.
        """
        rows = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, encoding in enumerate(self._tokenizer.encode_batch(list(texts))):
            rows[row] = self._session.run(
                ["vector"],
                {
                    "input_ids": np.array([encoding.ids], dtype=np.int32),
                    "attention_mask": np.array([encoding.attention_mask], dtype=np.int32),
                },
            )[0][0]
        return rows
