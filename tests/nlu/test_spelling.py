"""Typing errors are mended to words of the phrases; what is a word stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from spinechat.nlu.spelling import SpellingCorrector

PHRASES = (
    "will my insurance pay for the surgery",
    "is surgery done in a hospital and does insurance cover it",
    "how much back pain is there after the hospital",
    "recovery after back surgery, how long is the recovery",
    "i have pain and a herniated disc",
    "a herniated disc and recovery",
    "can i call about my disc",
    "how much is it, and is it a hospital with insurance",
    "how much work can i have, how long after it",
    "complications of surgery and how long they last",
    "what complications have they, can i work back at work",
    "work and complications, herniated or not",
)


@pytest.fixture(scope="module")
def corrector(tmp_path_factory: pytest.TempPathFactory) -> SpellingCorrector:
    config = {**SpellingCorrector.get_default_config(), "seen": 2}
    learner, reader = SpellingCorrector(config, "a"), SpellingCorrector(config, "b")
    learner.learn(TrainingData([Message.build(text, "x") for text in PHRASES]))
    folder: Path = tmp_path_factory.mktemp("words")
    learner.write(folder)
    reader.read(folder)
    return reader


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("surgrey", "surgery"),
        ("insurence", "insurance"),
        ("hospitl stay", "hospital stay"),
        ("backpain", "back pain"),
        ("howmuch", "how much"),
        ("thehospital", "the hospital"),
        ("recovry", "recovery"),
        ("hernieted disk", "herniated disk"),
        ("complicashuns", "complications"),
        # Words, though not of the phrases.
        ("zebra quilt", "zebra quilt"),
        # Too short, too far from everything, numbers, marks.
        ("pn", "pn"),
        ("xqzvbn", "xqzvbn"),
        ("l4-l5 #", "l4-l5 #"),
        ("", ""),
        # Spanish stays Spanish.
        ("cuanto cuesta la cirujia de espalda", "cuanto cuesta la cirujia de espalda"),
    ],
)
def test_what_is_read(corrector: SpellingCorrector, written: str, read: str) -> None:
    assert corrector.mended([written]) == [read]


def test_the_phrases_words_stay(corrector: SpellingCorrector) -> None:
    for phrase in PHRASES:
        assert corrector.mended([phrase]) == [phrase]
