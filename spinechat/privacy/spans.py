"""Where an identifier stands in a text, and the text with all of them replaced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of a text that holds an identifier.

    Attributes:
        start: index of its first character.
        end: index after its last one.
        kind: what stands in its place, in round brackets: "phone", "email", "number", "date",
            "address", "name", "account" or "link".
    """

    start: int
    end: int
    kind: str


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Spans that overlap become one, of the longer one's kind; "number" says least of all."""
    joined: list[Span] = []
    for span in sorted(spans):
        last = joined[-1] if joined else None
        if last is None or span.start >= last.end:
            joined.append(span)
            continue
        longer = max(last, span, key=lambda one: (one.end - one.start, one.kind != "number"))
        joined[-1] = Span(last.start, max(last.end, span.end), longer.kind)
    return joined


def without(text: str, spans: Iterable[Span], kept: Iterable[Span]) -> Iterator[Span]:
    """The spans less what they share with `kept`; what is left of one has a letter or a figure."""
    cuts = sorted(kept)
    for span in spans:
        start = span.start
        for cut in [*(one for one in cuts if one.start < span.end), Span(span.end, span.end, "")]:
            piece = text[start : cut.start]
            if any(character.isalnum() for character in piece):
                begin = start + len(piece) - len(piece.lstrip())
                yield Span(begin, begin + len(piece.strip()), span.kind)
            start = max(start, cut.end)


def replaced(text: str, spans: Iterable[Span]) -> str:
    """The text with each span replaced by its kind in round brackets."""
    pieces, end = [], 0
    for span in _joined(spans):
        pieces += [text[end : span.start], f"({span.kind})"]
        end = span.end
    return "".join([*pieces, text[end:]])
