"""The bars on the 500 lines with and without identifiers, written by another author."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from spinechat.evaluation.masking import (
    NUMERIC,
    Line,
    clean_changed,
    left,
    lines,
    recall,
)

# What is wanted everywhere, and is reached on the dev half.
WANTED = {"numeric": 0.98, "names": 0.90, "clean": 0.01}
# What the test half reached (docs/privacy.md), so that it grows no worse.
REACHED = {"numeric": 0.95, "names": 0.84, "clean": 0.04}
BARS = [("dev", WANTED), ("test", REACHED)]


def check_bars(some: Sequence[Line], bars: dict[str, float]) -> None:
    assert recall(some, NUMERIC).value >= bars["numeric"]
    assert recall(some, ["name"]).value >= bars["names"]
    assert clean_changed(some).value <= bars["clean"]


@pytest.mark.parametrize(("half", "bars"), BARS)
def test_the_bars_are_held(half: str, bars: dict[str, float]) -> None:
    check_bars(lines(half), bars)


def test_there_are_500_lines() -> None:
    assert len(lines("dev")) == 500


@pytest.mark.parametrize(
    ("text", "kind", "value", "hidden"),
    [
        ("my name is Maria Lopez", "name", "Maria Lopez", True),
        ("so maria walks", "name", "maria", False),
        ("MRN 1234567", "record", "MRN 1234567", True),
        ("number 12 34", "record", "12 34", False),
    ],
)
def test_a_word_that_is_left_is_seen(text: str, kind: str, value: str, hidden: bool) -> None:
    assert (left(Line(text, ((kind, value),))) == []) is hidden


def test_teeth_lines_that_are_not_masked_break_the_bars() -> None:
    with pytest.raises(AssertionError):
        check_bars([Line("zip zap 12", (("record", "12"),))], WANTED)
