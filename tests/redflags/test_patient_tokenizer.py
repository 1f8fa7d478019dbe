"""Words as patients type them become the words that the patterns use."""

from __future__ import annotations

import re

import pytest

from spinechat.project import read_yaml
from spinechat.redflags.lexicon import lexicon
from spinechat.redflags.patterns import AS, Pattern
from spinechat.redflags.tokenizer import folded

WAYS = {AS + word: list(ways) for word, ways in read_yaml("data/red_flags.yml")["same_as"].items()}


def words(text: str) -> str:
    """The text in canonical words, with a space between them."""
    return " ".join(word.text for word in lexicon().read(text))


def says(text: str, pattern: str) -> bool:
    """Whether the whole text, once read, is what a pattern of single words asks for."""
    expression = Pattern(pattern, WAYS).expression()
    return re.fullmatch(expression, words(text)) is not None


# what is typed, the pattern that has to match all of it
CANNOT = [
    ("can't walk", "cannot walk"), ("cant walk", "cannot walk"), ("CAN'T WALK", "cannot walk"),
    ("can’t walk", "cannot walk"), ("can‘t walk", "cannot walk"), ("can`t walk", "cannot walk"),
    ("can not walk", "cannot walk"), ("Can Not Walk", "cannot walk"),
    ("cannot walk", "cannot walk"), ("unable to walk", "cannot walk"),
    ("couldn't walk", "cannot walk"), ("could not walk", "cannot walk"),
    ("not able to walk", "cannot walk"), ("no longer able to walk", "cannot walk"),
    ("haven't been able to walk", "cannot walk"), ("can't even walk", "cannot walk"),
    ("can barely walk", "cannot walk"), ("struggling to walk", "cannot walk"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "pattern"), CANNOT)
def test_there_are_many_ways_to_say_cannot(text: str, pattern: str) -> None:
    assert says(text, pattern)


@pytest.mark.parametrize("text", ["can walk", "able to walk", "I cannot walk", "can. not walk"])
def test_and_other_words_are_not_cannot(text: str) -> None:
    assert not says(text, "cannot walk")


PHRASES = [
    ("unable to pee", "cannot pee"),
    ("could not pee", "cannot pee"),
    ("between my legs", "betweenlegs"),
    ("between his legs", "betweenlegs"),
    ("not feeling anything", "numb"),
    ("no feeling", "numb"),
    ("short of breath", "breathless"),
    ("no puedo caminar", "nopuedo caminar"),
    # The longest phrase counts.
    ("no longer able to go", "cannot go"),
    # A phrase in a phrase, in any of its ways.
    ("can not feel", "cannotfeel"),
    ("could not feel", "cannotfeel"),
    ("can't feel", "cannotfeel"),
    ("unable to feel it", "cannotfeel it"),
    # No phrase goes over the end of a sentence.
    ("unable. to pee", "unable . to pee"),
    ("no. feeling", "no . feeling"),
]


@pytest.mark.parametrize(("text", "canonical"), PHRASES)
def test_a_phrase_becomes_one_word(text: str, canonical: str) -> None:
    assert words(text) == canonical


LETTERS = [
    # accents
    ("corazón", "corazon"), ("CORAZÓN", "corazon"), ("café", "cafe"), ("e\u0301", "e"),
    ("niño", "niño"), ("NIÑO", "niño"), ("nin\u0303o", "niño"), ("baño", "baño"),
    # apostrophes
    ("don't", "dont"), ("I’m", "im"), ("o'clock", "oclock"), ("'numb'", "numb"), ("legs'", "legs"),
    # capitals and other widths
    ("FEVER", "fever"), ("FeVeR", "fever"), ("ｆｅｖｅｒ", "fever"),
    # stretched letters: two are kept, and a key word is mended
    ("nooooo", "noo"), ("peeeee", "pee"), ("surgeryyyyy", "surgery"),
    ("incisionnn", "incision"), ("paralyzeddd", "paralyzed"),
    # spaced letters
    ("s u r g e r y", "surgery"), ("F E V E R now", "fever now"), ("I a m", "i a m"),
    # emoji and other signs
    ("😭 fever 😭", "fever"), ("fever😭😭chills", "fever chills"), ("(numb)", "numb"),
    ("wet/soaked", "wet soaked"), ("*numb*", "numb"),
    # control characters
    ("\x00can't\x07 walk\x1b", "cant walk"), ("fever\tchills", "fever chills"),
    ("fever\u00a0chills", "fever chills"),
    # numbers
    ("101.5", "101.5"), ("38,5", "38,5"), ("102F", "102 f"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "canonical"), LETTERS)
