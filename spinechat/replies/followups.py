"""Replies that make sense only after a topic: "how long?", "why?", "say it simpler".

The topic comes from the tracker (Conversation.topic). Where the article holds no answer, the
reply says so and gives the number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from spinechat.nlu.text import normalised
from spinechat.project import read_yaml
from spinechat.replies.book import ReplyBook
from spinechat.replies.conversation import Conversation
from spinechat.replies.reply import Reply
from spinechat.replies.terms import about_term
from spinechat.topics import Outcome, topic_book

Followup = Callable[[ReplyBook, Conversation], Reply]
FACTS_FILE = "data/facts.yml"
# The intent of a question about the difference to open surgery.
COMPARING = "miss_vs_open"
# A few words that join themselves to what was said before: "vs open?", "and the old kind".
_JOINED = re.compile(
    r"(and|but|so|ok(ay)?|then|vs\.?|versus|compared|how about|what about|than|with|after)\b"
)
_JOINED_WORDS = 9


@lru_cache(maxsize=1)
def _by_topic(followup: str) -> dict[str, str]:
    return dict(read_yaml("data/followups.yml")[followup])


def _topical(book: ReplyBook, conversation: Conversation) -> str | None:
    """The topic before, if it has an answer of its own."""
    topic = conversation.topic
    return topic if topic is not None and topic in book else None


def _not_in_article(book: ReplyBook, name: str) -> Reply:
    line = book.line(name, "not_in_article")
    return Reply(line, Outcome.CLINIC, ("clinic_question",), book.buttons("clinic_question"))


def _is_faq(topic: str) -> bool:
    return topic_book().topics[topic].kind == "faq"


def tell_more(book: ReplyBook, conversation: Conversation) -> Reply:
    """The second answer, once; then that there is no more."""
    topic = _topical(book, conversation)
    if topic is None:
        return replace(book.first("tell_more"), buttons=book.buttons("menu"))
    if not _is_faq(topic):
        return book.first(topic)
    more = book.part(topic, "more")
    told = any(topic in reply.topics and reply.part == "more" for reply in conversation.said())
    if more is not None and not told:
        return more
    line = book.line("tell_more", "nothing_more")
    buttons = (*book.buttons(topic)[:2], *book.buttons("phone_number"))
    return Reply(line, Outcome.CLINIC, (topic,), buttons, part="nothing_more")


def how_long(book: ReplyBook, conversation: Conversation) -> Reply:
    """The length of time that belongs to the topic before."""
    topic = _topical(book, conversation)
    if topic is None:
        return replace(book.first("ask_how_long"), buttons=book.buttons("menu"))
    if topic_book().topics[topic].kind == "safety":
        return book.first(topic)
    target = _by_topic("ask_how_long").get(topic)
    return book.first(target) if target else _not_in_article(book, "ask_how_long")


def why(book: ReplyBook, conversation: Conversation) -> Reply:
    """The reason that the article gives."""
    topic = _topical(book, conversation)
    if topic is None:
        return replace(book.first("ask_why"), buttons=book.buttons("menu"))
    if not _is_faq(topic):
        return book.first(topic)
    return book.part(topic, "why") or _not_in_article(book, "ask_why")


def compared(book: ReplyBook, conversation: Conversation) -> Reply | None:
    """How the last topic is with open surgery, where a few words ask for it; else None."""
    words = normalised(conversation.text)
    topic = _topical(book, conversation)
    part = _by_topic("compared").get(topic or "")
    if topic is None or part is None or not _JOINED.match(words):
        return None
    if len(words.split()) > _JOINED_WORDS:
        return None
    return book.part(topic, part) or book.first(topic)


def normal(book: ReplyBook, conversation: Conversation) -> Reply:
    """What is said in general, and that one person's case is for the specialist."""
    topic = _topical(book, conversation)
    if topic is None:
        return book.first("ask_normal")
    if not _is_faq(topic):
        return book.first(topic)
    answer = book.part(topic, "simple") or book.first(topic)
    return replace(
        answer, text=f"{answer.text} {book.line('ask_normal', 'in_general')}", part="normal"
    )


def simplify(book: ReplyBook, conversation: Conversation) -> Reply:
    """The same in plainer words."""
    topic = _topical(book, conversation)
    if topic is None:
        return replace(book.first("simplify"), buttons=book.buttons("menu"))
    return book.part(topic, "simple") or book.first(topic)


def repeat(book: ReplyBook, conversation: Conversation) -> Reply:
    """The last reply again."""
    last = conversation.last_said
    if last is None:
        return replace(book.first("repeat"), buttons=book.buttons("menu"))
    return last.again()


def source(book: ReplyBook, conversation: Conversation) -> Reply:
    """Where in the article the last facts come from."""
    for reply in reversed(conversation.said()):
        if reply.facts:
            break
    else:
        return book.first("ask_source")
    data = read_yaml(FACTS_FILE)
    ids = dict.fromkeys(data["facts"][fact]["section"] for fact in reply.facts)
    titles = [data["sections"][section] for section in ids]
    quoted = titles[0] if len(titles) == 1 else " and ".join(f'"{title}"' for title in titles)
    line = book.line("ask_source", "section" if len(titles) == 1 else "sections", section=quoted)
    return Reply(line, Outcome.ANSWERED, reply.topics, reply.buttons, reply.facts, part="source")


def for_other(book: ReplyBook, conversation: Conversation) -> Reply:
    """The same answer for another person: the article knows no persons."""
    topic = _topical(book, conversation)
    if topic is None:
        return replace(book.first("for_other"), buttons=book.buttons("menu"))
    answer = book.first(topic)
    return answer.led_by(book.line("for_other", "same_answer")) if answer.facts else answer


def visit_summary(book: ReplyBook, conversation: Conversation) -> Reply:
    """The topics asked so far, as a short list of questions for the specialist."""
    topics = topic_book().topics
    asked = [t for t in conversation.topics_asked if topics[t].question]
    first = book.first("visit_summary")
    if not asked:
        return first
    questions = "\n".join(f"- {topics[label].question}" for label in asked)
    head, foot = book.line("visit_summary", "head"), book.line("visit_summary", "foot")
    return replace(first, text=f"{head}\n{questions}\n{foot}", part="summary")


def affirm(book: ReplyBook, conversation: Conversation) -> Reply:
    """A "yes": to what the assistant offered, if it offered something."""
    last = conversation.last_said
    if last is not None and last.offer in FOLLOWUPS:
        return FOLLOWUPS[last.offer](book, conversation)
    return book.first("affirm")


FOLLOWUPS: dict[str, Followup] = {
    "tell_more": tell_more,
    "ask_how_long": how_long,
    "ask_why": why,
    "ask_normal": normal,
    "about_term": about_term,
    "simplify": simplify,
    "repeat": repeat,
    "ask_source": source,
    "for_other": for_other,
    "visit_summary": visit_summary,
    "affirm": affirm,
}
