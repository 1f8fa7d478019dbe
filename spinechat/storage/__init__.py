"""Where conversations and notes for review are kept, and the locks between turns."""

from spinechat.storage.conversations import ConversationStore
from spinechat.storage.locks import ConversationLocks
from spinechat.storage.notes import Note, OpenNote, ReviewNotes

__all__ = ["ConversationLocks", "ConversationStore", "Note", "OpenNote", "ReviewNotes"]
