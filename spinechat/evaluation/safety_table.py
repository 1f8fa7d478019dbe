"""The table of red flags in docs/safety.md, written from data/red_flags.yml.

python -m spinechat.evaluation.safety_table docs/safety.md
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spinechat.project import read_yaml
from spinechat.redflags.frequencies import word_counts
from spinechat.redflags.lexicon import FILE

BEGIN, END = "<!-- table -->", "<!-- /table -->"
HEAD = ("concept", "in words", "action", "source", "patterns", "a few ways to say it")
ACTIONS = {"emergency": "emergency: 911", "crisis": "crisis: 988"}
# Examples for each concept, besides one of a sign that counts only with a setting.
EXAMPLES = 5
# Stands where a message may hold other words.
GAP = "…"
# A bracket with no other one inside it, and the mark that it may be left out.
_BRACKET = re.compile(r"\(([^()]*)\)(\??)")
_GAP = re.compile(r"[~_]\d+")
# Letters that "betweenlegs" shares with the words that it stands for.
_SHARED = 2


class _Examples:
    """Says patterns in plain words."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._same_as: Mapping[str, list[str]] = data["same_as"]
        self._groups: Mapping[str, list[str]] = data["groups"]

    def of(self, entry: Mapping[str, Any]) -> list[str]:
        """A few ways to say a concept, those that have words in common left out."""
        found: list[str] = []
        used: set[str] = set()
        for pattern in entry["said"]:
            phrase = self.plain(pattern)
            words = set((phrase or "").split()) - {GAP}
            if phrase and len(words - used) * 2 >= len(words):
                found.append(phrase)
                used |= words
            if len(found) == EXAMPLES:
                break
        for pair in (entry.get("together") or [])[:1]:
            sign, setting = self.plain(pair["signs"][0]), self.plain(pair["settings"][0])
            if sign and setting:
                found.append(f"{sign}, with {setting}")
        return found

    def plain(self, pattern: str) -> str | None:
        """The first way to match a pattern; None where it ends in half a word."""
        while _BRACKET.search(pattern):
            pattern = _BRACKET.sub(_first, pattern)
        words = [self._word(word) for word in pattern.split() if not word.endswith("?")]
        if None in words:
            return None
        text = re.sub(rf"({GAP} )+", f"{GAP} ", " ".join(str(word) for word in words))
        return text.strip(f"{GAP} ")

    def _word(self, word: str) -> str | None:
        if _GAP.fullmatch(word):
            return GAP
        if word.endswith("*"):
            return _stem(word) if _is_whole(word) else None
        name = self._groups[word[1:-1]][0] if word.startswith("{") else word
        ways = self._same_as.get(name, []) if name not in word_counts() else []
        spelt = (way for way in ways if " " in way and way[:_SHARED] == name[:_SHARED])
        return next(spelt, name)


def _first(bracket: re.Match[str]) -> str:
    """What stands for a bracket: the first of its choices that are whole words."""
    if bracket[2]:
        return ""
    choices = bracket[1].split("|")
    whole = (choice for choice in choices if all(map(_is_whole, choice.split())))
    return next(whole, choices[0])


def _stem(word: str) -> str:
    return word.removesuffix("*").removesuffix(".")


def _is_whole(word: str) -> bool:
    """Whether a pattern's word can be read as it stands: "leak*" can, "incontinen*" cannot."""
    return not word.endswith("*") or _stem(word).isdigit() or _stem(word) in word_counts()


def _patterns(entry: Mapping[str, Any]) -> str:
    """How many patterns a concept has: those that raise the alarm, and its harmless ones."""
    pairs = entry.get("together") or []
    raising = len(entry["said"]) + sum(len(p["signs"]) + len(p["settings"]) for p in pairs)
    return f"{raising} and {len(entry['harmless'])} harmless"


def as_table(data: Mapping[str, Any]) -> str:
    """The table in Markdown.

    Args:
        data: the contents of data/red_flags.yml.
    """
    examples = _Examples(data)
    rows = [
        [
            f"`{name}`",
            entry["means"],
            ACTIONS[entry["action"]],
            entry["source"],
            _patterns(entry),
            "; ".join(examples.of(entry)),
        ]
        for name, entry in data["concepts"].items()
    ]
    lines = [HEAD, ["---"] * len(HEAD), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def with_table(text: str, table: str) -> str:
    """A document with a new table between its two markers.

    Raises:
        ValueError: the document has no such place, or more than one.
    """
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(END) < text.index(BEGIN):
        raise ValueError(f"The table goes between {BEGIN!r} and {END!r}, each once.")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def main() -> None:
    """Writes the table into a document."""
    parser = argparse.ArgumentParser(prog="python -m spinechat.evaluation.safety_table")
    parser.add_argument("document", type=Path, help="file with the two markers")
    document: Path = parser.parse_args().document
    text = document.read_text(encoding="utf-8")
    document.write_text(with_table(text, as_table(read_yaml(FILE))), encoding="utf-8")


if __name__ == "__main__":
    main()
