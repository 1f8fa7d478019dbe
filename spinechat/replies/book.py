"""The reply texts of domain.yml, with the clinic's name and number filled in."""

from __future__ import annotations

from typing import Any

from spinechat.clinic import clinic
from spinechat.replies.reply import MAX_BUTTONS, Button, Reply
from spinechat.topics import Outcome, topic_book

PREFIX = "utter_"
PARTS = ("more", "simple", "why")


class ReplyBook:
    """Looks texts up by intent name."""

    def __init__(self, responses: dict[str, list[dict[str, Any]]]) -> None:
        """`responses`: the domain's responses by name ("utter_...")."""
        self._responses = responses

    def _entry(self, name: str) -> dict[str, Any]:
        return self._responses[PREFIX + name][0]

    def __contains__(self, name: str) -> bool:
        return PREFIX + name in self._responses

    def _metadata(self, name: str) -> dict[str, Any]:
        return self._entry(name).get("metadata") or {}

    def buttons(self, name: str) -> tuple[Button, ...]:
        """The buttons under a reply."""
        fill = clinic().fill
        return tuple(
            {key: fill(value) for key, value in button.items()}
            for button in self._entry(name).get("buttons") or []
        )

    def first(self, name: str) -> Reply:
        """The first reply to an intent."""
        metadata = self._metadata(name)
        label = metadata.get("serves") or name
        return Reply(
            text=clinic().fill(self._entry(name)["text"]),
            outcome=topic_book().outcome(label),
            topics=(label,) if label in topic_book().topics else (),
            buttons=self.buttons(name),
            facts=tuple(metadata.get("facts") or ()),
            offer=metadata.get("offer") or "",
        )

    def part(self, topic: str, part: str) -> Reply | None:
        """Another part of a topic's answer (see PARTS), or None where the article has none."""
        entry = self._metadata(topic).get(part)
        if entry is None:
            return None
        return Reply(
            text=clinic().fill(entry["text"]),
            outcome=Outcome.ANSWERED,
            topics=(topic,),
            buttons=self.buttons(topic)[:MAX_BUTTONS],
            facts=tuple(entry["facts"]),
            part=part,
        )

    def line(self, name: str, key: str, **values: str) -> str:
        """A fixed sentence of a reply's metadata, with its blanks filled in."""
        text = clinic().fill(self._metadata(name)["lines"][key])
        for blank, value in values.items():
            text = text.replace("{" + blank + "}", value)
        return text


def topic_button(label: str) -> Button:
    """The quick reply that asks about a topic."""
    return {"title": topic_book().topics[label].title, "payload": f"/{label}"}
