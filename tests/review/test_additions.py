"""A phrase goes to the end of its intent, and only if nothing speaks against it."""

from __future__ import annotations

from pathlib import Path

import pytest

from spinechat.evaluation import messages
from spinechat.review import additions
from spinechat.review.phrases import PhraseIndex
from tests.review.conftest import PHRASES

NEW = "can i sleep in my own bed that evening"


def test_the_line_stands_last_in_its_intent_and_all_else_stays(
    project: Path, index: PhraseIndex
) -> None:
    change = additions.proposed(f"  {NEW}\n", "hospital_stay", index)
    added = [line for line in change.diff.splitlines() if line.startswith("+ ")]
    assert added == [f"+      - {NEW}"]
    additions.write(change)
    expected = PHRASES.replace("same day\n", f"same day\n      - {NEW}\n")
    assert (project / "data" / "nlu.yml").read_text(encoding="utf-8") == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "1 to 1000 characters"),
        ("x" * 1001, "1 to 1000 characters"),
        ("my name is Maria Lopez, can i go home that day", "identifier"),
        ("call me on (phone) about my stay", "identifier"),
        ("/hospital_stay", "begins with /"),
        ("how long is the [stay](where)", "leave that out"),
        ("Do I go home the same day?", "stands under hospital_stay already"),
    ],
)
def test_what_is_refused(index: PhraseIndex, text: str, why: str) -> None:
    with pytest.raises(additions.PhraseRefused, match=why):
        additions.proposed(text, "hospital_stay", index)


@pytest.mark.parametrize("half", messages.HALVES)
def test_test_messages_are_protected(index: PhraseIndex, half: str) -> None:
    message = messages.singles(half)[0].text
    with pytest.raises(additions.PhraseRefused, match="test message"):
        additions.proposed(message, "hospital_stay", index)


def test_an_unknown_intent_is_refused(index: PhraseIndex) -> None:
    with pytest.raises(additions.PhraseRefused, match="no intent"):
        additions.proposed(NEW, "nothing_like_it", index)


def test_a_file_that_was_changed_meanwhile_is_not_written(
    project: Path, index: PhraseIndex
) -> None:
    change = additions.proposed(NEW, "hospital_stay", index)
    file = project / "data" / "nlu.yml"
    file.write_text(PHRASES + "      - and snow\n", encoding="utf-8")
    with pytest.raises(additions.PhraseRefused, match="changed meanwhile"):
        additions.write(change)
    assert NEW not in file.read_text(encoding="utf-8")
