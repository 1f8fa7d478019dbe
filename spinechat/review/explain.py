"""All that the assistant understood in one message, and why: `spinechat ask "..."`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from spinechat.evaluation.assistant import Assistant, Heard
from spinechat.evaluation.listener import Listener
from spinechat.nlu.safety_classifier import SAFETY, SafetyCall
from spinechat.nlu.spelling import PARTS
from spinechat.nlu.topic_classifier import TOPICS
from spinechat.project import read_yaml
from spinechat.review.phrases import PhraseIndex

# How many intents and phrases are listed.
LISTED = 5
# Why a red flag does not count, by the reasons of `spinechat.redflags.screen`.
WHY_SILENT = {
    "denied": "it is denied",
    "over": "it is long over",
    "imagined": "it is only feared or imagined",
    "others_past": "it was another person's, in the past",
    "harmless": "the words mean something else here",
}


def _understood(message: Message) -> Iterator[str]:
    tokens = [token.text for token in message.get(TOKENS_NAMES[TEXT]) or []]
    yield f"Tokens: {' | '.join(tokens)}"
    yield f"Read as: {' | '.join(message.get(PARTS) or [])}"
    yield "Intents:"
    for entry in (message.get(INTENT_RANKING_KEY) or [])[:LISTED]:
        yield f"  {entry['confidence']:.2f}  {entry['name']}"
    yield f"Topics to serve: {', '.join(message.get(TOPICS) or []) or 'none'}"


def _safety(message: Message) -> Iterator[str]:
    call: SafetyCall = message.get(SAFETY)
    yield "Red flags:"
    for finding in call.screening.findings:
        why = WHY_SILENT.get(finding.silenced, finding.silenced)
        yield f"  {finding.concept}: {f'does not count, {why}' if why else 'counts'}"
    if not call.screening.findings:
        yield "  none found by the screen"
    guard = next(
        part
        for part in read_yaml("config.yml")["pipeline"]
        if part["name"].endswith("RedFlagGuard")
    )
    bar = guard["bars"][call.kind]
    yield f"  all evidence for an alarm ({call.kind}): {call.alarm:.2f}, the bar is {bar}"
    yield f"  all evidence for advice wanted: {call.advice:.2f}, the bar is {guard['advice']}"


def _replied(heard: Heard) -> Iterator[str]:
    yield f"Reply ({heard.outcome}):"
    yield f"  {heard.text}"
    data = read_yaml("data/facts.yml")
    yield "Facts in it:"
    for name in heard.facts:
        fact = data["facts"][name]
        yield f"  {fact['text']} ({data['sections'][fact['section']]})"
    if not heard.facts:
        yield "  none"


def explained(text: str, model: Path) -> str:
    """The explanation of one message, as text for the terminal."""
    message = Listener(model).message(text)
    near = PhraseIndex().nearest(text, LISTED)
    lines = [*_understood(message), "Nearest training phrases:"]
    lines += [f"  {one.nearness:.2f}  {one.phrase.intent}: {one.phrase.text}" for one in near]
    lines += [*_safety(message), *_replied(Assistant(model).ask(text))]
    return "\n".join(lines)
