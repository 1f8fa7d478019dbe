"""On every frozen message: the alarm is the same masked and unmasked, and hardly one is changed."""

from __future__ import annotations

import pytest

from spinechat.evaluation import masking, messages
from spinechat.evaluation.messages import HALVES
from spinechat.privacy import masked
from spinechat.redflags import screen


@pytest.mark.parametrize("half", HALVES)
def test_the_screen_says_the_same(half: str) -> None:
    frozen = masking.frozen(half)
    assert frozen.altered.count > 1500
    assert frozen.altered.hits == 0


# Messages that name somebody or give a phone number are among them, so the share is no error; the
# clean lines of test_scores.py have the bar of 1 %.
@pytest.mark.parametrize(("half", "most"), [("dev", 0.015), ("test", 0.025)])
def test_few_are_changed(half: str, most: float) -> None:
    assert masking.frozen(half).changed.value <= most


def test_nothing_of_the_changed_ones_is_lost_but_names_and_numbers() -> None:
    for text in messages.every_text("dev"):
        kept = masked(text)
        assert kept == text or len(kept) > len(text) * 0.5 or len(text) < 60


def test_teeth_a_mask_that_hides_a_sign_is_seen() -> None:
    text = "I can't move my legs"
    assert screen(text).action != screen(text.replace("legs", "(name)")).action
