"""Splits a patient's message into clauses, and tells which of them ask something.

Pure functions on a spaCy document of the blank English pipeline: sentence ends, and the places
where one question stops and the next begins ("... and how long ...", "... also do you ...").
"""

from __future__ import annotations

import re
from itertools import pairwise

from spacy.tokens import Doc

# A word that begins a question, or a request that stands for one.
QUESTION_STARTS = frozenset(
    "how what whats when where wheres who whos why which is are am was were do does did can could "
    "will would should shall may has have had isnt arent dont doesnt cant wont".split()
)
# What joins two questions.
JOINERS = frozenset("and also plus but or then & +".split())
SENTENCE_ENDS = frozenset(".?!;\n…")
# Shorter pieces are glued to their neighbour: one word alone is no question.
MIN_WORDS = 2
REQUESTS = (
    "tell me",
    "want to know",
    "wanna know",
    "like to know",
    "need to know",
    "wondering",
    "wonder ",
    "curious",
    "explain",
    "question about",
    "questions about",
    "asking about",
    "ask about",
    "info on",
    "information on",
    "any idea",
    "let me know",
    "not sure if",
    "dont know if",
)


# A question anywhere in the clause: "... so am i still in the running", "... gonna make me ...".
_INVERTED = re.compile(
    r"\b(am|are|is|do|does|did|can|could|will|would|should|shall|may) "
    r"(i|you|u|we|they|he|she|it|this|that|there|yall|ya|my|he|somebody|someone|anyone)\b"
    r"|\b(how|what|when|where|why|which|who) \w+"
    r"|\b(yall|they|you|u) (gonna|gon|take|do|fix|got)\b"
)
# What stands between the parts of a bare list.
_LIST_MARKS = re.compile(r"(?:(?<=\?)\s|[,;/\n+&])+")
_LIST_MARKS_OR_AND = re.compile(r"(?:(?<=\?)\s|[,;/\n+&]|\band\b)+", re.IGNORECASE)
# Words that may stand before a question without changing it.
FILLERS = frozenset("so ok okay hi hello hey yo well um uh oh now please listen anyway".split())
# A part of a bare list has at most so many words; joined by "and", one fewer ("risks and
# recovery" is a list, "pain and swelling all day" is not).
LISTED_WORDS = 3


def _starts_question(words: list[str], index: int) -> bool:
    if index >= len(words):
        return False
    return words[index].replace("'", "").replace("’", "") in QUESTION_STARTS


def _boundaries(words: list[str]) -> list[int]:
    """Positions in a message's tokens (in lower case) at which a new clause begins."""
    starts = [0]
    for index, word in enumerate(words[:-1]):
        following = index + 1
        if word[-1] in SENTENCE_ENDS or (word.isspace() and "\n" in word):
            starts.append(following)
        elif (word in JOINERS or word == ",") and (
            _starts_question(words, following)
            or (words[following] in JOINERS and _starts_question(words, following + 1))
        ):
            starts.append(index)
    return starts


def _listed(text: str) -> list[str]:
    """The parts of a bare list of topics ("cut size, pain after, price"), else none."""
    for marks, longest in ((_LIST_MARKS_OR_AND, LISTED_WORDS - 1), (_LIST_MARKS, LISTED_WORDS)):
        parts = [part.strip() for part in marks.split(text) if part.strip()]
        if len(parts) > 1 and max(len(part.split()) for part in parts) <= longest:
            return parts
    return []


def split_clauses(doc: Doc) -> list[str]:
    """The message's clauses in order, at least one, each of two words or more where possible."""
    listed = _listed(doc.text)
    if listed:
        # Marked as questions, so that each is heard for itself.
        return [part if part.endswith("?") else f"{part}?" for part in listed]
    starts = [*_boundaries([token.lower_ for token in doc]), len(doc)]
    if len(starts) == 2:
        return [doc.text]
    pieces: list[str] = []
    for begin, end in pairwise(starts):
        piece = doc[begin:end].text.strip(" \n\t,;")
        words = sum(1 for token in doc[begin:end] if token.is_alpha or token.like_num)
        if not piece:
            continue
        if pieces and words < MIN_WORDS:
            pieces[-1] = f"{pieces[-1]} {piece}"
        else:
            pieces.append(piece)
    return pieces or [doc.text]


def asks_something(clause: str) -> bool:
    """Whether a clause is worded as a question or as a request to be told something."""
    lowered = clause.lower().replace("'", "").replace("’", "")
    if "?" in clause or any(request in lowered for request in REQUESTS):
        return True
    if _INVERTED.search(lowered):
        return True
    words = lowered.split()
    while words and words[0].strip(",.") in JOINERS | FILLERS:
        words = words[1:]
    return bool(words) and words[0] in QUESTION_STARTS
