"""Of one conversation one message is answered at a time, in order, over several servers too."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator

import pytest
from rasa.core.lock_store import LockStore, RedisLockStore

from spinechat.storage import ConversationLocks, locks
from tests.storage.conftest import run
from trials.services import Redis

LIMIT = 0.7  # seconds of one operation
SLACK = 1.5


@pytest.fixture
def with_redis(redis_server: Redis, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    """Settings with Redis, and a Redis that runs again afterwards."""
    monkeypatch.setenv("SPINECHAT_REDIS_URL", redis_server.url)
    monkeypatch.setenv("SPINECHAT_REDIS_LIMIT", str(LIMIT))
    monkeypatch.setattr(locks, "PAUSE", 0.2)
    yield redis_server
    redis_server.thaw()
    if not redis_server.answers():
        redis_server.start()


class Clinic:
    """Turns that note when they begin and end, so that two at once are seen."""

    def __init__(self) -> None:
        self.order: list[str] = []
        self.inside: dict[str, int] = {}
        self.together = 0

    async def turn(
        self, store: LockStore, conversation: str, name: str, takes: float = 0.002
    ) -> None:
        async with store.lock(conversation):
            now = self.inside.get(conversation, 0) + 1
            self.inside[conversation] = now
            self.together += now > 1
            await asyncio.sleep(takes)
            self.order.append(name)
            self.inside[conversation] -= 1


async def pairs(stores: list[LockStore], count: int) -> Clinic:
    """As many conversations, each with one message to every server in the same instant."""
    clinic = Clinic()
    for first in range(0, count, 20):
        await asyncio.gather(
            *(
                clinic.turn(store, f"web-{number}", f"{number}")
                for number in range(first, first + 20)
                for store in stores
            )
        )
    return clinic


@pytest.fixture
def in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPINECHAT_REDIS_URL", raising=False)


async def in_a_row(store: LockStore, count: int) -> list[str]:
    clinic = Clinic()
    turns = []
    for number in range(count):
        turns.append(asyncio.create_task(clinic.turn(store, "web-a", str(number))))
        await asyncio.sleep(0)
    await asyncio.gather(*turns)
    assert not clinic.together
    return clinic.order


def test_in_memory_by_default_and_in_order(in_memory: None) -> None:
    store = ConversationLocks()
    begin = time.monotonic()
    assert run(in_a_row(store, 30)) == [str(number) for number in range(30)]
    # Rasa's own locks in memory look once a second.
    assert time.monotonic() - begin < SLACK
    assert not store._serving._locks and not store._drawing._locks


@pytest.mark.parametrize("odd", ["a\0b", "a\ud800", "x" * 10_000, "", None, 7, {"a": 1}])
def test_any_id_can_be_locked(with_redis: Redis, odd: object) -> None:
    async def locked() -> None:
        store = ConversationLocks()
        async with store.lock(odd):  # type: ignore[arg-type]
            pass
        await store.close()

    run(locked())


def test_one_server_keeps_the_order(with_redis: Redis) -> None:
    async def ordered() -> list[str]:
        store = ConversationLocks()
        order = await in_a_row(store, 30)
        await store.close()
        return order

    assert run(ordered()) == [str(number) for number in range(30)]


def test_two_servers_never_answer_at_once(with_redis: Redis) -> None:
    async def tried() -> Clinic:
        stores = [ConversationLocks(), ConversationLocks()]
        clinic = await pairs(list(stores), 200)
        for store in stores:
            await store.close()
        return clinic

    clinic = run(tried())
    assert clinic.together == 0 and len(clinic.order) == 400


def test_stock_rasa_gives_two_servers_the_same_ticket(with_redis: Redis) -> None:
    """Its steps, as two servers take them in the same instant."""
    first, second = (RedisLockStore(host="127.0.0.1", port=with_redis.port, db=1) for _ in range(2))
    one, two = first.get_or_create_lock("web-a"), second.get_or_create_lock("web-a")
    tickets = [lock.issue_ticket(10) for lock in (one, two)]
    first.save_lock(one)
    second.save_lock(two)
    assert tickets == [0, 0]

    async def drawn() -> None:
        ours = [ConversationLocks(), ConversationLocks()]
        async with ours[0].lock("web-a"):
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(_enter(ours[1]), 0.3)
        await asyncio.wait_for(_enter(ours[1]), SLACK)
        for store in ours:
            await store.close()

    run(drawn())


async def _enter(store: LockStore, conversation: str = "web-a") -> None:
    async with store.lock(conversation):
        pass


def test_a_server_that_died_holds_nobody_up(
    with_redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "PATIENCE", 300)

    async def waited() -> float:
        dead, alive = ConversationLocks(), ConversationLocks()
        # One ticket that is served, one that waits; neither is ever given back.
        serving = dead.lock("web-a", lock_lifetime=0.5)
        await serving.__aenter__()
        assert await dead._call(locks._DRAW, "web-a", "waiting", locks.PATIENCE)
        begin = time.monotonic()
        await asyncio.wait_for(_enter(alive), 5)
        taken = time.monotonic() - begin
        await serving.__aexit__(None, None, None)
        for store in (dead, alive):
            await store.close()
        return taken

    assert 0.3 < run(waited()) < 0.5 + 0.3 + SLACK


def test_a_turn_that_waits_can_be_cut_off_at_any_moment(with_redis: Redis) -> None:
    """The gate's time limit counts on it."""

    async def cut_off() -> None:
        stores = [ConversationLocks(), ConversationLocks()]
        async with stores[0].lock("web-cut"):
            for number in range(60):
                turn = asyncio.create_task(_enter(stores[1], "web-cut"))
                await asyncio.sleep(0.001 * (number % 40))
                turn.cancel()
                done, _ = await asyncio.wait({turn}, timeout=SLACK)
                assert done and turn.cancelled()
        await asyncio.wait_for(_enter(stores[1], "web-cut"), SLACK)
        for store in stores:
            await store.close()

    run(cut_off())


