"""Builds the encoder's ONNX graph from its weights: BERT, mean pooling, normalisation.

The graph is written with ONNX Runtime's fused operators (domain com.microsoft), so that no
export from TensorFlow or PyTorch is needed; tests compare its vectors with transformers' own.
Shapes: input_ids, attention_mask [batch, tokens] int32 -> vector [batch, 384], token_vectors
[batch, tokens, 384], and where the top layers were tuned tuned_vectors of the same shape, float32.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

# all-MiniLM-L6-v2's config.json. The vectors come from the first three of its six layers: the
# others, as published, tell no more about topics (docs/decisions.md). They are tuned on the
# phrases instead (tuning.py), and say something else.
HIDDEN = 384
HEADS = 12
LAYERS = 6
SHARED_LAYERS = 3
TUNED_VECTORS = "tuned_vectors"
NORM_EPSILON = 1e-12
FUSED = "com.microsoft"
Weights = dict[str, np.ndarray[Any, Any]]


class _Graph:
    """Collects nodes and weights under one naming scheme."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []

    def constant(self, name: str, value: np.ndarray[Any, Any]) -> str:
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(self, name: str, transpose: bool = False) -> str:
        value = self.weights[name].astype(np.float32)
        return self.constant(name, value.T if transpose else value)

    def node(
        self, op: str, inputs: list[str], output: str, domain: str = "", **options: Any
    ) -> str:
        self.nodes.append(helper.make_node(op, inputs, [output], domain=domain, **options))
        return output


def _embeddings(graph: _Graph) -> str:
    base = "embeddings."
    # Token type is always 0 for a single sentence: its row is added to the positions.
    positions = (
        graph.weights[base + "position_embeddings.weight"]
        + graph.weights[base + "token_type_embeddings.weight"][0]
    )
    words = graph.node(
        "Gather", [graph.weight(base + "word_embeddings.weight"), "input_ids"], "words"
    )
    length = graph.node("Shape", ["input_ids"], "length", start=1, end=2)
    table = graph.constant("positions", positions.astype(np.float32))
    zero, one = graph.constant("zero", np.array([0])), graph.constant("one", np.array([1]))
    first = graph.node("Slice", [table, zero, length, zero, one], "used_positions")
    # SkipLayerNormalization wants equal shapes, so the positions are spread over the batch.
    spread = graph.node("Expand", [first, graph.node("Shape", ["words"], "words_shape")], "spread")
    return graph.node(
        "SkipLayerNormalization",
        [
            "words",
            spread,
            graph.weight(base + "LayerNorm.weight"),
            graph.weight(base + "LayerNorm.bias"),
        ],
        words + "_normed",
        FUSED,
        epsilon=NORM_EPSILON,
    )


def _attention(graph: _Graph, base: str, hidden: str) -> str:
    parts = [base + f"attention.self.{part}" for part in ("query", "key", "value")]
    kernel = np.concatenate([graph.weights[p + ".weight"].T for p in parts], axis=1)
    bias = np.concatenate([graph.weights[p + ".bias"] for p in parts])
    attended = graph.node(
        "Attention",
        [
            hidden,
            graph.constant(base + "qkv.weight", kernel.astype(np.float32)),
            graph.constant(base + "qkv.bias", bias.astype(np.float32)),
            "attention_mask",
        ],
        base + "attended",
        FUSED,
        num_heads=HEADS,
    )
    out = base + "attention.output."
    projected = graph.node(
        "MatMul", [attended, graph.weight(out + "dense.weight", True)], base + "projected"
    )
    return _add_and_norm(graph, out, projected, hidden)


def _add_and_norm(graph: _Graph, base: str, value: str, residual: str) -> str:
    return graph.node(
        "SkipLayerNormalization",
        [
            value,
            residual,
            graph.weight(base + "LayerNorm.weight"),
            graph.weight(base + "LayerNorm.bias"),
            graph.weight(base + "dense.bias"),
        ],
        base + "normed",
        FUSED,
        epsilon=NORM_EPSILON,
    )


def _layer(graph: _Graph, index: int, hidden: str) -> str:
    base = f"encoder.layer.{index}."
    attended = _attention(graph, base, hidden)
    inner = base + "intermediate.dense."
    widened = graph.node(
        "MatMul", [attended, graph.weight(inner + "weight", True)], base + "widened"
    )
    active = graph.node("BiasGelu", [widened, graph.weight(inner + "bias")], base + "active", FUSED)
    out = base + "output."
    narrowed = graph.node(
        "MatMul", [active, graph.weight(out + "dense.weight", True)], base + "narrowed"
    )
    return _add_and_norm(graph, out, narrowed, attended)


def _pooled(graph: _Graph, hidden: str) -> str:
    mask = graph.node("Cast", ["attention_mask"], "mask", to=TensorProto.FLOAT)
    last = graph.constant("last_axis", np.array([-1]))
    tokens = graph.constant("token_axis", np.array([1]))
    wide_mask = graph.node("Unsqueeze", [mask, last], "wide_mask")
    kept = graph.node("Mul", [hidden, wide_mask], "kept")
    total = graph.node("ReduceSum", [kept, tokens], "total", keepdims=0)
    count = graph.node("ReduceSum", [mask, tokens], "count", keepdims=1)
    mean = graph.node("Div", [total, count], "mean")
    return graph.node("LpNormalization", [mean], "vector", axis=-1, p=2)


def build_graph(weights: Weights, tuned: Weights | None = None) -> Any:
    """The model as an onnx.ModelProto, from weights under BERT's usual names.

    Args:
        weights: of the published model.
        tuned: its top layers, as `tuning.tune` made them.
    """
    graph = _Graph({**weights, **(tuned or {})})
    hidden = _embeddings(graph)
    shape = ["batch", "tokens"]
    outputs = {"vector": ["batch", HIDDEN], "token_vectors": [*shape, HIDDEN]}
    for index in range(SHARED_LAYERS):
        hidden = _layer(graph, index, hidden)
    graph.node("Identity", [hidden], "token_vectors")
    _pooled(graph, hidden)
    if tuned is not None:
        outputs[TUNED_VECTORS] = [*shape, HIDDEN]
        for index in range(SHARED_LAYERS, LAYERS):
            hidden = _layer(graph, index, hidden)
        graph.node("Identity", [hidden], TUNED_VECTORS)
    body = helper.make_graph(
        graph.nodes,
        "all-MiniLM-L6-v2",
        [
            helper.make_tensor_value_info("input_ids", TensorProto.INT32, shape),
            helper.make_tensor_value_info("attention_mask", TensorProto.INT32, shape),
        ],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, sizes)
            for name, sizes in outputs.items()
        ],
        graph.initializers,
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)]
    return helper.make_model(body, opset_imports=opsets, ir_version=8)


def read_weights(file: Path) -> Weights:
    """The encoder's tensors under BERT's usual names, from a safetensors file."""
    return {name.removeprefix("bert."): value for name, value in load_file(file).items()}


def write_graph(
    weights_file: Path, target: Path, quantized: bool, tuned: Weights | None = None
) -> None:
    """Writes the graph of the weights in `weights_file` (safetensors) to `target`."""
    model = build_graph(read_weights(weights_file), tuned)
    if not quantized:
        onnx.save(model, target)
        return
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "fp32.onnx"
        onnx.save(model, plain)
        quantize_dynamic(
            plain,
            target,
            weight_type=QuantType.QInt8,
            per_channel=True,
            # Shapes do not pass through the fused operators; every tensor between them is a float.
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )
