"""What is counted and timed, for Prometheus.

Labels come from closed sets (channels, outcomes, topics, kinds of error), whatever a caller gives:
no word, no id and no address of a patient can become one. All series begin at 0 with the process,
so that the first event is seen as a rise.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

from spinechat.channels.options import NEEDS
from spinechat.topics import ALARMS, Outcome, topic_book

# A start time for each series would be as many series again.
disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry()
# Memory, processor time, open files and start of this process.
ProcessCollector(registry=REGISTRY)

WEBSITE = "website"
CHANNELS = (WEBSITE, *NEEDS)
OUTCOMES = tuple(outcome.value for outcome in Outcome)
OTHER = "other"
# Why a message was not taken, by HTTP's word for it; 401: the session is unknown or has ended.
REASONS = {
    400: "no_text",
    401: "no_session",
    403: "not_allowed",
    404: "no_such_page",
    405: "no_such_page",
    413: "too_long",
    429: "too_fast",
}
# Why an admitted message got the fixed sentence in place of an answer.
TOO_SLOW, ERROR, NO_REPLY = FAILURES = ("too_slow", "error", "no_reply")
# What the messaging channels tell of a message (inbox.py).
LETTERS = ("received", "duplicate", "too_fast", "stopped", "answered", "undelivered",
           "window_closed", "segments")  # fmt: skip

TURNS = Counter(
    "spinechat_turns", "Messages that were answered.", ["channel", "outcome"], registry=REGISTRY
)
SECONDS = Histogram(
    "spinechat_turn_seconds",
    "Seconds from a message's admission to its answer.",
    ["channel"],
    # Around the time of one turn (5 ms), of a busy server, and up to the limit of 8 s.
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8),
    registry=REGISTRY,
)
TOPICS = Counter("spinechat_topics", "Topics served; several in a turn.", ["topic"],
                 registry=REGISTRY)  # fmt: skip
MISSES = Counter("spinechat_misses", "Answered messages that were not understood.", ["channel"],
                 registry=REGISTRY)  # fmt: skip
ALARMED = Counter(
    "spinechat_alarms",
    "Answers that told to call 911 or 988, to refused messages as well, while the alarm stands.",
    ["channel", "kind"],
    registry=REGISTRY,
)
REFUSED = Counter("spinechat_refused", "Requests that were not taken.", ["channel", "reason"],
                  registry=REGISTRY)  # fmt: skip
FAILED = Counter("spinechat_failed_turns", "Messages that got the fixed sentence for an answer.",
                 ["channel", "reason"], registry=REGISTRY)  # fmt: skip
MESSAGES = Counter(
    "spinechat_messages", "What became of the messaging channels' messages.", ["channel", "what"],
    registry=REGISTRY,
)  # fmt: skip


def _known(given: str, known: Collection[str]) -> str:
    return given if given in known else OTHER


def _begin_at_zero() -> None:
    for channel in CHANNELS:
        SECONDS.labels(channel)
        MISSES.labels(channel)
        for counter, values in (
            (TURNS, OUTCOMES),
            (ALARMED, ALARMS),
            (REFUSED, (*REASONS.values(), OTHER)),
            (FAILED, FAILURES),
        ):
            for value in values:
                counter.labels(channel, value)
        if channel != WEBSITE:
            for what in LETTERS:
                MESSAGES.labels(channel, what)
    for topic in topic_book().topics:
        TOPICS.labels(topic)


_begin_at_zero()


def took(channel: str, seconds: float) -> None:
    """An admitted message got something back, whatever it was."""
    SECONDS.labels(_known(channel, CHANNELS)).observe(seconds)


def answered(channel: str, outcome: str, topics: Iterable[str]) -> None:
    """A message got an answer (status 200)."""
    channel, outcome = _known(channel, CHANNELS), _known(outcome, OUTCOMES)
    served = set(topics)
    TURNS.labels(channel, outcome).inc()
    for topic in served:
        TOPICS.labels(_known(topic, topic_book().topics)).inc()
    if outcome == Outcome.UNSURE.value:
        MISSES.labels(channel).inc()
    _alarmed(channel, served)


def refused(channel: str, status: int, topics: Iterable[str]) -> None:
    """A request was not taken; `topics`: what its answer is about, as an alarm may be in it."""
    channel = _known(channel, CHANNELS)
    REFUSED.labels(channel, REASONS.get(status, OTHER)).inc()
    _alarmed(channel, topics)


def failed(channel: str, reason: str, topics: Iterable[str]) -> None:
    """A message was taken, and Rasa gave no answer (`reason`: one of FAILURES)."""
    channel = _known(channel, CHANNELS)
    FAILED.labels(channel, _known(reason, FAILURES)).inc()
    _alarmed(channel, topics)


def _alarmed(channel: str, topics: Iterable[str]) -> None:
    for kind in ALARMS:
        if kind in topics:
            ALARMED.labels(channel, kind).inc()


def message(channel: str, what: str, number: int) -> None:
    """Something became of a messaging channel's message (`what`: one of LETTERS)."""
    MESSAGES.labels(_known(channel, CHANNELS), _known(what, LETTERS)).inc(number)
