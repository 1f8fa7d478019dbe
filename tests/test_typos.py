"""Typing errors put into messages: which ones, how many, always the same; and their score."""

from __future__ import annotations

import re
from typing import Any

import pytest

from spinechat.evaluation.messages import singles
from spinechat.evaluation.report import thinned
from spinechat.evaluation.scores import Share
from spinechat.evaluation.typo_score import ALL_KINDS, UNTOUCHED, as_text, play
from spinechat.evaluation.typos import SLIPS, by_ear, with_typos

STORY = "how long will i be in the hospital after the surgery on my lower back next monday morning"


@pytest.mark.parametrize(
    ("word", "heard"),
    [
        ("physical", "fysical"),
        ("numb", None),
        ("knee", "nee"),
        ("operation", "operashun"),
        ("right", "rit"),
        ("cough", "cuff"),
        ("relief", "releef"),
        ("heal", "heel"),
        ("pain", "payn"),
        ("neck", "nek"),
        ("incision", "insision"),
        ("scan", "skan"),
        ("doctor", "docter"),
        ("surgery", "surgary"),
        ("better", "beter"),
        ("spine", "spin"),
        ("Knife", "nife"),
    ],
)
def test_words_by_ear(word: str, heard: str | None) -> None:
    found = by_ear(word, 1)
    if heard is None:  # nothing to mishear: a letter is dropped
        assert len(found) == len(word) - 1 and found[0] == word[0]
    else:
        assert found == heard


@pytest.mark.parametrize("kind", SLIPS)
def test_each_kind_does_what_its_name_says(kind: str) -> None:
    changed = with_typos(STORY, (kind,))
    assert changed != STORY
    words, others = STORY.split(), changed.split()
    if kind == "joined words":
        assert len(others) == len(words) - 3
        assert changed.replace(" ", "") == STORY.replace(" ", "")
        return
    pairs = [(a, b) for a, b in zip(words, others, strict=True) if a != b]
    assert len(pairs) == 3  # 18 words
    for word, wrong in pairs:
        assert len(word) >= 4
        if kind == "neighbouring key":
            assert sum(a != b for a, b in zip(word, wrong, strict=True)) == 1
        if kind == "dropped letter":
            assert len(wrong) == len(word) - 1


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("", False),
        ("is it ok", False),  # no word is long enough
        ("scars?", True),
        ("I had L4-L5 surgery!!", True),
        ("¿duele la operación?", True),
    ],
)
def test_short_and_odd_texts(text: str, changes: bool) -> None:
    kinds = ("neighbouring key", "dropped letter")
    changed = [with_typos(text, kinds, seed) for seed in range(30)]
    assert any(other != text for other in changed) is changes
    # Punctuation and numbers stay.
    kept = {re.sub(r"[a-z]", "", other) for other in [text, *changed]}
    assert len(kept) == 1


def test_there_is_one_error_in_six_words() -> None:
    text = "my scar hurts"
    changed = [with_typos(text, ("dropped letter",), seed) != text for seed in range(400)]
    assert sum(changed) / len(changed) == pytest.approx(3 / 6, abs=0.08)


def test_errors_are_the_same_at_each_run_and_others_with_another_seed() -> None:
    assert with_typos(STORY) == with_typos(STORY)
    assert len({with_typos(STORY, seed=seed) for seed in range(5)}) == 5


def test_points_stand_beside_the_untouched_score() -> None:
    lines = as_text({UNTOUCHED: Share(9, 10), ALL_KINDS: Share(7, 10)}).splitlines()
    assert lines[2].endswith("9/10    +0.0") and lines[3].endswith("7/10   -20.0")


def test_typos_are_played_on_the_real_model(assistant: Any) -> None:
    shares = play(assistant, thinned(singles("dev"), 20))
    assert list(shares) == [UNTOUCHED, ALL_KINDS, *SLIPS]
    assert all(share.count == 20 for share in shares.values())
    assert shares[UNTOUCHED].value >= 0.75 and shares[ALL_KINDS].value >= 0.5
