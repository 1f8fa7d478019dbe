"""What is said about a sign: denied, over, feared, another's past, or there now.

medspaCy's ConText rules, modifiers and graph (the algorithm of Harkema et al. 2009), with the
patients' rules of data/red_flags.yml in place of the clinicians' ones that come with medspaCy:
those take "if" and "scared" for hypothetical, and would silence "is it bad if I can't feel my
legs". Only the rules whose words are in the message are tried (see anchors.py), which the ConText
component itself cannot do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from medspacy.common.util import prune_overlapping_matches
from medspacy.context import ConTextModifier, ConTextRule
from medspacy.context.context_graph import ConTextGraph
from spacy.tokens import Doc, Span

from spinechat.redflags.anchors import Anchors
from spinechat.redflags.patterns import Groups, Pattern, words_of
from spinechat.redflags.windows import surroundings

# Category of what says that a sign is there now.
PRESENT = "present"
_DIRECTIONS = {"backward": "BACKWARD", "both": "BIDIRECTIONAL"}


class _Modifier(ConTextModifier):
    """A match of a rule, whose reach ends where a rule of `ends` says so.

    medspaCy lets a word end another's reach only where their reaches overlap, and its test of
    that says no where one lies within the other: "no fever but I can't pee" was denied.
    """

    _scope_start: int
    _scope_end: int

    def limit_scope(self, other: ConTextModifier) -> bool:
        """Called by the graph for each pair of matches."""
        if other.direction != "TERMINATE" or self.direction in ("TERMINATE", "PSEUDO"):
            return bool(super().limit_scope(other))
        begin, end = other.modifier_span
        before = self.scope_span
        if self.direction != "BACKWARD" and begin >= self.modifier_span[1]:
            self._scope_end = min(self._scope_end, begin)
        if self.direction != "FORWARD" and end <= self.modifier_span[0]:
            self._scope_start = max(self._scope_start, end)
        return bool(before != self.scope_span)


class ContextRules:
    """Every rule of `context`, `present`, `no_denial` and `ends` in data/red_flags.yml.

    Attributes:
        words: every word that a rule names.
    """

    def __init__(self, data: dict[str, Any], groups: Groups) -> None:
        """Raises PatternError where a pattern cannot be read."""
        self._anchors = Anchors()
        self._rules: list[tuple[ConTextRule, re.Pattern[str]]] = []
        self.words: set[str] = set()
        for category, text, direction, words in _listed(data):
            pattern = Pattern(text, groups)
            expression = pattern.expression()
            self.words |= pattern.whole_words()
            rule = ConTextRule(
                text, category, pattern=expression, direction=direction, max_scope=words
            )
            self._anchors.add(len(self._rules), pattern)
            self._rules.append((rule, re.compile(expression)))

    def categories(self, doc: Doc, signs: Sequence[Span]) -> dict[Span, set[str]]:
        """The categories whose rules reach each sign."""
        found: dict[Span, set[str]] = {sign: set() for sign in signs}
        for begin, near, inside in surroundings(doc, signs):
            targets = {
                Span(near, sign.start - begin, sign.end - begin, sign.label): sign
                for sign in inside
            }
            graph = ConTextGraph(targets=list(targets), modifiers=self._modifiers(near))
            graph.update_scopes()
            graph.apply_modifiers()
            for target, modifier in graph.edges:
                found[targets[target]].add(modifier.category.lower())
        return found

    def _modifiers(self, doc: Doc) -> list[_Modifier]:
        text = doc.text
        matches = [
            (rule, *words_of(match))
            for rule, expression in (
                self._rules[number] for number in self._anchors.numbers_in(w.text for w in doc)
            )
            for match in expression.finditer(text)
        ]
        # The longer of two that overlap: "dont know" is no denial, though "dont" is.
        longest = prune_overlapping_matches(matches)
        return [_Modifier(rule, begin, end, doc) for rule, begin, end in longest]


def _listed(data: dict[str, Any]) -> Iterator[tuple[str, str, str, int | None]]:
    """Category, pattern, direction and reach (in words) of each rule."""
    for category, ways in data["context"].items():
        for way, rule in ways.items():
            for pattern in rule["patterns"]:
                yield category, pattern, _DIRECTIONS.get(way, "FORWARD"), rule["words"]
    for pattern in data[PRESENT]["patterns"]:
        yield PRESENT, pattern, "BIDIRECTIONAL", data[PRESENT]["words"]
    for pattern in data["no_denial"]:
        yield "no_denial", pattern, "PSEUDO", None
    for pattern in data["ends"]:
        yield "end", pattern, "TERMINATE", None
