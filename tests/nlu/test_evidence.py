"""What speaks for an alarm or a request for advice, and how it is added up."""

from __future__ import annotations

import math

import numpy as np
import pytest

from spinechat.nlu.encoder import ADVICE, ALARM, GROUPS
from spinechat.nlu.evidence import (
    LONG,
    MOST,
    SHORT,
    TopicScores,
    alarm_evidence,
    group_evidence,
    weighed,
)
from spinechat.nlu.safety_classifier import SafetyClassifier
from spinechat.project import read_yaml
from spinechat.redflags import screen

LABELS = ["crisis", "emergency", "post_op_problem", "risks"]


def _scores(rows: list[list[float]], heads: dict[str, list[float]]) -> TopicScores:
    chances = np.array(rows)
    arrays = {name: np.array(values) for name, values in heads.items()}
    return TopicScores(LABELS, chances, chances, chances, arrays)


WHOLE = [0.1, 0.3, 0.1, 0.5]
CLAUSES = [[0.0, 0.0, 0.0, 1.0], [0.2, 0.7, 0.1, 0.0]]


def test_the_alarms_are_taken_together_and_the_clauses_speak_too() -> None:
    scores = _scores([WHOLE, *CLAUSES], {ALARM: [-1.0, -3.0, 2.0]})
    evidence = alarm_evidence(scores, GROUPS[ALARM], ALARM, 99, screen("nothing at all"))
    assert evidence["linear"] == pytest.approx(math.log(0.4 / 0.6))
    assert evidence["linear_most"] == pytest.approx(math.log(0.9 / 0.1))
    assert (evidence["head"], evidence["head_most"], evidence["head_least"]) == (-1.0, 2.0, -3.0)
    assert evidence["other"] == pytest.approx(math.log(0.5))
    assert evidence["post_op_problem"] == pytest.approx(math.log(0.1))
    assert evidence["letters"] == pytest.approx(math.log(99))
    assert evidence["rows"] == 3


def test_a_message_of_one_clause_speaks_for_itself() -> None:
    evidence = group_evidence(_scores([WHOLE], {ADVICE: [0.5]}), ("risks",), ADVICE, 9)
    for name in ("head", "linear", "tuned"):
        assert evidence[name] == evidence[f"{name}_most"]


def test_without_tuned_layers_the_linear_scores_stand_in() -> None:
    evidence = group_evidence(_scores([WHOLE], {}), GROUPS[ALARM], ALARM, 9)
    assert evidence["head"] == evidence["linear"] == evidence["tuned"]


@pytest.mark.parametrize(("letters", "counted"), [(3, SHORT), (100, 100), (1000, LONG)])
def test_very_short_and_very_long_messages_count_alike(letters: int, counted: int) -> None:
    evidence = group_evidence(_scores([WHOLE], {}), ("risks",), ADVICE, letters)
    assert evidence["letters"] == pytest.approx(math.log(counted))


def test_no_number_decides_alone() -> None:
    evidence = group_evidence(_scores([[0, 0, 0, 1.0]], {ALARM: [-1e9]}), GROUPS[ALARM], ALARM, 9)
    assert max(abs(value) for value in evidence.values()) <= MOST


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("i can't feel when i pee", "screen_emergency"),
        ("i want to kill myself", "screen_crisis"),
        ("i have no numbness in my groin", "screen_silenced"),
    ],
)
def test_what_the_screen_found_is_evidence(text: str, flag: str) -> None:
    evidence = alarm_evidence(_scores([WHOLE], {}), GROUPS[ALARM], ALARM, 9, screen(text))
    flags = {name: value for name, value in evidence.items() if name.startswith("screen")}
    assert flags == {name: float(name == flag) for name in flags}


def test_the_shipped_weights_are_those_of_the_evidence() -> None:
    pipeline = read_yaml("config.yml")["pipeline"]
    name = f"{SafetyClassifier.__module__}.{SafetyClassifier.__name__}"
    shipped = next(part for part in pipeline if part["name"] == name)
    scores = _scores([WHOLE], {})
    alarm = alarm_evidence(scores, GROUPS[ALARM], ALARM, 9, screen("hello"))
    assert set(shipped["alarm"]) == {"bias", *alarm}
    advice = group_evidence(scores, ("risks",), ADVICE, 9)
    assert set(shipped["advice"]) == {"bias", *advice}


def test_evidence_is_added_up() -> None:
    assert weighed({"a": 2.0, "b": -1.0}, {"a": 1.5, "b": 2.0, "bias": 0.5}) == 1.5
