"""The report's tables and pictures, and the whole file."""

from __future__ import annotations

import base64
import math
import statistics
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from spinechat.clinic import clinic
from spinechat.evaluation import pictures, scores
from spinechat.evaluation.page import stored
from spinechat.evaluation.page.coverage import coverage
from spinechat.evaluation.page.history import Entry
from spinechat.evaluation.page.measured import Measured
from spinechat.evaluation.page.scope import curve, point
from spinechat.evaluation.page.stored import Table
from spinechat.evaluation.readability import MAX_FIRST, MAX_GRADE, MAX_PART, grade, words
from spinechat.evaluation.report import LOOKALIKES, SINGLES
from spinechat.evaluation.scores import Share
from spinechat.pages import page_environment
from spinechat.project import read_yaml
from spinechat.replies.book import PARTS, ReplyBook
from spinechat.topics import topic_book

# What the trend shows, of all that the history keeps.
TREND = (
    SINGLES, LOOKALIKES, "dialogue turns right",
    "emergencies caught", "false alarms, look-alikes", "advice refused",
)  # fmt: skip
MOST_MODELS = 12


def _percent(value: float | None) -> str:
    return "–" if value is None or math.isnan(value) else f"{value:.1%}"


def _row(name: str, share: Share) -> list[str]:
    low, high = share.interval
    span = f"{low:.1%} to {high:.1%}" if share.count else "–"
    return [name, _percent(share.value), span, f"{share.hits} of {share.count}"]


def _picture(draw: Callable[[Path], Path]) -> str:
    """A picture as a data URI."""
    with tempfile.TemporaryDirectory() as folder:
        content = draw(Path(folder) / "picture.svg").read_bytes()
    return "data:image/svg+xml;base64," + base64.b64encode(content).decode()


def _pictures(measured: Measured) -> dict[str, str]:
    singles, replies = measured.sets.singles, measured.replies.singles
    confidences = [heard.confidence for heard in replies]
    right = scores.rights(singles, measured.served)
    rows, columns, counts = scores.confusion(singles, measured.served)
    points = [(p.let_through.value, p.right.value) for p in curve(singles, replies)]
    used = point(singles, replies, threshold())
    chosen = (used.let_through.value, used.right.value)
    return {
        "confusion": _picture(lambda path: pictures.confusion_matrix(rows, columns, counts, path)),
        "confidence": _picture(
            lambda path: pictures.confidence_histogram(confidences, right, path)
        ),
        "reliability": _picture(
            lambda path: pictures.reliability_diagram(measured.bins, measured.report.error, path)
        ),
        "scope": _picture(lambda path: pictures.scope_curve(points, chosen, path)),
    }


def threshold() -> float:
    """The least confidence of a topic that is served (config.yml)."""
    (fallback,) = (
        part for part in read_yaml("config.yml")["pipeline"] if part["name"] == "FallbackClassifier"
    )
    return float(fallback["threshold"])


def _labels(measured: Measured) -> list[dict[str, Any]]:
    """Scores of each label, the worst recall first."""
    found = [
        {
            "label": one.label,
            "messages": one.recall.count,
            "precision": one.precision.value if one.precision.count else None,
            "recall": one.recall.value if one.recall.count else None,
            "f1": one.f1,
        }
        for one in measured.report.labels
    ]
    return sorted(found, key=lambda row: (row["recall"] is None, row["recall"], row["label"]))


def readability() -> list[dict[str, Any]]:
    """Grade and words of every answer, the hardest first."""
    book = ReplyBook(read_yaml("domain.yml")["responses"])
    found = []
    for topic in topic_book().topics.values():
        texts = {topic.label: (book.first(topic.label).text, MAX_FIRST)}
        for part in PARTS if topic.kind == "faq" else ():
            if reply := book.part(topic.label, part):
                texts[f"{topic.label}/{part}"] = (reply.text, MAX_PART)
        for name, (text, most) in texts.items():
            count = len(words(text))
            found.append({"name": name, "grade": grade(text), "words": count, "most": most})
    return sorted(found, key=lambda row: -row["grade"])


def _speed(measured: Measured) -> Table:
    """Times of single messages in this run, and beside the default pipeline if that was run."""
    cuts = statistics.quantiles([1000 * s for s in measured.seconds], n=20)
    head = ["", "assistant", "Rasa's default pipeline", "ratio"]
    rows = [
        ["this run: a turn, median (ms)", f"{cuts[9]:.1f}", "", ""],
        ["this run: a turn, 95 of 100 (ms)", f"{cuts[18]:.1f}", "", ""],
    ]
    for name, own in ((stored.speed() or {}).get("measured") or {}).get("assistant", {}).items():
        other = stored.speed()["measured"]["default"].get(name)  # type: ignore[index]
        ratio = f"{own / other:.2f}" if other else "–"
        rows.append([f"make bench: {name}", f"{own:.1f}", f"{other:.1f}" if other else "–", ratio])
    return Table(head, rows)


def _trend(entries: Sequence[Entry]) -> dict[str, Any]:
    """The last models that were asked the same messages, and their picture from two on."""
    same = [one for one in entries if one.messages == entries[-1].messages][-MOST_MODELS:]
    names = [f"{one.date[:10]}\n{one.model[:7]}" for one in same]
    shares = {
        name: [share.value if (share := one.share(name)) else None for one in same]
        for name in TREND
    }
    rows = [
        [one.date[:16].replace("T", " "), (one.commit or "–")[:7], one.model[:12]]
        + [_percent(shares[name][at]) for name in TREND]
        for at, one in enumerate(same)
    ]
    drawn = _picture(lambda path: pictures.trend(names, shares, path)) if len(same) > 1 else ""
    return {
        "picture": drawn,
        "table": Table(["date", "commit", "model", *TREND], rows[::-1]),
        "others": len(entries) - len([one for one in entries if one.messages == same[-1].messages]),
    }


def _test_half() -> dict[str, Any] | None:
    """The last score of the test half that `make eval` wrote."""
    found = stored.scores()
    if found is None or found["half"] != "test" or found.get("limit"):
        return None
    rows = [
        _row(name, Share(value["hits"], value["count"]))
        for name, value in found["assistant"].items()
    ]
    return {**found, "rows": rows}


def page(measured: Measured, entries: Sequence[Entry], article: Path | None = None) -> str:
    """The whole file.

    Args:
        measured: what the present model did.
        entries: the history, the present model last.
        article: its file, if it may be looked at.
    """
    environment = page_environment("spinechat.evaluation.page")
    environment.filters["percent"] = _percent
    return environment.get_template("report.html").render(
        clinic=clinic(),
        entry=entries[-1],
        figures=[
            _row(name, share) for name, share in measured.report.shares.items() if share.count
        ],
        error=measured.report.error,
        safety=[
            _row(name, share)
            for name, share in measured.figures().items()
            if name not in measured.report.shares and share.count
        ],
        safety_scores=stored.safety(),
        test_half=_test_half(),
        labels=_labels(measured),
        wrong=measured.wrong(),
        pictures=_pictures(measured),
        threshold=threshold(),
        scope=point(measured.sets.singles, measured.replies.singles, threshold()),
        readability=readability(),
        most_grade=MAX_GRADE,
        speed=_speed(measured),
        has_bench=stored.speed() is not None,
        coverage=coverage(article),
        with_article=article is not None,
        trend=_trend(entries),
    )
