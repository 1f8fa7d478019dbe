"""The little language of the patterns, sign by sign."""

from __future__ import annotations

import re

import pytest

from spinechat.redflags.patterns import AS, SMALL, Pattern, PatternError, words_of

GROUPS = {
    SMALL: ["my", "the", "of"],
    "leg": ["leg", "foot"],
    "limb": ["{leg}", "arm"],
    "any": ["num*", "asleep"],
    AS + "foot": ["feet", "big toe"],
    AS + "cannot": ["cant", "unable to"],
}


def found(pattern: str, text: str) -> list[str]:
    """What a pattern matches in a text of canonical words."""
    return [match[0] for match in re.finditer(Pattern(pattern, GROUPS).expression(), text)]


# pattern, text, what it matches there
MATCHES = [
    # a word, whole
    ("numb", "so numb now", ["numb"]),
    ("numb", "numb and numb", ["numb", "numb"]),
    ("numb", "numbness", []),
    ("numb", "unnumb", []),
    ("numb", "numb,", []),
    ("niño", "mi niño", ["niño"]),
    ("101.5", "temp 101.5", ["101.5"]),
    ("101.5", "temp 101x5", []),
    ("no ,", "no , never", ["no ,"]),
    # words in a row
    ("foot drop", "my foot drop", ["foot drop"]),
    ("foot drop", "foot has drop", []),
    ("foot drop", "drop foot", []),
    ("foot drop", "foot . drop", []),
    # other ways to say a word: single ones only, as the tokenizer joins the others
    ("foot", "both feet", ["feet"]),
    ("cannot walk", "i cant walk", ["cant walk"]),
    ("foot", "big toe", []),
    ("feet", "my foot", []),
    # words that begin so
    ("numb*", "numb numbness number", ["numb", "numbness", "number"]),
    ("numb*", "num benumb", []),
    ("10*", "temp 102.5 now", ["102.5"]),
    # one of these
    ("(leg|arm)", "arm leg hip", ["arm", "leg"]),
    ("(leg|my arm)", "my arm", ["my arm"]),
    ("(leg|my arm)", "the arm", []),
    ("(so numb|very weak) leg", "very weak leg", ["very weak leg"]),
    ("(so numb|very weak) leg", "so weak leg", []),
    ("(a (b|c d)|e) f", "a c d f", ["a c d f"]),
    ("(a (b|c d)|e) f", "e f", ["e f"]),
    ("(a (b|c d)|e) f", "a f", []),
    ("a|b c", "b c", ["b c"]),
    ("a|b c", "x a", ["a"]),
    ("(numb*|dead)", "numbness", ["numbness"]),
    # a group, with the ways to say its words, and groups in groups
    ("{leg}", "feet", ["feet"]),
    ("{limb} numb", "foot numb arm numb", ["foot numb", "arm numb"]),
    ("{limb}", "feet leg arm hip", ["feet", "leg", "arm"]),
    ("{any} leg", "numbness leg asleep leg", ["numbness leg", "asleep leg"]),
    # may be left out
    ("my? leg", "my leg", ["my leg"]),
    ("my? leg", "the leg", ["leg"]),
    ("leg (is|feels so)? numb", "leg numb", ["leg numb"]),
    ("leg (is|feels so)? numb", "leg feels so numb", ["leg feels so numb"]),
    ("leg (is|feels so)? numb", "leg so numb", []),
    ("{leg}? numb", "feet numb", ["feet numb"]),
    ("{leg}? numb", "arm numb", ["numb"]),
    ("a? b? c", "a c", ["a c"]),
    ("a? b? c", "a b c", ["a b c"]),
    # up to so many words of any kind, within a sentence
    ("leg ~2 numb", "leg numb", ["leg numb"]),
    ("leg ~2 numb", "leg is numb", ["leg is numb"]),
    ("leg ~2 numb", "leg , really numb", ["leg , really numb"]),
    ("leg ~2 numb", "leg is so very numb", []),
    ("leg ~2 numb", "leg . numb", []),
    ("leg ~2 numb", "leg . so numb", []),
    ("leg ~2 numb", "leg so . numb", []),
    ("leg ~0 numb", "leg numb", ["leg numb"]),
    ("leg ~0 numb", "leg so numb", []),
    ("leg ~12 numb", "leg a b c d e f g h i j k l numb", ["leg a b c d e f g h i j k l numb"]),
    ("leg ~12 numb", "leg a b c d e f g h i j k l m numb", []),
    # up to so many small words
    ("numb _2 leg", "numb leg", ["numb leg"]),
    ("numb _2 leg", "numb of my leg", ["numb of my leg"]),
    ("numb _2 leg", "numb , my leg", ["numb , my leg"]),
    ("numb _2 leg", "numb of of my leg", []),
    ("numb _2 leg", "numb big leg", []),
    ("numb _2 leg", "numb . leg", []),
    ("numb _2 leg", "numb . my leg", []),
    # gaps together
    ("numb _1 ~1 leg", "numb my left leg", ["numb my left leg"]),
    ("numb _1 ~1 leg", "numb left left leg", []),
    # a gap takes no more than it has to
    ("leg ~3 numb", "leg numb so numb", ["leg numb"]),
    # a gap at an end holds nothing
    ("leg ~3", "leg so numb", ["leg"]),
    ("leg ~2 (numb)?", "leg so sad", ["leg"]),
    # white space says nothing
    ("  leg   numb ", "leg numb", ["leg numb"]),
    ("( leg | arm )", "arm", ["arm"]),
]


