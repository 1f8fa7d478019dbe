"""Several answers in one reply, in the order asked; safety first.

Two answers are given in full, of three or more the first two, the rest as buttons. The whole
stays under 100 words, as each first reply has at most 45.
"""

from __future__ import annotations

from collections.abc import Sequence

from spinechat.replies.book import ReplyBook, topic_button
from spinechat.replies.reply import MAX_BUTTONS, Button, Reply
from spinechat.topics import Outcome, topic_book

AT_ONCE = 2


def _headed(book: ReplyBook, label: str) -> str:
    """A topic's first answer, led by its name where several answers share a reply."""
    topic = topic_book().topics[label]
    text = book.first(label).text
    if topic.kind != "faq":
        return text
    return f"{topic.title} {text}" if topic.title.endswith("?") else f"{topic.title}: {text}"


def _buttons(book: ReplyBook, served: Sequence[str], left: Sequence[str]) -> tuple[Button, ...]:
    """The questions not answered yet come first, then what patients ask next."""
    chosen = [topic_button(label) for label in left]
    for label in served:
        for button in book.buttons(label):
            target = button.get("payload", button.get("url", ""))
            known = [b.get("payload", b.get("url", "")) for b in chosen]
            if target not in known and target.removeprefix("/") not in served:
                chosen.append(button)
    return tuple(chosen[: max(MAX_BUTTONS, len(left))])


def answers(book: ReplyBook, topics: Sequence[str]) -> Reply:
    """One reply to two or more topics of kind faq or handoff."""
    served, left = list(topics[:AT_ONCE]), list(topics[AT_ONCE:])
    kinds = {topic_book().topics[label].kind for label in served}
    return Reply(
        text=" ".join(_headed(book, label) for label in served),
        outcome=Outcome.ANSWERED if "faq" in kinds else Outcome.CLINIC,
        topics=tuple(served),
        buttons=_buttons(book, served, left),
        facts=tuple(fact for label in served for fact in book.first(label).facts),
    )


def safety_first(book: ReplyBook, topics: Sequence[str]) -> Reply:
    """A safety reply, and after it the answer to one other question of the same message."""
    alarm, rest = topics[0], list(topics[1:])
    reply = book.first(alarm)
    if not rest:
        return reply
    other = book.first(rest[0])
    return Reply(
        text=f"{reply.text} {book.line('emergency', 'then')} {other.text}",
        outcome=Outcome.SAFETY,
        topics=(alarm, rest[0]),
        buttons=reply.buttons + tuple(topic_button(label) for label in rest[1:]),
        facts=other.facts,
    )
