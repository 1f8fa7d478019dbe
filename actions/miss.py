"""Notes a message that got no answer, for review by the clinic's staff."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from spinechat.storage import Note, ReviewNotes


class NoteMiss(Action):
    """Keeps the masked message and the topics it came nearest to."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_note_miss"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Writes the note."""
        message = tracker.latest_message
        ranking = message.get("intent_ranking") or []
        near = tuple(entry["name"] for entry in ranking[:3] if entry["name"] != "nlu_fallback")
        ReviewNotes().add(Note("miss", message.get("text") or "", near))
        return []
