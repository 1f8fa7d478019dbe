"""Scores, the word-overlap baseline, the pictures and the benchmark's bars. No model needed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.turns import judge
from spinechat.evaluation import safety, scores
from spinechat.evaluation.assistant import Heard
from spinechat.evaluation.baselines import WordOverlap, training_phrases, words
from spinechat.evaluation.messages import Alarm, Multi, Single, Turn
from spinechat.evaluation.pictures import (
    confidence_histogram,
    confusion_matrix,
    reliability_diagram,
)
from spinechat.evaluation.report import thinned
from spinechat.evaluation.scores import Bin, Share
from spinechat.evaluation.tables import percent, table


def heard(*topics, outcome="answered", intent="risks", buttons=()):
    return Heard(intent, 0.9, (), "", outcome, topics, buttons)


def single(label, also=""):
    return Single("", label, also, "")


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [
        # Newcombe 1998, table I.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0),
        (0, 0, 0.0, 1.0),
    ],
)
def test_wilson_interval(hits, count, low, high):
    assert Share(hits, count).interval == pytest.approx((low, high), abs=1e-4)


def test_share_of_nothing_is_no_number():
    assert math.isnan(scores.share([]).value)
    assert scores.share([]).as_json()["share"] is None
    assert percent(Share(0, 0)) == "-"
    assert percent(Share(1, 2)).startswith("50.0% (")


@pytest.mark.parametrize(
    ("reply", "label"),
    [
        (heard("risks", "benefits"), "risks"),
        (heard(intent="nlu_fallback", outcome="unsure"), "nlu_fallback"),
        (heard(intent="tell_more"), "tell_more"),
    ],
)
def test_named(reply, label):
    assert scores.named(reply) == label


def test_rights_accept_the_second_label():
    messages = [single("risks"), single("risks", "benefits"), single("risks")]
    assert scores.rights(messages, ["risks", "benefits", None]) == [True, True, False]


def test_per_label():
    messages = [single("risks"), single("risks"), single("future"), single("future", "risks")]
    found = {s.label: s for s in scores.per_label(messages, ["risks", "future", "future", "risks"])}
    assert list(found) == ["risks", "future"]
    assert (found["risks"].precision, found["risks"].recall) == (Share(2, 2), Share(1, 2))
    # The last message was right by its second label.
    assert (found["future"].precision, found["future"].recall) == (Share(1, 2), Share(2, 2))
    assert found["risks"].f1 == pytest.approx(2 / 3)


def test_per_label_lists_what_was_named_but_never_expected():
    assert [s.label for s in scores.per_label([single("risks")], ["greet"])] == ["risks", "greet"]
    assert scores.per_label([single("risks")], ["greet"])[0].f1 == 0


@pytest.mark.parametrize(
    ("message", "reply", "wrong"),
    [
        (single("risks"), heard("benefits"), True),
        (single("risks"), heard("risks"), False),
        (single("risks", "benefits"), heard("benefits"), False),
        (single("risks"), heard("risks", "benefits"), True),
        # No facts are stated: only time is lost.
        (single("risks"), heard("clinic_question", outcome="clinic"), False),
        (single("risks"), heard("emergency", outcome="safety"), False),
        (single("risks"), heard(outcome="unsure", intent="nlu_fallback"), False),
        (single("risks"), heard("greet"), False),
    ],
)
def test_answered_wrongly(message, reply, wrong):
    assert scores.answered_wrongly(message, reply) is wrong


@pytest.mark.parametrize(
    ("labels", "reply", "first_two", "everything"),
    [
        (("risks", "future"), heard("future", "risks"), True, True),
        (("risks", "future"), heard("risks"), False, False),
        (("risks", "future"), heard("risks", buttons=("/future",)), False, True),
        (("risks", "future", "scarring"), heard("risks", "future"), True, False),
        (
            ("risks", "future", "scarring"),
            heard("risks", "future", buttons=("/scarring", "/menu")),
            True,
            True,
        ),
    ],
)
def test_multi(labels, reply, first_two, everything):
    assert scores.first_two_served(Multi("", labels), reply) is first_two
    assert scores.all_reached(Multi("", labels), reply) is everything


@pytest.mark.parametrize(
    ("topics", "outcome", "reply", "right"),
    [
        (("risks",), "answered", heard("risks"), True),
        (("risks",), "answered", heard("risks", "future"), True),
        (("risks", "future"), "answered", heard("risks"), False),
        (("risks",), "answered", heard("risks", outcome="clinic"), False),
        ((), "unsure", heard("out_of_scope", outcome="unsure"), True),
        ((), "unsure", heard("risks"), False),
        (("greet",), "talk", heard("greet"), True),
        (("greet",), "talk", heard("thanks"), False),
        (("medical_advice",), "clinic", heard("medical_advice", outcome="safety"), True),
        (("medical_advice",), "safety", heard("medical_advice", outcome="clinic"), True),
        (("medical_advice",), "safety", heard("medical_advice", outcome="answered"), False),
        (("medical_advice", "risks"), "clinic", heard("medical_advice", "risks"), False),
        (("emergency",), "safety", heard("emergency", outcome="clinic"), False),
    ],
)
def test_turn_is_right(topics, outcome, reply, right):
    assert scores.turn_is_right(Turn("", topics, outcome), reply) is right


def test_rates():
    messages = [single("emergency"), single("emergency"), single("out_of_scope"), single("risks")]
    replies = [
        heard("emergency", "risks", outcome="safety"),
        heard("post_op_problem", outcome="safety"),
        heard(outcome="unsure", intent="nlu_fallback"),
        heard("risks"),
    ]
    assert scores.recall_of("emergency", messages, replies) == Share(1, 2)
    assert scores.recall_of("crisis", messages, replies) == Share(0, 0)
    assert scores.out_of_scope_recall(messages, replies) == Share(1, 1)
    assert scores.fallback_rate(replies) == Share(1, 4)


def test_calibration():
    bins = scores.calibration([0.05, 0.95, 1.0, 0.91], [False, True, True, False])
    assert [b.count for b in bins] == [1, 3]
    assert bins[1].right == pytest.approx(2 / 3)
    # By hand: (1 * |0.05 - 0| + 3 * |2.86 / 3 - 2 / 3|) / 4.
    assert scores.calibration_error(bins) == pytest.approx((0.05 + 0.86) / 4)


@pytest.mark.parametrize(
    ("confidences", "flags", "error"),
    [([1.0] * 4, [True] * 4, 0.0), ([1.0] * 4, [False] * 4, 1.0), ([0.5] * 2, [True, False], 0.0)],
)
def test_calibration_error_at_its_ends(confidences, flags, error):
    assert scores.calibration_error(scores.calibration(confidences, flags)) == pytest.approx(error)


@pytest.mark.parametrize(("confidences", "flags"), [([1.2], [True]), ([-0.1], [True]), ([0.5], [])])
def test_calibration_refuses_nonsense(confidences, flags):
    with pytest.raises(ValueError):
        scores.calibration(confidences, flags)


def test_confusion():
    messages = [single("risks"), single("risks", "future"), single("risks"), single("risks")]
    rows, columns, counts = scores.confusion(messages, ["risks", "future", "nlu_fallback", "menu"])
    row = dict(zip(columns, counts[rows.index("risks")], strict=True))
    assert (row["risks"], row["future"], row["nlu_fallback"], row["other"]) == (2, 0, 1, 1)
    assert counts.sum() == len(messages)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Can't I, really? CAN’T!", {"can't", "i", "really"}),
        ("L5-S1...ok", {"l5", "s1", "ok"}),
        ("?!", set()),
    ],
)
def test_words(text, expected):
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("how long is the stay", "stay"),
        ("THE SCAR", "scar"),
        # Both overlap by a third; the longer phrase wins.
        ("big question", "scar"),
        ("zzz", None),
        ("", None),
    ],
)
def test_word_overlap(text, label):
    phrases = [
        ("how long is the stay", "stay"),
        ("a question", "short"),
        ("question everywhere", "scar"),
        ("the scar", "scar"),
    ]
    assert WordOverlap(phrases).label(text) == label


def test_word_overlap_knows_the_training_phrases():
    phrases = training_phrases()
    baseline = WordOverlap(phrases)
    some = [(text, label) for text, label in phrases[::25] if words(text)]
    right = sum(baseline.label(text) == label for text, label in some)
    # Not all: a few phrases of different labels hold the same words.
    assert right / len(some) > 0.95


def test_thinned_is_even_and_bounded():
    assert thinned(range(10), None) == list(range(10))
    assert thinned(range(10), 5) == [0, 2, 4, 6, 8]
    assert thinned(range(3), 5) == [0, 1, 2]


def test_table_is_aligned():
    assert table(["a", "n"], [["bbb", "10"]]) == "a     n\n---  --\nbbb  10"


def test_pictures_are_written(tmp_path):
    labels = ["risks", "future"]
    paths = [
        confusion_matrix(labels, labels, np.array([[3, 1], [0, 2]]), tmp_path / "confusion.png"),
        confidence_histogram([0.9, 0.2], [True, False], tmp_path / "confidence.png"),
        reliability_diagram([Bin(2, 0.9, 1.0)], 0.1, tmp_path / "reliability.png"),
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in paths)
    for path in paths:
        assert path.read_bytes().startswith(b"\x89PNG")


MEASURED = {
    "assistant": {
        "turn_p50_ms": 15.0,
        "floor_p50_ms": 10.0,
        "load_s": 1.0,
        "memory_mb": 500.0,
        "training_s": 100.0,
    },
    "default": {"turn_p50_ms": 50.0, "load_s": 4.0, "memory_mb": 1000.0, "training_s": 300.0},
}


def test_bars():
    passed = {verdict.name: verdict.passed for verdict in judge(MEASURED)}
    assert passed == {
        "turn p50 / default": True,
        "load / default": False,
        "memory / default": True,
        "training / default": True,
        "turn p50 / floor": True,
    }


@pytest.mark.parametrize(("limit", "passed"), [(300.0, True), (150.0, None)])
def test_bar_when_the_default_training_was_stopped(limit, passed):
    measured = {**MEASURED, "default": {**MEASURED["default"], "training_s": limit}}
    verdict = next(v for v in judge(measured, frozenset({"training_s"})) if "training" in v.name)
    assert (verdict.passed, verdict.bounded) == (passed, True)


def test_bars_leave_out_what_was_not_measured():
    measured = {
        system: {name: value for name, value in own.items() if name != "training_s"}
        for system, own in MEASURED.items()
    }
    assert "training / default" not in [verdict.name for verdict in judge(measured)]


@pytest.mark.parametrize(
    ("topics", "alarm"),
    [
        ([("risks",)], None),
        ([("emergency", "risks")], "emergency"),
        # An alarm that is not said first was not raised.
        ([("risks", "emergency")], None),
        ([("emergency",), ("crisis",)], "crisis"),
        ([("risks",), ("emergency",)], "emergency"),
        ([()], None),
    ],
)
def test_alarm_in_replies(topics, alarm):
    assert safety.alarm_in([heard(*some) for some in topics]) == alarm


@pytest.mark.parametrize(
    ("reply", "holds"),
    [
        (heard("medical_advice", outcome="safety"), True),
        (heard("medical_advice", "recovery_time", outcome="safety"), True),
        (heard("recovery_time"), False),
        (heard("recovery_time", "medical_advice"), False),
        (heard(outcome="unsure"), True),
        (heard("clinic_question", outcome="clinic"), True),
    ],
)
def test_a_request_for_advice_is_held(reply, holds):
    assert safety.holds(reply) is holds


def _played(*alarms):
    return safety.Played(list(alarms), [("hello", None), ("bye", "crisis")], [])


def test_safety_figures_count_each_label():
    def alarm(label):
        return Alarm(("hello",), label, "fever", "plain")

    found = safety.figures(
        _played(
            (alarm("emergency"), "emergency"),
            (alarm("emergency"), None),
            (alarm("crisis"), "emergency"),
            (alarm("none"), "crisis"),
        )
    )
    assert (found["emergencies caught"].hits, found["emergencies caught"].count) == (1, 2)
    assert found["crises caught"].hits == 1 and found["crises answered as a crisis"].hits == 0
    assert found["false alarms, look-alikes"].hits == 1
    assert found["false alarms, ordinary"].hits == 1


def test_a_score_is_added_below_the_others(tmp_path):
    path = tmp_path / "safety.md"
    path.write_text(f"| first |\n{safety.ROWS}\nmore\n")
    safety.record(path, "dev", _played())
    lines = path.read_text().splitlines()
    assert lines[0] == "| first |" and lines[1].startswith("| 20") and "| dev |" in lines[1]
    assert lines[2:] == [safety.ROWS, "more"]
    path.write_text("no table")
    with pytest.raises(ValueError, match="has no line"):
        safety.record(path, "dev", _played())
