"""The threshold's rule: what is held out, and which confidence is chosen."""

from __future__ import annotations

import numpy as np
import pytest

from spinechat.nlu.threshold import ENOUGH, OUTSIDERS, PART, best_threshold, held_out_rounds

IN, OUT = False, True


@pytest.mark.parametrize(
    ("phrases", "between"),
    [
        # (confidence, right, outside): parted cleanly.
        ([(0.9, True, IN), (0.8, True, IN), (0.2, False, OUT)], (0.2, 0.8)),
        # One outsider among many right answers below it: not worth refusing three.
        ([(0.9, True, IN), (0.5, True, IN), (0.4, True, IN), (0.6, False, OUT)], (0.0, 0.4)),
        # Ten outsiders above one right answer out of ten.
        (
            [(0.9, True, IN)] * 9 + [(0.1, True, IN)] + [(0.5, False, OUT)] * 10,
            (0.5, 0.9),
        ),
        # Wrong answers are nothing to keep.
        ([(0.9, True, IN), (0.5, False, IN), (0.5, False, OUT)], (0.5, 0.9)),
        # Refused whatever the threshold: nothing to gain from a bar.
        ([(0.9, True, IN), (0.3, True, IN), (0.0, False, OUT)], (0.0, 0.3)),
    ],
)
def test_best_threshold(
    phrases: list[tuple[float, bool, bool]], between: tuple[float, float]
) -> None:
    low, high = between
    assert low <= best_threshold(*zip(*phrases, strict=True)) < high


@pytest.mark.parametrize("outside", [[True, True], [False, False]])
def test_it_needs_both_kinds(outside: list[bool]) -> None:
    with pytest.raises(ValueError, match="learned and of other"):
        best_threshold([0.1, 0.9], [True, True], outside)


def test_no_other_threshold_handles_more_messages() -> None:
    random = np.random.RandomState(0)
    confidences, outside = random.rand(200), random.rand(200) < 0.4
    right = (random.rand(200) < confidences) & ~outside
    found = best_threshold(list(confidences), list(right), list(outside))

    def handled(bar: float) -> float:
        gained = (right & (confidences >= bar)).sum() / (~outside).sum()
        refused = (outside & (confidences < bar)).sum() / outside.sum()
        return float((1 - OUTSIDERS) * gained + OUTSIDERS * refused)

    assert handled(found) >= max(handled(bar) for bar in np.linspace(0, 1, 501))


def test_rounds_hold_out_phrases_and_whole_labels() -> None:
    labels = [f"label{i % 10}" for i in range(100)] + ["alone"]
    rounds = list(held_out_rounds(labels))
    assert sum(len(tried) for _, tried in rounds) >= min(ENOUGH, len(labels))
    for learned, tried in rounds:
        assert sorted([*learned, *tried]) == list(range(len(labels)))
        unknown = {labels[at] for at in tried} - {labels[at] for at in learned}
        assert 2 <= len(unknown) <= 3  # a fifth of eleven
        others = [at for at in tried if labels[at] not in unknown]
        assert len(others) == pytest.approx((len(labels) - 10 * len(unknown)) / PART, abs=6)


def test_rounds_leave_out_every_label_once_where_phrases_are_few() -> None:
    labels = [f"label{i % 10}" for i in range(30)]
    unknown = [
        label
        for learned, tried in held_out_rounds(labels)
        for label in {labels[at] for at in tried} - {labels[at] for at in learned}
    ]
    assert sorted(unknown) == sorted(set(labels))


def test_one_round_is_enough_where_phrases_are_many() -> None:
    assert len(list(held_out_rounds([f"label{i % 50}" for i in range(5000)]))) == 1
