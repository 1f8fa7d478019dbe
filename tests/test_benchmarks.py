"""The benchmark on public intent sets: its scores, its data, and that it measures what ships."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier
from rasa.shared.nlu.training_data.message import Message
from sklearn.metrics import accuracy_score, matthews_corrcoef, recall_score

from benchmarks import intent_report, intent_sets, intent_systems, nlu
from benchmarks.intent_scores import Guess, Score, curve, score, score_at
from benchmarks.intent_sets import GROUPS, OUTSIDE, PUBLISHED, DataUnfit, IntentSet

# Twelve phrases each; "goodbye" is also a label of this project.
SPOKEN = {
    "late_parcel": """where is my parcel|my package has not come|track my order please
is my delivery late|when will the parcel arrive|the courier never came|order still on its way?
i want to know where my order is|has my package been sent
delivery was due yesterday|no parcel yet|shipment is stuck""",
    "give_back": """i want my money back|how do i return this|send it back please|can i get a refund
it does not fit, return it|refund for the shoes|take this back|i would like to return an item
return label please|money back for a broken lamp|exchange or refund|how long do refunds take""",
    "goodbye": """bye|see you later|goodbye then|have a nice day
that is all, bye|ciao|talk to you tomorrow|good night
farewell|so long|bye bye|i am off now""",
}
PHRASES = [
    (text, label) for label, block in SPOKEN.items() for text in block.replace("\n", "|").split("|")
]
ASKED = [
    ("where is my order, the parcel is late", "late_parcel"),
    ("hello. i want a refund. how do i return this?", "give_back"),
    ("ok bye, see you later", "goodbye"),
    ("", OUTSIDE),
]


@pytest.mark.parametrize(
    ("truth", "predicted"),
    [
        (["a", "b", OUTSIDE, OUTSIDE], ["a", "b", OUTSIDE, OUTSIDE]),
        (["a", "b", OUTSIDE, OUTSIDE], ["b", "a", "a", "b"]),
        (["a", "a", "b", OUTSIDE, OUTSIDE], ["a", OUTSIDE, "b", "a", OUTSIDE]),
        (["a", "b", "c"], ["a", "b", "b"]),
        (["a", "b", "c"], ["d", "d", "d"]),
        ([OUTSIDE, OUTSIDE], [OUTSIDE, "a"]),
        (["a"] * 7 + [OUTSIDE] * 3, ["a"] * 5 + [OUTSIDE] * 4 + ["a"]),
    ],
)
def test_scores_are_those_of_scikit_learn(truth: list[str], predicted: list[str]) -> None:
    found = score(truth, predicted)
    assert found.mcc == pytest.approx(matthews_corrcoef(truth, predicted))
    inside = [at for at, label in enumerate(truth) if label != OUTSIDE]
    if inside:
        wanted = accuracy_score([truth[at] for at in inside], [predicted[at] for at in inside])
        assert found.in_scope == pytest.approx(wanted)
    else:
        assert math.isnan(found.in_scope)
    if OUTSIDE in truth:
        wanted = recall_score(truth, predicted, labels=[OUTSIDE], average=None)[0]
        assert found.outside == pytest.approx(wanted)
    else:
        assert math.isnan(found.outside)


@pytest.mark.parametrize(
    ("first", "second"), [(0.9, 0.1), (0.5, 0.46), (0.3, 0.1), (0.29, 0.1), (0.35, 0.3)]
)
def test_the_fallback_is_rasas(first: float, second: float) -> None:
    ranking = [{"name": "a", "confidence": first}, {"name": "b", "confidence": second}]
    message = Message({"intent": ranking[0], "intent_ranking": list(ranking)})
    config = {"threshold": 0.3, "ambiguity_threshold": 0.05}
    FallbackClassifier({**FallbackClassifier.get_default_config(), **config}).process([message])
    fell = message.get("intent")["name"] == "nlu_fallback"
    assert (Guess("a", first, first - second).final(0.3, 0.05) == OUTSIDE) is fell


def test_a_higher_threshold_answers_less() -> None:
    truth = ["a", "a", OUTSIDE]
    guesses = [Guess("a", 0.9, 0.9), Guess("a", 0.4, 0.4), Guess("a", 0.6, 0.6)]
    assert score_at(truth, guesses, 0.5, 0.0) == Score(0.5, 0.0, pytest.approx(-0.5))
    points = curve(truth, guesses, 0.0)
    assert (points[0].in_scope, points[0].outside) == (1.0, 0.0)
    assert (points[-1].in_scope, points[-1].outside) == (0.0, 1.0)


def test_missing_and_other_files_are_told_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(DataUnfit, match=r"clinc150/data_full\.json is missing"):
        intent_sets.read(tmp_path, "clinc150")
    (tmp_path / "hint3").mkdir()
    (tmp_path / "hint3" / "curekart_train.csv").write_text("sentence,label\nhi,x\n")
    with pytest.raises(DataUnfit, match="has sha256 .*, expected f5dd24f3"):
        intent_sets.read(tmp_path, "curekart")
    assert nlu.main([str(tmp_path), "--sets", "hint3"]) == 2
    assert "is missing" in capsys.readouterr().err


def test_every_set_has_published_figures() -> None:
    assert {name for names in GROUPS.values() for name in names} == set(PUBLISHED)


@pytest.fixture(scope="module")
def own() -> intent_systems.OwnComponents:
    """This project's components, trained on the phrases above."""
    return intent_systems.OwnComponents(PHRASES)


def test_it_understands_the_mini_set(own: intent_systems.OwnComponents) -> None:
    guesses = own.guesses([text for text, _ in ASKED])
    assert [guess.final(0.0, 0.0) for guess in guesses] == [label for _, label in ASKED]


def test_what_is_measured_is_what_rasa_trains_and_serves(
    own: intent_systems.OwnComponents,
) -> None:
    pipeline = intent_systems.read_yaml("config.yml")["pipeline"]
    kinds = (
        "ClauseTokenizer", "SpellingCorrector", "SentenceEncoder", "CharNgramFeaturizer",
        "TopicClassifier",
    )  # fmt: skip
    parts = [part for part in pipeline if part["name"].split(".")[-1] in kinds]
    assert len(parts) == len(kinds)
    texts = [text for text, _ in ASKED if text.strip()]
    served = intent_systems.heard_by(intent_systems.train_with_rasa(parts, PHRASES), texts)
    for one, other in zip(own.guesses(texts), served, strict=True):
        assert one.label == other.label
        assert one.confidence == pytest.approx(other.confidence, abs=0.03)


def test_the_document_holds_every_figure(tmp_path: Path) -> None:
    data = IntentSet("sofmattress", "somewhere", PHRASES, ASKED)
    guesses = [Guess(label if label != OUTSIDE else "goodbye", 0.7, 0.7) for _, label in ASKED]
    system = intent_report.result(intent_report.OWN, data, guesses, (0.4, 0.05), 90.0)
    about: dict[str, Any] = {"date": "2026-01-01", "commit": "abc", "load": "1.0"}
    one = intent_report.SetResult(
        data.name, data.source, intent_report.counts(data), about, [system]
    )
    one.save(tmp_path / nlu.RESULTS)
    document, picture = nlu.write(tmp_path)
    text = document.read_text()
    for part in ("36 training rows; 4 test rows, 1 of them", "commit abc", "SpineChat 1.5 minutes"):
        assert part in text
    assert "| SpineChat | 0.40 | 100.0 |" in text and "| Dialogflow |  | 73.2 | 0.638 |" in text
    assert picture.read_bytes().startswith(b"\x89PNG")
