"""Twilio voice: speech in, speech out, and the clinic's phone for all that the assistant cannot do.

The answer to a request is what the caller hears (TwiML), so nothing is stored to be answered
later: who hangs up has no answer to wait for. What a call has gone through stands in the next
request's address, which Twilio signs with the rest.

Requests: www.twilio.com/docs/voice/twiml/gather and www.twilio.com/docs/voice/twiml/dial.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

from twilio.twiml.voice_response import Gather, VoiceResponse

from spinechat.channels.base import BadHook, Hook, Response
from spinechat.channels.gate import Answer
from spinechat.channels.options import Options
from spinechat.channels.output import Reply
from spinechat.channels.rendering import choices, international, sms_text
from spinechat.channels.texts import spoken
from spinechat.channels.twilio import TWIML, Signed
from spinechat.clinic import clinic
from spinechat.topics import ALARMS, Outcome

# Twilio gives up on a webhook after 15 s (www.twilio.com/docs/api/errors/11200); the turn has to
# leave time for the way there and back.
LONGEST_TURN = 10.0
# Seconds of silence until a caller is asked again, and of ringing at the clinic.
SILENCE = 6
RINGING = 30
# A miss is a message that was not understood, or silence. At the second in a row a person answers.
MISSES = 2
LANGUAGE = "en-US"
# What ends a call without another word.
_ENDED = ("completed", "busy", "failed", "no-answer", "canceled")
_TRANSFER = frozenset({"book_appointment", "phone_number"})
_NUMBER = re.compile(r"\+?\d[\d-]{1,}\d")

Turn = Callable[[str, str], Awaitable[Answer]]


class TwilioVoice:
    """The phone."""

    name = "voice"
    prefix = "call-"

    def __init__(self, options: Options) -> None:
        self._signed = Signed(options, self.name)
        self._address = options.webhook(self.name)

    def authenticate(self, hook: Hook) -> None:
        """Raises Forged unless Twilio signed the request."""
        self._signed.check(hook)

    async def answer(self, hook: Hook, turn: Turn) -> Response:
        """What the caller hears next.

        Args:
            hook: an authentic request.
            turn: gets the call's id and what was said, gives the assistant's answer.

        Raises:
            BadHook: the request is not about a call.
        """
        fields = self._signed.fields(hook)
        call = fields.get("CallSid", "")
        if not call:
            raise BadHook("no call")
        state = parse_qs(hook.query)
        misses = _misses(state)
        if "DialCallStatus" in fields:
            return _twiml(_after_transfer(fields["DialCallStatus"]))
        if fields.get("CallStatus") in _ENDED:
            return _twiml(VoiceResponse())
        said = fields.get("SpeechResult", "")
        if said.strip():
            return _twiml(self._reply(await turn(call, said), misses))
        if "asked" not in state:
            return _twiml(self._ask(VoiceResponse(), [spoken("greeting")], 0))
        if misses + 1 >= MISSES:
            return _twiml(self._transfer(VoiceResponse()))
        return _twiml(self._ask(VoiceResponse(), [spoken("not_heard")], misses + 1))

    def _reply(self, answer: Answer, misses: int) -> VoiceResponse:
        response = VoiceResponse()
        alarm = next((label for label in ALARMS if label in answer.topics), None)
        lines = [str(reply["text"]) for reply in answer.replies]
        if alarm is not None:
            # The line is theirs to end: whoever has more to say is heard.
            return self._ask(response, [*lines, spoken(alarm)], 0)
        missed = answer.outcome == Outcome.UNSURE.value
        if _TRANSFER & set(answer.topics) or (missed and misses + 1 >= MISSES):
            if not missed:
                _say(response, lines)
            return self._transfer(response)
        lines += _choices(answer.replies)
        return self._ask(response, [*lines, spoken("anything_else")], misses + 1 if missed else 0)

    def _ask(self, response: VoiceResponse, lines: list[str], misses: int) -> VoiceResponse:
        """Says something and listens; silence comes back as a request without words."""
        address = f"{self._address}?asked=1&misses={misses}"
        gather = Gather(
            input="speech",
            action=address,
            method="POST",
            language=LANGUAGE,
            speech_timeout="auto",
            timeout=SILENCE,
            action_on_empty_result=True,
        )
        _say(gather, lines)
        response.append(gather)
        return response

    def _transfer(self, response: VoiceResponse) -> VoiceResponse:
        _say(response, [spoken("transfer")])
        response.dial(
            international(clinic().phone),
            action=f"{self._address}?asked=1",
            method="POST",
            timeout=RINGING,
        )
        return response


def _misses(state: dict[str, list[str]]) -> int:
    given = state.get("misses", ["0"])[0]
    return int(given) if given in ("0", "1") else 0


def _after_transfer(status: str) -> VoiceResponse:
    response = VoiceResponse()
    _say(response, [spoken("goodbye") if status == "completed" else spoken("not_reached")])
    response.hangup()
    return response


def _choices(replies: list[Reply]) -> list[str]:
    """The topics that buttons offer elsewhere; a caller says one of them."""
    titles = [button["title"] for reply in replies for button in choices(reply)]
    if not titles:
        return []
    listed = ", or ".join([", ".join(titles[:-1]), titles[-1]] if len(titles) > 1 else titles)
    return [spoken("choices", choices=listed)]


def _say(response: VoiceResponse | Gather, lines: list[str]) -> None:
    for line in lines:
        response.say(speakable(line), language=LANGUAGE)


def speakable(text: str) -> str:
    """A text for a voice: numbers digit by digit, with a breath where the hyphens stand."""
    plain = sms_text(text).replace("\n- ", " ").replace("\n", " ")
    return _NUMBER.sub(_digits, plain)


def _digits(found: re.Match[str]) -> str:
    groups = found[0].lstrip("+").split("-")
    if len(groups) == 1 and found[0] not in ("911", "988"):
        return found[0]
    return ", ".join(" ".join(group) for group in groups)


def _twiml(response: VoiceResponse) -> Response:
    return Response(str(response), TWIML)
