"""One fault: patients chat, it happens, it ends, and everything is counted."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from trials.faults.site import Site
from trials.patients import Patients, Turn

# Seconds: nobody waits longer for an answer or the fixed sentence.
ANSWER_LIMIT = 8.0
# For coming back without a hand, and for writing what waited.
RECOVERY_LIMIT = 90.0
WRITE_LIMIT = 60.0
# Before the fault, and after the recovery.
CALM = 1.0


def nothing(site: Site) -> None:
    """What has to be done to a fault that ends by itself, or does not end."""


@dataclass(frozen=True)
class Trial:
    """A fault.

    Attributes:
        name: what happens.
        harm: makes it happen.
        mend: ends it, as the world would (a database is started again); the server gets no help.
        seconds: between the two.
        message: what the patients say, with {word} and {number}.
        restarts: how often the launcher has to start the server again.
        after: puts things right for the next trial, once everything was counted.
    """

    name: str
    harm: Callable[[Site], None]
    mend: Callable[[Site], None] = nothing
    seconds: float = 0.0
    message: str = ""
    restarts: int = 0
    after: Callable[[Site], None] = nothing


@dataclass(frozen=True)
class Result:
    """What came of it.

    Attributes:
        name: the fault's.
        turns: messages sent.
        answered: turns with an answer.
        longest: seconds until an answer or the fixed sentence, of the turn that took longest.
        silent: turns in which the patient saw nothing.
        lost: answered turns that are not in the store.
        disordered: conversations of which a turn is stored twice or in another order.
        recovered: seconds from the fault's end until everybody was answered again; None if not
            within the limit.
        restarts: how often the launcher started the server again.
        needed_restarts: how often it had to; once more, and the server died of the fault.
    """

    name: str
    turns: int
    answered: int
    longest: float
    silent: int
    lost: int
    disordered: int
    recovered: float | None
    restarts: int
    needed_restarts: int

    @property
    def passed(self) -> bool:
        """Whether it is as a patient may expect."""
        return (
            self.longest <= ANSWER_LIMIT
            and not self.silent
            and not self.lost
            and not self.disordered
            and self.recovered is not None
            and self.restarts == self.needed_restarts
        )


def run(trial: Trial, site: Site, tag: str) -> Result:
    """Tries one fault.

    Args:
        trial: the fault.
        site: what runs; it runs on afterwards.
        tag: a word that no other trial on this site uses.
    """
    before = site.launched.restarts
    with Patients(site.launched.port, tag, message=trial.message) as patients:
        time.sleep(CALM)
        try:
            trial.harm(site)
            time.sleep(trial.seconds)
        finally:
            trial.mend(site)
        recovered = _recovery(patients, time.monotonic())
        time.sleep(CALM)
    lost, disordered = _compare([p.turns for p in patients.all], site)
    trial.after(site)
    turns = patients.turns
    return Result(
        name=trial.name,
        turns=len(turns),
        answered=sum(turn.acknowledged for turn in turns),
        longest=max(turn.seconds for turn in turns),
        silent=sum(not turn.speaks for turn in turns),
        lost=lost,
        disordered=disordered,
        recovered=recovered,
        restarts=site.launched.restarts - before,
        needed_restarts=trial.restarts,
    )


def _recovery(patients: Patients, end: float) -> float | None:
    while time.monotonic() < end + RECOVERY_LIMIT:
        if patients.answered_since(end):
            return time.monotonic() - end
        time.sleep(0.05)
    return None


def _compare(conversations: list[list[Turn]], site: Site) -> tuple[int, int]:
    """Answered turns that are not stored; conversations with one stored twice or out of order."""
    give_up = time.monotonic() + WRITE_LIMIT
    while True:
        stored = site.stored()
        lost = disordered = 0
        for turns in conversations:
            wanted = [turn.text for turn in turns if turn.acknowledged]
            known = set(wanted)
            found = [text for text in stored if text in known]
            lost += len(known - set(found))
            disordered += found != [text for text in wanted if text in set(found)]
        if not lost or time.monotonic() > give_up:
            return lost, disordered
        time.sleep(0.5)
