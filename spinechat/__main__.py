"""The command line: `spinechat run`, `train`, `prepare`, `channels` and `telegram`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from spinechat.encoder import EncoderUnavailable
from spinechat.settings import BadSetting


def _prepare(arguments: argparse.Namespace) -> int:
    from spinechat.encoder import prepared_encoder

    folder = prepared_encoder()
    print(f"The sentence encoder is ready in {folder}.")
    return 0


def _train(arguments: argparse.Namespace) -> int:
    from spinechat.training import trained_model

    print(f"The model is {trained_model(force=arguments.force)}.")
    return 0


def _run(arguments: argparse.Namespace) -> int:
    from spinechat.launcher import Launcher

    return Launcher().run()


def _channels(arguments: argparse.Namespace) -> int:
    from spinechat.channels.listing import channel_list

    print(channel_list())
    return 0


def _telegram(arguments: argparse.Namespace) -> int:
    from spinechat.channels.listing import telegram_webhook

    print(telegram_webhook(perform=arguments.set))
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; what went wrong is told in one sentence, with what to do next."""
    parser = argparse.ArgumentParser(prog="spinechat", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="train if needed, start the server, print its address")
    run.set_defaults(command=_run)
    train = commands.add_parser("train", help="train the model, if its data changed")
    train.add_argument("--force", action="store_true", help="train although nothing changed")
    train.set_defaults(command=_train)
    prepare = commands.add_parser("prepare", help="build the sentence encoder's graph")
    prepare.set_defaults(command=_prepare)
    channels = commands.add_parser("channels", help="list the messaging channels")
    channels.set_defaults(command=_channels)
    telegram = commands.add_parser("telegram", help="show the call that sets Telegram's webhook")
    telegram.add_argument("--set", action="store_true", help="make the call")
    telegram.set_defaults(command=_telegram)
    arguments = parser.parse_args(argv)
    from spinechat.launcher import CannotStart
    from spinechat.training import TrainingFailed

    try:
        return int(arguments.command(arguments))
    except (BadSetting, CannotStart, EncoderUnavailable, TrainingFailed) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
