"""An alarm stays one, whatever is said around it and however it is typed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinechat.project import read_yaml
from spinechat.redflags import screen
from spinechat.redflags.lexicon import FILE, lexicon
from spinechat.redflags.patterns import AS, Pattern
from spinechat.redflags.tokenizer import folded

# alarm, its action; each holds a word that no pattern knows
ALARMS = [
    ("I can't pee since yesterday, Doctor Ramirez", "emergency"),
    ("I live in Tucson and I lost control of my bladder", "emergency"),
    ("I wet myself at the supermarket and never felt it", "emergency"),
    ("Margaret here, I can't hold my poop anymore", "emergency"),
    ("no puedo orinar desde ayer, doctora Ramirez", "emergency"),
    ("This is Margaret, I'm numb between my legs", "emergency"),
    ("I'm a carpenter and my butt has gone numb", "emergency"),
    ("no feeling in my private parts, I'm in Flagstaff", "emergency"),
    ("Doctor Ramirez, I can't move my legs!", "emergency"),
    ("My legs gave out twice today in Tucson.", "emergency"),
    ("my foot keeps dragging on the carpet", "emergency"),
    ("Margaret can't feel her feet", "emergency"),
    ("no siento los pies, doctora Ramirez", "emergency"),
    ("I have a fever of 102 after my surgery with Doctor Ramirez", "emergency"),
    ("I had a discectomy Monday in Flagstaff and now I'm burning up", "emergency"),
    ("Margaret says there is pus coming out of my incision", "emergency"),
    ("my wound is red and hot, Doctor Ramirez", "emergency"),
    ("my chest hurts and I am in Flagstaff alone", "emergency"),
    ("Doctor Ramirez I can't breathe!!", "emergency"),
    ("my calf is swollen and red. Margaret noticed", "emergency"),
    ("I was thrown from my horse yesterday near Flagstaff and my back hurts", "emergency"),
    ("worst headache I've ever had, says Margaret", "emergency"),
    ("I want to kill myself, Doctor Ramirez", "crisis"),
    ("Margaret would be better off without me", "crisis"),
    ("This is Margaret. I hope I don't wake up tomorrow", "crisis"),
    ("ya no quiero vivir, doctora Ramirez", "crisis"),
]
GREETINGS = [
    "Hi", "Hello there", "Good morning", "hey y'all", "Hola", "Buenos días", "Dear doctor",
    "Hi, my name is Margaret", "Thanks for the help earlier", "I am a patient of yours",
    "How are you", "quick question", "I have my surgery papers here",
]  # fmt: skip
AFTER = [
    "How long is the hospital stay?", "What is your phone number?", "Do you take Medicare?",
    "When can I drive?", "How big is the scar?", "Is parking free?", "What should I bring?",
    "Who is the surgeon?", "Please call me", "Thank you so much", "God bless",
    "My daughter is with me", "¿Cuánto cuesta?", "Gracias", "I am 67", "Sent from my phone",
]  # fmt: skip
STOPS = [".", "!", "?", "...", "!!", "?!", ";"]
SPACES = ["", " ", "   ", "\n", "\t", "\r\n", "\u00a0", " \n\n "]
EMOJI = ["", "😭", "😭😭😭", "🙏🏽", "😅", "❤️", "🚑 ", " 👍"]

alarms = st.sampled_from(ALARMS)
metamorphic = settings(derandomize=True, max_examples=60, deadline=None, database=None)


def known_words() -> frozenset[str]:
    """Every word of the patterns and of the ways to say one; those ending in * are beginnings."""
    data = read_yaml(FILE)
    same_as = {word: [folded(way) for way in ways] for word, ways in data["same_as"].items()}
    groups = {**data["groups"], **{AS + word: ways for word, ways in same_as.items()}}
    patterns: list[str] = [*data["no_denial"], *data["ends"], *data["present"]["patterns"]]
    for entry in data["concepts"].values():
        patterns += [*entry["said"], *entry["harmless"]]
        for pair in entry.get("together") or []:
            patterns += [*pair["signs"], *pair["settings"]]
    for ways in data["context"].values():
        for rule in ways.values():
            patterns += rule["patterns"]
    found = {word for ways in same_as.values() for way in ways for word in way.split()}
    for pattern in patterns:
        for way in Pattern(pattern, groups).needed():
            found |= {word for words in way for word in words}
    return frozenset(found | set(same_as) | set(data["groups"]["small"]))


KNOWN = known_words()
BEGINNINGS = tuple(word[:-1] for word in KNOWN if word.endswith("*"))


def is_free(word: str) -> bool:
    """Whether no pattern knows a word."""
    return word not in KNOWN and not word.startswith(BEGINNINGS)


def free_words(text: str) -> list[re.Match[str]]:
    """The words of a text, of four letters or more, that no pattern knows."""
    return [m for m in re.finditer(r"[a-zA-Z]{4,}", text) if is_free(m[0].lower())]


def mistyped(word: str, at: int, error: str) -> str:
    """A word with one letter dropped or doubled, or two letters swapped."""
    if error == "drop":
        return word[:at] + word[at + 1 :]
    if error == "double":
        return word[: at + 1] + word[at:]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def check_alarms(text: str, action: str) -> None:
    assert screen(text).action == action, text


@pytest.mark.parametrize(("alarm", "action"), ALARMS)
def test_each_is_an_alarm_as_it_stands_and_has_a_free_word(alarm: str, action: str) -> None:
    check_alarms(alarm, action)
    assert free_words(alarm)


@pytest.mark.parametrize("text", [*GREETINGS, *AFTER])
def test_what_is_added_is_no_alarm(text: str) -> None:
    assert screen(text).action is None


@metamorphic
@given(alarms, st.sampled_from(GREETINGS), st.sampled_from([*STOPS, ",", " -", "\n"]))
def test_a_greeting_before_it_changes_nothing(
    alarm: tuple[str, str], greeting: str, stop: str
) -> None:
    text, action = alarm
    check_alarms(f"{greeting}{stop} {text}", action)


@metamorphic
@given(alarms, st.sampled_from(STOPS), st.lists(st.sampled_from(AFTER), min_size=1, max_size=4))
def test_a_question_after_it_changes_nothing(
    alarm: tuple[str, str], stop: str, after: list[str]
) -> None:
    text, action = alarm
    check_alarms(f"{text}{stop} {' '.join(after)}", action)


@metamorphic
@given(alarms, st.lists(st.sampled_from(AFTER), min_size=1, max_size=4), st.sampled_from(STOPS))
def test_a_message_before_it_changes_nothing(
    alarm: tuple[str, str], before: list[str], stop: str
) -> None:
    text, action = alarm
    check_alarms(f"{' '.join(before)}{stop} {text}", action)


@metamorphic
@given(alarms, alarms)
def test_two_alarms_are_the_graver_one(first: tuple[str, str], second: tuple[str, str]) -> None:
    action = "crisis" if "crisis" in (first[1], second[1]) else "emergency"
    check_alarms(f"{first[0]}. {second[0]}", action)


@metamorphic
@given(alarms, st.sampled_from([str.upper, str.lower, str.title, str.capitalize, str.swapcase]))
def test_capitals_change_nothing(alarm: tuple[str, str], case: object) -> None:
    text, action = alarm
    check_alarms(case(text), action)  # type: ignore[operator]


@metamorphic
@given(alarms, st.lists(st.booleans(), min_size=100, max_size=100))
def test_capitals_here_and_there_change_nothing(alarm: tuple[str, str], upper: list[bool]) -> None:
    text, action = alarm
    letters = zip(text, upper, strict=False)
    check_alarms("".join(c.upper() if up else c.lower() for c, up in letters), action)


@metamorphic
@given(alarms, st.sampled_from([r"[.,!?;]", r"['’]", r"[.,!?;'’]"]))
def test_punctuation_left_out_changes_nothing(alarm: tuple[str, str], marks: str) -> None:
    text, action = alarm
    check_alarms(re.sub(marks, "", text), action)


@metamorphic
@given(alarms, st.integers(2, 4))
def test_punctuation_doubled_changes_nothing(alarm: tuple[str, str], times: int) -> None:
    text, action = alarm
    check_alarms(re.sub(r"[.,!?;]", lambda mark: mark[0] * times, text), action)


@metamorphic
@given(alarms, st.sampled_from("'’‘`"))
def test_any_apostrophe_does(alarm: tuple[str, str], apostrophe: str) -> None:
    text, action = alarm
    check_alarms(text.replace("'", apostrophe), action)


@metamorphic
@given(alarms, st.data())
def test_a_typing_error_in_another_word_changes_nothing(
    alarm: tuple[str, str], data: st.DataObject
) -> None:
    text, action = alarm
    word = data.draw(st.sampled_from(free_words(text)), label="word")
    error = data.draw(st.sampled_from(["drop", "double", "swap"]), label="error")
    # The first letter is seldom wrong.
    at = data.draw(st.integers(1, len(word[0]) - 2), label="letter")
    wrong = mistyped(word[0], at, error)
    check_alarms(text[: word.start()] + wrong + text[word.end() :], action)


@metamorphic
@given(
    alarms,
    st.sampled_from(SPACES),
    st.sampled_from(EMOJI),
    st.sampled_from(EMOJI),
    st.sampled_from(SPACES),
)
def test_white_space_and_emoji_around_it_change_nothing(
    alarm: tuple[str, str], first: str, before: str, after: str, last: str
) -> None:
    text, action = alarm
    check_alarms(f"{first}{before}{first}{text}{last}{after}{last}", action)


@metamorphic
@given(alarms, st.sampled_from(["  ", "    ", "\t", "\u00a0", " \u200b "]))
def test_white_space_within_it_changes_nothing(alarm: tuple[str, str], space: str) -> None:
    text, action = alarm
    check_alarms(text.replace(" ", space), action)


@metamorphic
@given(alarms, st.sampled_from(EMOJI), st.integers(0, 20))
def test_an_emoji_between_two_words_changes_nothing(
    alarm: tuple[str, str], emoji: str, at: int
) -> None:
    text, action = alarm
    words = text.split()
    words.insert(at % (len(words) + 1), emoji)
    check_alarms(" ".join(words), action)


@metamorphic
@given(alarms)
def test_accents_and_tildes_on_vowels_change_nothing(alarm: tuple[str, str]) -> None:
    text, action = alarm
    check_alarms(re.sub(r"[aeou]", lambda letter: letter[0] + "\u0301", text), action)


@metamorphic
@given(st.text(max_size=200))
def test_any_text_at_all_is_screened(text: str) -> None:
    found = screen(text)
    assert found.action in (None, "emergency", "crisis")
    assert found.words and bool(found.action) is bool(found.concepts)
    assert set(found.concepts) <= set(lexicon().concepts)
