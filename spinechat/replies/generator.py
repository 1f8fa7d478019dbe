"""Rasa's door to the replies: a natural language generator named in endpoints.yml.

    nlg:
      type: spinechat.replies.ResponseGenerator

Rasa gives it the name of a response ("utter_hospital_stay") and the tracker; it gives back one
reply with its outcome and topics, which Rasa keeps in the tracker as the bot event's metadata.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from spinechat.local_actions import run_actions_in_process
from spinechat.privacy.logs import keep_words_out_of_logs
from spinechat.replies import alarms
from spinechat.replies.book import PREFIX, ReplyBook
from spinechat.replies.compose import answers, safety_first
from spinechat.replies.conversation import MISSES, Conversation
from spinechat.replies.followups import COMPARING, FOLLOWUPS, compared
from spinechat.replies.misses import miss
from spinechat.replies.reply import Reply
from spinechat.replies.terms import list_question
from spinechat.spanish import looks_spanish
from spinechat.topics import Outcome, topic_book


class ResponseGenerator(TemplatedNaturalLanguageGenerator):
    """Builds each reply from domain.yml's texts; nothing is generated."""

    def __init__(self, endpoint_config: EndpointConfig, domain: Domain) -> None:
        """Called by Rasa with the `nlg` part of endpoints.yml and the domain."""
        super().__init__(domain.responses)
        # Every way to start Rasa in this project comes through here, `rasa shell` too.
        run_actions_in_process()
        keep_words_out_of_logs()

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **kwargs: Any,
    ) -> dict[str, Any] | None:
        """The reply for a response name, or None if the domain has no such response."""
        book = ReplyBook(kwargs.get("domain_responses") or self.responses)
        name = utter_action.removeprefix(PREFIX)
        if name not in book:
            return None
        conversation = Conversation(tracker)
        response = reply_to(book, conversation, name).as_response()
        return {**response, "screened": conversation.screened}


def reply_to(book: ReplyBook, conversation: Conversation, name: str) -> Reply:
    """One reply to the current message, understood as intent `name`.

    Order of precedence: safety heard, alarm standing, misses, follow-ups, several topics, one
    topic.
    """
    heard = alarms.heard(conversation, name)
    standing = alarms.standing(conversation)
    if heard is not None and not (standing and alarms.is_doubt(conversation)):
        return alarms.raised(book, conversation, heard)
    if standing is None:
        return _with_spanish(book, conversation, _answer(book, conversation, name))
    if alarms.is_over(conversation, name):
        return alarms.over(book)
    answer = partial(_answer, book, conversation, name)
    return alarms.kept(book, conversation, name, standing, answer)


def _with_spanish(book: ReplyBook, conversation: Conversation, reply: Reply) -> Reply:
    """The reply, and after a message in Spanish the sentence that says who speaks it."""
    line = book.first("speak_spanish").text
    if reply.outcome is Outcome.SAFETY or line in reply.text:
        return reply
    if not looks_spanish(conversation.text):
        return reply
    return replace(reply, text=f"{reply.text} {line}")


def _answer(book: ReplyBook, conversation: Conversation, name: str) -> Reply:
    """The reply to a message without an alarm."""
    topics = conversation.heard_topics if name in conversation.heard_topics else [name]
    topic = topic_book().topics.get(name)
    if topic is not None and topic.kind == "safety":
        return safety_first(book, topics)
    if name in MISSES:
        return miss(book, conversation, name)
    if name in FOLLOWUPS:
        return alarms.not_anew(FOLLOWUPS[name](book, conversation))
    if len(topics) > 1:
        return answers(book, topics)
    if name == COMPARING and (same_topic := compared(book, conversation)):
        return same_topic
    return list_question(book, name, conversation) or book.first(name)
