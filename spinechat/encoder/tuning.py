"""Fine-tunes the encoder's top layers on the training phrases.

The frozen encoder hears what a message is about, but "no numbness" and "numb" lie close together
for it. The layers above those that make its vectors are trained here. They put groups of intents
(alarms, requests for advice) apart from all others, and the intents from one another. TensorFlow
comes with Rasa; the layers are written out in it because only these few operations are needed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from tqdm import tqdm

from spinechat.encoder.graph import HEADS, HIDDEN, LAYERS, NORM_EPSILON, SHARED_LAYERS, Weights
from spinechat.encoder.heads import Heads

Array = np.ndarray[Any, Any]
# Found on the dev half (docs/decisions.md); more epochs learn the phrases by heart.
LEARNING_RATE = 1e-4
DROPOUT = 0.1
BATCH = 32
# Batches that the layers need to learn anything new: a few hundred phrases are seen more often.
FEWEST_BATCHES = 100
# Vectors have length 1; their products are stretched before the logistic function.
STRETCH = 20.0
INTENT_SHARE = 0.5
# Phrases of like length share a batch, out of so many batches shuffled together.
BUCKET = 20
LARGEST_NORM = 1.0
# Stands for minus infinity where there is no token.
MASKED = -1e4


class _Encoder:
    """BERT's layers in TensorFlow, the top ones trainable."""

    def __init__(self, weights: dict[str, Array], tf: Any) -> None:
        self._tf = tf
        self.trainable: dict[str, Any] = {}
        self._weights: dict[str, Any] = {}
        for name, value in weights.items():
            is_layer = name.startswith("encoder.layer.")
            if is_layer and int(name.split(".")[2]) >= SHARED_LAYERS:
                self.trainable[name] = tf.Variable(value.astype(np.float32))
                continue
            if value.dtype != np.int64:
                self._weights[name] = tf.constant(value.astype(np.float32))
        self._weights.update(self.trainable)

    def bottom(self, ids: Any, mask: Any) -> Any:
        """Embeddings and the frozen layers, [batch, tokens, 384]."""
        tf, base = self._tf, "embeddings."
        length = tf.shape(ids)[1]
        hidden = (
            tf.gather(self._weights[base + "word_embeddings.weight"], ids)
            + self._weights[base + "position_embeddings.weight"][:length]
            + self._weights[base + "token_type_embeddings.weight"][0]
        )
        hidden = self._normed(hidden, base)
        for index in range(SHARED_LAYERS):
            hidden = self._layer(hidden, mask, index, 0.0)
        return hidden

    def top(self, hidden: Any, mask: Any, dropout: float) -> Any:
        """Unit vectors, [batch, 384]."""
        tf = self._tf
        for index in range(SHARED_LAYERS, LAYERS):
            hidden = self._layer(hidden, mask, index, dropout)
        total = tf.reduce_sum(hidden * mask[:, :, None], 1)
        return tf.math.l2_normalize(total / tf.reduce_sum(mask, 1, keepdims=True), -1)

    def _normed(self, value: Any, base: str) -> Any:
        tf = self._tf
        mean = tf.reduce_mean(value, -1, keepdims=True)
        spread = tf.reduce_mean((value - mean) ** 2, -1, keepdims=True)
        scaled = (value - mean) * tf.math.rsqrt(spread + NORM_EPSILON)
        return (
            scaled * self._weights[base + "LayerNorm.weight"]
            + self._weights[base + "LayerNorm.bias"]
        )

    def _dense(self, value: Any, base: str) -> Any:
        product = self._tf.einsum("bth,oh->bto", value, self._weights[base + "weight"])
        return product + self._weights[base + "bias"]

    def _layer(self, hidden: Any, mask: Any, index: int, dropout: float) -> Any:
        tf, base = self._tf, f"encoder.layer.{index}."
        batch, length = tf.shape(hidden)[0], tf.shape(hidden)[1]

        def heads(part: str) -> Any:
            value = self._dense(hidden, f"{base}attention.self.{part}.")
            shape = (batch, length, HEADS, HIDDEN // HEADS)
            return tf.transpose(tf.reshape(value, shape), (0, 2, 1, 3))

        query, key, value = heads("query"), heads("key"), heads("value")
        scores = tf.matmul(query, key, transpose_b=True) / np.sqrt(HIDDEN / HEADS)
        weights = tf.nn.softmax(scores + (1 - mask)[:, None, None, :] * MASKED)
        seen = tf.transpose(tf.matmul(weights, value), (0, 2, 1, 3))
        seen = self._dense(
            tf.reshape(seen, (batch, length, HIDDEN)), base + "attention.output.dense."
        )
        seen = tf.nn.dropout(seen, dropout) if dropout else seen
        hidden = self._normed(hidden + seen, base + "attention.output.")
        wide = tf.nn.gelu(self._dense(hidden, base + "intermediate.dense."))
        narrow = self._dense(wide, base + "output.dense.")
        narrow = tf.nn.dropout(narrow, dropout) if dropout else narrow
        return self._normed(hidden + narrow, base + "output.")


def _batches(lengths: Array, random: np.random.RandomState) -> list[Array]:
    """Positions of phrases, in batches of like length, in random order."""
    order = np.arange(len(lengths))
    random.shuffle(order)
    batches: list[Array] = []
    for begin in range(0, len(order), BATCH * BUCKET):
        bucket = order[begin : begin + BATCH * BUCKET]
        bucket = bucket[np.argsort(lengths[bucket], kind="stable")]
        batches += [bucket[at : at + BATCH] for at in range(0, len(bucket), BATCH)]
    random.shuffle(batches)
    return batches


def _padded(ids: Sequence[Sequence[int]], batch: Array) -> tuple[Array, Array]:
    longest = max(len(ids[at]) for at in batch)
    rows = np.zeros((len(batch), longest), dtype=np.int32)
    mask = np.zeros((len(batch), longest), dtype=np.float32)
    for row, at in enumerate(batch):
        rows[row, : len(ids[at])] = ids[at]
        mask[row, : len(ids[at])] = 1
    return rows, mask


def _epochs(lengths: Array, epochs: int, seed: int) -> Iterator[tuple[Array, float]]:
    """Batches of all epochs, each with the learning rate, which falls to 0."""
    random = np.random.RandomState(seed)
    rounds = [batch for _ in range(epochs) for batch in _batches(lengths, random)]
    for step, batch in enumerate(tqdm(rounds, desc="Tuning the encoder", unit="batch")):
        yield batch, LEARNING_RATE * (1 - step / len(rounds))


def enough_epochs(phrases: int, epochs: int) -> int:
    """How often every phrase is seen: `epochs`, or more often where there are few phrases."""
    return max(epochs, math.ceil(FEWEST_BATCHES / math.ceil(phrases / BATCH)))


def tune(
    weights: Weights,
    ids: Sequence[Sequence[int]],
    intents: Sequence[str],
    groups: Mapping[str, Sequence[str]],
    *,
    epochs: int,
    seed: int = 0,
) -> tuple[Weights, Heads]:
    """Trains the top layers, and the heads that read them.

    Args:
        weights: of the encoder, under BERT's names.
        ids: tokens of each phrase, with the marks at both ends.
        intents: of each phrase.
        groups: intents that get a head of their own together, by the group's name.
        epochs: how often every phrase is seen at least, see `enough_epochs`.
        seed: of everything random.

    Returns:
        The layers' tensors under BERT's names, and the heads.
    """
    import tensorflow as tf

    tf.keras.utils.set_random_seed(seed)
    encoder = _Encoder(weights, tf)
    names = sorted(set(intents))
    targets = np.array([names.index(intent) for intent in intents], dtype=np.int32)
    columns = [[intent in members for intent in intents] for members in groups.values()]
    truth = np.array(columns, dtype=np.float32).T
    heads = len(groups) + len(names)
    directions = tf.Variable(tf.random.normal((HIDDEN, heads), stddev=0.05))
    bias = tf.Variable(tf.zeros(heads))
    variables = [*encoder.trainable.values(), directions, bias]
    optimizer = tf.keras.optimizers.legacy.Adam(LEARNING_RATE)
    signature = [
        tf.TensorSpec((None, None), tf.int32),
        tf.TensorSpec((None, None), tf.float32),
        tf.TensorSpec((None, len(groups)), tf.float32),
        tf.TensorSpec((None,), tf.int32),
    ]

    @tf.function(input_signature=signature, autograph=False)
    def step(rows: Any, mask: Any, member: Any, intent: Any) -> None:
        hidden = encoder.bottom(rows, mask)
        with tf.GradientTape() as tape:
            vectors = encoder.top(hidden, mask, DROPOUT) * STRETCH
            logits = vectors @ directions + bias
            grouped, single = logits[:, : len(groups)], logits[:, len(groups) :]
            losses = tf.nn.sigmoid_cross_entropy_with_logits(member, grouped)
            loss = tf.reduce_sum(tf.reduce_mean(losses, 0))
            loss += INTENT_SHARE * tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(intent, single)
            )
        slopes, _ = tf.clip_by_global_norm(tape.gradient(loss, variables), LARGEST_NORM)
        optimizer.apply_gradients(zip(slopes, variables, strict=True))

    lengths = np.array([len(tokens) for tokens in ids])
    for batch, rate in _epochs(lengths, enough_epochs(len(ids), epochs), seed):
        optimizer.learning_rate = rate
        rows, mask = _padded(ids, batch)
        step(
            tf.constant(rows),
            tf.constant(mask),
            tf.constant(truth[batch]),
            tf.constant(targets[batch]),
        )
    layers = {name: variable.numpy() for name, variable in encoder.trainable.items()}
    return layers, Heads(tuple(groups), tuple(names), directions.numpy() * STRETCH, bias.numpy())
