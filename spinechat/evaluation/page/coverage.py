"""Which part of the article is used by which answer, and which by none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from spinechat.project import read_yaml
from spinechat.replies.book import PARTS, ReplyBook
from spinechat.topics import topic_book

OPENING = "opening"  # the part before the first title
LONGEST_TITLE = 60  # characters
LEAST_WORDS = 10  # under a heading; with fewer it only leads to the next ones


@dataclass(frozen=True)
class Section:
    """A part of the article.

    Attributes:
        title: its heading.
        facts: how many of data/facts.yml come from it.
        unused: those of them that no answer states.
        answers: that state one of them: "hospital_stay", "hospital_stay/more", ...
    """

    title: str
    facts: int
    unused: tuple[str, ...]
    answers: tuple[str, ...]


def straight(text: str) -> str:
    """A text with the quotes and dashes of a keyboard."""
    for curly, plain in {"’": "'", "“": '"', "”": '"', "—": " - "}.items():
        text = text.replace(curly, plain)
    return text


def article_sections(article: str) -> dict[str, str]:
    """Each section's text, by its name in data/facts.yml or else by its heading.

    Headings are short lines of their own; those that facts.yml does not know end a section too.
    """
    titles = {title: name for name, title in read_yaml("data/facts.yml")["sections"].items()}
    found: dict[str, list[str]] = {OPENING: []}
    current = OPENING
    for line in (line.strip() for line in straight(article).splitlines()):
        bare = re.sub(r"^\d+\. ", "", line)
        if bare in titles:
            current = titles[bare]
        elif bare and len(bare) < LONGEST_TITLE and not bare.endswith((".", ",")):
            current = bare
        found.setdefault(current, []).append(line)
    return {name: " ".join(text) for name, text in found.items()}


def _used() -> dict[str, list[str]]:
    """The answers that state each fact."""
    book = ReplyBook(read_yaml("domain.yml")["responses"])
    found: dict[str, list[str]] = {}
    for topic in topic_book().of_kind("faq"):
        replies = {topic.label: book.first(topic.label)}
        replies |= {
            f"{topic.label}/{part}": reply
            for part in PARTS
            if (reply := book.part(topic.label, part))
        }
        for name, reply in replies.items():
            for fact in reply.facts:
                found.setdefault(fact, []).append(name)
    return found


def coverage(article: Path | None = None) -> list[Section]:
    """All sections, in the order of data/facts.yml, then the article's others.

    Args:
        article: its file, whose headings are looked at as well.
    """
    data, used = read_yaml("data/facts.yml"), _used()
    names = dict(data["sections"])
    if article is not None:
        for name, text in article_sections(article.read_text(encoding="utf-8")).items():
            if len(text.removeprefix(name).split()) >= LEAST_WORDS:
                names.setdefault(name, name)
    found = []
    for section, title in names.items():
        own = [name for name, fact in data["facts"].items() if fact["section"] == section]
        answers = dict.fromkeys(answer for name in own for answer in used.get(name, []))
        unused = tuple(name for name in own if name not in used)
        found.append(Section(title, len(own), unused, tuple(answers)))
    return found
