"""Writes the report (`make report`).

python -m spinechat.evaluation.page --out results/report.html --article article.txt
"""

from __future__ import annotations

import argparse
from pathlib import Path

from spinechat.evaluation.page import history
from spinechat.evaluation.page.contents import page
from spinechat.evaluation.page.history import Entry
from spinechat.evaluation.page.measured import measured
from spinechat.evaluation.report import origin, sha256


def main(argv: list[str] | None = None) -> None:
    """Asks the present model the dev half, keeps its figures, writes the file."""
    parser = argparse.ArgumentParser(prog="python -m spinechat.evaluation.page")
    parser.add_argument("--model", type=Path, default=Path("models/spinechat.tar.gz"))
    parser.add_argument("--out", type=Path, default=Path("results/report.html"))
    parser.add_argument("--article", type=Path, help="the article, to look at its headings")
    parser.add_argument("--limit", type=int, help="at most so many messages of each set")
    arguments = parser.parse_args(argv)
    found = measured(arguments.model, history.HALF, arguments.limit)
    figures = {name: (share.hits, share.count) for name, share in found.figures().items()}
    source = origin()
    digest = history.messages_digest()
    # A part of the messages is no measure of the whole.
    messages = digest if arguments.limit is None else f"{arguments.limit} of {digest}"
    entry = Entry(source["date"], source["commit"], sha256(arguments.model), messages, figures)
    entries = history.add(history.history_path(), entry)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(page(found, entries, arguments.article), encoding="utf-8")
    print(f"The report is {arguments.out}.")


if __name__ == "__main__":
    main()
