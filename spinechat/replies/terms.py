"""Replies about a condition or procedure that the patient named."""

from __future__ import annotations

from dataclasses import replace

from spinechat.replies.book import ReplyBook
from spinechat.replies.conversation import Conversation
from spinechat.replies.reply import Reply
from spinechat.terms import Term
from spinechat.topics import Outcome

# Topics whose answer is a list of names: whether the term stands in it is the answer.
LISTS = {"condition": "conditions_treated", "procedure": "procedures"}


def named_reply(book: ReplyBook, term: Term, topic: str) -> Reply:
    """Whether the article names the term; never a guess about one that it does not name."""
    if not term.named:
        return Reply(
            book.line("about_term", "unnamed", term=term.name),
            Outcome.CLINIC,
            (topic,),
            book.buttons("phone_number") + book.buttons(topic)[:1],
        )
    listed = book.first(LISTS[term.kind])
    line = book.line("about_term", f"{term.kind}_named", term=term.name)
    return replace(listed.led_by(line), topics=(topic,))


def list_question(book: ReplyBook, topic: str, conversation: Conversation) -> Reply | None:
    """The reply to "does it treat X" or "can X be done this way", if X was named."""
    found = conversation.heard_terms
    if topic not in LISTS.values() or not found:
        return None
    # One that is not named matters more: the patient must not go by another's answer.
    found.sort(key=lambda term: term.named)
    return named_reply(book, found[0], topic)


def about_term(book: ReplyBook, conversation: Conversation) -> Reply:
    """The reply to "and for a fusion?" after a topic."""
    found, topic = conversation.heard_terms, conversation.topic
    if not found:
        return book.first("about_term")
    term = found[0]
    if topic in LISTS.values():
        return named_reply(book, term, str(topic))
    if topic is None or topic not in book or not term.named:
        return named_reply(book, term, LISTS[term.kind])
    answer = book.first(topic)
    if not answer.facts:
        return answer
    return answer.led_by(book.line("about_term", "same_answer", term=term.name))
