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


def _is_tuned(name: str) -> bool:
    return name.startswith("encoder.layer.") and int(name.split(".")[2]) >= SHARED_LAYERS


class _TopLayers:
    """BERT's layers above the shared ones, in TensorFlow."""

    def __init__(self, weights: Weights, tf: Any) -> None:
        self._tf = tf
        self.variables: dict[str, Any] = {
            name: tf.Variable(value.astype(np.float32))
            for name, value in weights.items()
            if _is_tuned(name)
        }

    def vectors(self, hidden: Any, mask: Any, dropout: float) -> Any:
        """Unit vectors, [batch, 384], from what the shared layers make, [batch, tokens, 384]."""
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
            scaled * self.variables[base + "LayerNorm.weight"]
            + self.variables[base + "LayerNorm.bias"]
        )

    def _dense(self, value: Any, base: str) -> Any:
        product = self._tf.einsum("bth,oh->bto", value, self.variables[base + "weight"])
        return product + self.variables[base + "bias"]

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


def _padded(states: Sequence[Array], batch: Array) -> tuple[Array, Array]:
    longest = max(len(states[at]) for at in batch)
    rows = np.zeros((len(batch), longest, HIDDEN), dtype=np.float32)
    mask = np.zeros((len(batch), longest), dtype=np.float32)
    for row, at in enumerate(batch):
        rows[row, : len(states[at])] = states[at]
        mask[row, : len(states[at])] = 1
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
    states: Sequence[Array],
    intents: Sequence[str],
    groups: Mapping[str, Sequence[str]],
    *,
    epochs: int,
    seed: int = 0,
) -> tuple[Weights, Heads]:
    """Trains the top layers, and the heads that read them.

    Args:
        weights: of the encoder, under BERT's names.
        states: of each phrase what the shared layers make of its tokens, [tokens, 384].
        intents: of each phrase.
        groups: intents that get a head of their own together, by the group's name.
        epochs: how often every phrase is seen at least, see `enough_epochs`.
        seed: of everything random.

    Returns:
        The layers' tensors under BERT's names, and the heads.
    """
    import tensorflow as tf

    tf.keras.utils.set_random_seed(seed)
    layers = _TopLayers(weights, tf)
    names = sorted(set(intents))
    targets = np.array([names.index(intent) for intent in intents], dtype=np.int32)
    columns = [[intent in members for intent in intents] for members in groups.values()]
    truth = np.array(columns, dtype=np.float32).T
    heads = len(groups) + len(names)
    directions = tf.Variable(tf.random.normal((HIDDEN, heads), stddev=0.05))
    bias = tf.Variable(tf.zeros(heads))
    variables = [*layers.variables.values(), directions, bias]
    optimizer = tf.keras.optimizers.legacy.Adam(LEARNING_RATE)
    signature = [
        tf.TensorSpec((None, None, HIDDEN), tf.float32),
        tf.TensorSpec((None, None), tf.float32),
        tf.TensorSpec((None, len(groups)), tf.float32),
        tf.TensorSpec((None,), tf.int32),
    ]

    @tf.function(input_signature=signature, autograph=False)
    def step(hidden: Any, mask: Any, member: Any, intent: Any) -> None:
        with tf.GradientTape() as tape:
            vectors = layers.vectors(hidden, mask, DROPOUT) * STRETCH
            logits = vectors @ directions + bias
            grouped, single = logits[:, : len(groups)], logits[:, len(groups) :]
            losses = tf.nn.sigmoid_cross_entropy_with_logits(member, grouped)
            loss = tf.reduce_sum(tf.reduce_mean(losses, 0))
            loss += INTENT_SHARE * tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(intent, single)
            )
        slopes, _ = tf.clip_by_global_norm(tape.gradient(loss, variables), LARGEST_NORM)
        optimizer.apply_gradients(zip(slopes, variables, strict=True))

    lengths = np.array([len(state) for state in states])
    for batch, rate in _epochs(lengths, enough_epochs(len(states), epochs), seed):
        optimizer.learning_rate = rate
        rows, mask = _padded(states, batch)
        step(
            tf.constant(rows),
            tf.constant(mask),
            tf.constant(truth[batch]),
            tf.constant(targets[batch]),
        )
    tuned = {name: variable.numpy() for name, variable in layers.variables.items()}
    return tuned, Heads(tuple(groups), tuple(names), directions.numpy() * STRETCH, bias.numpy())
