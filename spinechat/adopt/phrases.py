"""The other clinic's training phrases and, to try it, messages that are never learned from."""

from __future__ import annotations

import json
from collections.abc import Iterator

from spinechat.adopt.content import Content
from spinechat.adopt.domain import head_of, own_faq
from spinechat.adopt.exchange import PHRASES_FILE, Exchange, whole_words
from spinechat.nlu.text import normalised
from spinechat.project import read_yaml
from spinechat.topics import ALARMS

TRIES_FILE = "tests/messages/dev/singles.jsonl"
OUT_OF_SCOPE = "out_of_scope"


def _lines(examples: str) -> Iterator[str]:
    for line in filter(str.strip, examples.splitlines()):
        yield line.strip().removeprefix("- ")


def shared_phrases(content: Content, exchange: Exchange) -> dict[str, list[str]]:
    """Phrases of the intents that every clinic has, by intent.

    Alarms go along whole: a patient of any clinic may have one, and whoever has had another
    surgery may write to this one. Of all others those about this clinic's subject stay here, and
    so does what would be out of scope here and is the other clinic's subject. "My back" goes
    along: what only sounds like an alarm teaches what is none.
    """
    theirs = whole_words(content.words["traces"])
    given = {normalised(phrase) for topic in content.topics.values() for phrase in topic["phrases"]}
    found: dict[str, list[str]] = {}
    for entry in read_yaml(PHRASES_FILE)["nlu"]:
        intent = entry.get("intent")
        if intent is None or intent in own_faq():
            continue
        phrases = list(_lines(entry["examples"]))
        if intent not in ALARMS:
            phrases = [phrase for phrase in phrases if not exchange.traces.search(phrase)]
        if intent == OUT_OF_SCOPE:
            phrases = [phrase for phrase in phrases if not theirs.search(phrase)]
        found[intent] = [phrase for phrase in phrases if normalised(phrase) not in given]
    return found


def as_nlu(phrases: dict[str, list[str]], head: str) -> str:
    """Phrases as Rasa's training data, in the form of this project's file."""
    lines = ['version: "3.1"', head.rstrip("\n"), "nlu:"]
    for intent, own in phrases.items():
        lines += [f"  - intent: {intent}", "    examples: |"]
        lines += [f"      - {phrase}" for phrase in own]
    return "\n".join(lines) + "\n"


def phrase_files(content: Content, exchange: Exchange) -> dict[str, str]:
    """data/nlu.yml, and the messages to try (`make eval HALF=dev`)."""
    own = {label: list(topic["phrases"]) for label, topic in content.topics.items()}
    tries = [
        {"text": text, "label": label}
        for label, topic in content.topics.items()
        for text in topic.get("tries") or []
    ]
    return {
        PHRASES_FILE: as_nlu({**own, **shared_phrases(content, exchange)}, head_of(PHRASES_FILE)),
        TRIES_FILE: "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in tries),
    }
