"""Events as rows and back; what is damaged is left out, so that the conversation goes on."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, Event, SessionStarted, UserUttered

logger = logging.getLogger(__name__)

_LONGEST_NAME = 255
_TEXT, _DICT, _LIST = (str, type(None)), (dict, type(None)), (list, type(None))
_NUMBER = (int, float, type(None))
# What Rasa and the replies take for granted of an event of a kind ("" is any). An event that is
# not so would be read without an error, and fail in the middle of a later turn.
_SHAPES: dict[str, tuple[tuple[str, tuple[type, ...]], ...]] = {
    "": (("timestamp", _NUMBER), ("metadata", _DICT)),
    "user": (
        ("text", _TEXT),
        ("parse_data", _DICT),
        ("parse_data.intent", _DICT),
        ("parse_data.intent.name", _TEXT),
    ),
    "bot": (("text", _TEXT), ("data", _DICT)),
}
_ITEMS: dict[str, tuple[tuple[str, type], ...]] = {
    "user": (
        ("parse_data.intent_ranking", dict),
        ("parse_data.entities", dict),
        ("parse_data.topics", str),
    ),
    "bot": (("data.buttons", dict), ("metadata.topics", str), ("metadata.facts", str)),
}
# What a turn is made of, beside what was said and what it left behind (slots, a restart).
_STEPS = frozenset({"user", "action", "user_featurization"})


@dataclass(frozen=True)
class Row:
    """One event as it is stored.

    Attributes:
        type_name: Rasa's name of the event's kind ("user", "bot", "action" ...).
        timestamp: seconds since 1970.
        data: the event as JSON.
    """

    type_name: str
    timestamp: float | None
    intent_name: str | None
    action_name: str | None
    data: str | None

    @property
    def begins_a_turn(self) -> bool:
        """Whether the assistant listens here: between two turns."""
        return self.action_name == ACTION_LISTEN_NAME


def as_rows(new: Iterable[Event], conversation: str) -> tuple[Row, ...]:
    """Rows for events; one that cannot be written is left out and logged."""
    rows = []
    for event in new:
        try:
            data = event.as_dict()
            intent = ((data.get("parse_data") or {}).get("intent") or {}).get("name")
            rows.append(
                Row(
                    type_name=event.type_name,
                    timestamp=data.get("timestamp"),
                    intent_name=_name(intent),
                    action_name=_name(data.get("name")),
                    data=json.dumps(data),
                )
            )
        except Exception as error:
            logger.error(
                "%s event of %s cannot be stored: %s",
                event.type_name,
                conversation,
                type(error).__name__,
            )
    return tuple(rows)


def _name(given: object) -> str | None:
    # PostgreSQL refuses a NUL in a text; in the JSON it is escaped.
    return given.replace("\0", "")[:_LONGEST_NAME] if isinstance(given, str) else None


@lru_cache(maxsize=256)
def _kind(name: str) -> type[Event] | None:
    # Rasa looks through all its classes for each event, which is half the time of reading one.
    return Event.resolve_by_type(name)


def _at(data: dict[str, Any], path: str) -> Any:
    value: Any = data
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _is_whole(data: dict[str, Any]) -> bool:
    kind = data["event"]
    return all(
        isinstance(_at(data, path), kinds) for path, kinds in (*_SHAPES[""], *_SHAPES.get(kind, ()))
    ) and all(
        isinstance(_at(data, path), _LIST)
        and all(isinstance(item, item_kind) for item in _at(data, path) or ())
        for path, item_kind in _ITEMS.get(kind, ())
    )


def as_event(row: Row) -> Event:
    """The event of a row.

    Raises:
        Exception: of any kind, if the row is damaged.
    """
    data = json.loads(row.data or "")
    if not _is_whole(data):
        raise TypeError("an event of another shape")
    kind = _kind(data["event"])
    event = kind._from_parameters(data) if kind else None
    if not isinstance(event, Event):
        raise ValueError("no event")
    return event


def newest_session(rows: Sequence[Row], most: int) -> Sequence[Row]:
    """The rows since the last session began, at most `most`, from the beginning of a turn on."""
    for index in range(len(rows) - 1, -1, -1):
        if rows[index].type_name == SessionStarted.type_name:
            return rows[index:] if len(rows) - index <= most else _whole_turns(rows[-most:])
    return rows if len(rows) < most else _whole_turns(rows[-most:])


def _whole_turns(rows: Sequence[Row]) -> Sequence[Row]:
    first = next((at for at, row in enumerate(rows) if row.begins_a_turn), 0)
    return rows[first:]


def _start_of(rows: Sequence[Row], turns: int) -> int:
    """Where the last turns of a conversation begin."""
    starts = [at for at, row in enumerate(rows) if row.type_name == UserUttered.type_name]
    # A turn begins with the listening before it.
    return max(0, starts[-turns] - 1) if len(starts) > turns else 0


def newest_turns(rows: Sequence[Row], turns: int) -> Sequence[Row]:
    """The last turns of a conversation."""
    return rows[_start_of(rows, turns) :]


def thinned(rows: Sequence[Row], turns: int) -> list[Row]:
    """The last turns as they are, and of earlier ones only the replies and what they left behind.

    Rasa's policy goes through every step of every turn it is shown, several times a message.
    """
    start = _start_of(rows, turns)
    return [*(row for row in rows[:start] if row.type_name not in _STEPS), *rows[start:]]


def fill(tracker: Any, rows: Iterable[Row]) -> int:
    """Plays rows into an empty tracker; how many were damaged and left out.

    A conversation always ends with the assistant listening: where that row is lost, or a turn was
    cut off in the middle, no rule would fit the next message.
    """
    damaged = 0
    for row in rows:
        before = len(tracker.events)
        try:
            tracker.update(as_event(row))
        except Exception:
            damaged += 1
            # Rasa keeps an event before it finds that it cannot be applied.
            while len(tracker.events) > before:
                tracker.events.pop()
    if tracker.events and tracker.latest_action_name != ACTION_LISTEN_NAME:
        tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
    return damaged
