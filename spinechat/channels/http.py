"""What every request of the website's channel goes through, whatever it asks for.

Bodies that are no JSON object, errors as JSON with a sentence for the patient, and no word of a
patient in any log.
"""

from __future__ import annotations

import json
import logging
import re
from typing import Any

from sanic import Sanic, response
from sanic.exceptions import InvalidUsage, SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from spinechat.channels.gate import Answer, refusal
from spinechat.monitoring import metrics
from spinechat.monitoring.logs import log_as_json

logger = logging.getLogger(__name__)

# Bodies over the limit are read up to here, so that they can be screened; more is cut off.
HARD_LIMIT = 256 * 1024
_ESCAPED_SPACE = re.compile(r"\\[nrtf]")


class CheckedRequest(Request):
    """A request whose body has a length that can be read.

    Sanic 21.12 believes "Content-Length: -5" and reads in a circle, for all patients, for ever.
    """

    def __init__(self, url_bytes: bytes, headers: Any, *args: Any, **kwargs: Any) -> None:
        """Called by Sanic once the headers are in; raises InvalidUsage, which becomes a 400."""
        super().__init__(url_bytes, headers, *args, **kwargs)
        for length in headers.getall("content-length", []):
            if not (length.isascii() and length.isdigit()):
                raise InvalidUsage("bad length")
        if headers.get("transfer-encoding", "chunked") != "chunked":
            raise InvalidUsage("bad encoding")


class Refused(Exception):
    """A request that is not carried out.

    Attributes:
        answer: what the patient gets.
        headers: of the response.
    """

    def __init__(self, answer: Answer, **headers: str) -> None:
        super().__init__()
        self.answer = answer
        self.headers = headers


def to_http(answer: Answer, **headers: str) -> HTTPResponse:
    """An answer as a response."""
    return response.json(answer.as_json(), status=answer.status, headers=headers)


def body_of(request: Request) -> dict[str, Any]:
    """The JSON object of a request.

    Raises:
        Refused: it is none.
    """
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Refused(refusal(400, text_of(request), "The request is not JSON.")) from None
    if not isinstance(body, dict):
        raise Refused(refusal(400, text_of(request), "The request is not a JSON object."))
    return body


def text_of(request: Request) -> str:
    """What the patient may have written in a body that is refused, without JSON's escapes."""
    try:
        plain = json.dumps(json.loads(request.body), ensure_ascii=False)
        return _ESCAPED_SPACE.sub(" ", plain)
    except (ValueError, RecursionError):
        return str(request.body.decode("utf-8", "replace"))


def _as_answer(request: Request, error: Exception) -> HTTPResponse:
    """Every error as JSON with the fixed sentence; its text goes nowhere."""
    if isinstance(error, Refused):
        metrics.refused(metrics.WEBSITE, error.answer.status, error.answer.topics)
        return to_http(error.answer, **error.headers)
    status = error.status_code if isinstance(error, SanicException) else 500
    metrics.refused(metrics.WEBSITE, status, ())
    if status >= 500:
        logger.error("request failed: %(kind)s", {"kind": type(error).__name__})
    # "Allow" of a 405, for example.
    return to_http(refusal(status, None), **(getattr(error, "headers", None) or {}))


def _without_traceback(record: logging.LogRecord) -> bool:
    """For Sanic's loggers: a connection's error is one line, its kind."""
    if record.exc_info:
        kind = record.exc_info[0]
        record.msg, record.args = f"{record.getMessage()}: {kind and kind.__name__}", ()
        record.exc_info = None
    return True


def prepare(app: Sanic) -> None:
    """Sets the whole server's limits, log and errors."""
    log_as_json()
    for name in ("sanic.root", "sanic.error"):
        logging.getLogger(name).addFilter(_without_traceback)
    app.request_class = CheckedRequest
    app.config.REQUEST_MAX_SIZE = HARD_LIMIT
    app.config.ACCESS_LOG = False
    app.error_handler.add(Exception, _as_answer)
