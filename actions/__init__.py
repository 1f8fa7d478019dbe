"""rasa-sdk actions: effects outside the conversation, each standing after the reply in its rule.

`rasa run actions` finds them here; by default they run inside the assistant's process
(spinechat/local_actions.py). None of them says anything to the patient.
"""

from actions.delete_chat import DeleteChat
from actions.note import NoteForReview
from actions.verdict import SaveVerdict

__all__ = ["DeleteChat", "NoteForReview", "SaveVerdict"]
