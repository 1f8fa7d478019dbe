"""The bars on lines with and without identifiers, written by authors who saw no rule."""

from __future__ import annotations

import hashlib
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
from spinechat.project import project_root

# What is wanted everywhere, and is reached on the dev half.
WANTED = {"numeric": 0.98, "names": 0.90, "clean": 0.01}
# What the test half reached (docs/privacy.md), so that it grows no worse.
REACHED = {"numeric": 0.98, "names": 0.89, "clean": 0.01}
# sha256 of the test half's file.
FROZEN = "5638baf7b53f1ffe00d6adab704617bd3b69eb13991077a2f92a7c88e8f029bd"
BARS = [("dev", WANTED), ("test", REACHED)]


def check_bars(some: Sequence[Line], bars: dict[str, float]) -> None:
    assert recall(some, NUMERIC).value >= bars["numeric"]
    assert recall(some, ["name"]).value >= bars["names"]
    assert clean_changed(some).value <= bars["clean"]


@pytest.mark.parametrize(("half", "bars"), BARS)
def test_the_bars_are_held(half: str, bars: dict[str, float]) -> None:
    check_bars(lines(half), bars)


def test_there_are_500_lines_of_each_half_and_none_in_both() -> None:
    dev, test = ({line.text for line in lines(half)} for half in ("dev", "test"))
    assert len(lines("dev")) == len(lines("test")) == 500 and not dev & test


def test_the_test_half_is_frozen() -> None:
    path = project_root() / "tests" / "privacy" / "lines_test.jsonl"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == FROZEN


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
