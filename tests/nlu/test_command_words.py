"""Words that work at any point."""

from __future__ import annotations

import pytest

from spinechat.nlu.command_words import command

CASES = [
    ("human", "phone_number"),
    ("HUMAN!!", "phone_number"),
    ("call", "phone_number"),
    ("Menu", "menu"),
    ("start over.", "start_over"),
    ("?", "help"),
    ("emergency", "emergency"),
    ("911", "emergency"),
    ("988", "crisis"),
    ("is it human", None),
    ("call me maybe after the surgery", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "intent"), CASES)
def test_a_command_is_the_whole_message(text: str, intent: str | None) -> None:
    assert command(text) == intent


@pytest.mark.parametrize(
    "before", ["/hospital_stay", "/nlu_fallback", "/emergency", "/visit_summary"]
)
@pytest.mark.parametrize(("word", "topics"), [("human", ("phone_number",)), ("menu", ("help",))])
def test_it_works_at_any_point(
    assistant: object, before: str, word: str, topics: tuple[str, ...]
) -> None:
    assert assistant.converse([before, word])[-1].topics == topics  # type: ignore[attr-defined]
