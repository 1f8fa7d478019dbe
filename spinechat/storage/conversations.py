"""Tracker store: Rasa's SQL store in one SQLite file, and how a conversation is forgotten."""

from __future__ import annotations

from typing import Any

from rasa.core.tracker_store import SQLTrackerStore

from spinechat.settings import data_folder

FILE = "conversations.db"


class ConversationStore(SQLTrackerStore):
    """Keeps conversations in the data folder (SPINECHAT_DATA)."""

    def __init__(self, domain: Any = None, event_broker: Any = None, **settings: Any) -> None:
        """Called by Rasa with what endpoints.yml says; `host` is not used by SQLite."""
        settings.pop("host", None)
        settings.setdefault("db", str(data_folder() / FILE))
        super().__init__(domain=domain, dialect="sqlite", event_broker=event_broker, **settings)

    def holds_message_since(self, conversation_id: str, timestamp: float) -> bool:
        """Whether a patient's message of that time (seconds since 1970) or later is stored."""
        with self.session_scope() as session:
            query = session.query(self.SQLEvent.id).filter(
                self.SQLEvent.sender_id == conversation_id,
                self.SQLEvent.type_name == "user",
                self.SQLEvent.timestamp >= timestamp,
            )
            return query.first() is not None

    def forget(self, conversation_id: str) -> int:
        """Deletes everything stored of a conversation; how many events that were."""
        with self.session_scope() as session:
            # Else SQLite only marks the place as free, and the words stay in the file.
            session.connection().exec_driver_sql("pragma secure_delete = on")
            query = session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == conversation_id)
            count = int(query.delete())
            session.commit()
        return count
