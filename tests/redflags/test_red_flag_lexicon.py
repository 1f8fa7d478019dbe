"""data/red_flags.yml is well formed, and the parts of a long message are long enough for it."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest
from medspacy.target_matcher import TargetMatcher, TargetRule

from spinechat.project import read_yaml
from spinechat.redflags.lexicon import FILE, Lexicon, lexicon
from spinechat.redflags.patterns import AS, SMALL, Pattern, PatternError
from spinechat.redflags.tokenizer import folded
from spinechat.redflags.windows import LONGEST_PATTERN, REACH, WINDOW

DATA: dict[str, Any] = read_yaml(FILE)
CONCEPTS = [
    "bladder_bowel", "saddle", "weakness", "fever", "wound", "chest_breath", "trauma", "headache",
    "crisis",
]  # fmt: skip
GROUPS = {
    **DATA["groups"],
    **{AS + w: [folded(way) for way in ways] for w, ways in DATA["same_as"].items()},
}


def of_concept(entry: dict[str, Any]) -> Iterator[str]:
    """Every pattern of a concept."""
    yield from entry["said"]
    yield from entry["harmless"]
    for pair in entry.get("together") or []:
        yield from pair["signs"]
        yield from pair["settings"]


def of_context() -> Iterator[tuple[str, int]]:
    """Every pattern of the context that reaches for signs, and how far."""
    for ways in DATA["context"].values():
        for rule in ways.values():
            yield from ((pattern, rule["words"]) for pattern in rule["patterns"])
    yield from ((pattern, DATA["present"]["words"]) for pattern in DATA["present"]["patterns"])


SIGNS = [pattern for entry in DATA["concepts"].values() for pattern in of_concept(entry)]
REACHING = list(of_context())
EVERY = [*SIGNS, *(pattern for pattern, _ in REACHING), *DATA["no_denial"], *DATA["ends"]]


def longest(pattern: str) -> int:
    """The most words that a pattern can match: its gaps are counted as words of their own."""
    # A gap at the end holds nothing.
    inner = re.sub(r"(\s*[~_]\d+)+\s*$", "", pattern)
    filled = re.sub(r"[~_](\d+)", lambda gap: " x" * int(gap[1]) + " ", inner)
    return max(map(len, Pattern(filled, GROUPS).needed()))


LENGTHS = [
    ("numb", 1), ("numb leg", 2), ("numb ~3 leg", 5), ("numb _2 ~1 leg", 5), ("numb ~9", 1),
    ("(a|b c d) ~2 e", 6), ("a (b c)? d", 4), ("{leg}", 1), ("a ~2 (b ~3 c)?", 8),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "words"), LENGTHS)
def test_the_words_of_a_pattern_are_counted(pattern: str, words: int) -> None:
    assert longest(pattern) == words


def test_there_are_these_concepts() -> None:
    assert list(DATA["concepts"]) == CONCEPTS
    assert list(lexicon().concepts) == CONCEPTS


@pytest.mark.parametrize("name", CONCEPTS)
def test_a_concept_says_what_it_is(name: str) -> None:
    entry = DATA["concepts"][name]
    assert entry["means"].strip() and entry["source"].strip()
    assert entry["action"] == ("crisis" if name == "crisis" else "emergency")
    assert entry["said"] and entry["harmless"]
    assert set(entry) <= {"means", "action", "source", "said", "together", "harmless"}
    for pair in entry.get("together") or []:
        assert set(pair) == {"signs", "settings"} and pair["signs"] and pair["settings"]
    read = lexicon().concepts[name]
    assert (read.name, read.means, read.action, read.source) == (
        name, entry["means"], entry["action"], entry["source"],
    )  # fmt: skip


@pytest.mark.parametrize("name", CONCEPTS)
def test_no_pattern_is_listed_twice(name: str) -> None:
    entry = DATA["concepts"][name]
    for patterns in (entry["said"], entry["harmless"]):
        assert len(set(patterns)) == len(patterns)


@pytest.mark.parametrize("name", CONCEPTS)
def test_every_matcher_of_a_concept_builds(name: str) -> None:
    matcher = TargetMatcher(lexicon()._nlp, result_type=None, prune=False)
    for pattern in of_concept(DATA["concepts"][name]):
        expression = Pattern(pattern, GROUPS).expression()
        assert re.search(expression, "") is None, f"{pattern} matches nothing at all"
        matcher.add(TargetRule(pattern, name, pattern=expression))
    listed = [rule for rule in lexicon().rules if rule.concept == name]
    assert len(listed) == len(list(of_concept(DATA["concepts"][name])))
    doc = lexicon().read("hello there")
    assert matcher(doc) == [] and not any(rule.matches(doc, doc.text) for rule in listed)


def test_every_rule_of_the_context_builds() -> None:
    for pattern in EVERY[len(SIGNS) :]:
        assert re.search(Pattern(pattern, GROUPS).expression(), "") is None, pattern


def test_every_group_is_there_and_every_group_is_used() -> None:
    entries = [entry for group in DATA["groups"].values() for entry in group]
    named = {name for text in [*EVERY, *entries] for name in re.findall(r"\{(\w+)\}", text)}
    assert named <= set(DATA["groups"])
    # The small words are those of the gap _3.
    assert set(DATA["groups"]) <= named | {SMALL}


def test_the_words_of_a_group_are_single() -> None:
    """A word of a message is never two, so an entry of two words would never be met."""
    for name, group in DATA["groups"].items():
        assert not [e for e in group if not isinstance(e, str) or " " in e], name


def test_the_ways_to_say_a_word_are_text() -> None:
    for word, ways in DATA["same_as"].items():
        assert isinstance(word, str) and " " not in word
        assert all(isinstance(way, str) and way.strip() for way in ways), word


def test_patterns_are_written_in_plain_letters() -> None:
    assert not [pattern for pattern in EVERY if pattern != pattern.lower()]


@pytest.mark.parametrize("name", CONCEPTS)
def test_no_pattern_of_a_concept_is_longer_than_two_windows_overlap(name: str) -> None:
    too_long = [p for p in of_concept(DATA["concepts"][name]) if longest(p) > LONGEST_PATTERN]
    assert not too_long


def test_no_rule_of_the_context_is_longer_than_two_windows_overlap() -> None:
    assert not [pattern for pattern in EVERY[len(SIGNS) :] if longest(pattern) > LONGEST_PATTERN]


def test_a_window_is_longer_than_the_overlap() -> None:
    assert WINDOW > LONGEST_PATTERN


def test_no_rule_of_the_context_reaches_farther_than_is_looked() -> None:
    """The part around a sign has to hold the whole rule."""
    too_far = [(p, words) for p, words in REACHING if words + longest(p) > REACH]
    assert not too_far


BROKEN = [
    ("said", "numb {nobody}"),
    ("said", "(numb"),
    ("harmless", "can't"),
    ("harmless", "numb|"),
]


@pytest.mark.parametrize(("key", "pattern"), BROKEN)
def test_a_broken_file_is_not_read(key: str, pattern: str) -> None:
    data = copy.deepcopy({**DATA, "concepts": {"saddle": DATA["concepts"]["saddle"]}})
    data["concepts"]["saddle"][key].append(pattern)
    with pytest.raises(PatternError, match=re.escape(repr(pattern))):
        Lexicon(data)


@pytest.mark.parametrize("key", ["no_denial", "ends"])
def test_a_broken_rule_of_the_context_is_not_read(key: str) -> None:
    data = copy.deepcopy({**DATA, "concepts": {}})
    data[key].append("(but")
    with pytest.raises(PatternError, match=re.escape("'(but'")):
        Lexicon(data)
