"""Where a message's questions begin and end."""

from __future__ import annotations

import pytest
import spacy

from spinechat.nlu.clauses import asks_something, split_clauses

NLP = spacy.blank("en")

SPLITS = [
    ("hi", ["hi"]),
    ("how long is it and do you take cash", ["how long is it", "and do you take cash"]),
    ("Is it safe? Will it hurt?", ["Is it safe?", "Will it hurt?"]),
    ("is it safe, also will it hurt", ["is it safe", "also will it hurt"]),
    ("cut size, pain after, price", ["cut size?", "pain after?", "price?"]),
    ("hospital nights? opioids?", ["hospital nights?", "opioids?"]),
    (
        "My dad is 80. He lives alone. Can he get it?",
        ["My dad is 80.", "He lives alone.", "Can he get it?"],
    ),
    ("pain and swelling all day", ["pain and swelling all day"]),
]

ASKS = [
    ("how long is it", True),
    ("and what about the scar", True),
    ("yo whats your number", True),
    ("i want to know if it hurts", True),
    ("so can he get it", True),
    ("My dad is 80.", False),
    ("it hurts every morning", False),
    ("", False),
]


@pytest.mark.parametrize(("text", "clauses"), SPLITS)
def test_a_message_is_split_where_a_question_begins(text: str, clauses: list[str]) -> None:
    assert split_clauses(NLP(text)) == clauses


@pytest.mark.parametrize(("clause", "asks"), ASKS)
def test_a_clause_asks_something_or_not(clause: str, asks: bool) -> None:
    assert asks_something(clause) is asks
