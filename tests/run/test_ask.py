"""`spinechat ask` tells of one message all that was understood, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from spinechat.review.explain import explained
from spinechat.review.phrases import PhraseIndex

# a message, lines or parts of lines that its explanation holds
ASKED = [
    (
        "how long will i stay in the hospitl?",
        [
            "Read as: how long will i stay in the hospital?",
            "hospital_stay\n",
            "Topics to serve: hospital_stay",
            "none found by the screen",
            "Reply (answered):",
            "(Shorter Hospital Stays)",
        ],
    ),
    (
        "I can't feel my legs since this morning",
        ["counts", "the bar is", "Reply (safety):", "911", "Facts in it:\n  none"],
    ),
    ("I have no numbness in my groin", ["does not count, it is denied"]),
]


@pytest.mark.parametrize(("message", "parts"), ASKED)
def test_what_is_told_of_a_message(model: Path, message: str, parts: list[str]) -> None:
    told = explained(message, model)
    for part in parts:
        assert part in told


def test_a_phrase_is_nearest_to_itself() -> None:
    index = PhraseIndex()
    nearest = index.nearest(index.phrases[100].text, 3)
    assert nearest[0].phrase == index.phrases[100]
    assert nearest[0].nearness == pytest.approx(1, abs=1e-3)
