"""The other clinic's domain.yml, rules and stories."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from spinechat.adopt.content import Content
from spinechat.adopt.exchange import Exchange
from spinechat.project import project_root, read_yaml
from spinechat.replies.book import PARTS, PREFIX
from spinechat.topics import topic_book

OWN_REPLIES = Path(__file__).with_name("replies.yml")
WIDTH = 100  # characters of a line in the files written


class _Folded(yaml.SafeDumper):
    """Long texts as `>-` blocks, as staff find them here."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    folded = len(text) > WIDTH and "\n" not in text
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=">" if folded else None)


_Folded.add_representer(str, _text)


def as_yaml(data: Any, head: str = "") -> str:
    """YAML in the order given, under a comment."""
    return head + yaml.dump(
        data, Dumper=_Folded, sort_keys=False, allow_unicode=True, width=WIDTH, indent=2
    )


def head_of(name: str) -> str:
    """The comment that a file of this project begins with."""
    lines = (project_root() / name).read_text(encoding="utf-8").splitlines()
    begin = next(at for at, line in enumerate(lines) if line.startswith("#"))
    end = next(at for at in range(begin, len(lines)) if not lines[at].startswith("#"))
    return "\n".join(lines[begin:end]) + "\n"


def own_faq() -> list[str]:
    """The labels of this clinic's topics, which do not go along."""
    return [topic.label for topic in topic_book().of_kind("faq")]


def _faq_response(content: Content, label: str) -> dict[str, Any]:
    topic = content.topics[label]
    titles = {**{t.label: t.title for t in topic_book().topics.values()}}
    titles.update({name: other["title"] for name, other in content.topics.items()})
    return {
        "text": topic["answer"].strip(),
        "buttons": [{"title": titles[name], "payload": f"/{name}"} for name in topic["next"]],
        "metadata": {
            "facts": topic["facts"],
            **{
                part: {"text": topic[part]["text"].strip(), "facts": topic[part]["facts"]}
                for part in PARTS
                if part in topic
            },
        },
    }


def _buttons(content: Content, buttons: list[dict[str, str]]) -> list[dict[str, str]]:
    """Buttons that lead to this clinic's topics lead to the other's first ones."""
    free = iter(content.labels)
    found = []
    for button in buttons:
        if button.get("payload", "").removeprefix("/") not in own_faq():
            found.append(button)
        elif label := next(free, None):
            found.append({"title": content.topics[label]["title"], "payload": f"/{label}"})
    return found


def _exchanged(data: Any, exchange: Exchange) -> Any:
    """Every text in lists and mappings, exchanged."""
    if isinstance(data, dict):
        return {key: _exchanged(value, exchange) for key, value in data.items()}
    if isinstance(data, list):
        return [_exchanged(value, exchange) for value in data]
    return exchange.text(data) if isinstance(data, str) else data


def _own_replies(content: Content) -> dict[str, str]:
    titles = [topic["title"].rstrip("?") for topic in content.topics.values()]
    titles = [title[0].lower() + title[1:] for title in titles[:5]]
    blanks = {
        "subject": content.words["subject"],
        "specialist": content.words["specialist"],
        "topics": f"{', '.join(titles[:-1])} and {titles[-1]}",
        "questions": " ".join(topic["visit"] for topic in list(content.topics.values())[:3]),
    }
    replies = yaml.safe_load(OWN_REPLIES.read_text(encoding="utf-8"))
    pattern = re.compile("{(" + "|".join(blanks) + ")}")
    return {
        name: pattern.sub(lambda found: blanks[found[1]], text) for name, text in replies.items()
    }


def _responses(content: Content, exchange: Exchange) -> dict[str, Any]:
    found: dict[str, Any] = {
        PREFIX + label: [_faq_response(content, label)] for label in content.labels
    }
    own = _own_replies(content)
    for name, entries in read_yaml("domain.yml")["responses"].items():
        intent = name.removeprefix(PREFIX)
        if intent in own_faq():
            continue
        entry = _exchanged(entries[0], exchange)
        if intent in own:
            entry["text"] = own[intent]
        if "buttons" in entry:
            entry["buttons"] = _buttons(content, entry["buttons"])
        found[name] = [entry]
    _add_hours_and_booking(content, found)
    return found


def _add_hours_and_booking(content: Content, responses: dict[str, Any]) -> None:
    if hours := content.clinic.get("hours"):
        for name in ("phone_number", "clinic_question"):
            responses[PREFIX + name][0]["text"] += f" It is open {hours}."
    if booking := content.clinic.get("booking"):
        responses[PREFIX + "book_appointment"][0]["buttons"].insert(
            1, {"title": "Book online", "url": booking}
        )


def _domain(content: Content, exchange: Exchange) -> dict[str, Any]:
    domain = dict(read_yaml("domain.yml"))
    domain["intents"] = content.labels + [
        intent for intent in domain["intents"] if intent not in own_faq()
    ]
    mappings = domain["slots"]["topic"]["mappings"]
    domain["slots"]["topic"]["mappings"] = [
        {"type": "from_intent", "intent": label, "value": label} for label in content.labels
    ] + [mapping for mapping in mappings if mapping["intent"] not in own_faq()]
    domain["responses"] = _responses(content, exchange)
    return domain


def _rules(content: Content) -> dict[str, Any]:
    rules = read_yaml("data/rules.yml")
    kept = [rule for rule in rules["rules"] if rule["rule"] not in own_faq()]
    own = [
        {"rule": label, "steps": [{"intent": label}, {"action": PREFIX + label}]}
        for label in content.labels
    ]
    return {"version": rules["version"], "rules": own + kept}


def _stories(content: Content) -> Any:
    """This project's stories about the other's topics."""
    labels = content.labels
    stands_for = {label: labels[at % len(labels)] for at, label in enumerate(own_faq())}

    def told(data: Any) -> Any:
        if isinstance(data, dict):
            return {key: told(value) for key, value in data.items()}
        if isinstance(data, list):
            return [told(value) for value in data]
        name = str(data).removeprefix(PREFIX)
        return str(data).replace(name, stands_for[name]) if name in stands_for else data

    return told(read_yaml("data/stories.yml"))


def domain_files(content: Content, exchange: Exchange) -> dict[str, str]:
    """domain.yml, data/rules.yml and data/stories.yml, by name."""
    return {
        "domain.yml": as_yaml(_domain(content, exchange), head_of("domain.yml")),
        "data/rules.yml": as_yaml(_rules(content), head_of("data/rules.yml")),
        "data/stories.yml": as_yaml(_stories(content), head_of("data/stories.yml")),
    }
