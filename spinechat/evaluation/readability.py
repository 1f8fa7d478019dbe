"""Whether a worried patient can read a reply: its reading grade, length and wording.

The grade is Flesch-Kincaid's. The words of data/medical_words.yml and the clinic's name and
number count as short words: a patient knows them, or has to get to know them.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache

from spinechat.clinic import clinic
from spinechat.project import read_yaml

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # textstat imports a deprecated part of setuptools
    import textstat

MAX_GRADE = 6.0
MAX_FIRST = 45  # words of a first reply, so that two fit on a phone's screen
MAX_PART = 60  # words of any other reply about one topic
MAX_COMPOSED = 100  # words of two answers in one reply

SHORT_WORD = "it"
_WORD = re.compile(r"[A-Za-z0-9À-ÿ][A-Za-z0-9À-ÿ'’-]*")
_SENTENCE_END = re.compile(r"[.!?]+(?=[\s\"')]|$)|\n")
_VOWELS = re.compile(r"[aeiouy]+")
# An e that is written and not spoken: "scale", "caused", "takes"; not "little", "needed", "causes".
_SILENT = re.compile(
    r"(?<=[^aeiouyl])e$|(?<=[aeiouy]l)e$|(?<=[^aeioutdy])ed$|(?<=[^aeiouyscxzgh])es$"
)

# The assistant is not a person, holds no licence and gives no advice; no wording may suggest it.
_FORBIDDEN = {
    "a licence": r"\bDr\b\.?|\bdoctor (says|advises|recommends)|\bas (a|your) (doctor|surgeon)",
    "a nurse": r"\bnurses?\b",
    "a care team": r"\b(our|your care|my|medical) (team|doctors?|surgeons?|experts?|physicians?)\b",
    "advice": r"\b(we|I|our \w+) (would )?(recommend|advise|suggest|prescribe|diagnose)\b"
    r"|\byou (should|must|need to) (have|get|take|stop|start|try|avoid|rest)\b",
    "a licensed title": r"\b(physician|clinician|licensed|board.certified|M\.?D\.?)\b",
}


@lru_cache(maxsize=1)
def _short() -> re.Pattern[str]:
    groups = read_yaml("data/medical_words.yml")["short_words"]
    listed = [word for group in groups for word in group["words"]]
    listed.sort(key=len, reverse=True)
    return re.compile(rf"\b({'|'.join(map(re.escape, listed))})\b", re.IGNORECASE)


def with_short_words(text: str) -> str:
    """The text as its grade is taken: each listed word replaced by a short one."""
    for known in (clinic().name, clinic().phone):
        text = text.replace(known, SHORT_WORD)
    return _short().sub(lambda found: " ".join(SHORT_WORD for _ in found[0].split()), text)


def words(text: str) -> list[str]:
    """The words of a text; the clinic's number is one."""
    return _WORD.findall(text)


@lru_cache(maxsize=4096)
def syllables(word: str) -> int:
    """Syllables of a word: textstat's count, or the vowel groups where they are more.

    textstat hyphenates, and so takes "open", "area" and "over" for one syllable.
    """
    spoken = _SILENT.sub("", word.lower())
    return max(int(textstat.syllable_count(word)), len(_VOWELS.findall(spoken)), 1)


def grade(text: str) -> float:
    """Flesch-Kincaid grade: years of school a reader needs."""
    plain = with_short_words(text)
    found = words(plain)
    sentences = max(1, sum(1 for part in _SENTENCE_END.split(plain) if words(part)))
    spoken = sum(syllables(word) for word in found)
    return round(0.39 * len(found) / sentences + 11.8 * spoken / len(found) - 15.59, 1)


def wording_faults(text: str) -> list[str]:
    """Wording that implies a licence or advises, and blank lines, which split a message by SMS."""
    faults = [
        f"implies {what}: {found[0]!r}"
        for what, pattern in _FORBIDDEN.items()
        if (found := re.search(pattern, text, re.IGNORECASE if what != "a licence" else 0))
    ]
    if re.search(r"\n\s*\n", text) or text != text.strip():
        faults.append("blank line or blanks at an end")
    return faults


def reading_faults(text: str, most_words: int) -> list[str]:
    """What makes a reply hard to read."""
    faults = wording_faults(text)
    if (years := grade(text)) > MAX_GRADE:
        faults.append(f"grade {years}")
    if (count := len(words(text))) > most_words:
        faults.append(f"{count} words, at most {most_words}")
    return faults
