"""Notes a message for review by the clinic's staff: not understood, for the clinic, or an alarm."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from spinechat.storage import Note, ReviewNotes
from spinechat.topics import ALARMS

# How many of the likeliest labels are kept with a message.
RANKED = 3


def kind_of(intent: str) -> str:
    """What a message is noted as: "alarm", "clinic" (only the clinic can answer it) or "miss"."""
    if intent in ALARMS:
        return "alarm"
    return "clinic" if intent == "clinic_question" else "miss"


class NoteForReview(Action):
    """Keeps the masked message and the labels it came nearest to."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_note_for_review"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Writes the note."""
        message = tracker.latest_message
        ranking = message.get("intent_ranking") or []
        near = tuple(entry["name"] for entry in ranking[:RANKED] if entry["name"] != "nlu_fallback")
        kind = kind_of((message.get("intent") or {}).get("name") or "")
        ReviewNotes().add(Note(kind, message.get("text") or "", near))
        return []
