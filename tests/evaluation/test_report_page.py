"""The report: its figures on small cases, and the whole file made from a real run."""

from __future__ import annotations

import base64
import re
from itertools import pairwise

import pytest

from spinechat.evaluation.assistant import Heard
from spinechat.evaluation.messages import Single
from spinechat.evaluation.page import contents, history, stored
from spinechat.evaluation.page.__main__ import main
from spinechat.evaluation.page.coverage import article_sections, coverage
from spinechat.evaluation.page.history import Entry
from spinechat.evaluation.page.scope import curve, point, topic_of
from spinechat.evaluation.scores import Share
from spinechat.project import read_yaml


def heard(topic: str, confidence: float) -> Heard:
    ranking = (("nlu_fallback", 0.7), (topic, confidence))
    return Heard("nlu_fallback", confidence, ranking, "", "unsure", ())


MESSAGES = [
    Single("", label, "", "") for label in ("risks", "risks", "future", "out_of_scope", "greet")
] + [Single("", "out_of_scope", "", "")]
HEARD = [
    heard("risks", 0.9),
    heard("future", 0.8),
    heard("future", 0.3),
    heard("risks", 0.5),
    heard("greet", 0.2),
    heard("out_of_scope", 0.95),
]


@pytest.mark.parametrize(
    ("threshold", "right", "let_through"),
    [(0.0, 3, 1), (0.3, 2, 1), (0.5, 1, 1), (0.51, 1, 0), (0.96, 0, 0)],
)
def test_in_and_out_of_scope_at_a_threshold(threshold, right, let_through) -> None:
    found = point(MESSAGES, HEARD, threshold)
    assert (found.right, found.let_through) == (Share(right, 4), Share(let_through, 2))


def test_the_curve_goes_from_strict_to_lenient() -> None:
    points = curve(MESSAGES, HEARD)
    assert [p.threshold for p in points] == [0.95, 0.9, 0.8, 0.5, 0.3, 0.2, 0.0]
    for strict, lenient in pairwise(points):
        assert strict.right.hits <= lenient.right.hits
        assert strict.let_through.hits <= lenient.let_through.hits
    assert topic_of(Heard("", 0.0, (), "", "", ())) is None


def test_every_section_and_fact_is_used_by_an_answer() -> None:
    found = coverage()
    assert [one.title for one in found] == list(read_yaml("data/facts.yml")["sections"].values())
    assert sum(one.facts for one in found) == len(read_yaml("data/facts.yml")["facts"])
    assert not [one for one in found if one.unused or not one.answers]


def test_what_no_answer_uses_is_shown(tmp_path, monkeypatch) -> None:
    data = read_yaml("data/facts.yml")
    data["sections"]["costs"] = "What It Costs"
    data["facts"]["dear"] = {"section": "costs", "text": "It is dear."}
    real = read_yaml
    monkeypatch.setattr(
        "spinechat.evaluation.page.coverage.read_yaml",
        lambda name: data if name == "data/facts.yml" else real(name),
    )
    article = tmp_path / "article.txt"
    body = "Some ten words and more about a thing that nobody asks for."
    article.write_text(
        f"Intro.\n\nA Part of Its Own\n\n{body}\n\nA Lone Heading\n\nWhat It Costs\n"
    )
    found = {one.title: one for one in coverage(article)}
    assert (found["What It Costs"].unused, found["What It Costs"].answers) == (("dear",), ())
    assert (found["A Part of Its Own"].facts, found["A Part of Its Own"].answers) == (0, ())
    assert "A Lone Heading" not in found
    assert body in article_sections(article.read_text())["A Part of Its Own"]


def entry(model: str, messages: str = "m", right: int = 1) -> Entry:
    return Entry("2026-01-01", None, model, messages, {"single messages right": (right, 2)})


def test_the_history_keeps_one_entry_a_model_and_set_of_messages(tmp_path) -> None:
    path = tmp_path / "history.jsonl"
    for one in (entry("a"), entry("b"), entry("a", "other"), entry("a", right=2)):
        found = history.add(path, one)
    assert [(one.model, one.messages) for one in found] == [("b", "m"), ("a", "other"), ("a", "m")]
    assert history.read(path)[-1].share("single messages right") == Share(2, 2)
    assert history.read(path)[-1].share("unknown") is None


def test_only_models_that_were_asked_the_same_are_compared() -> None:
    found = contents._trend([entry("a"), entry("b", "other"), entry("c")])
    assert [row[2] for row in found["table"].rows] == ["c", "a"]
    assert found["picture"].startswith("data:image/svg+xml") and found["others"] == 1
    assert contents._trend([entry("a")])["picture"] == ""


def test_the_safety_scores_kept_in_the_documents_are_read() -> None:
    table = stored.safety()
    assert table is not None and table.head[:3] == ["date", "commit", "half"]
    assert {row[2] for row in table.rows} == {"dev", "test"}
    for row in table.rows:
        assert len(row) == len(table.head)
        assert all(re.fullmatch(r"[\d.]+%, \d+/\d+", cell) for cell in row[3:])


def test_the_test_half_is_shown_only_whole(monkeypatch) -> None:
    whole = {"half": "test", "limit": None, "assistant": {"x": {"hits": 1, "count": 2}}}
    for found, shown in (
        (None, False),
        (whole, True),
        ({**whole, "half": "dev"}, False),
        ({**whole, "limit": 3}, False),
    ):
        monkeypatch.setattr(stored, "scores", lambda found=found: found)
        assert (contents._test_half() is not None) is shown


def test_readability_lists_every_answer_and_none_is_too_hard() -> None:
    found = contents.readability()
    names = {row["name"] for row in found}
    assert {"risks", "risks/more", "emergency", "greet"} <= names
    assert all(row["grade"] <= 6 and row["words"] <= row["most"] for row in found)


def test_the_whole_file_of_a_real_run(model, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("SPINECHAT_DATA", str(tmp_path))
    out = tmp_path / "report.html"
    main(["--model", str(model), "--out", str(out), "--limit", "5"])
    text = out.read_text(encoding="utf-8")
    addresses = re.findall(r'(?:src|href)="([^"]*)"', text)
    assert all(address.startswith(("data:", "#")) for address in addresses)
    assert "url(" not in text and "<script" not in text
    targets = {address[1:] for address in addresses if address.startswith("#")}
    assert targets <= set(re.findall(r'id="([^"]*)"', text))
    drawn = [a for a in addresses if a.startswith("data:image/svg+xml;base64,")]
    assert len(drawn) == 4  # the fifth, of the trend, needs two models
    for picture in drawn:
        assert b"<svg" in base64.b64decode(picture.partition(",")[2])
    (kept,) = history.read(tmp_path / history.FILE)
    assert kept.messages.startswith("5 of ") and kept.figures["single messages right"][1] == 5
    assert kept.model[:12] in text
