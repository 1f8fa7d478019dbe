"""Reads data/red_flags.yml into what medspaCy's TargetMatcher and ConText match with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import spacy
from medspacy.target_matcher import TargetMatcher, TargetRule
from spacy.language import Language
from spacy.tokens import Doc, Span

from spinechat.project import read_yaml
from spinechat.redflags.anchors import Anchors
from spinechat.redflags.context import ContextRules
from spinechat.redflags.patterns import AS, Groups, Pattern, words_of
from spinechat.redflags.tokenizer import PatientTokenizer, folded
from spinechat.redflags.windows import windows

FILE = "data/red_flags.yml"
# Labels of matches: "fever", "fever/0" (a sign that counts only with a setting), "fever/0+" (a
# setting of it), "fever!" (words that hold a sign and mean something else).
SETTING, HARMLESS = "+", "!"


@dataclass(frozen=True)
class Concept:
    """A red flag.

    Attributes:
        name: its key in data/red_flags.yml.
        means: in words, for people.
        action: "emergency" or "crisis".
        source: where it comes from.
    """

    name: str
    means: str
    action: str
    source: str


class Rule:
    """One pattern of a concept; its matcher is built when a message first asks for it."""

    def __init__(self, concept: str, label: str, pattern: Pattern, nlp: Language) -> None:
        self.concept = concept
        self.label = label
        self._pattern = pattern
        self._nlp = nlp

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        return re.compile(self._pattern.expression())

    @cached_property
    def _matcher(self) -> TargetMatcher:
        # Nothing is pruned: a longer match of one sign says nothing against another sign in it.
        matcher = TargetMatcher(self._nlp, result_type=None, prune=False)
        expression = self._pattern.expression()
        matcher.add(TargetRule(self._pattern.text, self.label, pattern=expression))
        return matcher

    @property
    def is_sign(self) -> bool:
        """Whether it is a sign, not a setting or an idiom."""
        return not self.label.endswith((SETTING, HARMLESS))

    def matches(self, doc: Doc, text: str) -> list[Span]:
        """The matches in a document, of which `text` is the text."""
        # medspaCy writes the text out anew at each call, so it is asked for signs only, and only
        # where there is one; settings and idioms are many.
        if self.is_sign:
            return list(self._matcher(doc)) if self._expression.search(text) else []
        found = self._expression.finditer(text)
        return [Span(doc, *words_of(match), self.label) for match in found]


class Lexicon:
    """Everything that the screen matches with."""

    def __init__(self, data: dict[str, Any]) -> None:
        """`data`: the contents of data/red_flags.yml.

        Raises:
            PatternError: a pattern cannot be read.
        """
        self.concepts = {
            name: Concept(name, entry["means"], entry["action"], entry["source"])
            for name, entry in data["concepts"].items()
        }
        groups = _groups(data)
        self._nlp = spacy.blank("en")
        self._rules: list[Rule] = []
        self._anchors = Anchors()
        keys = set(data["same_as"])
        for name, entry in data["concepts"].items():
            for label, text in _labelled(name, entry):
                pattern = Pattern(text, groups)
                keys |= pattern.whole_words()
                self._anchors.add(len(self._rules), pattern)
                self._rules.append(Rule(name, label, pattern, self._nlp))
        self._context = ContextRules(data, groups)
        self._nlp.tokenizer = PatientTokenizer(
            self._nlp.vocab, data["same_as"], keys | self._context.words
        )

    @property
    def rules(self) -> list[Rule]:
        """Every pattern of every concept."""
        return self._rules

    def read(self, text: str) -> Doc:
        """The text in canonical words."""
        return self._nlp.tokenizer(text)

    def matches(self, doc: Doc) -> dict[str, list[Span]]:
        """The signs of each concept in a message; their settings and idioms where there are some.

        Each match once. Without a sign, a setting or an idiom tells nothing and is not looked for.
        """
        parts = [(begin, part, part.text, self._near(part)) for begin, part in windows(doc)]
        signs = _found(doc, parts, lambda rule: rule.is_sign)
        if not signs:
            return {}
        labels = {span.label_ for spans in signs.values() for span in spans}
        beside = {label + SETTING for label in labels} | {name + HARMLESS for name in signs}
        others = _found(doc, parts, lambda rule: rule.label in beside)
        return {name: [*spans, *others.get(name, ())] for name, spans in signs.items()}

    def _near(self, doc: Doc) -> list[Rule]:
        """The rules that can match in a document."""
        return [self._rules[at] for at in self._anchors.numbers_in(word.text for word in doc)]

    def categories(self, doc: Doc, signs: list[Span]) -> dict[Span, set[str]]:
        """What is said about each sign: categories of `context`, and "present"."""
        return self._context.categories(doc, signs)


def _found(
    doc: Doc, parts: Iterable[tuple[int, Doc, str, list[Rule]]], wanted: Callable[[Rule], bool]
) -> dict[str, set[Span]]:
    """The matches of some rules in the parts of a document, by concept."""
    found: dict[str, set[Span]] = {}
    for begin, part, text, rules in parts:
        for rule in filter(wanted, rules):
            for span in rule.matches(part, text):
                moved = Span(doc, span.start + begin, span.end + begin, span.label)
                found.setdefault(rule.concept, set()).add(moved)
    return found


def _groups(data: dict[str, Any]) -> Groups:
    ways = {AS + word: [folded(way) for way in ways] for word, ways in data["same_as"].items()}
    return {**data["groups"], **ways}


def _labelled(name: str, entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Label and pattern of all that a concept lists."""
    for pattern in entry["said"]:
        yield name, pattern
    for number, pair in enumerate(entry.get("together") or []):
        for pattern in pair["signs"]:
            yield f"{name}/{number}", pattern
        for pattern in pair["settings"]:
            yield f"{name}/{number}{SETTING}", pattern
    for pattern in entry["harmless"]:
        yield name + HARMLESS, pattern


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The matchers of data/red_flags.yml, built at the first call."""
    return Lexicon(read_yaml(FILE))
