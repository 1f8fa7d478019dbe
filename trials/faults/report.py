"""docs/faults.md: what the trials showed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from trials.documents import markdown_table, where_from
from trials.faults.trial import ANSWER_LIMIT, RECOVERY_LIMIT, Result
from trials.patients import CLIENT_LIMIT

_HEAD = [
    "what happens",
    "turns",
    "answered",
    "longest",
    "lost",
    "recovered",
    "restarts",
    "as it should be",
]
_INTRODUCTION = f"""# Faults, tried

Written by `make faults`. Three patients chat without a pause while a fault happens to the server
that `spinechat run` started, and after it. "Longest" is the longest time until one of them saw an
answer or the fixed sentence with the clinic's number (limit {ANSWER_LIMIT:g} s): the server's, or
the widget's own, which it shows when the server cannot be reached or is silent for
{CLIENT_LIMIT:g} s. A patient who gets the fixed sentence asks again at once, so a server that is
away for ten seconds makes many turns without an answer. "Lost" counts answered turns that are not
in the store afterwards, or not in order. "Recovered" is the time from the fault's end until all of
them were answered again, within {RECOVERY_LIMIT:g} s and without a hand; "restarts" counts the
launcher's.
"""


@dataclass
class Report:
    """What was tried.

    Attributes:
        results: in order.
        skipped: what could not be tried here, and why.
        said: what the launcher said to models that are unfit, by fault.
    """

    results: list[Result] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether everything that was tried is as it should be."""
        return all(result.passed for result in self.results)

    def as_markdown(self) -> str:
        """The whole document."""
        parts = [_INTRODUCTION, where_from("make faults"), ""]
        parts += [markdown_table(_HEAD, _rows(self.results))]
        parts += ["", "## An unfit model at the start", ""]
        parts += [
            markdown_table(["models/ holds", "what the launcher says"], sorted(self.said.items()))
        ]
        if self.skipped:
            parts += ["", "## Not tried", "", *[f"- {line}" for line in self.skipped]]
        return "\n".join(parts) + "\n"


def _rows(results: Sequence[Result]) -> list[list[str]]:
    return [
        [
            result.name,
            f"{result.turns:,}",
            f"{result.answered:,}",
            f"{result.longest:.1f} s",
            str(result.lost + result.disordered),
            "no" if result.recovered is None else f"{result.recovered:.1f} s",
            str(result.restarts),
            "yes" if result.passed else "**no**",
        ]
        for result in results
    ]
