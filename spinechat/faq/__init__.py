"""The printable FAQ page: the assistant's own answers as one static HTML file.

Its words come from domain.yml, data/facts.yml and faq.yml only, so that website and assistant never
disagree. Search engines read the same text as structured data (https://schema.org/FAQPage).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from spinechat.clinic import clinic
from spinechat.pages import page_environment
from spinechat.project import read_yaml
from spinechat.replies.book import ReplyBook

FAQ_FILE = "faq.yml"
HELP_NUMBERS = ("911", "988")


@dataclass(frozen=True)
class Question:
    """One question with its answer.

    Attributes:
        topic: its label in data/topics.yml; the anchor on the page.
        text: in a patient's words.
        answer: the assistant's first reply, then what it adds to "tell me more", if anything.
        sections: the titles of the article's parts that the answer rests on.
    """

    topic: str
    text: str
    answer: tuple[str, ...]
    sections: tuple[str, ...]


def _question(book: ReplyBook, topic: str, text: str, data: dict[str, Any]) -> Question:
    parts = [part for part in (book.first(topic), book.part(topic, "more")) if part]
    used = [data["facts"][fact]["section"] for part in parts for fact in part.facts]
    sections = tuple(data["sections"][section] for section in dict.fromkeys(used))
    return Question(topic, text, tuple(part.text for part in parts), sections)


def questions() -> dict[str, list[Question]]:
    """All questions with their answers, by the title of their group, in the page's order."""
    book = ReplyBook(read_yaml("domain.yml")["responses"])
    data = read_yaml("data/facts.yml")
    return {
        group["title"]: [
            _question(book, topic, text, data) for topic, text in group["questions"].items()
        ]
        for group in read_yaml(FAQ_FILE)["groups"]
    }


def structured_data(title: str) -> dict[str, Any]:
    """The page as search engines read it."""
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "name": title,
        "inLanguage": "en",
        "publisher": {
            "@type": "MedicalOrganization",
            "name": clinic().name,
            "telephone": clinic().phone,
        },
        "mainEntity": [
            {
                "@type": "Question",
                "name": question.text,
                "acceptedAnswer": {"@type": "Answer", "text": " ".join(question.answer)},
            }
            for group in questions().values()
            for question in group
        ],
    }


def with_calls(text: str) -> Markup:
    """A text as HTML, in which the clinic's number, 911 and 988 can be called."""
    numbers = "|".join(re.escape(number) for number in (clinic().phone, *HELP_NUMBERS))
    parts = re.split(rf"(?<![\d-])({numbers})(?![\d-])", text)
    return Markup("").join(
        # The captured numbers stand at every second place.
        Markup('<a href="tel:{0}">{0}</a>').format(part) if at % 2 else escape(part)
        for at, part in enumerate(parts)
    )


def _in_script(data: Any) -> Markup:
    """JSON for a script element, which no text can end."""
    return Markup(json.dumps(data, ensure_ascii=False, indent=1).replace("<", "\\u003c"))


def page() -> str:
    """The whole page."""
    words = read_yaml(FAQ_FILE)
    environment = page_environment("spinechat.faq")
    environment.filters["filled"] = clinic().fill
    environment.filters["calls"] = with_calls
    return environment.get_template("page.html").render(
        words=words,
        clinic=clinic(),
        groups=questions(),
        structured=_in_script(structured_data(words["title"])),
    )
