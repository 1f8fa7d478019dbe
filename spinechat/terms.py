"""Conditions and procedures patients name, and whether the article names them (data/terms.yml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from spinechat.project import read_yaml


@dataclass(frozen=True)
class Term:
    """A condition or procedure.

    Attributes:
        name: how replies call it.
        kind: "condition" or "procedure".
        named: whether the article names it.
        words: how patients write it, in lower case.
    """

    name: str
    kind: str
    named: bool
    words: tuple[str, ...]


@lru_cache(maxsize=1)
def terms() -> dict[str, Term]:
    """All terms by name."""
    found: dict[str, Term] = {}
    for group, members in read_yaml("data/terms.yml").items():
        for name, entry in members.items():
            found[name] = Term(name, entry["kind"], group == "named", tuple(entry["words"]))
    return found
