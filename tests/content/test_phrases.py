"""Training phrases and test messages: unlike each other, and the test messages unchanged."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from spinechat.encoder import SentenceVectors, prepared_encoder
from spinechat.evaluation import messages
from spinechat.evaluation.near_duplicates import too_alike
from spinechat.nlu.text import normalised
from spinechat.project import read_yaml


def _training() -> list[tuple[str, str]]:
    found = []
    for entry in read_yaml("data/nlu.yml")["nlu"]:
        if "intent" in entry:
            lines = filter(str.strip, entry["examples"].splitlines())
            found += [(entry["intent"], line.removeprefix("- ")) for line in lines]
    return found


def test_no_training_phrase_is_like_another_or_like_a_test_message():
    training = _training()
    where = [f"training {intent}: {text!r}" for intent, text in training]
    texts = [text for _, text in training]
    for half in messages.HALVES:
        kept = messages.every_text(half)
        texts += kept
        # The words of the test half are for nobody to read, in a test's output neither.
        shown = half == "dev"
        where += [f"dev: {text!r}" if shown else f"test {at}" for at, text in enumerate(kept)]
    held = messages.held_back()
    texts += held
    where += [f"held back {at}" for at in range(len(held))]
    encoder = SentenceVectors(prepared_encoder(quantized=True))
    vectors = encoder.encode([normalised(text) for text in texts])
    pairs = too_alike(texts, vectors, first=len(training))
    listed = [f"{where[i]} = {where[j]} ({why})" for i, j, why in pairs]
    assert not listed, "\n".join(listed)


def test_the_test_messages_are_as_they_were_frozen():
    frozen = json.loads((messages.messages_folder() / "checksums.json").read_text(encoding="utf-8"))
    assert messages.checksums() == frozen


def test_there_are_enough_of_each_kind():
    count = {
        kind: sum(len(getattr(messages, kind)(half)) for half in messages.HALVES)
        for kind in messages.KINDS
    }
    assert count["singles"] >= 700 and count["lookalikes"] >= 100
    assert count["multi"] >= 60 and count["dialogues"] >= 50


def test_there_are_enough_alarms_and_look_alikes_in_the_test_half():
    alarms = messages.alarms("test")
    count = Counter(alarm.label for alarm in alarms)
    assert count["emergency"] >= 300 and count["crisis"] >= 80 and count["none"] >= 400
    spanish = [a for a in alarms if a.kind == "spanish" and a.label != "none"]
    assert len(spanish) >= 30
    assert len(messages.advice("test")) >= 100 and len(messages.fresh("test")) >= 300


@pytest.mark.parametrize("half", messages.HALVES)
def test_every_alarm_is_well_formed(half):
    concepts = set(read_yaml("data/red_flags.yml")["concepts"]) | {"own", "other"}
    for alarm in messages.alarms(half):
        assert 1 <= len(alarm.turns) <= 2 and all(text.strip() for text in alarm.turns)
        assert (len(alarm.turns) == 2) is (alarm.kind == "two_turns")
        assert alarm.label in ("emergency", "crisis", "none") and alarm.concept in concepts


@pytest.mark.parametrize("half", messages.HALVES)
def test_each_half_is_well_formed(half):
    assert all(message.text.strip() for message in messages.singles(half))
    assert all(trap.trap and trap.trap != trap.label for trap in messages.lookalikes(half))
    assert all(2 <= len(set(message.labels)) <= 3 for message in messages.multi(half))
    assert all(3 <= len(dialogue.turns) <= 6 for dialogue in messages.dialogues(half))
    alone = [*messages.singles(half), *messages.lookalikes(half)]
    assert len({normalised(message.text) for message in alone}) == len(alone)


@pytest.mark.parametrize("half", messages.HALVES)
def test_few_messages_have_a_second_right_label(half):
    alone = messages.singles(half)
    assert sum(bool(message.also) for message in alone) <= 0.15 * len(alone)
