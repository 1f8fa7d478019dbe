"""How often English words are used: symspellpy's own list, which travels in its package."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

_LIST = "frequency_dictionary_en_82_765.txt"


@lru_cache(maxsize=1)
def word_counts() -> dict[str, int]:
    """Counts by word, commonest first."""
    text = (files("symspellpy") / _LIST).read_text(encoding="utf-8-sig")
    pairs = (line.split() for line in text.splitlines())
    return {word: int(count) for word, count in pairs}
