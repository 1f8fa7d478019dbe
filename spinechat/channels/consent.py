"""STOP, START and HELP, as carriers ask for them in text messages.

A message counts only if it is nothing but that word: "STOP", "stop.", not "when can I stop taking
pills" and not "it doesn't stop hurting".
"""

from __future__ import annotations

import re
from typing import Literal

Consent = Literal["stop", "start", "help", ""]
# Twilio's default words: www.twilio.com/docs/messaging/tutorials/advanced-opt-out. Its third word
# for START, "yes", is an answer to a question here.
_WORDS: dict[str, Consent] = {
    **dict.fromkeys(("stop", "stopall", "unsubscribe", "cancel", "end", "quit"), "stop"),
    **dict.fromkeys(("start", "unstop"), "start"),
    **dict.fromkeys(("help", "info"), "help"),
}
_AROUND = re.compile(r"^\W+|\W+$")


def consent_word(text: object) -> Consent:
    """What a message says about consent: "stop", "start", "help" or nothing."""
    return _WORDS.get(_AROUND.sub("", text).lower(), "") if isinstance(text, str) else ""
