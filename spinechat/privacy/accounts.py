"""Names on the internet: @handles, user names after a cue, and links that lead to a person."""

from __future__ import annotations

import re
from collections.abc import Iterator

from spinechat.privacy.spans import Span

_HANDLE = re.compile(r"(?<![\w@/.])@(?=[\w.]{0,29}[^\W\d_])[\w.]{1,29}\w")
# "@home" and "@3pm" say where and when.
_PLACES = re.compile(
    r"@(?:home|work|night|noon|midnight|times|least|first|all|the|my|this|school|clinic|hospital"
    r"|the|rest|mri|er|pt|\d{1,2}(?:am|pm|mg|o))\Z",
    re.IGNORECASE,
)
_SITE = (
    r"(?:facebook|fb|instagram|twitter|x|tiktok|linkedin|snapchat|threads|youtube|t|venmo|paypal"
    r"|github|reddit|pinterest|cash)\.(?:com|me|app|net)"
)
_LINK = re.compile(
    rf"(?<![\w.@])(?:https?://)?(?:[\w-]{{1,30}}\.){{0,2}}{_SITE}/[^\s,;()<>]{{1,200}}"
    r"|(?<!\w)https?://[^\s/@]{1,100}@[^\s]{1,200}"
    r"|(?<!\w)(?:https?://|www\.)[^\s/]{1,100}/(?:[^\s/]{1,60}/){0,6}"
    r"(?:~|@|(?:u|user|users|in|profile|people|member|patient|account)/|[^\s/?]{0,80}\?)"
    r"[^\s,;()<>]{1,200}",
    re.IGNORECASE,
)
_CUE = (
    r"\b(?:user\s?(?:name|id)|screen\s?name|handle|log-?in|insta(?:gram)?|snap(?:chat)?|tiktok"
    r"|twitter|telegram|skype|venmo|facebook|usuario)"
)
# Without a word like "is", only what no plain word looks like: with a digit, stop or underscore.
_USER_NAME = re.compile(
    rf"{_CUE}(?:\s(?:name|handle|id))?\s?(?:is|es|:|=)\s{{0,2}}@?([\w.-]{{2,30}}\w)"
    rf"|{_CUE}\s{{1,2}}(?=[^\W\d]{{1,30}}[\d_])([\w.-]{{2,30}})",
    re.IGNORECASE,
)
_NOT_A_NAME = re.compile(
    r"(?:not|down|broken|working|a|the|my|on|what|where|full|still|too|so|private|required|same)\Z",
    re.IGNORECASE,
)


def accounts(text: str) -> Iterator[Span]:
    """Every handle, user name and personal link."""
    for match in _HANDLE.finditer(text):
        if not _PLACES.match(match[0]):
            yield Span(match.start(), match.end(), "account")
    for match in _USER_NAME.finditer(text):
        group = 1 if match[1] else 2
        if not _NOT_A_NAME.match(match[group]):
            yield Span(*match.span(group), "account")
    if "/" in text:
        for match in _LINK.finditer(text):
            yield Span(match.start(), match.end(), "link")
