"""The other clinic's clinic.yml, faq.yml and its files in data/."""

from __future__ import annotations

from typing import Any

from spinechat.adopt.content import Content
from spinechat.adopt.domain import as_yaml, head_of
from spinechat.adopt.exchange import Exchange
from spinechat.project import project_root, read_yaml
from spinechat.topics import topic_book

# Texts about no subject: what is heard as an alarm, and words that always work.
UNCHANGED = ("data/commands.yml",)


def _clinic(content: Content) -> dict[str, Any]:
    words = {name: value for name, value in content.words.items() if name != "known"}
    return {**content.clinic, "words": words}


def _topics(content: Content) -> dict[str, Any]:
    own = {
        label: {"title": topic["title"], "question": topic["visit"]}
        for label, topic in content.topics.items()
    }
    others: dict[str, dict[str, Any]] = {}
    for topic in topic_book().topics.values():
        if topic.kind != "faq":
            entry = {"title": topic.title, "question": topic.question}
            others.setdefault(topic.kind, {})[topic.label] = entry
    return {"faq": own, **others}


def _facts(content: Content) -> dict[str, Any]:
    return {"sections": content.raw["sections"], "facts": content.raw["facts"]}


def _terms(content: Content) -> dict[str, Any]:
    given = content.raw.get("terms") or {}
    return {group: given.get(group) or {} for group in ("named", "unnamed")}


def _followups(content: Content) -> dict[str, Any]:
    lengths = {
        label: topic["how_long"] for label, topic in content.topics.items() if "how_long" in topic
    }
    return {"ask_how_long": lengths}


def _medical_words(content: Content, exchange: Exchange) -> dict[str, Any]:
    """The checks' lists: the other subject's words, and ours that name no spine condition."""
    words = dict(read_yaml("data/medical_words.yml"))
    kept = [
        {**group, "words": [word for word in group["words"] if not exchange.traces.search(word)]}
        for group in words["short_words"]
    ]
    kept = [group for group in kept if group["words"] and not exchange.traces.search(group["why"])]
    own = {"why": "Words of the subject that have no plainer one.", "words": content.words["known"]}
    words["short_words"] = [own, *kept]
    return words


def _faq(content: Content, exchange: Exchange) -> dict[str, Any]:
    page = dict(read_yaml("faq.yml"))
    for name in ("title", "description"):
        page[name] = exchange.text(page[name])
    lines = [exchange.text(line) for line in page["introduction"]]
    page["introduction"] = [line for line in lines if not exchange.traces.search(line)]
    if hours := content.clinic.get("hours"):
        page["contact"]["lines"].append(f"It is open {hours}.")
    groups: dict[str, dict[str, str]] = {}
    for label, topic in content.topics.items():
        groups.setdefault(topic["group"], {})[label] = topic["question"]
    page["groups"] = [{"title": title, "questions": asked} for title, asked in groups.items()]
    return page


def data_files(content: Content, exchange: Exchange) -> dict[str, str]:
    """The files by name."""
    made = {
        "clinic.yml": _clinic(content),
        "faq.yml": _faq(content, exchange),
        "data/topics.yml": _topics(content),
        "data/facts.yml": _facts(content),
        "data/terms.yml": _terms(content),
        "data/followups.yml": _followups(content),
        "data/medical_words.yml": _medical_words(content, exchange),
    }
    files = {name: as_yaml(data, exchange.text(head_of(name))) for name, data in made.items()}
    for name in UNCHANGED:
        files[name] = (project_root() / name).read_text(encoding="utf-8")
    return files
