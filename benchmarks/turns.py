"""What the assistant costs beside Rasa's default pipeline, measured side by side in one run.

    python -m benchmarks.turns --turns 200 --out results/bench

Both are trained on the same data, and each is measured in fresh processes of its own. Prints a
table with the bars, and writes bench.json. A missed bar does not change the exit code: times on a
shared machine are no reason to stop a build.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tqdm import tqdm

from benchmarks.worker import RESULT
from spinechat.evaluation.assistant import GENERATOR
from spinechat.evaluation.baselines import DEFAULT_CONFIG, SHORT_EPOCHS, default_pipeline
from spinechat.evaluation.report import origin, sha256
from spinechat.evaluation.tables import table
from spinechat.project import project_root

ASSISTANT, DEFAULT = "assistant", "default"
# Longest time for loading a model and playing the turns, in seconds.
TURNS_LIMIT = 600


@dataclass(frozen=True)
class Bar:
    """A ratio that should not be exceeded.

    Attributes:
        name: how it is called in the table.
        measure: of the assistant, above the line.
        beside: of the default pipeline below the line; or, for "floor", of the assistant itself.
        most: the ratio allowed.
    """

    name: str
    measure: str
    beside: str
    most: float


BARS = (
    Bar("turn p50 / default", "turn_p50_ms", "turn_p50_ms", 0.35),
    Bar("load / default", "load_s", "load_s", 0.2),
    Bar("memory / default", "memory_mb", "memory_mb", 0.6),
    Bar("training / default", "training_s", "training_s", 0.5),
    Bar("turn p50 / floor", "turn_p50_ms", "floor_p50_ms", 1.6),
)
Measures = dict[str, float]


@dataclass(frozen=True)
class Verdict:
    """A bar held against what was measured.

    Attributes:
        name: of the bar.
        ratio: what was measured; with `bounded`, it is at most this.
        most: the ratio allowed.
        passed: whether it is kept; None if it can't be told.
        bounded: the default pipeline was stopped at the time limit, so the ratio is even lower.
    """

    name: str
    ratio: float
    most: float
    passed: bool | None
    bounded: bool


def judge(measured: dict[str, Measures], stopped: frozenset[str] = frozenset()) -> list[Verdict]:
    """Holds the bars against the measures; those not measured are left out.

    Args:
        measured: of both systems.
        stopped: measures of the default pipeline that are only a lower limit.
    """
    verdicts = []
    for bar in BARS:
        system = ASSISTANT if bar.beside == "floor_p50_ms" else DEFAULT
        above, below = measured[ASSISTANT].get(bar.measure), measured[system].get(bar.beside)
        if above is None or below is None:
            continue
        ratio = above / below
        bounded = system == DEFAULT and bar.beside in stopped
        # A bounded ratio above the bar says nothing: the true one may still be below.
        passed = None if bounded and ratio > bar.most else ratio <= bar.most
        verdicts.append(Verdict(bar.name, ratio, bar.most, passed, bounded))
    return verdicts


def _worker(arguments: Sequence[str], limit: float) -> Measures | None:
    """Runs benchmarks.worker in a fresh process; None if it does not end within `limit` seconds.

    Raises:
        RuntimeError: if it fails; with the end of what it printed.
    """
    with tempfile.TemporaryDirectory() as scratch:
        environment = {
            **os.environ,
            # Nothing of an earlier training is reused, and notes do not land among real ones.
            "RASA_CACHE_DIRECTORY": f"{scratch}/cache",
            "SPINECHAT_DATA": f"{scratch}/data",
            "RASA_TELEMETRY_ENABLED": "false",
        }
        Path(environment["SPINECHAT_DATA"]).mkdir()
        command = [sys.executable, "-m", "benchmarks.worker", *arguments]
        try:
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, timeout=limit, check=False
            )
        except subprocess.TimeoutExpired:
            return None
    results = [line for line in done.stdout.splitlines() if line.startswith(RESULT)]
    if done.returncode != 0 or not results:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stderr[-2000:]}")
    measures: Measures = json.loads(results[-1].removeprefix(RESULT))
    return measures


def _training(config: Path, limit: float) -> Measures | None:
    with tempfile.TemporaryDirectory() as folder:
        return _worker(["train", str(config), f"{folder}/model.tar.gz"], limit)


def measure(
    model: Path, default: Path, turns: int, training_limit: float | None
) -> tuple[dict[str, Measures], frozenset[str]]:
    """Measures both systems one after the other.

    Args:
        model: the assistant's archive.
        default: the default pipeline's.
        turns: how many messages each gets.
        training_limit: longest time for one training in seconds; None to train nothing.

    Returns:
        The measures of both, and those of the default pipeline that were cut off by the limit.

    Raises:
        RuntimeError: if a process fails, or takes too long where no limit is a result.
    """
    systems = {
        ASSISTANT: (model, GENERATOR, project_root() / "config.yml"),
        DEFAULT: (default, "", project_root() / DEFAULT_CONFIG),
    }
    measured: dict[str, Measures] = {}
    stopped: frozenset[str] = frozenset()
    with tqdm(total=len(systems) * (1 if training_limit is None else 2)) as progress:
        for name, (archive, generator, config) in systems.items():
            progress.set_description(f"{name}: turns")
            found = _worker(["turns", str(archive), generator, str(turns)], TURNS_LIMIT)
            if found is None:
                raise RuntimeError(f"{name}: the turns took more than {TURNS_LIMIT} s")
            measured[name] = found
            progress.update()
            if training_limit is None:
                continue
            progress.set_description(f"{name}: training")
            trained = _training(config, training_limit)
            if trained is None and name == ASSISTANT:
                raise RuntimeError(f"{name}: the training took more than {training_limit:.0f} s")
            if trained is None:
                # That it takes longer than this is enough to hold it against the bar.
                trained, stopped = {"training_s": training_limit}, frozenset({"training_s"})
            measured[name].update(trained)
            progress.update()
    return measured, stopped


def as_text(measured: dict[str, Measures], stopped: frozenset[str]) -> str:
    """Two tables: the measures side by side, and the bars."""
    rows = []
    for name, own in measured[ASSISTANT].items():
        if name == "turns":
            continue
        other = measured[DEFAULT].get(name, math.nan)
        more, less = (">", "<") if name in stopped else ("", "")
        rows.append([name, f"{own:.1f}", f"{more}{other:.1f}", f"{less}{own / other:.2f}"])
    verdicts = [
        [
            verdict.name,
            f"{'<' if verdict.bounded else ''}{verdict.ratio:.2f}",
            f"{verdict.most:.2f}",
            {True: "pass", False: "FAIL", None: "unknown"}[verdict.passed],
        ]
        for verdict in judge(measured, stopped)
    ]
    above = table(["", ASSISTANT, DEFAULT, "ratio"], rows)
    return f"{above}\n\n{table(['bar', 'measured', 'at most', ''], verdicts)}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.turns", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--turns", type=int, default=200, help="messages for each system")
    parser.add_argument("--model", type=Path, default=Path("models/spinechat.tar.gz"))
    parser.add_argument(
        "--default-model", type=Path, help="archive of the default pipeline, else trained here"
    )
    parser.add_argument("--out", type=Path, default=Path("results/bench"), help="folder")
    parser.add_argument("--without-training", action="store_true")
    parser.add_argument(
        "--training-limit",
        type=float,
        default=900,
        help="seconds; a default pipeline not trained by then counts as slower than that",
    )
    return parser.parse_args()


def main() -> None:
    """Runs the benchmark."""
    arguments = _arguments()
    # Speed, size and load do not depend on how long it was trained; its training time is measured
    # apart, with all its epochs, up to --training-limit.
    default = arguments.default_model or default_pipeline(SHORT_EPOCHS)
    limit = None if arguments.without_training else arguments.training_limit
    measured, stopped = measure(arguments.model, default, arguments.turns, limit)
    contents = {
        **origin(),
        "model_sha256": sha256(arguments.model),
        "default_sha256": sha256(default),
        "cores": os.cpu_count(),
        "load_average": os.getloadavg(),
        "measured": measured,
        "only_at_least": sorted(stopped),
        "bars": [asdict(verdict) for verdict in judge(measured, stopped)],
    }
    arguments.out.mkdir(parents=True, exist_ok=True)
    path = arguments.out / "bench.json"
    path.write_text(json.dumps(contents, indent=2) + "\n", encoding="utf-8")
    print(as_text(measured, stopped))
    print("\nWritten:", path)


if __name__ == "__main__":
    main()
