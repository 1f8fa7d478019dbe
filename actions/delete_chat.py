"""Deletes a conversation at the patient's wish."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from spinechat.channels.inbox import Inbox
from spinechat.storage import ConversationStore

# Seconds to wait for the current turn to be stored, and how often to look. The whole action has
# one second (spinechat/local_actions.py).
PATIENCE = 0.8
PAUSE = 0.02


@lru_cache(maxsize=1)
def _store() -> ConversationStore:
    return ConversationStore()


@lru_cache(maxsize=1)
def _inbox() -> Inbox:
    return Inbox()


class DeleteChat(Action):
    """Waits until the turn that asked for it is stored, then deletes all of the conversation."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_delete_chat"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Deletes the conversation, the wish itself included."""
        asked = max(e["timestamp"] for e in tracker.events if e["event"] == "user")
        give_up = time.monotonic() + PATIENCE
        while not _store().holds_message_since(tracker.sender_id, asked):
            if time.monotonic() > give_up:
                break
            time.sleep(PAUSE)
        _store().forget(tracker.sender_id)
        _inbox().forget(tracker.sender_id)
        return []
