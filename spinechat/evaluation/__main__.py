"""Scores a trained model on the frozen test messages, beside the baselines.

    python -m spinechat.evaluation --half test --model models/spinechat.tar.gz --out results/eval

Prints tables; writes scores.json and three pictures into the folder given by --out.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from spinechat.evaluation import report
from spinechat.evaluation.assistant import Assistant
from spinechat.evaluation.baselines import (
    FULL_EPOCHS,
    SHORT_EPOCHS,
    DefaultPipeline,
    WordOverlap,
    default_pipeline,
    training_phrases,
)
from spinechat.evaluation.messages import HALVES, checksums


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m spinechat.evaluation", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--half", choices=HALVES, required=True, help="which messages")
    parser.add_argument("--model", type=Path, default=Path("models/spinechat.tar.gz"))
    parser.add_argument("--out", type=Path, default=Path("results/eval"), help="folder")
    parser.add_argument("--limit", type=int, help="at most so many of each kind of message")
    parser.add_argument(
        "--without-default",
        action="store_true",
        help="leave out Rasa's default pipeline",
    )
    parser.add_argument(
        "--default-epochs",
        type=int,
        default=SHORT_EPOCHS,
        help=f"training epochs of the default pipeline, up to a minute each (full: {FULL_EPOCHS})",
    )
    return parser.parse_args()


def main() -> None:
    """Runs the evaluation."""
    arguments = _arguments()
    sets = report.MessageSets.read(arguments.half, arguments.limit)
    replies = report.play(Assistant(arguments.model), sets)
    scored = report.score(sets, replies)
    namers: dict[str, report.Namer] = {"word overlap": WordOverlap(training_phrases())}
    if not arguments.without_default:
        epochs = arguments.default_epochs
        namers[f"default pipeline, {epochs} epochs"] = DefaultPipeline(default_pipeline(epochs))
    baselines = {name: report.score_baseline(name, namer, sets) for name, namer in namers.items()}
    arguments.out.mkdir(parents=True, exist_ok=True)
    about = {
        **report.origin(),
        "half": arguments.half,
        "limit": arguments.limit,
        "model": str(arguments.model),
        "model_sha256": report.sha256(arguments.model),
        "messages_sha256": {
            name: value
            for name, value in checksums().items()
            if name.startswith(f"{arguments.half}/")
        },
        "counts": {
            "singles": len(sets.singles),
            "fresh": len(sets.fresh),
            "lookalikes": len(sets.lookalikes),
            "multi": len(sets.multi),
            "dialogues": len(sets.dialogues),
            "turns": sum(len(dialogue.turns) for dialogue in sets.dialogues),
        },
    }
    report.write_scores(arguments.out / "scores.json", scored, baselines, about)
    pictures = report.draw(sets, replies, arguments.out)
    print(report.as_text(scored, baselines))
    print("\nWritten:", *(arguments.out / "scores.json", *pictures))


if __name__ == "__main__":
    main()
