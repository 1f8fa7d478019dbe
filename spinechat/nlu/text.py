"""How a message is normalised before it is turned into features."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_STRETCHED = re.compile(r"(.)\1{3,}")
# Identifiers, and the marks that stand for them once they are masked (spinechat/privacy): both
# become one sign, so that masking changes nothing for the classifier.
_IDENTIFIERS = re.compile(
    r"\((?:phone|email|number|date|address|name|account|link)\)"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\+?\(?\d(?:[ ().-]{0,2}\d){6,}"
)
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-"})


def normalised(text: str) -> str:
    """Lower case, plain quotes, single spaces, letters three times in a row at most, # for numbers.

    Patients write in capitals, from phones with curly quotes, and with soooooo many letters;
    none of that changes what they ask.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_QUOTES).lower()
    plain = _IDENTIFIERS.sub("#", plain)
    return _STRETCHED.sub(r"\1\1\1", _SPACES.sub(" ", plain)).strip()
