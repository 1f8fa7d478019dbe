"""On every frozen message: the alarm is the same masked and unmasked, and hardly one is changed."""

from __future__ import annotations

import pytest

from spinechat.evaluation import masked_replies, masking, messages
from spinechat.evaluation.assistant import Assistant
from spinechat.evaluation.messages import HALVES
from spinechat.privacy import masked
from spinechat.redflags import screen

# How many messages a half may have whose answer masking changes (docs/privacy.md says which kind).
MOST_DIFFER = {"alarm": 1, "outcome": 3, "topics": 6}


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


@pytest.mark.parametrize("half", HALVES)
def test_alarm_outcome_and_topics_are_the_same(assistant: Assistant, half: str) -> None:
    found = masked_replies.compare(assistant, messages.every_text(half))
    assert found.count > 1500 and found.changed > 20
    # The messages themselves are not told: those of the test half stay unread.
    counts = {name: len(texts) for name, texts in found.differ.items()}
    assert all(counts[name] <= most for name, most in MOST_DIFFER.items()), counts


def test_teeth_a_mask_that_changes_the_answer_is_seen(assistant: Assistant) -> None:
    texts = ["I can't feel my legs and I wet myself", "How long will I be in the hospital?"]
    found = masked_replies.compare(assistant, texts, lambda text: "(name)")
    assert found.changed == 2
    assert found.differ == {"alarm": texts[:1], "outcome": texts, "topics": texts}
