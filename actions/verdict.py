"""Saves a patient's verdict on an answer."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from spinechat.storage import Note, ReviewNotes


class SaveVerdict(Action):
    """Keeps the masked question, the topics of the answer, and whether it helped."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_save_verdict"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Writes the verdict on the answer before the current message."""
        good = tracker.latest_message["intent"]["name"] == "helpful"
        question, topics = _judged(tracker.events)
        ReviewNotes().add(Note("good" if good else "bad", question, topics))
        return []


def _judged(events: list[dict[str, Any]]) -> tuple[str, tuple[str, ...]]:
    """The question before the verdict, and the topics of its answer."""
    turns = [event for event in events if event["event"] in ("user", "bot")]
    last_user = max(i for i, event in enumerate(turns) if event["event"] == "user")
    topics: tuple[str, ...] = ()
    for event in reversed(turns[:last_user]):
        if event["event"] == "bot" and not topics:
            topics = tuple((event.get("metadata") or {}).get("topics") or ())
        if event["event"] == "user":
            return event.get("text") or "", topics
    return "", topics
