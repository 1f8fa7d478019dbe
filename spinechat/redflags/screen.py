"""One pure function on the raw text, used by the channel's gate and by the NLU component.

Order of precedence: crisis, emergency, nothing. The screen stands beside the classifier, not
behind it: either of them alone raises an alarm.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from spinechat.nlu.text import normalised
from spinechat.project import read_yaml

# Words before a concept that deny it, at most four words away.
_DENIED = re.compile(
    r"\b(no|not|without|never|denies|deny|don't have|didn't have|no sign of)\b( \S+){0,3} $"
)
# Characters before a concept in which a denial is looked for; a bound keeps long texts quick.
DENIAL_REACH = 80
# A negative that is itself the symptom is part of a pattern, so it never denies it.


@dataclass(frozen=True)
class Screening:
    """What the screen found.

    Attributes:
        action: "crisis", "emergency" or None.
        concepts: the names of the concepts raised (data/red_flags.yml).
    """

    action: str | None
    concepts: tuple[str, ...]


@dataclass(frozen=True)
class _Concept:
    name: str
    action: str
    patterns: tuple[re.Pattern[str], ...]


@lru_cache(maxsize=1)
def _concepts() -> tuple[_Concept, ...]:
    entries = read_yaml("data/red_flags.yml")["concepts"]
    return tuple(
        _Concept(name, entry["action"], tuple(re.compile(p) for p in entry["patterns"]))
        for name, entry in entries.items()
    )


def _raised(concept: _Concept, text: str) -> bool:
    for pattern in concept.patterns:
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - DENIAL_REACH) : match.start()]
            if not _DENIED.search(before):
                return True
    return False


def screen(text: str) -> Screening:
    """Looks for red flags in a message as the patient wrote it; keeps nothing of it."""
    lowered = normalised(text)
    raised = [concept for concept in _concepts() if _raised(concept, lowered)]
    names = tuple(concept.name for concept in raised)
    actions = {concept.action for concept in raised}
    if "crisis" in actions:
        return Screening("crisis", names)
    return Screening("emergency" if raised else None, names)