def test_a_turn_that_is_cut_off_gives_its_ticket_back(with_redis: Redis) -> None:
    async def cut_off() -> None:
        stores = [ConversationLocks(), ConversationLocks()]
        clinic = Clinic()
        turns = [asyncio.create_task(clinic.turn(store, "web-a", "long", 60)) for store in stores]
        await asyncio.sleep(0.2)
        for turn in turns:
            turn.cancel()
        await asyncio.gather(*turns, return_exceptions=True)
        await asyncio.wait_for(_enter(stores[0]), SLACK)
        assert not await stores[0]._redis.keys(f"{locks.PREFIX}*")
        for store in stores:
            await store.close()

    run(cut_off())


@pytest.mark.parametrize("what", ["stop", "freeze"])
def test_without_redis_turns_go_on_and_it_comes_back(
    with_redis: Redis, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def tried() -> None:
        store = ConversationLocks()
        await _enter(store)
        getattr(with_redis, what)()
        begin = time.monotonic()
        assert await in_a_row(store, 20) == [str(number) for number in range(20)]
        # The first waits for the limit, the others for nothing.
        assert time.monotonic() - begin < 2 * LIMIT + SLACK
        if what == "stop":
            with_redis.start()
        else:
            with_redis.thaw()
        end = time.monotonic() + 10
        while (store._is_down or store._is_resting) and time.monotonic() < end:
            await _enter(store)
            await asyncio.sleep(0.05)
        other = ConversationLocks()
        async with store.lock("web-b"):
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(other.lock("web-b").__aenter__(), 0.3)
        for one in (store, other):
            await one.close()

    with caplog.at_level(logging.WARNING):
        run(tried())
    assert caplog.text.count("Redis is down") == 1 and "Redis is back" in caplog.text


def test_redis_that_goes_down_in_mid_turn_keeps_this_server_in_order(with_redis: Redis) -> None:
    async def tried() -> Clinic:
        store, clinic = ConversationLocks(), Clinic()
        first = asyncio.create_task(clinic.turn(store, "web-a", "first", 0.5))
        await asyncio.sleep(0.2)
        waiting = asyncio.create_task(clinic.turn(store, "web-a", "second"))
        await asyncio.sleep(0.1)
        with_redis.stop()
        await asyncio.gather(first, waiting, clinic.turn(store, "web-a", "third"))
        await store.close()
        return clinic

    clinic = run(tried())
    assert clinic.order[0] == "first" and clinic.together == 0 and len(clinic.order) == 3


def test_the_loop_is_never_blocked_by_redis(with_redis: Redis) -> None:
    async def longest_pause() -> float:
        store = ConversationLocks()
        await _enter(store)
        with_redis.freeze()
        turns = asyncio.gather(*(Clinic().turn(store, f"web-{n}", "x") for n in range(20)))
        longest = 0.0
        while not turns.done():
            begin = time.monotonic()
            await asyncio.sleep(0.01)
            longest = max(longest, time.monotonic() - begin)
        await store.close()
        return longest

    assert run(longest_pause()) < LIMIT


def test_stock_rasa_hangs_with_redis_and_then_gives_no_answer(with_redis: Redis) -> None:
    from rasa.core.lock_store import LockError

    store = RedisLockStore(host="127.0.0.1", port=with_redis.port, socket_timeout=1)
    with_redis.freeze()
    begin = time.monotonic()
    with pytest.raises(LockError):
        run(_enter(store))
    # Its default is 10 s; the event loop stands still for all of it.
    assert time.monotonic() - begin >= 1


def test_two_conversations_never_share_a_ticket_list(with_redis: Redis) -> None:
    async def tried() -> None:
        store = ConversationLocks()
        async with store.lock("web-a"):
            await asyncio.wait_for(store.lock("web-a:valid").__aenter__(), SLACK)
        await store.close()

    run(tried())
