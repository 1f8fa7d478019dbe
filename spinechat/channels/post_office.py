"""The messaging channels' half of the gate: from a webhook's messages to sent answers.

A message is accepted (de-duplicated, limited in rate, screened and masked by gate.py, stored)
while its webhook waits; everything else happens in the background, one conversation at a time in
its order, many conversations beside each other. What is not answered when the process ends is
answered when it starts again. Texts and addresses are never logged.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from rasa.core.tracker_store import TrackerStore

from spinechat.channels.base import Call, Channel, Incoming, Part
from spinechat.channels.gate import Admitted, Answer, Gate, TurnHandler, refusal
from spinechat.channels.inbox import DONE, FAILED, READY, UNDELIVERED, Inbox, Letter
from spinechat.channels.letters import (
    Content,
    admitted_content,
    fixed_content,
    gathered,
    message_of,
    sounds_alarm,
)
from spinechat.channels.output import plain_reply
from spinechat.channels.rate_limit import RateLimit
from spinechat.channels.sender import Sender, Undeliverable
from spinechat.channels.texts import fixed_text, notice
from spinechat.channels.twilio_voice import TwilioVoice
from spinechat.monitoring import metrics

logger = logging.getLogger(__name__)

# Turns of the messaging channels at once; the website's patients take their turn between them.
TURNS_AT_ONCE = 4
# A message that ends the process this often gets the fixed answer instead of a turn.
MAX_ATTEMPTS = 3
PURGE_EVERY = 6 * 3600.0
# Seconds until a message is tried again after a fault of ours (the disk is full, for one).
PAUSE = 1.0
TOO_FAST = "That was very fast. Please wait a minute and try again."


class PostOffice:
    """Accepts messages, has them answered and sends the answers."""

    def __init__(
        self,
        channels: Sequence[Channel],
        inbox: Inbox,
        key: bytes,
        gates: Mapping[str, Gate],
        messages_a_minute: int | None,
    ) -> None:
        """What the channels share.

        Args:
            channels: the open ones.
            inbox: where messages wait.
            key: for the hashes that stand for senders and vendors' ids (sessions.py).
            gates: one for each channel, by its name.
            messages_a_minute: from one sender; None for no limit.
        """
        self._channels = {channel.name: channel for channel in channels}
        self._senders = {channel.name: Sender(channel) for channel in channels}
        self._inbox, self._key, self._gates = inbox, key, gates
        self._rate = RateLimit(messages_a_minute)
        self._rebuke = RateLimit(1)  # told "too fast" again and again is a flood too
        self._turns = asyncio.Semaphore(TURNS_AT_ONCE)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._courtesies: set[asyncio.Task[None]] = set()
        self._handle: TurnHandler | None = None
        self._store: Callable[[], TrackerStore] | None = None

    def open(self, handle: TurnHandler, store: Callable[[], TrackerStore]) -> None:
        """Called once Rasa can answer."""
        self._handle, self._store = handle, store

    def resume(self) -> None:
        """Answers what was left over when the process last ended."""
        for conversation in self._inbox.unanswered(list(self._channels)):
            self._start(conversation)

    async def tidy(self, keep: float) -> None:
        """Deletes what is older than `keep` seconds, now and again, until it is cancelled."""
        while True:
            try:
                self._inbox.purge(time.time() - keep)
            except sqlite3.Error as error:
                logger.error("nothing was purged: %(kind)s", {"kind": type(error).__name__})
            await asyncio.sleep(PURGE_EVERY)

    async def close(self) -> None:
        """Ends all work; what is not answered stays in the inbox."""
        tasks = [*self._tasks.values(), *self._courtesies]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for sender in self._senders.values():
            await sender.close()
        self._inbox.close()

    def _hash(self, *parts: str) -> str:
        said = "\0".join(parts).encode("utf-8", "replace")
        return hmac.new(self._key, said, hashlib.sha256).hexdigest()[:32]

    def conversation_id(self, channel: Channel | TwilioVoice, sender: str) -> str:
        """The conversation of a sender: a keyed hash, as phone numbers are identifiers."""
        return channel.prefix + self._hash(channel.name, sender)

    # Accepting: within the vendor's request.

    async def accept(self, channel: Channel, messages: Sequence[Incoming]) -> None:
        """Stores messages; when it returns, they will be answered, whatever happens."""
        letters = []
        for incoming in messages:
            conversation = self.conversation_id(channel, incoming.sender)
            vendor_id = self._hash(channel.name, "id", incoming.id)
            if self._inbox.knows(channel.name, vendor_id):
                self._inbox.count(channel.name, "duplicate")
                continue
            content = self._content(channel, incoming, conversation)
            letter = Letter(channel.name, vendor_id, conversation, content, incoming.address)
            letters.append((incoming, letter))
            # Screening takes up to 10 ms; others have their turn within a batch.
            await asyncio.sleep(0)
        with self._inbox.together():
            for incoming, letter in letters:
                self._keep(incoming, letter)
        for incoming, letter in letters:
            if incoming.courtesy is not None:
                self._be_courteous(channel, incoming.courtesy)
            self._start(letter.conversation)

    def _keep(self, incoming: Incoming, letter: Letter) -> None:
        """Stores one message, and when its sender wrote."""
        now = time.time()
        # A vendor's clock that runs ahead must not open a window for ever.
        self._inbox.heard_from(letter.conversation, min(incoming.sent or now, now))
        if incoming.consent:
            self._inbox.consent(letter.conversation, given=incoming.consent == "start")
        what = "received" if self._inbox.accept(letter) else "duplicate"
        self._inbox.count(letter.channel, what)

    def _content(self, channel: Channel, incoming: Incoming, conversation: str) -> Content:
        """What is stored of a message; nothing of the raw text."""
        fixed = fixed_content(incoming.fixed, incoming.once)
        if incoming.consent:
            return fixed
        if not self._rate.allows(conversation):
            refused = refusal(429, incoming.text, TOO_FAST)
            if not sounds_alarm(refused) and not self._rebuke.allows(conversation):
                self._inbox.count(channel.name, "too_fast")
                return fixed_content("")
            return admitted_content(Admitted(refused=refused))
        if incoming.fixed:
            return fixed
        return admitted_content(self._gates[channel.name].admit(incoming.text, incoming.payload))

    def _be_courteous(self, channel: Channel, call: Call) -> None:
        task = asyncio.get_running_loop().create_task(self._courtesy(channel, call))
        self._courtesies.add(task)
        task.add_done_callback(self._courtesies.discard)

    async def _courtesy(self, channel: Channel, call: Call) -> None:
        try:
            await self._senders[channel.name].deliver(call)
        except Undeliverable as error:
            logger.warning("%s did not take a courtesy: %s", channel.name, error)

    async def spoken_turn(self, voice: TwilioVoice, call: str, said: str) -> Answer:
        """The answer to what a caller said, who waits for it."""
        conversation = self.conversation_id(voice, call)
        with suppress(sqlite3.Error):  # a caller waits; the count does not matter
            self._inbox.count(voice.name, "received")
        if not self._rate.allows(conversation):
            refused = refusal(429, said, TOO_FAST)
            metrics.refused(voice.name, refused.status, refused.topics)
            return refused
        assert self._handle is not None and self._store is not None
        gate = self._gates[voice.name]
        return await gate.turn(said, conversation, self._handle, self._store())

    # Answering: in the background.

    def _start(self, conversation: str) -> None:
        if conversation not in self._tasks:
            task = asyncio.get_running_loop().create_task(self._work(conversation))
            self._tasks[conversation] = task

    async def _work(self, conversation: str) -> None:
        """Answers a conversation's messages, one after another."""
        try:
            while await self._next(conversation):
                pass
        finally:
            del self._tasks[conversation]

    async def _next(self, conversation: str) -> bool:
        """Answers the oldest open message; False if there is none."""
        try:
            letter = self._inbox.begin(conversation)
            if letter is not None and letter.attempts > MAX_ATTEMPTS + 1:
                self._inbox.finish(letter, FAILED)
            elif letter is not None:
                await self._serve(letter)
            return letter is not None
        except Exception as error:
            values = {"conversation": conversation, "kind": type(error).__name__}
            logger.error("no answer yet in %(conversation)s: %(kind)s", values)
            await asyncio.sleep(PAUSE)
            return True

    async def _serve(self, letter: Letter) -> None:
        channel = self._channels[letter.channel]
        if letter.state == READY and letter.attempts > MAX_ATTEMPTS:
            self._lost(letter, "attempts", letter.sent)
            return
        if letter.state == READY:
            await self._send(channel, letter, letter.parts)
            return
        answer = await self._answer(letter)
        with self._inbox.together():
            parts = self._parts(channel, letter, answer)
            if parts:
                self._inbox.ready(letter, parts)
            else:
                self._inbox.finish(letter, DONE)
        await self._send(channel, letter, parts)

    async def _answer(self, letter: Letter) -> Answer:
        """What is said to a message, if anything."""
        if "fixed" in letter.content:
            name = letter.content["fixed"]
            return Answer(200, [plain_reply(fixed_text(name))] if name else [])
        message = message_of(letter.content, given_up=letter.attempts > MAX_ATTEMPTS)
        assert self._handle is not None and self._store is not None
        async with self._turns:
            return await self._gates[letter.channel].answer(
                message, letter.conversation, self._handle, self._store()
            )

    def _parts(self, channel: Channel, letter: Letter, answer: Answer) -> list[Part]:
        """The answer as the medium shows it, with the notice at the first contact."""
        person = self._inbox.person(letter.conversation)
        replies = gathered(answer.replies)
        if person.stopped and not sounds_alarm(answer) and letter.content.get("fixed") != "stopped":
            # What saves a life needs no consent (47 CFR 64.1200(f)(4), "emergency purposes").
            self._inbox.count(channel.name, "stopped")
            return []
        if not replies or (letter.content.get("once") and person.noticed):
            return []
        if not person.noticed and not letter.content.get("once"):
            first = plain_reply(notice(channel.name))
            replies = [*replies, first] if sounds_alarm(answer) else [first, *replies]
        self._inbox.noticed(letter.conversation)
        return [part for reply in replies for part in channel.render(reply)]

    async def _send(self, channel: Channel, letter: Letter, parts: Sequence[Part]) -> None:
        """Sends the parts that are not out yet, one after another."""
        sender = self._senders[channel.name]
        for at in range(letter.sent, len(parts)):
            last = self._inbox.person(letter.conversation).last_at
            if channel.window and last and time.time() > last + channel.window:
                return self._lost(letter, "window_closed", at)
            try:
                await sender.deliver(channel.call(parts[at], letter.address))
            except Undeliverable as error:
                return self._lost(letter, str(error), at)
            with self._inbox.together():
                for what, number in channel.weigh(parts[at]).items():
                    self._inbox.count(channel.name, what, number)
                if at + 1 < len(parts):
                    self._inbox.sent(letter, at + 1)
                else:
                    self._inbox.finish(letter, DONE)
                    self._inbox.count(channel.name, "answered")

    def _lost(self, letter: Letter, reason: str, sent: int) -> None:
        values = {"conversation": letter.conversation, "reason": reason}
        logger.error("answer not delivered in %(conversation)s: %(reason)s", values)
        with self._inbox.together():
            if not sent:
                # The notice may have been in it; given twice is better than never.
                self._inbox.noticed(letter.conversation, given=False)
            self._inbox.finish(letter, UNDELIVERED)
            self._inbox.count(letter.channel, "undelivered")
            if reason == "window_closed":
                self._inbox.count(letter.channel, reason)
