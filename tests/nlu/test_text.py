"""How a message is normalised."""

from __future__ import annotations

import pytest

from spinechat.nlu.text import normalised

CASES = [
    ("HOW LONG??", "how long??"),
    ("it’s   fine\n\nnow", "it's fine now"),
    ("sooooooo bad", "sooo bad"),
    ("call me at 602-555-0134", "call me at #"),
    ("call me at (phone)", "call me at #"),
    ("i live at (address)", "i live at #"),
    ("write jane@example.com", "write #"),
    ("write (email)", "write #"),
    ("L4-L5 for 24 to 48 hours", "l4-l5 for 24 to 48 hours"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "plain"), CASES)
def test_the_same_words_become_the_same_text(text: str, plain: str) -> None:
    assert normalised(text) == plain
