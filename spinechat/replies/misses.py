"""What to say when a message was not understood.

First miss: the nearest topics as buttons. Second in a row: the number and the topic menu.
"""

from __future__ import annotations

from spinechat.replies.book import ReplyBook, topic_button
from spinechat.replies.conversation import Conversation
from spinechat.replies.reply import MAX_BUTTONS, Reply
from spinechat.spanish import looks_spanish
from spinechat.topics import Outcome, topic_book


def _near(conversation: Conversation) -> list[str]:
    """The topics that the classifier found likeliest."""
    ranking = conversation.parse.get("intent_ranking") or []
    names = [entry["name"] for entry in ranking]
    return [name for name in names if name in topic_book().servable][:MAX_BUTTONS]


def miss(book: ReplyBook, conversation: Conversation, name: str) -> Reply:
    """The reply to a message that was not understood (`name`: the miss's intent)."""
    if looks_spanish(conversation.text):
        return book.first("speak_spanish")
    topics = (name,) if name in topic_book().topics else ()
    if conversation.misses_in_a_row >= 2:
        buttons = book.buttons("phone_number") + book.buttons("menu")
        return Reply(book.line("nlu_fallback", "second"), Outcome.UNSURE, topics, buttons)
    first = book.first(name)
    near = _near(conversation)
    if name != "nlu_fallback" or not near:
        buttons = first.buttons or book.buttons("menu")
        return Reply(first.text, Outcome.UNSURE, topics, buttons)
    buttons = tuple(topic_button(label) for label in near)
    return Reply(book.line("nlu_fallback", "near"), Outcome.UNSURE, topics, buttons)
