"""One pure function on the raw text, used by the channel's gate and by the NLU pipeline.

Order of precedence: crisis, emergency, nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from spacy.tokens import Doc, Span

from spinechat.redflags.context import PRESENT
from spinechat.redflags.lexicon import HARMLESS, SETTING, lexicon

CRISIS, EMERGENCY = "crisis", "emergency"
# Why a sign raises no alarm: context categories of data/red_flags.yml, and words that only look
# like a sign.
DENIED, FIGURE = "denied", "harmless"
# A turn asks about the same text up to four times: the gate, the pipeline, the replies. In memory
# only, and soon pushed out by the next texts.
REMEMBERED = 16
# A denial holds whatever is said of the time; these give way to what says that it is now.
_NOT_NOW = ("over", "imagined", "others_past")


@dataclass(frozen=True)
class Finding:
    """A red flag that was found in a text.

    Attributes:
        concept: its name in data/red_flags.yml.
        silenced: why it raises no alarm ("denied", "over", ...), or "" if it does.
    """

    concept: str
    silenced: str = ""


@dataclass(frozen=True)
class Screening:
    """What the screen found.

    Attributes:
        action: "crisis", "emergency" or None.
        findings: each concept found, with why it was silenced, if it was.
        words: the text in the canonical words of data/red_flags.yml.
    """

    action: str | None
    findings: tuple[Finding, ...]
    words: tuple[str, ...]

    @property
    def concepts(self) -> tuple[str, ...]:
        """Names of the concepts that raise the alarm."""
        return tuple(finding.concept for finding in self.findings if not finding.silenced)

    @property
    def all_silenced(self) -> bool:
        """Whether something was found and all of it is denied, over, imagined or harmless."""
        return bool(self.findings) and not self.concepts


def _shortest(spans: Iterable[Span]) -> list[Span]:
    """Of spans of the same label that lie in one another, the inner one."""
    kept: list[Span] = []
    for span in sorted(spans, key=len):
        inside = (
            other.label == span.label and other.start >= span.start and other.end <= span.end
            for other in kept
        )
        if not any(inside):
            kept.append(span)
    return kept


def _overlaps(span: Span, others: Sequence[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in others)


def _signs(spans: Sequence[Span]) -> list[Span]:
    """The spans that are signs, those that need a setting only where one is in the message."""
    labels = {span.label_ for span in spans}
    counting = (
        span
        for span in spans
        if not span.label_.endswith((SETTING, HARMLESS))
        and ("/" not in span.label_ or span.label_ + SETTING in labels)
    )
    return _shortest(counting)


def _why_silenced(categories: set[str]) -> str:
    if DENIED in categories:
        return DENIED
    if PRESENT in categories:
        return ""
    return next((reason for reason in _NOT_NOW if reason in categories), "")


def _findings(doc: Doc) -> list[Finding]:
    matches = lexicon().matches(doc)
    found = {concept: _signs(spans) for concept, spans in matches.items()}
    signs = [sign for some in found.values() for sign in some]
    if not signs:
        return []
    said = lexicon().categories(doc, signs)
    findings = []
    for concept, some in found.items():
        harmless = [span for span in matches[concept] if span.label_.endswith(HARMLESS)]
        reasons = {
            FIGURE if _overlaps(sign, harmless) else _why_silenced(said[sign]) for sign in some
        }
        if reasons:
            # Doubt alarms: one sign that stands is enough.
            findings.append(Finding(concept, "" if "" in reasons else min(reasons)))
    return findings


@lru_cache(maxsize=REMEMBERED)
def screen(text: str) -> Screening:
    """Looks for red flags in a message as the patient wrote it."""
    doc = lexicon().read(text)
    findings = _findings(doc)
    actions = {lexicon().concepts[f.concept].action for f in findings if not f.silenced}
    action = next((label for label in (CRISIS, EMERGENCY) if label in actions), None)
    return Screening(action, tuple(findings), tuple(word.text for word in doc))
