"""Parts of a long message, so that the time of matching grows with its length and no faster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spacy.tokens import Doc, Span

# No pattern of data/red_flags.yml is longer, in words, gaps included (a test counts them).
LONGEST_PATTERN = 24
WINDOW = 100
# As far as a rule of `context` reaches, and the words of the rule itself.
REACH = 24


def _part(doc: Doc, begin: int, end: int) -> Doc:
    """A document of its own from some words of another."""
    words = [word.text for word in doc[begin:end]]
    starts = [word.is_sent_start for word in doc[begin:end]]
    starts[0] = True
    return Doc(doc.vocab, words=words, sent_starts=starts)


def windows(doc: Doc) -> Iterator[tuple[int, Doc]]:
    """Parts in which every pattern that matches in the message matches too, with their begin."""
    if len(doc) <= WINDOW:
        yield 0, doc
        return
    step = WINDOW - LONGEST_PATTERN
    for begin in range(0, len(doc) - LONGEST_PATTERN, step):
        yield begin, _part(doc, begin, begin + WINDOW)


def surroundings(doc: Doc, signs: Sequence[Span]) -> Iterator[tuple[int, Doc, list[Span]]]:
    """Parts around the signs, as wide as their context reaches: begin, part, signs in it."""
    begin, end, inside = 0, 0, list[Span]()
    for sign in sorted(signs):
        if inside and sign.start - REACH < end:
            end = max(end, sign.end + REACH)
            inside.append(sign)
            continue
        if inside:
            yield begin, _part(doc, begin, end), inside
        begin, end, inside = max(0, sign.start - REACH), sign.end + REACH, [sign]
    if inside:
        yield begin, _part(doc, begin, end), inside
