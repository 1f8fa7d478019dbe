"""What the tracker remembers that a reply depends on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from spinechat.redflags import CONCEPTS
from spinechat.replies.reply import SaidBefore
from spinechat.terms import Term, terms
from spinechat.topics import topic_book

MISSES = frozenset({"nlu_fallback", "out_of_scope", "not_helpful"})
# Intents that belong to the answer before them and leave a run of misses as it is.
_TOPIC_KINDS = ("faq", "handoff", "safety")


@dataclass(frozen=True)
class Turn:
    """A message of the patient and what was said to it."""

    text: str
    replies: tuple[SaidBefore, ...]


class Conversation:
    """A read-only view of a tracker; the patient's current message is the latest one."""

    def __init__(self, tracker: DialogueStateTracker) -> None:
        self._tracker = tracker
        self._events = list(tracker.applied_events())

    @property
    def parse(self) -> dict[str, Any]:
        """Rasa's parse of the current message."""
        message = self._tracker.latest_message
        return (message.parse_data or {}) if message else {}

    @property
    def text(self) -> str:
        """The current message."""
        message = self._tracker.latest_message
        return (message.text or "") if message else ""

    @property
    def confidence(self) -> float:
        """How sure Rasa is of the current message's intent (0 to 1)."""
        return float((self.parse.get("intent") or {}).get("confidence") or 0.0)

    @property
    def gate_alarm(self) -> str | None:
        """The alarm that the gate heard in the message as it was typed, before it was masked."""
        message = self._tracker.latest_message
        return (message.metadata or {}).get("alarm") if message else None

    @property
    def heard_topics(self) -> list[str]:
        """The topics that the classifier heard in the current message, in the order asked."""
        return list(self.parse.get("topics") or [])

    @property
    def screened(self) -> bool:
        """Whether the red-flag guard judged the current message."""
        return CONCEPTS in self.parse

    @property
    def heard_terms(self) -> list[Term]:
        """Conditions and procedures named in the current message, each once."""
        names = [e["value"] for e in self.parse.get("entities") or [] if e.get("entity") == "term"]
        return [terms()[name] for name in dict.fromkeys(names) if name in terms()]

    def said(self) -> list[SaidBefore]:
        """The assistant's replies so far, oldest first."""
        return [
            _said(event) for event in self._events if isinstance(event, BotUttered) and event.text
        ]

    def turns_before(self) -> list[Turn]:
        """The turns before the current message, latest first."""
        turns: list[Turn] = []
        replies: list[SaidBefore] = []
        for event in reversed(self._events):
            if isinstance(event, BotUttered) and event.text:
                replies.insert(0, _said(event))
            elif isinstance(event, UserUttered):
                turns.append(Turn(event.text or "", tuple(replies)))
                replies = []
        return turns[1:]

    @property
    def last_said(self) -> SaidBefore | None:
        """The assistant's last reply."""
        replies = self.said()
        return replies[-1] if replies else None

    @property
    def topic(self) -> str | None:
        """The topic that a follow-up is about: the last one that the last topical turn served."""
        slot = self._tracker.get_slot("topic")
        if slot not in topic_book().topics:
            return None
        for reply in reversed(self.said()):
            topical = [t for t in reply.topics if topic_book().topics[t].kind in _TOPIC_KINDS]
            if topical:
                return topical[-1]
        return str(slot)

    @property
    def misses_in_a_row(self) -> int:
        """How many messages up to now, the current one included, were not understood."""
        count = 0
        for event in reversed(self._events):
            if isinstance(event, UserUttered):
                if event.intent_name not in MISSES:
                    break
                count += 1
        return count

    @property
    def topics_asked(self) -> list[str]:
        """Topics served in this conversation, each once, in order."""
        served = [topic for reply in self.said() for topic in reply.topics]
        return list(dict.fromkeys(served))


def _said(event: BotUttered) -> SaidBefore:
    metadata = event.metadata or {}
    return SaidBefore(
        action=metadata.get("utter_action") or "",
        text=event.text or "",
        buttons=tuple(event.data.get("buttons") or ()),
        outcome=metadata.get("outcome") or "answered",
        topics=tuple(t for t in metadata.get("topics") or () if t in topic_book().topics),
        facts=tuple(metadata.get("facts") or ()),
        part=metadata.get("part") or "first",
        offer=metadata.get("offer") or "",
    )
