"""Keeps patients' words out of Rasa's log, at every level.

At level debug Rasa logs each message, though masked, and the states it leads to.
"""

from __future__ import annotations

from typing import Any

import structlog

LEFT_OUT = "(left out)"
# The keys that Rasa's own `rasa.utils.log_utils._anonymizer` names as holding a patient's words.
# Its extension point for them, a pipeline of a plugin, costs a second reading of the conversation
# a turn.
_KEYS = frozenset(
    """
    text response_text user_text slot_values parse_data_text parse_data_entities prediction_events
    tracker_latest_message prefilled_slots message response slot_candidates rasa_event rasa_events
    tracker_states current_states old_states successes current_entity next_entity states entity
    token_text user_message json_message
    """.split()
)


def _without_words(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """A processor of structlog: the event without what a patient said."""
    return {key: LEFT_OUT if key in _KEYS else value for key, value in event.items()}


def keep_words_out_of_logs() -> None:
    """Makes every logger of Rasa leave patients' words out; calling it again changes nothing."""
    # In place: loggers that were used already hold this very list.
    processors = structlog.get_config()["processors"]
    if _without_words not in processors:
        processors.insert(0, _without_words)
