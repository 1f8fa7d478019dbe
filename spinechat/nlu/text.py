"""How a message is normalised before it is turned into features."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_STRETCHED = re.compile(r"(.)\1{3,}")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-"})


def normalised(text: str) -> str:
    """Lower case, plain quotes, single spaces, no letter more than three times in a row.

    Patients write in capitals, from phones with curly quotes, and with soooooo many letters;
    none of that changes what they ask.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_QUOTES).lower()
    return _STRETCHED.sub(r"\1\1\1", _SPACES.sub(" ", plain)).strip()
