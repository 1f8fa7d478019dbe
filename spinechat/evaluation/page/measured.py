"""What the present model does on the dev half: every set is asked once."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from spinechat.evaluation import report, safety, scores
from spinechat.evaluation.assistant import Assistant, Heard
from spinechat.evaluation.report import MessageSets, Replies, Report
from spinechat.evaluation.safety import Played
from spinechat.evaluation.scores import Bin, Share


class TimedAssistant(Assistant):
    """Keeps the time of each turn, in seconds."""

    def __init__(self, model: Path) -> None:
        super().__init__(model)
        self.seconds: list[float] = []

    def ask(self, text: str, conversation: str | None = None) -> Heard:
        """One turn, see `Assistant.ask`."""
        begin = time.perf_counter()
        heard = super().ask(text, conversation)
        self.seconds.append(time.perf_counter() - begin)
        return heard


@dataclass(frozen=True)
class Measured:
    """All that was asked, and what became of it.

    Attributes:
        sets: the messages.
        replies: to them.
        report: the scores.
        bins: confidence against accuracy of the single messages.
        played: the safety sets.
        seconds: of each turn of the single messages.
    """

    sets: MessageSets
    replies: Replies
    report: Report
    bins: list[Bin]
    played: Played
    seconds: list[float]

    @property
    def served(self) -> list[str]:
        """The label by which each single message's reply is judged."""
        return [scores.named(heard) for heard in self.replies.singles]

    def figures(self) -> dict[str, Share]:
        """The figures that the history keeps."""
        return {**self.report.shares, **safety.figures(self.played)}

    def wrong(self) -> list[tuple[str, str, str]]:
        """Single messages that went wrong: words, expected topic, served topic."""
        triples = zip(self.sets.singles, self.served, strict=True)
        return [(m.text, m.label, label) for m, label in triples if not m.accepts(label)]


def measured(model: Path, half: str, limit: int | None = None) -> Measured:
    """Asks a model everything; a few minutes.

    Args:
        model: its archive.
        half: which messages.
        limit: at most so many of each set.
    """
    assistant = TimedAssistant(model)
    sets = MessageSets.read(half, limit)
    replies = report.play(assistant, sets)
    seconds = assistant.seconds[: len(sets.singles)]
    right = scores.rights(sets.singles, [scores.named(heard) for heard in replies.singles])
    return Measured(
        sets,
        replies,
        report.score(sets, replies),
        scores.calibration([heard.confidence for heard in replies.singles], right),
        safety.play(assistant, half, limit),
        seconds,
    )
