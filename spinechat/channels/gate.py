"""The gate: what every message passes, in this order.

1. The red-flag screen reads the raw text, in memory only. A flagged message that is refused, or
   that Rasa fails to answer, gets 911 or 988, and the conversation knows of it. What masking
   hides from Rasa's own screening goes with the message as metadata.
2. Refusals: not a text, empty, too long, too fast.
3. A typed "/intent" is not obeyed; a button's payload is, if it was offered in this conversation.
4. Identifiers are masked. Only now does Rasa see the text.
5. The turn has a time limit, and never ends in silence.
Nothing of a message's text is ever logged.

The website does it all in one `turn`. The messaging channels `admit` a message, store it, and
`answer` it apart from the request that brought it (post_office.py); there is nothing of the raw
text in what is stored.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.events import BotUttered

from spinechat.channels.choices import chosen
from spinechat.channels.fixed import fixed_reply, safety_reply
from spinechat.channels.output import Reply, ReplyCollector
from spinechat.monitoring import metrics
from spinechat.privacy import masked
from spinechat.redflags import screen
from spinechat.topics import ALARMS, Outcome

logger = logging.getLogger(__name__)

TurnHandler = Callable[[UserMessage], Awaitable[Any]]
# A payload counts as offered if it was under one of the assistant's last replies.
OFFERED_TURNS = 6
_PAYLOAD = re.compile(r"/[a-z_]{1,40}\Z")
_PREFIX = re.compile(r"[\s/@]+")
# Control characters say nothing to the classifier, and some databases refuse them. Those that
# are white space stay: they hold words apart.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff]")
# A longer text is screened in pieces that overlap, as the screen's time grows with the square of
# the length: 250 kB at once would take minutes, with all patients waiting.
PIECE = 1000
OVERLAP = 200
# Seconds that a refused alarm may take to be noted; the patient waits for it.
NOTE_LIMIT = 1.0


@dataclass(frozen=True)
class Answer:
    """What goes back to the channel.

    Attributes:
        status: HTTP's word for it (200, 400, 413, 429, 503 ...).
        replies: at least one.
        outcome: see `spinechat.topics.Outcome`.
        topics: labels served.
    """

    status: int
    replies: list[Reply]
    outcome: str = Outcome.UNSURE.value
    topics: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The body of a response."""
        return {"replies": self.replies, "outcome": self.outcome, "topics": self.topics}


@dataclass(frozen=True)
class Admitted:
    """A message after the gate's first look: all that may be stored of it.

    Attributes:
        text: masked, without a command's prefix; empty if the message was refused.
        payload: of a button ("/intent"), obeyed only if it was offered; empty if it is none.
        action: the alarm that the screen heard in the raw text.
        refused: the answer to a message that is none, or comes too fast.
    """

    text: str = ""
    payload: str = ""
    action: str | None = None
    refused: Answer | None = None


def readable(text: str) -> str:
    """A text without what no classifier reads and no database takes, and no space around it."""
    return _CONTROL.sub("", text).strip()


def alarm(text: object) -> str | None:
    """What the screen says to a text of any length: "crisis", "emergency" or None."""
    if not isinstance(text, str):
        return None
    ends = range(PIECE, max(len(text), PIECE) + PIECE - OVERLAP, PIECE - OVERLAP)
    found = {screen(text[end - PIECE : end]).action for end in ends}
    return next((action for action in ALARMS if action in found), None)


def refusal(status: int, text: object, reason: str = "") -> Answer:
    """An error, in words a patient understands; a flagged text gets its safety reply first.

    Args:
        status: 4xx or 5xx.
        text: what the patient wrote, as far as it is known.
        reason: one sentence on what to do differently.
    """
    action = alarm(text)
    if action is not None:
        return Answer(status, [safety_reply(action, text)], Outcome.SAFETY.value, [action])
    return Answer(status, [fixed_reply(reason)])


def failed(message: Admitted) -> Answer:
    """The answer to an admitted message when Rasa gave none."""
    if message.action is None:
        return Answer(503, [fixed_reply()])
    reply = safety_reply(message.action, message.text)
    return Answer(503, [reply], Outcome.SAFETY.value, [message.action])


def _alarmed(answer: Answer, action: str | None, text: str) -> Answer:
    """The answer, led by the safety reply if `action` asks for one and the answer has none.

    The last net: the response generator serves an alarm first.
    """
    if action is None or {"crisis", action} & set(answer.topics):
        return answer
    if action == "crisis":
        # In a crisis nothing else is said.
        return Answer(answer.status, [safety_reply(action, text)], Outcome.SAFETY.value, [action])
    replies = [safety_reply(action, text), *answer.replies]
    return Answer(answer.status, replies, Outcome.SAFETY.value, [action, *answer.topics])


async def offered(store: TrackerStore, conversation_id: str, payload: str) -> bool:
    """Whether a payload stood on a button of the last replies of this conversation."""
    tracker = await store.retrieve(conversation_id)
    events = list(tracker.events) if tracker is not None else []
    said = [event for event in events if isinstance(event, BotUttered)][-OFFERED_TURNS:]
    buttons = [button for event in said for button in event.data.get("buttons") or []]
    return any(button.get("payload") == payload for button in buttons)


