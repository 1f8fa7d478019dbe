"""What a stored message holds, and what is said to it: between post_office.py and gate.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from spinechat.channels.choices import payload_buttons
from spinechat.channels.gate import Admitted, Answer, failed
from spinechat.channels.output import Reply
from spinechat.topics import ALARMS

Content = dict[str, Any]


def fixed_content(name: str, once: bool = False) -> Content:
    """Of a message that gets a fixed answer of texts.yml, or none (an empty name)."""
    return {"fixed": name, "once": once}


def admitted_content(message: Admitted) -> Content:
    """Of a message that passed the gate, or that the gate refused."""
    if message.refused is not None:
        return {"refused": {"status": message.refused.status, **message.refused.as_json()}}
    return {"text": message.text, "payload": message.payload, "action": message.action}


def message_of(content: Mapping[str, Any], given_up: bool) -> Admitted:
    """The stored message as the gate takes it.

    Args:
        content: see `admitted_content`.
        given_up: its turn ended the process several times: it gets no further one.
    """
    if "refused" in content:
        return Admitted(refused=Answer(**content["refused"]))
    message = Admitted(content["text"], content["payload"], content["action"])
    return replace(message, refused=failed(message)) if given_up else message


def sounds_alarm(answer: Answer) -> bool:
    """Whether an answer says 911 or 988 because of what the patient wrote."""
    return bool(set(ALARMS) & set(answer.topics))


def gathered(replies: Sequence[Reply]) -> list[Reply]:
    """The replies with all choices under the last, where choices.py counts them."""
    choices = [button for reply in replies for button in payload_buttons(reply["buttons"])]
    plain = [
        {**reply, "buttons": [b for b in reply["buttons"] if not b.get("payload")]}
        for reply in replies
    ]
    if plain:
        plain[-1]["buttons"] = [*plain[-1]["buttons"], *choices]
    return plain
