"""Tries every fault and writes docs/faults.md.

    python -m trials.faults [--only WORD] [--out docs/faults.md]

Ends with status 1 if something is not as it should be.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from tqdm import tqdm

from trials.faults import clients, clock, disk, effects, models, processes, stores
from trials.faults.report import Report
from trials.faults.site import Site, complete, embedded, scratch
from trials.faults.trial import Trial, run

# Clients that do something, and clients that only hold a socket open.
CLIENTS, IDLE = 500, 10_000
Group = tuple[Callable[[], AbstractContextManager[Site]], Sequence[Trial]]


@contextmanager
def _on_small_disk() -> Iterator[Site]:
    with scratch() as folder, disk.small_disk(folder / "disk") as small, embedded(small) as site:
        yield site


def _groups(folder: Path) -> Iterator[Group]:
    yield complete, [*processes.TRIALS, *stores.TRIALS, *models.TRIALS]
    yield complete, clients.trials(CLIENTS, IDLE)
    yield _on_small_disk, disk.TRIALS
    for name, change in effects.ACTIONS.items():
        yield partial(embedded, change_actions=change), [effects.trial(name)]
    time = folder / "clock"
    time.write_text(clock.RIGHT)
    yield partial(_with_clock, time), clock.trials(time)


@contextmanager
def _with_clock(file: Path) -> Iterator[Site]:
    with embedded(None, None, **clock.environment(file)) as site:
        yield site


def main(argv: Sequence[str] | None = None) -> int:
    """Runs them; 0 if everything is as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="faults with this word in their names")
    parser.add_argument("--out", type=Path, default=Path("docs/faults.md"))
    arguments = parser.parse_args(argv)
    report = Report()
    with scratch() as folder:
        groups = [
            (site, [trial for trial in trials if arguments.only in trial.name])
            for site, trials in _groups(folder)
        ]
        bar: tqdm[Any] = tqdm(total=sum(len(trials) for _, trials in groups), unit="fault")
        with bar:
            for number, (site, trials) in enumerate(groups):
                if trials:
                    _try(site, trials, f"{number}", report, bar)
        if not arguments.only:
            for name, harm in tqdm(models.UNFIT.items(), "unfit models", leave=False):
                report.said[name] = models.said_at_the_start(harm)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(report.as_markdown(), encoding="utf-8")
    print(report.as_markdown())
    return 0 if report.passed else 1


def _try(
    site: Callable[[], AbstractContextManager[Site]],
    trials: Sequence[Trial],
    tag: str,
    report: Report,
    bar: tqdm[Any],
) -> None:
    """The faults of one site; they are skipped if this machine cannot have it."""
    try:
        with site() as running:
            for number, trial in enumerate(trials):
                bar.set_description(trial.name[:40])
                report.results.append(run(trial, running, f"{tag}x{number}"))
                bar.update()
    except (clients.TooFewFiles, clock.NoFaketime, disk.CannotMount) as missing:
        report.skipped.append(f"{', '.join(trial.name for trial in trials)}: {missing}")


if __name__ == "__main__":
    raise SystemExit(main())
