"""The FAQ page says what the assistant says, to people and to search engines."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from spinechat.__main__ import main
from spinechat.clinic import clinic
from spinechat.evaluation.readability import grade, wording_faults
from spinechat.faq import page, questions, with_calls
from spinechat.project import read_yaml
from spinechat.topics import topic_book

DOMAIN = read_yaml("domain.yml")
WORDS = read_yaml("faq.yml")


class _Reader(HTMLParser):
    """Text, links, headings and the structured data of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.headings: list[tuple[str, str]] = []
        self.paragraphs: list[str] = []
        self.addresses: list[str] = []
        self.script = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag in ("meta", "link"):
            return
        self.stack.append(tag)
        if tag in ("h1", "h2", "h3"):
            self.headings.append((tag, ""))
        if tag in ("p", "li"):
            self.paragraphs.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if "script" in self.stack:
            self.script += data
        elif set(self.stack) & {"h1", "h2", "h3"}:
            self.headings[-1] = (self.headings[-1][0], self.headings[-1][1] + data)
        elif set(self.stack) & {"p", "li"}:
            self.paragraphs[-1] += data


def read(text: str) -> _Reader:
    reader = _Reader()
    reader.feed(text)
    assert reader.stack == []
    return reader


@pytest.fixture(scope="module")
def shown() -> _Reader:
    return read(page())


def _answers(topic: str) -> list[str]:
    """A topic's answers as domain.yml holds them, read without the page's code."""
    (entry,) = DOMAIN["responses"][f"utter_{topic}"]
    texts = [entry["text"], *(m["text"] for m in [entry["metadata"].get("more")] if m)]
    return [text.replace("{clinic_phone}", clinic().phone) for text in texts]


def test_each_faq_topic_stands_there_once() -> None:
    asked = [topic for group in WORDS["groups"] for topic in group["questions"]]
    assert sorted(asked) == sorted(topic.label for topic in topic_book().of_kind("faq"))


@pytest.mark.parametrize("topic", [topic.label for topic in topic_book().of_kind("faq")])
def test_the_answers_are_the_assistants_to_people_and_search_engines(topic, shown) -> None:
    (text,) = (
        group["questions"][topic] for group in WORDS["groups"] if topic in group["questions"]
    )
    answers = _answers(topic)
    assert ("h3", text) in shown.headings
    start = shown.paragraphs.index(answers[0])
    assert shown.paragraphs[start : start + len(answers)] == answers
    assert shown.paragraphs[start + len(answers)].startswith("In our article: ")
    entries = json.loads(shown.script)["mainEntity"]
    (entry,) = (entry for entry in entries if entry["name"] == text)
    assert entry["acceptedAnswer"] == {"@type": "Answer", "text": " ".join(answers)}


def test_the_structured_data_is_a_faq_page(shown) -> None:
    data = json.loads(shown.script)
    assert (data["@context"], data["@type"]) == ("https://schema.org", "FAQPage")
    assert data["publisher"]["telephone"] == clinic().phone
    assert len(data["mainEntity"]) == sum(len(group) for group in questions().values())
    assert {entry["@type"] for entry in data["mainEntity"]} == {"Question"}


def test_each_answer_names_its_parts_of_the_article() -> None:
    titles = set(read_yaml("data/facts.yml")["sections"].values())
    for group in questions().values():
        for question in group:
            assert question.sections and set(question.sections) <= titles


def test_help_stands_before_the_first_answer(shown) -> None:
    text = page()
    first = text.index("<main")
    assert text.index('href="tel:911"') < first and text.index('href="tel:988"') < first
    assert shown.headings[:2] == [("h1", WORDS["title"]), ("h2", WORDS["safety"]["title"])]


def test_nothing_is_asked_of_another_server(shown) -> None:
    known = {f"#{topic.label}" for topic in topic_book().of_kind("faq")}
    calls = {f"tel:{clinic().phone}", "tel:911", "tel:988"}
    assert set(shown.addresses) == known | calls | {"#answers", "data:,"}
    assert "url(" not in page() and "@import" not in page()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (f"Call {clinic().phone}, or 911.", [clinic().phone, "911"]),
        ("24 to 48 hours", []),
        ("1-911-5550 or 19110 or 988", ["988"]),
        ("<b>911</b>", ["911"]),
    ],
)
def test_only_numbers_for_help_can_be_called(text, numbers) -> None:
    html = str(with_calls(text))
    assert re.findall(r'<a href="tel:([^"]+)">\1</a>', html) == numbers
    assert "<b>" not in html


def test_texts_with_signs_of_html_stay_text(monkeypatch) -> None:
    """What staff write into domain.yml cannot end the script or open an element."""
    trap = '</script><b>"tricky" & more'
    monkeypatch.setitem(DOMAIN["responses"]["utter_future"][0], "text", trap)
    real = read_yaml
    monkeypatch.setattr(
        "spinechat.faq.read_yaml", lambda name: DOMAIN if name == "domain.yml" else real(name)
    )
    shown = read(page())
    assert trap in shown.paragraphs
    entries: list[Any] = json.loads(shown.script)["mainEntity"]
    assert [e for e in entries if e["acceptedAnswer"]["text"].startswith(trap)]


def _own_words() -> list[str]:
    lists = (WORDS["introduction"], WORDS["safety"]["lines"], WORDS["contact"]["lines"])
    asked = [text for group in WORDS["groups"] for text in group["questions"].values()]
    return [clinic().fill(text) for text in [*(t for lines in lists for t in lines), *asked]]


@pytest.mark.parametrize("text", _own_words())
def test_its_own_words_are_plain(text) -> None:
    assert grade(text) <= 6 and wording_faults(text) == []


def test_the_command_writes_it(tmp_path, capsys) -> None:
    path = tmp_path / "website" / "faq.html"
    assert main(["faq", str(path)]) == 0
    assert path.read_text(encoding="utf-8") == page()
    assert str(path) in capsys.readouterr().out
