"""Pictures of an evaluation: the confusion matrix, the confidences and their reliability."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")  # no display

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

from spinechat.evaluation.scores import BINS, Bin

_DOTS_PER_INCH = 130
_TENTHS = np.linspace(0, 1, 11)
_RIGHT, _WRONG = "#2b7bba", "#d95f0e"
# Colours that the colour-blind can tell apart (Okabe and Ito), each with a mark of its own.
_STYLES = (
    ("#0072b2", "o"), ("#d55e00", "s"), ("#009e73", "D"),
    ("#cc79a7", "^"), ("#555555", "v"), ("#e69f00", "P"),
)  # fmt: skip


def _save(figure: Any, path: Path) -> Path:
    figure.savefig(path, dpi=_DOTS_PER_INCH)
    plt.close(figure)
    return path


def confusion_matrix(
    rows: Sequence[str],
    columns: Sequence[str],
    counts: np.ndarray[Any, np.dtype[np.int64]],
    path: Path,
) -> Path:
    """Expected topics (rows) against the topics served (columns), as counts.

    Colour shows the share of the row, so that topics with few messages can be read as well.
    """
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = (3.2 + 0.36 * len(columns), 3.0 + 0.32 * len(rows))
    figure, axes = plt.subplots(figsize=size, layout="constrained")
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row, column in np.argwhere(counts > 0):
        colour = "white" if shares[row, column] > 0.5 else "black"
        axes.text(
            column, row, counts[row, column], ha="center", va="center", color=colour, fontsize=8
        )
    axes.set_xticks(range(len(columns)), columns, rotation=90, fontsize=9)
    axes.set_yticks(range(len(rows)), rows, fontsize=9)
    # Hairlines between the cells, so that a lone count far from its labels can be followed.
    axes.set_xticks(np.arange(-0.5, len(columns)), minor=True)
    axes.set_yticks(np.arange(-0.5, len(rows)), minor=True)
    axes.grid(which="minor", color="#dddddd", linewidth=0.5)
    axes.tick_params(which="minor", length=0)
    axes.set_xlabel("Served")
    axes.set_ylabel("Expected")
    axes.set_title("Topics of single messages (counts)")
    figure.colorbar(image, ax=axes, label="Share of the row", fraction=0.03, pad=0.015)
    return _save(figure, path)


def confidence_histogram(confidences: Sequence[float], flags: Sequence[bool], path: Path) -> Path:
    """How sure the classifier is when it is right and when it is wrong.

    Each has its own panel and scale: there are far fewer wrong ones.
    """
    values, right = np.asarray(confidences, dtype=float), np.asarray(flags, dtype=bool)
    figure, panels = plt.subplots(2, 1, figsize=(7, 5.4), sharex=True, layout="constrained")
    kinds = (("Right", right, _RIGHT), ("Wrong", ~right, _WRONG))
    for axes, (name, chosen, colour) in zip(panels, kinds, strict=True):
        axes.hist(values[chosen], bins=2 * BINS, range=(0, 1), color=colour, edgecolor="white")
        axes.set_title(f"{name} replies ({int(chosen.sum())})", fontsize=11)
        axes.set_ylabel("Single messages")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    panels[1].set_xlim(0, 1)
    panels[1].set_xticks(_TENTHS)
    panels[1].set_xlabel("Confidence")
    return _save(figure, path)


def reliability_diagram(bins: Sequence[Bin], error: float, path: Path) -> Path:
    """Accuracy against confidence; on the dashed line the confidence means what it says.

    Below it stands how many messages each point rests on.

    Args:
        bins: see `scores.calibration`.
        error: expected calibration error (0 to 1), for the title.
        path: where the PNG goes.
    """
    figure, (above, below) = plt.subplots(
        2,
        1,
        figsize=(6, 7.4),
        sharex=True,
        gridspec_kw={"height_ratios": [4, 1]},
        layout="constrained",
    )
    confidences = [b.confidence for b in bins]
    above.plot([0, 1], [0, 1], linestyle="--", color="#888888", label="perfectly calibrated")
    above.plot(confidences, [b.right for b in bins], "o-", color=_RIGHT, label="assistant")
    above.set_ylim(-0.03, 1.03)
    above.set_yticks(_TENTHS)
    above.set_ylabel("Share of right replies")
    above.set_title(f"Reliability (expected calibration error {error:.3f})")
    above.legend(loc="upper left")
    bars = below.bar(confidences, [b.count for b in bins], width=0.06, color=_RIGHT)
    below.bar_label(bars, fontsize=8, padding=2)
    below.margins(y=0.25)
    below.set_ylabel("Messages")
    below.set_xlim(0, 1.05)
    below.set_xticks(_TENTHS)
    below.set_xlabel("Mean confidence of the bin")
    return _save(figure, path)


def scope_curve(
    points: Sequence[tuple[float, float]], chosen: tuple[float, float], path: Path
) -> Path:
    """In-scope messages answered rightly against out-of-scope messages answered at all.

    Args:
        points: (out of scope let through, in scope right), shares from 0 to 1, by threshold.
        chosen: the point of the threshold in use.
        path: where the picture goes.
    """
    figure, axes = plt.subplots(figsize=(6, 4.6), layout="constrained")
    axes.plot([x for x, _ in points], [y for _, y in points], color=_RIGHT, drawstyle="steps-post")
    axes.plot(*chosen, "o", color=_WRONG, markersize=9, label="threshold in use")
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(0, 1.02)
    axes.set_xticks(_TENTHS)
    axes.set_yticks(_TENTHS)
    axes.grid(color="#dddddd", linewidth=0.5)
    axes.set_xlabel("Out of scope: a topic is served (share)")
    axes.set_ylabel("In scope: the right topic is served (share)")
    axes.set_title("From strict (left) to lenient (right)")
    axes.legend(loc="lower right")
    return _save(figure, path)


def trend(models: Sequence[str], shares: Mapping[str, Sequence[float | None]], path: Path) -> Path:
    """Figures of one model after the other.

    Args:
        models: their names, the oldest first.
        shares: by figure, at most six; one for each model (0 to 1), None where not measured.
        path: where the picture goes.
    """
    figure, axes = plt.subplots(figsize=(8, 4.6), layout="constrained")
    for (name, values), (colour, mark) in zip(shares.items(), _STYLES, strict=False):
        heights = [math.nan if value is None else value for value in values]
        axes.plot(range(len(models)), heights, marker=mark, color=colour, label=name)
    axes.set_xticks(range(len(models)), models, fontsize=9)
    axes.set_ylim(0, 1.02)
    axes.set_yticks(_TENTHS)
    axes.grid(axis="y", color="#dddddd", linewidth=0.5)
    axes.set_ylabel("Share of messages")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncol=3, fontsize=9)
    return _save(figure, path)
