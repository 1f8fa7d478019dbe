"""Adds one phrase to an intent in data/nlu.yml, if nothing speaks against it.

The file is edited as text: its order, comments and style stay, and a diff shows one line.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

import numpy as np

from spinechat.evaluation import messages
from spinechat.evaluation.near_duplicates import too_alike
from spinechat.privacy import masked
from spinechat.project import project_root
from spinechat.review.phrases import PHRASES, PhraseIndex

# What masking leaves in place of an identifier.
_MASK = re.compile(r"\((?:phone|email|number|date|address|name|account|link)\)")
# Rasa reads these in a phrase as marks of its own.
_MARKUP = re.compile(r"[\[\]{}]|^\s*[/\-]")
LONGEST = 1000


class PhraseRefused(ValueError):
    """The phrase must not be added; the message says why, in plain words."""


@dataclass(frozen=True)
class Addition:
    """A change of data/nlu.yml that is not written yet.

    Attributes:
        before: the file's text when the change was made.
        after: its text with the phrase.
    """

    before: str
    after: str

    @property
    def diff(self) -> str:
        """What changes, as a unified diff with two lines around it."""
        before, after = self.before.splitlines(), self.after.splitlines()
        return "\n".join(difflib.unified_diff(before, after, PHRASES, PHRASES, n=2, lineterm=""))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _check(phrase: str, index: PhraseIndex) -> None:
    """Raises PhraseRefused with the first reason."""
    if not phrase or len(phrase) > LONGEST:
        raise PhraseRefused(f"A phrase has 1 to {LONGEST} characters.")
    if _MASK.search(phrase) or masked(phrase) != phrase:
        raise PhraseRefused("It holds a name, a number or another identifier: leave that out.")
    if _MARKUP.search(phrase):
        raise PhraseRefused("It holds one of [ ] { }, or begins with / or -: leave that out.")
    texts = [phrase, *(known.text for known in index.phrases)]
    tests = [text for half in messages.HALVES for text in messages.every_text(half)]
    tests += messages.held_back()
    near = _alike(index, texts + tests)
    if near is None:
        return
    if near >= len(texts):
        raise PhraseRefused("It is nearly the same as a test message, which must stay unlearned.")
    known = index.phrases[near - 1]
    raise PhraseRefused(f"Nearly the same stands under {known.intent} already: {known.text}")


def _alike(index: PhraseIndex, texts: list[str]) -> int | None:
    """Where in `texts` something is too like the first of them."""
    vectors = index.vectors_of(texts)
    found = [other for _, other, _ in too_alike(texts, np.asarray(vectors), first=1)]
    return found[0] if found else None


def proposed(text: str, intent: str, index: PhraseIndex) -> Addition:
    """The change that adds a phrase as the last one of an intent.

    Args:
        text: the phrase, as a person has read and perhaps shortened it.
        intent: a label that data/nlu.yml has.
        index: of the present phrases.

    Raises:
        PhraseRefused: it says why.
    """
    phrase = _one_line(text)
    before = (project_root() / PHRASES).read_text(encoding="utf-8")
    block = re.search(
        rf"^  - intent: {re.escape(intent)}\n    examples: \|\n(      .*\n)+", before, re.M
    )
    if block is None:
        raise PhraseRefused(f"There is no intent {intent!r} in {PHRASES}.")
    _check(phrase, index)
    return Addition(before, f"{before[: block.end()]}      - {phrase}\n{before[block.end() :]}")


def write(addition: Addition) -> None:
    """Writes the change.

    Raises:
        PhraseRefused: the file was changed since it was proposed.
    """
    path = project_root() / PHRASES
    if path.read_text(encoding="utf-8") != addition.before:
        raise PhraseRefused(f"{PHRASES} was changed meanwhile: choose again.")
    draft = path.with_suffix(".draft")
    draft.write_text(addition.after, encoding="utf-8")
    draft.replace(path)
