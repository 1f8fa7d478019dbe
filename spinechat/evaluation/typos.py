"""Puts typing errors into messages, for scoring: the words are a patient's, the slips are not.

The package `typo` makes slips of the finger; how words are spelled by ear stands here, as no
package that fits Rasa's pins has it. The frozen messages stay as they are: errors are put into
copies, the same ones at each run.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from typo import StrErrer

# One error in so many words; a message of half as many words gets one every other time.
WORDS_PER_TYPO = 6
# Shorter words are hardly ever mistyped beyond recognition, and are what a sentence hangs on.
FEWEST_LETTERS = 4
_WORD = re.compile(rf"[A-Za-z]{{{FEWEST_LETTERS},}}")
# Sounds and another way to write them, as in common misspellings of English ("nerv", "fisical",
# "releef", "operashun"); the first that a word holds after its first letter, or a start.
_BY_EAR = (
    (r"^kn", "n"),
    (r"^wr", "r"),
    (r"^ph", "f"),
    (r"(?<=.)ph", "f"),
    (r"tion", "shun"),
    (r"igh", "i"),
    (r"ough", "uff"),
    (r"ie", "ee"),
    (r"ei", "ee"),
    (r"ea", "ee"),
    (r"ai", "ay"),
    (r"ck", "k"),
    (r"(?<=.)c(?=[eiy])", "s"),
    (r"(?<=.)c(?=[aou])", "k"),
    (r"(?<=.)qu", "kw"),
    (r"([bdfglmnprst])\1", r"\1"),
    (r"(?<=.)x", "ks"),
    (r"ery$", "ary"),
    (r"or$", "er"),
    (r"(?<=..)e$", ""),
)


def _near(word: str, seed: int) -> str:
    return str(StrErrer(word, seed=seed).nearby_char(preservefirst=True).result)


def _dropped(word: str, seed: int) -> str:
    return str(StrErrer(word, seed=seed).missing_char(preservefirst=True).result)


def by_ear(word: str, seed: int) -> str:
    """A word as it sounds; with a letter dropped where no sound has another spelling."""
    for sound, spelling in _BY_EAR:
        heard = re.sub(sound, spelling, word, count=1, flags=re.IGNORECASE)
        if heard != word:
            return heard
    return _dropped(word, seed)


# What happens to a word, by the kind of error; in "joined" it is the space after it that is lost.
SLIPS: dict[str, Callable[[str, int], str]] = {
    "neighbouring key": _near,
    "dropped letter": _dropped,
    "joined words": lambda word, _: word,
    "spelled by ear": by_ear,
}
JOINED = "joined words"


def with_typos(text: str, kinds: tuple[str, ...] = tuple(SLIPS), seed: int = 0) -> str:
    """A text with about one typing error in six words.

    Args:
        text: what was written.
        kinds: of error, keys of SLIPS; each error is of one of them by chance.
        seed: another one puts other errors into the text.
    """
    chance = random.Random(f"{seed} {text}")
    places = [found.span() for found in _WORD.finditer(text)]
    wanted = int(len(text.split()) / WORDS_PER_TYPO + chance.random())
    # From the end, so that the places before stay where they are.
    for begin, end in sorted(chance.sample(places, min(wanted, len(places))), reverse=True):
        kind, own_seed = chance.choice(kinds), chance.randrange(2**32)
        after = text[end:]
        if kind == JOINED:
            after = after.removeprefix(" ")
        text = text[:begin] + SLIPS[kind](text[begin:end], own_seed) + after
    return text
