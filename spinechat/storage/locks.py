"""Lock store: of one conversation's messages, one is answered at a time, in the order they came.

In this process by locks in memory. With several servers (SPINECHAT_REDIS_URL) also by tickets in
Redis, drawn and checked by scripts that Redis runs as a whole: Rasa's own store reads, changes
and writes a ticket list in three steps, and two servers draw the same ticket. When Redis is down
the locks in memory remain: each server goes on answering, in order, for itself.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import redis.asyncio as redis
from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, LockStore
from redis.exceptions import RedisError

from spinechat.settings import StorageSettings
from spinechat.storage.ids import safe_id

logger = logging.getLogger(__name__)

PREFIX = "spinechat:turns:"
# Seconds between two looks at Redis while another server's message is answered.
LOOK = 0.03
# Milliseconds after which the ticket of a waiting message is void if nobody looked: its server
# died. A ticket that is served is void after the lock's lifetime (TICKET_LOCK_LIFETIME).
PATIENCE = 2000
# Seconds until Redis is tried again after a failure.
PAUSE = 1.0
# Tickets: a list in order, and until when each is valid. Redis's own clock counts, so that the
# servers' clocks need not agree.
_NOW = """
local now = redis.call('time')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local function valid(ticket)
  local limit = redis.call('hget', KEYS[2], ticket)
  if limit and tonumber(limit) > now then return true end
  redis.call('lrem', KEYS[1], 1, ticket)
  redis.call('hdel', KEYS[2], ticket)
  return false
end
local function hold(ticket, milliseconds)
  redis.call('hset', KEYS[2], ticket, now + milliseconds)
  for _, key in ipairs(KEYS) do
    redis.call('pexpire', key, math.max(milliseconds, redis.call('pttl', key)))
  end
end
"""
_DRAW = f"""{_NOW}
redis.call('rpush', KEYS[1], ARGV[1])
hold(ARGV[1], tonumber(ARGV[2]))
"""
# 1: it is this ticket's turn; 0: it waits; -1: it is void.
_LOOK = f"""{_NOW}
if not valid(ARGV[1]) then return -1 end
for _, ticket in ipairs(redis.call('lrange', KEYS[1], 0, -1)) do
  if ticket == ARGV[1] then
    hold(ticket, tonumber(ARGV[3]))
    return 1
  end
  if valid(ticket) then
    hold(ARGV[1], tonumber(ARGV[2]))
    return 0
  end
end
return -1
"""
_GIVE_BACK = """
redis.call('lrem', KEYS[1], 1, ARGV[1])
redis.call('hdel', KEYS[2], ARGV[1])
"""


class _Locks:
    """Locks by conversation; one that nobody holds or waits for takes no room."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[None]:
        lock, users = self._locks.get(name, (asyncio.Lock(), 0))
        self._locks[name] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks.pop(name)
            if users > 1:
                self._locks[name] = (lock, users - 1)


class ConversationLocks(LockStore):
    """Named in endpoints.yml; Redis is used if SPINECHAT_REDIS_URL is set."""

    def __init__(self, endpoint_config: Any = None) -> None:
        """Called by Rasa; connects to nothing yet."""
        settings = StorageSettings.from_environment()
        self._serving = _Locks()
        self._drawing = _Locks()
        self._redis: Any = None
        self._tried_again_at = 0.0
        self._is_down = False
        self._tasks: set[asyncio.Task[Any]] = set()
        if settings.redis_url:
            self._redis = redis.Redis.from_url(
                settings.redis_url,
                socket_timeout=settings.redis_limit,
                socket_connect_timeout=settings.redis_limit,
            )
        super().__init__()

    @asynccontextmanager
    async def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = LOCK_LIFETIME,
        wait_time_in_seconds: float = LOOK,
    ) -> AsyncIterator[TicketLock]:
        """Waits until the messages before this one are answered; raises nothing of its own.

        Args:
            conversation_id: of any kind.
            lock_lifetime: seconds after which other servers go on without this one.
            wait_time_in_seconds: between two looks at Redis.
        """
        conversation = safe_id(conversation_id)
        ticket = str(uuid.uuid4())
        # A ticket that nobody answered for may have been drawn all the same.
        tried = self._redis is not None and not self._is_resting
        try:
            # One after another, so that tickets have the order in which the messages came.
            async with self._drawing.hold(conversation):
                drawn = await self._call(_DRAW, conversation, ticket, PATIENCE)
            if drawn:
                await self._wait(conversation, ticket, lock_lifetime, wait_time_in_seconds)
            # Beside Redis's, for the messages of a time when it is down.
            async with self._serving.hold(conversation):
                yield TicketLock(conversation)
        finally:
            if tried and not await self._call(_GIVE_BACK, conversation, ticket):
                self._keep(self._give_back(conversation, ticket, lock_lifetime))

    async def _give_back(self, conversation: str, ticket: str, lifetime: float) -> None:
        """Gives a ticket back as soon as Redis answers; after its lifetime it is void anyway."""
        end = time.monotonic() + lifetime
        while time.monotonic() < end:
            await asyncio.sleep(PAUSE)
            if await self._call(_GIVE_BACK, conversation, ticket):
                return

    def _keep(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Starts a task, and holds it: the loop has weak references only."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # Of what nobody waits for any more, asyncio would log a traceback.
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return task

    async def _wait(self, conversation: str, ticket: str, lifetime: float, pause: float) -> None:
        """Returns when it is this ticket's turn, or Redis is down."""
        while True:
            answer: list[int] = []
            called = await self._call(
                _LOOK, conversation, ticket, PATIENCE, int(1000 * lifetime), answer=answer
            )
            if not called or answer == [1]:
                return
            if answer == [-1]:
                # Redis was restarted, or this process stood still: back to the end of the line.
                await self._call(_DRAW, conversation, ticket, PATIENCE)
            await asyncio.sleep(pause)

    @property
    def is_down(self) -> bool:
        """Whether Redis is used and did not answer when it was last asked."""
        return self._is_down

    @property
    def _is_resting(self) -> bool:
        return time.monotonic() < self._tried_again_at

    async def _call(
        self, script: str, conversation: str, *arguments: object, answer: list[int] | None = None
    ) -> bool:
        """Runs a script; False if Redis is not used or is down.

        Args:
            script: in Lua.
            conversation: whose tickets it is about.
            arguments: for the script.
            answer: takes what the script returns.
        """
        if self._redis is None or self._is_resting:
            return False
        # The braces keep both keys on one machine of a cluster.
        keys = (f"{PREFIX}{{{conversation}}}", f"{PREFIX}{{{conversation}}}:valid")
        try:
            # A task of its own: cancelled in the middle, redis-py swallows the cancellation one
            # time in five, and the turn would not end at its time limit.
            call = self._keep(self._redis.eval(script, len(keys), *keys, *arguments))
            result = await asyncio.shield(call)
        except (RedisError, OSError, asyncio.TimeoutError) as error:
            self._fail(type(error).__name__)
            return False
        if self._is_down:
            self._is_down = False
            logger.warning("Redis is back")
        if answer is not None:
            answer.append(result)
        return True

    def _fail(self, kind: str) -> None:
        self._tried_again_at = time.monotonic() + PAUSE
        if not self._is_down:
            self._is_down = True
            values = {"kind": kind}
            logger.warning("Redis is down (%(kind)s); each server locks for itself", values)

    async def close(self) -> None:
        """Lets go of Redis."""
        if self._redis is not None:
            await self._redis.close()