def test_letters_are_made_plain(text: str, canonical: str) -> None:
    assert words(text) == canonical


GLUED = [
    ("ihavefever", "i have fever"),
    ("icantwalk", "i cant walk"),
    ("cannotfeelmylegs", "cannotfeel my legs"),
    ("surgeryyesterday", "surgery yesterday"),
]


@pytest.mark.parametrize(("text", "canonical"), GLUED)
def test_words_run_together_are_taken_apart(text: str, canonical: str) -> None:
    assert words(text) == canonical


# a letter too few, too many, another one, two swapped
TYPOS = [
    ("surgrey", "surgery"), ("sugrery", "surgery"), ("surgeryy", "surgery"), ("feber", "fever"),
    ("fevr", "fever"), ("feveer", "fever"), ("incisoin", "incision"), ("saddel", "saddle"),
    ("parlyzed", "paralyzed"), ("paralyzedd", "paralyzed"), ("chset", "chest"),
    ("bladdre", "bladder"), ("urinnate", "urinate"), ("numbnes", "numb"), ("sucidal", "suicidal"),
    ("betwen my legs", "betweenlegs"), ("betweeen my legs", "betweenlegs"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "word"), TYPOS)
def test_a_typing_error_in_a_key_word_is_mended(text: str, word: str) -> None:
    assert says(text, word)


KNOWN = [
    "never", "ever", "lever", "fewer", "fiction", "woken", "walked", "peel", "bleeding", "chase",
    "guest", "suede", "fee", "num", "clever",
]  # fmt: skip


@pytest.mark.parametrize("word", KNOWN)
def test_a_known_word_is_left_alone(word: str) -> None:
    assert words(word) == word


@pytest.mark.parametrize("word", ["gever", "xhest", "zurgery"])
def test_another_first_letter_is_another_word(word: str) -> None:
    assert words(word) not in ("fever", "chest", "surgery")


# what is typed, its words, the words that begin a sentence
SENTENCES = [
    ("numb. now", "numb . now", ["numb", "now"]),
    ("numb! now", "numb . now", ["numb", "now"]),
    ("numb? now", "numb . now", ["numb", "now"]),
    ("numb; now", "numb . now", ["numb", "now"]),
    ("numb... now", "numb . now", ["numb", "now"]),
    ("numb?! now", "numb . now", ["numb", "now"]),
    ("numb.\n\nnow", "numb . now", ["numb", "now"]),
    ("numb.now", "numb . now", ["numb", "now"]),
    ("numb, now", "numb , now", ["numb"]),
    # A new line may stand in the middle of a sentence.
    ("numb\nnow", "numb , now", ["numb"]),
    ("numb\r\nnow", "numb , now", ["numb"]),
    ("numb now", "numb now", ["numb"]),
    # The point of a number ends nothing.
    ("temp 101.5 now", "temp 101.5 now", ["temp"]),
]


@pytest.mark.parametrize(("text", "canonical", "first"), SENTENCES)
def test_sentences_end_where_patients_end_them(text: str, canonical: str, first: list[str]) -> None:
    doc = lexicon().read(text)
    assert " ".join(word.text for word in doc) == canonical
    assert [word.text for word in doc if word.is_sent_start] == first


EMPTY = ["", " ", "\t", "😭", "😭👍🏽🙏", "\x00\x01\x02", "\u200b", "'", "()", "привет"]


@pytest.mark.parametrize("text", EMPTY)
def test_what_holds_no_word_is_an_empty_sentence(text: str) -> None:
    assert words(text) == "."


LONG = [
    ("a" * 250_000, "aa"),
    ("ñ" * 250_000, "ññ"),
    ("e\u0301" * 125_000, "ee"),
    ("." * 250_000, "."),
    ("'" * 250_000, "."),
    (" " * 250_000 + "fever", "fever"),
]


@pytest.mark.parametrize(("text", "canonical"), LONG, ids=[text[-6:] for text, _ in LONG])
def test_a_very_long_text_of_one_sign_is_short(text: str, canonical: str) -> None:
    assert words(text) == canonical


@pytest.mark.parametrize("text", [text for text, _ in [*LETTERS, *CANNOT, *PHRASES]])
def test_folding_is_done_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize("text", [text for text, _ in [*TYPOS, *GLUED, *PHRASES]])
def test_the_same_text_is_read_alike_again(text: str) -> None:
    assert words(text) == words(text) == words(f"  {text.upper()}\t")
