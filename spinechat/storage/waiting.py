"""Turns that wait for the database, and the last turns of the conversations that go on."""

from __future__ import annotations

import time
import uuid
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from spinechat.storage.rows import Row, newest_turns

# All conversations together; a turn weighs about 3.5 kB.
WAITING_TURNS = 10_000
# What is remembered of a conversation while the database cannot be read: enough for an alarm that
# stands (three turns), offered buttons (six replies) and a follow-up.
RECENT_TURNS = 6
# How many conversations, and for how long (Rasa begins a new session after an hour of silence).
RECENT_CONVERSATIONS = 1000
RECENT_SECONDS = 3600.0


@dataclass(frozen=True)
class Entry:
    """Something to be written.

    Attributes:
        conversation: its id in the database.
        rows: events to be appended.
        erases: whether all of the conversation is to be deleted instead.
        id: by which the database knows whether it has been written.
    """

    conversation: str
    rows: tuple[Row, ...] = ()
    erases: bool = False
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


class WaitingLine:
    """What is to be written, in order within each conversation; not safe for threads by itself.

    Bounded: of a conversation `most` turns wait, of all together WAITING_TURNS. At the bound the
    oldest turn is given up, as what was said last matters most; a deletion never is.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lines: dict[str, deque[Entry]] = {}
        self._turns = 0

    def __len__(self) -> int:
        """How many turns wait."""
        return self._turns

    def add(self, entry: Entry) -> int:
        """Puts an entry at the end; how many turns were given up for it."""
        line = self._lines.setdefault(entry.conversation, deque())
        if entry.erases:
            # What was said before the wish to delete it does not wait in memory. The empty
            # entries still go first: a write that hangs in the database must not end after them.
            emptied = [replace(before, rows=()) for before in line]
            line.clear()
            line.extend(emptied)
        line.append(entry)
        self._turns += not entry.erases
        given_up = 0
        while sum(not waiting.erases for waiting in line) > self._most:
            given_up += self._give_up(entry.conversation)
        while self._turns > WAITING_TURNS:
            given_up += self._give_up(next(name for name in self._lines if self._has_turn(name)))
        return given_up

    def _has_turn(self, conversation: str) -> bool:
        return any(not entry.erases for entry in self._lines[conversation])

    def _give_up(self, conversation: str) -> int:
        oldest = next(entry for entry in self._lines[conversation] if not entry.erases)
        self.written(oldest)
        return 1

    def first(self, conversation: str) -> Entry | None:
        """What is to be written next of a conversation."""
        line = self._lines.get(conversation)
        return line[0] if line else None

    def entries(self) -> list[Entry]:
        """All that waits, in order within each conversation."""
        return [entry for line in self._lines.values() for entry in line]

    def any_conversation(self) -> str | None:
        """The conversation that has waited longest."""
        return next(iter(self._lines), None)

    def written(self, entry: Entry) -> None:
        """Takes an entry out; nothing happens if it is not there any more."""
        line = self._lines.get(entry.conversation, deque())
        for at, waiting in enumerate(line):
            if waiting.id == entry.id:
                del line[at]
                self._turns -= not entry.erases
                break
        if not line:
            self._lines.pop(entry.conversation, None)

    def rows(self, conversation: str) -> tuple[list[Row], bool]:
        """Events that wait, and whether all that is stored before them is to be deleted."""
        found: list[Row] = []
        erased = False
        for entry in self._lines.get(conversation, ()):
            if entry.erases:
                found, erased = [], True
            else:
                found.extend(entry.rows)
        return found, erased


class RecentTurns:
    """The last turns that are known to be stored; not safe for threads by itself."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[float, Sequence[Row]]] = OrderedDict()

    def put(self, conversation: str, rows: Sequence[Row]) -> None:
        """What the database just said of a conversation, or what was just written in it."""
        now = time.monotonic()
        self._kept.pop(conversation, None)
        if rows:
            self._kept[conversation] = (now, tuple(newest_turns(rows, RECENT_TURNS)))
        while self._kept:
            oldest, (at, _) = next(iter(self._kept.items()))
            if len(self._kept) <= RECENT_CONVERSATIONS and at > now - RECENT_SECONDS:
                break
            del self._kept[oldest]

    def add(self, conversation: str, rows: Sequence[Row]) -> None:
        """Events that were written at the end of a conversation."""
        self.put(conversation, [*self.rows(conversation), *rows])

    def rows(self, conversation: str) -> Sequence[Row]:
        """The last turns; nothing if the conversation was not met for an hour."""
        at, rows = self._kept.get(conversation, (0.0, ()))
        return rows if at > time.monotonic() - RECENT_SECONDS else ()

    def drop(self, conversation: str) -> None:
        """Forgets a conversation."""
        self._kept.pop(conversation, None)
