"""Every text that a patient can get, as the replies' own code puts it together."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from itertools import permutations
from types import SimpleNamespace
from typing import Any

import pytest

from spinechat.project import read_yaml
from spinechat.replies.alarms import ALARMS, kept
from spinechat.replies.book import PARTS, ReplyBook
from spinechat.replies.compose import answers, safety_first
from spinechat.replies.followups import (
    for_other,
    how_long,
    normal,
    source,
    tell_more,
    visit_summary,
    why,
)
from spinechat.replies.reply import Reply
from spinechat.replies.terms import about_term, named_reply
from spinechat.terms import terms
from spinechat.topics import topic_book


@dataclass(frozen=True)
class Said:
    """A text, what it has to be grounded on, and where it comes from.

    Attributes:
        name: for messages: "hospital_stay/more", "risks+future", ...
        kind: "first", "part", "line", "followup", "composed" or "standing".
        text: all of it.
        stated: the part of it that comes from topics of kind faq.
        facts: the facts it names.
    """

    name: str
    kind: str
    text: str
    stated: str = ""
    facts: tuple[str, ...] = field(default=())


def _asked(topic: str, *terms_heard: Any, said: tuple[Any, ...] = ()) -> Any:
    """As much of a conversation as the follow-ups look at."""
    return SimpleNamespace(
        topic=topic,
        heard_terms=list(terms_heard),
        topics_asked=[topic],
        said=lambda: list(said),
        text="",
        parse={},
        last_said=None,
        misses_in_a_row=0,
        heard_topics=[topic],
        confidence=1.0,
    )


def _without(text: str, *fixed: str) -> str:
    for part in fixed:
        assert part in text
        text = text.replace(part, "")
    return " ".join(text.split())


def _parts(book: ReplyBook, names: list[str]) -> list[Said]:
    found = []
    for name in names:
        first = book.first(name)
        stated = first.text if first.facts else ""
        found.append(Said(name, "first", first.text, stated, first.facts))
        if name not in topic_book().topics:
            continue
        for part in PARTS:
            reply = book.part(name, part)
            if reply:
                found.append(Said(f"{name}/{part}", "part", reply.text, reply.text, reply.facts))
    return found


def _lines(responses: dict[str, Any], book: ReplyBook) -> list[Said]:
    blanks = {"term": "scoliosis", "section": '"Faster Recovery"'}
    return [
        Said(f"{name}/{key}", "line", book.line(name, key, **blanks))
        for name in (response.removeprefix("utter_") for response in responses)
        for key in (responses[f"utter_{name}"][0].get("metadata") or {}).get("lines") or {}
    ]


def _followups(book: ReplyBook) -> list[Said]:
    found = []
    for topic in (t.label for t in topic_book().topics.values() if t.kind != "talk"):
        replies: dict[str, Reply] = {
            "normal": normal(book, _asked(topic)),
            "for_other": for_other(book, _asked(topic)),
            "how_long": how_long(book, _asked(topic)),
            "why": why(book, _asked(topic)),
            "tell_more": tell_more(book, _asked(topic)),
            "visit_summary": visit_summary(book, _asked(topic)),
            "source": source(book, _asked(topic, said=(book.first(topic),))),
        }
        found += [
            Said(f"{topic}>{name}", "followup", reply.text) for name, reply in replies.items()
        ]
    for term in terms().values():
        for topic in ("conditions_treated", "procedures"):
            reply = named_reply(book, term, topic)
            found.append(Said(f"{topic}>{term.name}", "followup", reply.text))
        for label in (t.label for t in topic_book().of_kind("faq")):
            text = about_term(book, _asked(label, term)).text
            found.append(Said(f"{label}>about {term.name}", "followup", text))
    return found


def _composed(book: ReplyBook) -> list[Said]:
    found = []
    faq = {topic.label for topic in topic_book().of_kind("faq")}
    servable = [label for label in topic_book().topics if label in topic_book().servable]
    for pair in permutations(servable, 2):
        reply = answers(book, pair)
        fixed = [book.first(label).text for label in pair if label not in faq]
        titles = [topic_book().topics[label].title for label in pair if label in faq]
        stated = _without(reply.text, *fixed, *(title for title in titles if title.endswith("?")))
        found.append(Said("+".join(pair), "composed", reply.text, stated, reply.facts))
    for alarm in (topic.label for topic in topic_book().of_kind("safety")):
        for other in servable:
            reply = safety_first(book, [alarm, other])
            fixed = [book.first(alarm).text, book.line("emergency", "then")]
            fixed += [] if other in faq else [book.first(other).text]
            stated = _without(reply.text, *fixed)
            found.append(Said(f"{alarm}+{other}", "composed", reply.text, stated, reply.facts))
    return found


def _standing(book: ReplyBook) -> list[Said]:
    """What is said while an alarm stands."""
    found = []
    names = [response for response in topic_book().topics if response in book]
    for alarm in ALARMS:
        for name in names:
            reply = kept(book, _asked(name), name, alarm, partial(book.first, name))
            found.append(Said(f"{name} after {alarm}", "standing", reply.text))
    return found


@pytest.fixture(scope="session")
def domain() -> Any:
    """domain.yml."""
    return read_yaml("domain.yml")


@pytest.fixture(scope="session")
def book(domain: Any) -> ReplyBook:
    """The replies."""
    return ReplyBook(domain["responses"])


@pytest.fixture(scope="session")
def said(domain: Any, book: ReplyBook) -> list[Said]:
    """Every text."""
    names = [name.removeprefix("utter_") for name in domain["responses"]]
    return [
        *_parts(book, names),
        *_lines(domain["responses"], book),
        *_followups(book),
        *_composed(book),
        *_standing(book),
    ]
