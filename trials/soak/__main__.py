"""Sends thousands of hostile requests to one server and writes docs/soak.md.

    python -m trials.soak [--count 20000] [--out docs/soak.md]

Ends with status 1 if something is not as it should be.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from trials.faults.site import embedded
from trials.soak.report import as_markdown
from trials.soak.soak import soak


def main(argv: Sequence[str] | None = None) -> int:
    """Runs it; 0 if the server bore it all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000, help="requests")
    parser.add_argument("--out", type=Path, default=Path("docs/soak.md"))
    arguments = parser.parse_args(argv)
    # schemathesis sends its half beside these.
    bar: tqdm[Any] = tqdm(total=arguments.count // 2, unit="request")
    with embedded() as site, bar:
        soaked = soak(site, arguments.count, bar.update)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(as_markdown(soaked, arguments.count), encoding="utf-8")
    print(arguments.out.read_text(encoding="utf-8"))
    return 0 if soaked.passed else 1


if __name__ == "__main__":
    raise SystemExit(main())
