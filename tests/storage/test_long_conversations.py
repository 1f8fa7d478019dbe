"""A conversation of any length stays as fast as a new one, and says the same."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig

from benchmarks.long_conversation import ours, stock
from spinechat.channels.output import ReplyCollector
from spinechat.evaluation.assistant import GENERATOR, silence_rasa
from spinechat.storage import ConversationStore
from spinechat.storage.conversations import WHOLE_TURNS, WINDOW
from tests.storage.conftest import Base, run, said, say

# At most so many times the first turn, after 5,000 turns.
RATIO = 1.5
TALK = [
    "How long will I be in the hospital?",
    "what are the risks",
    "tell me more",
    "will I have a scar?",
    "thanks",
    "ok",
    "who is a candidate",
    "is it painful afterwards?",
    "what kind of imaging do you use",
    "asdf qwer",
    "hello",
    "thanks",
    "ok",
    "how long?",
    "where does that come from",
    "visit summary",
    "I can't feel my legs and I wet myself",
    "ok",
    "what about physical therapy?",
    "thank you",
    "how long?",
    "repeat that",
    "visit summary",
]


def test_a_turn_after_many_costs_little_more_than_the_first(model: Path, sqlite: Base) -> None:
    silence_rasa()
    # The processor's time, as other work on the machine says nothing about it.
    cost = ours(str(model)).measure(turns=1000, samples=9)
    assert cost.later_work / cost.first_work < RATIO


def test_stock_rasa_gets_slower_with_every_turn(model: Path, tmp_path: Path) -> None:
    silence_rasa()
    cost = stock(str(model), str(tmp_path)).measure(turns=200, samples=3)
    assert cost.later_work / cost.first_work > 2 * RATIO


def test_no_reply_depends_on_what_is_not_read(model: Path, sqlite: Base) -> None:
    silence_rasa()

    async def talk(store: Any) -> list[tuple[str, ...]]:
        generator = EndpointConfig(type=GENERATOR)
        agent = Agent.load(str(model), generator=generator, tracker_store=store)
        replies = []
        for text in TALK:
            collector = ReplyCollector()
            await agent.handle_message(UserMessage(text, collector, "web-long"))
            replies.append(tuple(reply["text"] for reply in collector.replies))
        return replies

    whole = asyncio.run(talk(InMemoryTrackerStore(Domain.empty())))
    assert asyncio.run(talk(sqlite.store())) == whole
    assert len(TALK) > 3 * WHOLE_TURNS and all(whole)


def test_what_is_read_is_bounded_and_begins_with_a_turn(base: Base) -> None:
    store = base.store()
    texts = [str(number) for number in range(60)]
    run(say(store, "web-a", *texts))
    tracker = run(store.retrieve("web-a"))
    assert said(tracker) == texts[-WHOLE_TURNS:]
    assert len(tracker.events) < WINDOW
    replies = [event.text for event in tracker.events if event.type_name == "bot"]
    assert replies[-1] == "reply to 59" and len(replies) > 3 * WHOLE_TURNS
    assert said(run(store.retrieve_full_tracker("web-a"))) == texts
    # Nothing is stored twice or left out.
    assert base.texts("web-a") == texts


def test_the_newest_rows_are_found_without_the_others(base: Base) -> None:
    run(say(base.store(), "web-a", "one"))
    base.execute(
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000)"
        " insert into events (sender_id, type_name, data)"
        " select 'web-' || (i / 100), 'bot', '{}' from n"
    )
    base.execute("analyze events")
    explain = "explain" if base.service else "explain query plan"
    plan = str(
        base.execute(
            f"{explain} select data from events where sender_id = 'web-7' order by id desc limit 9"
        )
    )
    assert "events_of_conversation" in plan and "Sort" not in plan and "B-TREE" not in plan


def test_a_store_without_a_file_needs_no_set_up(
    settings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.setenv("SPINECHAT_DATA", str(tmp_path / "new" / "folder"))
    store = ConversationStore(Domain.empty())
    assert run(say(store, "web-a", "one", "two")) == ["one"]
