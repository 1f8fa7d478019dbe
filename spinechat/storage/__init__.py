"""Where conversations and notes for review are kept."""

from spinechat.storage.conversations import ConversationStore
from spinechat.storage.notes import Note, ReviewNotes

__all__ = ["ConversationStore", "Note", "ReviewNotes"]