@pytest.mark.parametrize(("pattern", "text", "matches"), MATCHES)
def test_a_pattern_matches_what_it_says(pattern: str, text: str, matches: list[str]) -> None:
    assert found(pattern, text) == matches


UNREADABLE = [
    # nothing where a word should be
    "", "   ", "()", "(|a)", "(a|)", "a|", "|a", "a||b", "leg ()",
    # brackets
    "(a", "(a|b", "a)", "(a))", "((a)",
    # a question mark without a word
    "?", "? a", "a ??", "(? a)", "~3?", "_2?",
    # groups
    "{nobody}", "a {nobody} b", "{leg", "leg}", "{}", "{a b}",
    # gaps without a number
    "a ~ b", "a ~x b", "~",
    # other signs, as no word of a message holds them
    "can't", "a-b", "a/b", "*", "a**", "a: b", "[a]", "a\\b", "corazon!",
]  # fmt: skip


@pytest.mark.parametrize("pattern", UNREADABLE)
def test_a_pattern_that_cannot_be_read_is_named(pattern: str) -> None:
    with pytest.raises(PatternError) as error:
        Pattern(pattern, GROUPS)
    assert repr(pattern) in str(error.value)


def test_an_unreadable_pattern_is_a_value_error_that_says_what_is_wrong() -> None:
    with pytest.raises(ValueError, match="no group 'nobody'"):
        Pattern("a {nobody}", GROUPS)
    with pytest.raises(ValueError, match="bracket is open"):
        Pattern("(a|b", GROUPS)
    with pytest.raises(ValueError, match='cannot read "\'t walk"'):
        Pattern("can't walk", GROUPS)
    with pytest.raises(ValueError, match="nothing where a word should be"):
        Pattern("a|", GROUPS)


# pattern, the words of which a message must hold one each, by the way to match
NEEDED = [
    ("numb leg", [[("numb",), ("leg",)]]),
    ("numb ~3 leg", [[("numb",), ("leg",)]]),
    ("{leg}", [[("leg", "foot", "feet")]]),
    ("(a|b) c", [[("a", "b"), ("c",)]]),
    ("numb* ~2", [[("numb*",)]]),
]


@pytest.mark.parametrize(("pattern", "needed"), NEEDED)
def test_a_pattern_tells_the_words_that_it_needs(
    pattern: str, needed: list[list[tuple[str, ...]]]
) -> None:
    assert Pattern(pattern, GROUPS).needed() == needed


@pytest.mark.parametrize("pattern", ["a? b", "(a)? b"])
def test_what_may_be_left_out_is_needed_in_one_way_only(pattern: str) -> None:
    ways = Pattern(pattern, GROUPS).needed()
    assert sorted(map(len, ways)) == [1, 2]
    assert all(way[-1] == ("b",) for way in ways)


@pytest.mark.parametrize(("pattern", "text"), [(p, t) for p, t, matches in MATCHES if matches])
def test_what_a_pattern_needs_is_in_every_match(pattern: str, text: str) -> None:
    def holds(words: tuple[str, ...]) -> bool:
        return any(
            said.startswith(word[:-1]) if word.endswith("*") else said == word
            for word in words
            for said in text.split()
        )

    assert any(all(map(holds, way)) for way in Pattern(pattern, GROUPS).needed())


def test_whole_words_are_those_named_in_full() -> None:
    assert Pattern("numb* {leg} (a|b c)?", GROUPS).whole_words() == {
        "leg", "foot", "feet", "a", "b", "c",
    }  # fmt: skip


# pattern, text, the first word of its match and the one behind it
PLACES = [
    ("numb", "numb", (0, 1)),
    ("numb", "my legs are numb now", (3, 4)),
    ("leg ~2 numb", "my leg is so numb now", (1, 5)),
    ("now", "numb now", (1, 2)),
]


@pytest.mark.parametrize(("pattern", "text", "place"), PLACES)
def test_a_match_is_counted_in_words(pattern: str, text: str, place: tuple[int, int]) -> None:
    match = re.search(Pattern(pattern, GROUPS).expression(), text)
    assert match is not None and words_of(match) == place
