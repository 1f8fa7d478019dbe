"""A patient's verdict on an answer, given by thumb, and in a few words why.

The verdict and the reason are notes for review, as those given in words are
(actions/verdict.py): masked, and without the conversation.
"""

from __future__ import annotations

import logging
from typing import Any

from rasa.core.agent import Agent
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.events import BotUttered, Event, UserUttered

from spinechat.channels.gate import alarm
from spinechat.privacy import masked
from spinechat.storage import Note, ReviewNotes
from spinechat.topics import ALARMS

logger = logging.getLogger(__name__)

VERDICTS = ("good", "bad")
# The kind of note that holds a reason.
REASON = "why"


async def question_of(store: TrackerStore, conversation_id: str, topics: list[str]) -> str | None:
    """The last message of a conversation that was answered with these topics; None if none was."""
    try:
        tracker = await store.retrieve_full_tracker(conversation_id)
    except SystemExit:
        # Rasa's SQL store ends the process when it cannot read a row.
        tracker = None
    return _question(list(tracker.events) if tracker is not None else [], topics)


def _question(events: list[Event], topics: list[str]) -> str | None:
    found: str | None = None
    asked: str | None = None
    served: list[str] = []
    for event in events:
        if isinstance(event, UserUttered):
            asked, served = event.text or "", []
        elif isinstance(event, BotUttered):
            served += [t for t in event.metadata.get("topics") or [] if t not in served]
            if asked is not None and served == topics:
                found = asked
    return found


async def alarming(agent: Agent, text: str) -> bool:
    """Whether a text may be an alarm: to the screen, or to the model as in any message."""
    if alarm(text) is not None:
        return True
    try:
        parse: dict[str, Any] = await agent.parse_message(masked(text))
    except Exception as error:
        logger.error("reason not understood: %s", type(error).__name__)
        return False
    return parse["intent"]["name"] in ALARMS


def keep(verdict: str | None, why: str, question: str, topics: list[str]) -> None:
    """Writes the notes; `why` may be empty. ReviewNotes masks both texts."""
    if verdict is not None:
        ReviewNotes().add(Note(verdict, question, tuple(topics)))
    if why:
        ReviewNotes().add(Note(REASON, why, tuple(topics)))