class Gate:
    """Passes one message to Rasa and brings an answer back."""

    def __init__(
        self, channel: str, max_characters: int, time_limit: float, numbered: bool = False
    ) -> None:
        """What holds for every message of a channel.

        Args:
            channel: its name in the tracker.
            max_characters: of one message.
            time_limit: of one turn, in seconds.
            numbered: whether "2" or "recovery" picks one of the choices offered last.
        """
        self._channel = channel
        self._max_characters = max_characters
        self._time_limit = time_limit
        self._numbered = numbered

    async def turn(
        self, text: object, conversation_id: str, handle: TurnHandler, store: TrackerStore
    ) -> Answer:
        """One turn, from the raw text to an answer; raises nothing."""
        return await self.answer(self.admit(text), conversation_id, handle, store)

    def admit(self, text: object, payload: str = "") -> Admitted:
        """Screens, refuses and masks a message.

        Args:
            text: as it came in; for a button its title.
            payload: a button's, where the channel tells it apart from the text.
        """
        if not isinstance(text, str):
            return Admitted(refused=refusal(400, text, "Please send a message in words."))
        clean = readable(text)
        if not clean:
            return Admitted(refused=refusal(400, text, "Please write your question."))
        if len(text) > self._max_characters:
            limit = f"Please keep your message under {self._max_characters} characters."
            return Admitted(refused=refusal(413, text, limit))
        payload = payload or clean
        typed = _PREFIX.sub("", clean, count=1) if clean[0] in "/@" else clean
        safe = masked(typed)
        if not safe.strip():
            return Admitted(refused=refusal(400, text, "Please write your question."))
        return Admitted(safe, payload if _PAYLOAD.match(payload) else "", alarm(text))

    async def answer(
        self, message: Admitted, conversation_id: str, handle: TurnHandler, store: TrackerStore
    ) -> Answer:
        """The answer to an admitted message; raises nothing."""
        begin = time.monotonic()
        answer = message.refused
        if answer is None:
            talk = self._converse(message, conversation_id, handle, store)
            answer = await self._in_time(talk, message, conversation_id)
            self._count(answer, conversation_id, time.monotonic() - begin)
        else:
            metrics.refused(self._channel, answer.status, answer.topics)
        if answer.status != 200 and answer.outcome == Outcome.SAFETY.value:
            await self._note(answer.topics[0], conversation_id, handle)
        return answer

    def _count(self, answer: Answer, conversation_id: str, seconds: float) -> None:
        metrics.took(self._channel, seconds)
        if answer.status == 200:
            metrics.answered(self._channel, answer.outcome, answer.topics)
        values = {
            "conversation": conversation_id,
            "channel": self._channel,
            "status": answer.status,
            "seconds": round(seconds, 3),
        }
        logger.info("turn", values)

    async def _in_time(
        self, talk: Awaitable[Answer], message: Admitted, conversation_id: str
    ) -> Answer:
        """The answer of a turn, or the fixed one if it fails or takes too long."""
        try:
            answer: Answer = await asyncio.wait_for(_staying(talk), self._time_limit)
            return answer
        except asyncio.TimeoutError:
            reason = metrics.TOO_SLOW
            logger.error(
                "turn took too long in %(conversation)s", {"conversation": conversation_id}
            )
        except Exception as error:
            reason = metrics.ERROR
            # The kind only: an error's text may hold the patient's words.
            values = {"conversation": conversation_id, "kind": type(error).__name__}
            logger.error("turn failed in %(conversation)s: %(kind)s", values)
        return self._failed(message, reason)

    def _failed(self, message: Admitted, reason: str) -> Answer:
        answer = failed(message)
        metrics.failed(self._channel, reason, answer.topics)
        return answer

    async def _converse(
        self, message: Admitted, conversation_id: str, handle: TurnHandler, store: TrackerStore
    ) -> Answer:
        collector = ReplyCollector()
        said = await self._payload(message, conversation_id, store) or message.text
        # The pipeline's guard screens the masked text and weighs what is found there. For what
        # masking hid from it, or if it did not judge at all, the gate's word stands.
        hidden = message.action if alarm(said) != message.action else None
        await handle(self._message(said, collector, conversation_id, hidden))
        if not collector.replies:
            values = {"conversation": conversation_id}
            logger.error("turn without a reply in %(conversation)s", values)
            return self._failed(message, metrics.NO_REPLY)
        answer = Answer(200, collector.replies, collector.outcome, collector.topics)
        return _alarmed(answer, hidden if collector.screened else message.action, message.text)

    async def _payload(self, message: Admitted, conversation_id: str, store: TrackerStore) -> str:
        """The payload of the offered button that a message stands for, or nothing."""
        if message.payload and await offered(store, conversation_id, message.payload):
            return message.payload
        if not self._numbered or message.action is not None:
            return ""
        return chosen(await store.retrieve(conversation_id), message.text)

    async def _note(self, action: str, conversation_id: str, handle: TurnHandler) -> None:
        """Tells the conversation of an alarm in a message that was refused, so that it stands."""
        message = self._message(f"/{action}", ReplyCollector(), conversation_id, action)
        limit = min(self._time_limit, NOTE_LIMIT)
        try:
            await asyncio.wait_for(_staying(handle(message)), limit)
        except Exception as error:
            values = {"conversation": conversation_id, "kind": type(error).__name__}
            logger.error("alarm not noted in %(conversation)s: %(kind)s", values)

    def _message(
        self, text: str, collector: ReplyCollector, conversation_id: str, action: str | None
    ) -> UserMessage:
        metadata = {"alarm": action} if action else None
        return UserMessage(
            text, collector, conversation_id, input_channel=self._channel, metadata=metadata
        )


async def _staying(work: Awaitable[Any]) -> Any:
    """Rasa's SQL store ends the process when it cannot read a row; that becomes an error."""
    try:
        return await work
    except SystemExit:
        raise RuntimeError("the store gave up") from None
