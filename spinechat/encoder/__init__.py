"""The sentence encoder all-MiniLM-L6-v2: weights, ONNX graph, tokenizer and how to run them."""

from spinechat.encoder.runtime import SentenceVectors
from spinechat.encoder.weights import EncoderUnavailable, prepared_encoder

__all__ = ["EncoderUnavailable", "SentenceVectors", "prepared_encoder"]
