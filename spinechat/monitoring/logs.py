"""The server's log as lines of JSON: what happened, when, to which conversation.

This project logs constant sentences with named values ("turn failed in %(conversation)s:
%(kind)s"); the sentence is the event, the values are fields. Ids of conversations are random, or
keyed hashes of a sender's address. Nothing of a message, an answer or a topic is ever a value.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from datetime import datetime, timezone
from typing import Any

from spinechat.settings import BadSetting

LEVEL = "SPINECHAT_LOG_LEVEL"
LEVELS = ("debug", "info", "warning", "error")
PROJECT = ("spinechat", "actions")
# Sanic's sentences hold addresses, in which a caller may write anything: as values, which are left
# out, or as a request in words.
SANIC = ("sanic.root", "sanic.error", "sanic.access")
_REQUEST = re.compile(r"<\w*Request: [^>]*>")


class JsonLines(logging.Formatter):
    """One object a line: at, level, logger, event, the values by name, and them in the sentence.

    Of an exception only the kind is told: its text and its stack may hold a patient's words.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        text = str(record.msg) if record.name in SANIC else record.getMessage()
        text = _REQUEST.sub("a request", text)
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, timezone.utc).isoformat(
                "T", "milliseconds"
            ),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": str(record.msg) if record.name.startswith(PROJECT) else text,
        }
        if isinstance(record.args, dict):
            line |= {name: value for name, value in record.args.items() if name not in line}
        if text != line["event"]:
            line["message"] = text
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False, default=str)


def log_level() -> str:
    """SPINECHAT_LOG_LEVEL, "warning" by default; "info" tells of each turn.

    Raises:
        BadSetting: it is none of LEVELS.
    """
    level = os.environ.get(LEVEL, "").lower() or "warning"
    if level not in LEVELS:
        raise BadSetting(f"{LEVEL} must be one of {', '.join(LEVELS)}; it is {level!r}.")
    return level


def log_as_json() -> None:
    """Makes every logger of the process write lines of JSON to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    for name in PROJECT:
        logging.getLogger(name).setLevel(log_level().upper())
    # Some libraries bring handlers of their own; their lines go to the root's. Rasa cuts Sanic's
    # loggers off from the root.
    for logger in list(root.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger) and (logger.handlers or logger.name in SANIC):
            logger.handlers.clear()
            logger.propagate = True
    # Its sentences below a warning tell of every request.
    logging.getLogger("sanic.root").setLevel(logging.WARNING)
