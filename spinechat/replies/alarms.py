"""The alarm that stands: after 911 or 988 was said, the next turns do not lead away from it.

An emergency or a crisis stands for the three messages after the reply that raised it. All of it
is read from the tracker, so it outlives a restart. Only a new red flag raises it anew; saying the
alarm again does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import replace

from spinechat.nlu.text import normalised
from spinechat.redflags import screen
from spinechat.replies.book import ReplyBook
from spinechat.replies.compose import safety_first
from spinechat.replies.conversation import MISSES, Conversation
from spinechat.replies.followups import FOLLOWUPS
from spinechat.replies.reply import Reply, SaidBefore
from spinechat.spanish import looks_spanish
from spinechat.topics import ALARMS, Outcome

TURNS = 3
# Parts (Reply.part) that tell the tracker what a safety reply did.
AGAIN = "again"
OVER = "over"
# Below this confidence, a message after an alarm counts as doubt, not as another question.
CLEAR = 0.7
# What asks nothing else: doubt, a bare word, small talk, a story, a miss (an insult is one).
_NO_QUESTION = MISSES | {
    "ask_normal", "ask_why", "bot_challenge", "affirm", "deny", "thanks", "greet", "goodbye",
    "helpful", "share_story", "safe_now",
}  # fmt: skip
# Both send the patient to an office or to nobody, where 911 was said; one line stands for them.
_ADVICE = ("medical_advice", "post_op_problem")
# Said even in a crisis: a number to call, and what has been done.
_IN_CRISIS = ("phone_number", "delete_chat")
# Doubt and delay that the classifier is sure to be a question about a topic.
_DOUBT = re.compile(
    r"\b(you|u) (really |so )?sure\b|\b(probably|prob|likely) (just |only )?(nothing|fine|ok)\b"
    r"|\bnot (that|so|too) (bad|serious|urgent)\b|\bover ?-?react|\bsleep on it\b"
    r"|\b(can|could|can'?t|couldn'?t) (it|this|that|i|we) (just )?wait\b"
    r"|\b(i'?ll|i will|gonna|going to|rather|i'?d|let'?s|i can) (just )?wait\b"
    r"|\bsee how (it|i|he|she) \w+|\bwait and see\b|\b(wait|call|go|come in) (un)?til"
    r"|\b(don'?t|do not|not|won'?t|refuse to) (want to|wanna|need to|have to|gonna|going to)? ?"
    r"(go|call|bother)\b"
    r"|\b(do|must) (i|we|he|she) (really |even )?(have|need) to\b|\bcan'?t afford\b"
    r"|\bis (it|this|that) (really |that )*(serious|bad|urgent|necessary|an emergency)\b"
)
_SAFE = re.compile(
    r"\b(i'?m|i am|we'?re|we are|s?he'?s|s?he is) (now )?"
    r"(safe|(at|in) the (er|ed|emergency (room|department)|hospital|ambulance))\b"
)
# "I am not safe", "I can't call 911", "should I be at the ER?"
_UNSAFE = re.compile(
    r"n't\b|\b(not|never|cannot|(ca|wo|do|did|does|is|are|ai|was|would|could)nt|nobody|hardly"
    r"|no (one|help|way|ride|car|ambulance)|until|should|how|what|when|if|might|maybe|later"
    r"|tomorrow)\b|\?"
)


def heard(conversation: Conversation, name: str) -> str | None:
    """The alarm in the current message, understood as `name`, alone or with the one before."""
    found = {name, conversation.gate_alarm}
    return _first_of(found) or _over_two(conversation)


def _first_of(labels: Collection[str | None]) -> str | None:
    return next((label for label in ALARMS if label in labels), None)


def _over_two(conversation: Conversation) -> str | None:
    """What two messages say together: "had my back done tuesday", "now im shaking and burning"."""
    before = conversation.turns_before()[:1]
    if not before or any(map(_raised, before[0].replies)):
        return None
    earlier, now = before[0].text, conversation.text
    # A button's payload is no patient's words.
    if earlier.startswith("/") or now.startswith("/"):
        return None
    # A comma, as no pattern reaches over the end of a sentence.
    joint = screen(f"{earlier}, {now}")
    # What one message says alone, the model has judged.
    alone = {*screen(earlier).concepts, *screen(now).concepts}
    return joint.action if set(joint.concepts) - alone else None


def _raised(reply: SaidBefore) -> list[str]:
    return [label for label in ALARMS if label in reply.topics and reply.part == "first"]


def is_doubt(conversation: Conversation) -> bool:
    """Whether a message only doubts or delays, and the screen finds no red flag in it.

    "I don't want to go to the hospital" sounds like a crisis to the classifier; after 911 was
    said it is an answer to that, and gets the alarm that stands again.
    """
    text = conversation.text
    return bool(_DOUBT.search(normalised(text))) and screen(text).action is None


def standing(conversation: Conversation) -> str | None:
    """The alarm that stands at the current message; a crisis outranks an emergency."""
    found: set[str] = set()
    for turn in conversation.turns_before()[:TURNS]:
        if any(reply.part == OVER for reply in turn.replies):
            break
        found.update(label for reply in turn.replies for label in _raised(reply))
    return _first_of(found)


def raised(book: ReplyBook, conversation: Conversation, alarm: str) -> Reply:
    """The whole alarm; after an emergency also the other question that the model heard with it."""
    topics = conversation.heard_topics
    if looks_spanish(conversation.text):
        reply = replace(book.first(alarm), text=book.line(alarm, "es"))
    elif alarm == "emergency" and standing(conversation) != "crisis" and alarm in topics:
        return safety_first(book, [alarm, *(topic for topic in topics if topic != alarm)])
    else:
        reply = book.first(alarm)
    if alarm == "emergency" and standing(conversation) == "crisis":
        return _both(reply, _again(book, conversation, "crisis"))
    return reply


def _both(reply: Reply, other: Reply) -> Reply:
    buttons = [*reply.buttons, *(b for b in other.buttons if b not in reply.buttons)]
    return replace(
        reply,
        text=f"{reply.text} {other.text}",
        topics=(*reply.topics, *other.topics),
        buttons=tuple(buttons),
    )


def is_over(conversation: Conversation, name: str) -> bool:
    """Whether the patient says to be safe or to have help, and nothing that denies it."""
    text = normalised(conversation.text)
    said = (name == "safe_now" and conversation.confidence >= CLEAR) or _SAFE.search(text)
    return bool(said) and not _UNSAFE.search(text)


def over(book: ReplyBook) -> Reply:
    """The reply that ends an alarm."""
    return replace(book.first("safe_now"), part=OVER)


def kept(
    book: ReplyBook, conversation: Conversation, name: str, alarm: str, answer: Callable[[], Reply]
) -> Reply:
    """The reply to a message while an alarm stands.

    Args:
        book: the texts.
        conversation: with the message as its current one.
        name: what the message was understood as.
        alarm: the one that stands.
        answer: makes the reply that the message would get without it.
    """
    again = _again(book, conversation, alarm)
    if not _asks(conversation, name, alarm):
        return again
    if name in _ADVICE:
        line = book.line(name, "in_emergency")
        return replace(again, text=f"{again.text} {line}", topics=(alarm, name))
    reply = answer()
    if alarm in reply.topics:
        return again
    if alarm == "crisis":
        # It stays a safety reply, whatever else it tells.
        line = book.line(alarm, "reminder")
        return replace(_both(again, reply), text=f"{line} {reply.text}")
    line = book.line(alarm, "es_again" if name == "speak_spanish" else "reminder")
    # "Say that again" repeats the last reply with the line before it.
    return reply if reply.text.startswith(line) else reply.led_by(line)


def not_anew(reply: Reply) -> Reply:
    """A follow-up's reply that says an alarm again raises none."""
    return replace(reply, part=AGAIN) if set(ALARMS) & set(reply.topics) else reply


def _again(book: ReplyBook, conversation: Conversation, alarm: str) -> Reply:
    key = "es_again" if looks_spanish(conversation.text) else "again"
    return Reply(book.line(alarm, key), Outcome.SAFETY, (alarm,), book.buttons(alarm), part=AGAIN)


def _asks(conversation: Conversation, name: str, alarm: str) -> bool:
    """Whether a message clearly asks for something else that may be said while the alarm stands."""
    if looks_spanish(conversation.text):
        return False  # the classifier reads English only
    if alarm == "crisis":
        return name in _IN_CRISIS
    last = conversation.last_said
    if name == "affirm" and last is not None and last.offer in FOLLOWUPS:
        return True
    if name in _NO_QUESTION:
        return False
    if name in _ADVICE or len(conversation.heard_topics) > 1:
        return True
    return conversation.confidence >= CLEAR and not _DOUBT.search(normalised(conversation.text))
