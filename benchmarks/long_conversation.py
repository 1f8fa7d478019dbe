"""What a turn costs in a long conversation, beside the first turn of a new one.

    python -m benchmarks.long_conversation [TURNS ...]    (100, 1000 and 5000 without them)

The assistant answers twenty messages; their rows are then copied until the conversation has the
wanted number of turns. First turns of new conversations and turns of the long one are taken in
turns, so that a busy machine slows both. The second table is Rasa's own SQL store. SQLite in a
temporary folder, or the database of SPINECHAT_DATABASE_URL (an empty one: it is written to).
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import sqlalchemy as sa
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import SQLTrackerStore
from rasa.utils.endpoints import EndpointConfig

from spinechat.channels.output import ReplyCollector
from spinechat.evaluation.assistant import GENERATOR, silence_rasa
from spinechat.evaluation.tables import table
from spinechat.storage import ConversationStore, database
from spinechat.training import model_path

COUNTS = (100, 1000, 5000)
PLAYED = 20
MESSAGES = (
    "How long will I be in the hospital?",
    "what are the risks",
    "will I have a scar?",
    "tell me more",
    "who is a candidate",
)
SAMPLES = 15
# Rasa's own store takes seconds a turn.
STOCK_SAMPLES = 3


@dataclass(frozen=True)
class Cost:
    """Medians of a turn: the first of a conversation, and one after many; in ms.

    Attributes:
        first, later: by the clock on the wall.
        first_work, later_work: of the processor, in all threads.
    """

    first: float
    later: float
    first_work: float
    later_work: float


def _timed(turn: Callable[[], Any]) -> tuple[float, float]:
    wall, work = time.perf_counter(), time.process_time()
    turn()
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - work)


class Talk:
    """One assistant on one store."""

    def __init__(self, model: str, store: Any, engine: sa.engine.Engine) -> None:
        self._run = asyncio.new_event_loop().run_until_complete
        self._engine = engine
        generator = EndpointConfig(type=GENERATOR)
        self._agent = Agent.load(model, generator=generator, tracker_store=store)

    def _turn(self, conversation: str, text: str) -> None:
        message = UserMessage(text, ReplyCollector(), conversation)
        self._run(self._agent.handle_message(message))

    def _copy(self, conversation: str, turns: int) -> None:
        columns = [column for column in database.events.c if column.name != "id"]
        stored = database.events.c.sender_id == conversation
        with self._engine.begin() as connection:
            ordered = sa.select(*columns).where(stored).order_by(database.events.c.id)
            rows = [dict(row._mapping) for row in connection.execute(ordered)]
            # Not the beginning of the session, of which there is one.
            first = next(at for at, row in enumerate(rows) if row["type_name"] == "user")
            for _ in range(turns // PLAYED - 1):
                connection.execute(database.events.insert(), rows[first:])

    def measure(self, turns: int, samples: int) -> Cost:
        """Plays, copies, and takes the times."""
        long = uuid.uuid4().hex
        for number in range(PLAYED):
            self._turn(long, MESSAGES[number % len(MESSAGES)])
        self._copy(long, turns)
        first, later = [], []
        for number in range(samples):
            text = MESSAGES[number % len(MESSAGES)]
            first.append(_timed(lambda: self._turn(uuid.uuid4().hex, text)))  # noqa: B023
            later.append(_timed(lambda: self._turn(long, text)))  # noqa: B023
        walls = [median(wall for wall, _ in taken) for taken in (first, later)]
        works = [median(work for _, work in taken) for taken in (first, later)]
        return Cost(walls[0], walls[1], works[0], works[1])


def ours(model: str) -> Talk:
    """The assistant on this project's store."""
    store = ConversationStore()
    database.prepare(store.archive.engine)
    return Talk(model, store, store.archive.engine)


def stock(model: str, folder: str) -> Talk:
    """The assistant on Rasa's own store, a SQLite file."""
    store = SQLTrackerStore(db=os.path.join(folder, "stock.db"))
    return Talk(model, store, store.engine)


def _report(title: str, talk: Talk, counts: Sequence[int], samples: int) -> None:
    rows = []
    for turns in counts:
        cost = talk.measure(turns, samples)
        rows.append(
            [
                f"{turns:,}",
                f"{cost.first:.0f} ms",
                f"{cost.later:.0f} ms",
                f"{cost.later / cost.first:.2f}",
                f"{cost.later_work / cost.first_work:.2f}",
            ]
        )
    print(table([title, "first turn", "after these", "ratio", "ratio of CPU time"], rows) + "\n")


def main() -> None:
    """Prints both tables."""
    counts = [int(argument) for argument in sys.argv[1:]] or COUNTS
    silence_rasa()
    model = str(model_path())
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SPINECHAT_DATA"] = folder
        _report("turns, SpineChat", ours(model), counts, SAMPLES)
        _report("turns, Rasa's store", stock(model, folder), counts, STOCK_SAMPLES)


if __name__ == "__main__":
    main()
