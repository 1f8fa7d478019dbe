"""This clinic's words for its subject, the other clinic's in their place, and what is left over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from spinechat.adopt.content import BadContent, Content
from spinechat.clinic import clinic
from spinechat.project import read_yaml
from spinechat.terms import terms

# The names of the subject that stand in running texts, longest first.
NAMES = ("subject", "specialist", "short")
# The training phrases hold patients' words: what an alarm sounds like is the same for each clinic.
PHRASES_FILE = "data/nlu.yml"


def whole_words(words: Sequence[str]) -> re.Pattern[str]:
    """Finds each of the words, in capitals or not, over a line's end too."""
    parts = (re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len)[::-1])
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts) or '(?!)'})(?!\w)", re.IGNORECASE)


def _traces(words: Sequence[str]) -> re.Pattern[str]:
    # A word in capitals (MISS) is an abbreviation: in small letters it is another word.
    short = [re.escape(word) for word in words if word.isupper()]
    long = whole_words([word for word in words if not word.isupper()])
    return re.compile(rf"(?<!\w)(?:{'|'.join(short) or '(?!)'})(?!\w)|(?i:{long.pattern})")


@dataclass(frozen=True)
class Exchange:
    """From this clinic to another.

    Attributes:
        pairs: a name of this clinic or its subject, and what stands for it.
        traces: what shows this clinic's subject.
    """

    pairs: tuple[tuple[re.Pattern[str], str], ...]
    traces: re.Pattern[str]

    @classmethod
    def to(cls, content: Content) -> Exchange:
        """From this project's clinic to that of a content file."""
        own = read_yaml("clinic.yml")["words"]
        named = [(own[name], content.words[name]) for name in NAMES]
        named += [
            (clinic().name, content.clinic["name"]),
            (clinic().phone, content.clinic["phone"]),
        ]
        pairs = tuple((whole_words([old]), new) for old, new in named)
        conditions = [word for term in terms().values() for word in term.words]
        subject = [*own["traces"], *conditions, *(own[name] for name in NAMES)]
        theirs = {word.lower() for word in content.words["traces"]}
        # A word that both clinics use shows neither.
        return cls(pairs, _traces([word for word in subject if word.lower() not in theirs]))

    def text(self, text: str) -> str:
        """A text with the other clinic's words in place of this one's."""
        for pattern, new in self.pairs:
            text = _replaced(text, pattern, new)
        return text

    def check(self, name: str, text: str) -> None:
        """That nothing in a file shows this clinic.

        Raises:
            BadContent: with the file and what was found.
        """
        own = clinic()
        found = [own.name] if own.name in text else []
        found += [own.phone] if own.phone in text else []
        if name != PHRASES_FILE:
            found += [match[0] for match in self.traces.finditer(text)]
        if found:
            raise BadContent(f"{name} would still say {', '.join(sorted(set(found)))}.")


def _replaced(text: str, pattern: re.Pattern[str], new: str) -> str:
    """The new words in place of the pattern, with the article and the capital that fit."""

    def put(found: re.Match[str]) -> str:
        article, old = found[1] or "", found[0].removeprefix(found[1] or "")
        words = new[0].upper() + new[1:] if old[0].isupper() else new
        if article:
            # "a spine specialist", but "an implant dentist".
            article = (
                article[0] + ("n" if new[0].lower() in "aeiou" else "") + article.lstrip("aAn")
            )
        return article + words

    return re.sub(rf"(\b[Aa]n?\s+)?{pattern.pattern}", put, text, flags=re.IGNORECASE)
