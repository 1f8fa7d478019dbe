"""What a clinic gives for its assistant: one YAML file (content_schema.yml says what is in it)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from spinechat.replies.book import PARTS
from spinechat.replies.terms import LISTS
from spinechat.topics import topic_book

SCHEMA = Path(__file__).with_name("content_schema.yml")


class BadContent(ValueError):
    """A clinic's content cannot be used; the message says where and why."""


@dataclass(frozen=True)
class Content:
    """A checked content file.

    Attributes:
        raw: as the file has it.
    """

    raw: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> Content:
        """Reads and checks a file.

        Raises:
            BadContent: with the first thing that is wrong, and where it stands.
        """
        try:
            raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise BadContent(f"{path} cannot be read: {error}") from error
        schema = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))
        faults = list(jsonschema.Draft4Validator(schema).iter_errors(raw))
        if faults:
            first = jsonschema.exceptions.best_match(faults)
            where = " > ".join(str(part) for part in first.absolute_path) or "the file"
            raise BadContent(f"{path}: {where}: {first.message}")
        content = cls(raw)
        for fault in content._faults():
            raise BadContent(f"{path}: {fault}")
        return content

    @property
    def clinic(self) -> dict[str, str]:
        """Name, phone, and maybe hours and the address for bookings."""
        return dict(self.raw["clinic"])

    @property
    def words(self) -> dict[str, Any]:
        """How the subject is called."""
        return dict(self.raw["words"])

    @property
    def topics(self) -> dict[str, dict[str, Any]]:
        """Topics by label."""
        return dict(self.raw["topics"])

    @cached_property
    def labels(self) -> list[str]:
        """The topics' labels, the first ones first offered."""
        return list(self.topics)

    def _faults(self) -> Iterator[str]:
        """References that lead nowhere."""
        facts, known = self.raw["facts"], topic_book().topics
        for name, fact in facts.items():
            if fact["section"] not in self.raw["sections"]:
                yield f"facts > {name}: there is no section {fact['section']!r}"
        ours = {label for label, topic in known.items() if topic.kind != "faq"}
        for label in ours & self.topics.keys():
            yield f"topics > {label}: this name is taken, please choose another"
        for label, topic in self.topics.items():
            answers = [topic, *(topic[part] for part in PARTS if part in topic)]
            for fact in (fact for answer in answers for fact in answer["facts"]):
                if fact not in facts:
                    yield f"topics > {label}: there is no fact {fact!r}"
            for other in [*topic["next"], *filter(None, [topic.get("how_long")])]:
                if other not in self.topics and other not in ours:
                    yield f"topics > {label}: there is no topic {other!r}"
        for group in (self.raw.get("terms") or {}).values():
            for name, term in group.items():
                if LISTS[term["kind"]] not in self.topics:
                    yield f"terms > {name}: needs a topic {LISTS[term['kind']]!r}"
