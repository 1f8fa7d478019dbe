"""The command line: `spinechat run`, `spinechat train`, `spinechat purge` and others."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from spinechat.encoder import EncoderUnavailable
from spinechat.settings import BadSetting

Command = Callable[[argparse.Namespace], int]
# SQLAlchemy's note on its next version is nothing a user can act on.
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
# Nor are TensorFlow's on how it was built.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


def _prepare(arguments: argparse.Namespace) -> int:
    from spinechat.encoder import prepared_encoder

    folder = prepared_encoder()
    print(f"The sentence encoder is ready in {folder}.")
    return 0


def _train(arguments: argparse.Namespace) -> int:
    from spinechat.training import trained_model

    print(f"The model is {trained_model(arguments.force, arguments.quick)}.")
    return 0


def _ask(arguments: argparse.Namespace) -> int:
    from spinechat.review.explain import explained
    from spinechat.training import fault, model_path, trained_model

    # An older model explains too; training another one over it is nothing to be done by the way.
    outdated = fault(quick=True) == "outdated"
    if outdated:
        print("The model is older than its data; `spinechat train` makes it anew.")
    print(explained(arguments.message, model_path() if outdated else trained_model(quick=True)))
    return 0


def _review(arguments: argparse.Namespace) -> int:
    from spinechat.review.server import serve

    return serve(arguments.port)


def _run(arguments: argparse.Namespace) -> int:
    from spinechat.serving.launcher import Launcher

    return Launcher().run()


def _model(arguments: argparse.Namespace) -> int:
    from spinechat.serving.served import served_models

    print(served_models())
    return 0


def _faq(arguments: argparse.Namespace) -> int:
    from spinechat.faq import page

    arguments.file.parent.mkdir(parents=True, exist_ok=True)
    arguments.file.write_text(page(), encoding="utf-8")
    print(f"The FAQ page is {arguments.file}.")
    return 0


def _new_clinic(arguments: argparse.Namespace) -> int:
    from spinechat.adopt import BadContent, Content, new_clinic

    try:
        new_clinic(arguments.folder, Content.read(arguments.content))
    except BadContent as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The project is in {arguments.folder}. Next: cd {arguments.folder} && make run")
    return 0


def _channels(arguments: argparse.Namespace) -> int:
    from spinechat.channels.listing import channel_list

    print(channel_list())
    return 0


def _telegram(arguments: argparse.Namespace) -> int:
    from spinechat.channels.listing import telegram_webhook

    print(telegram_webhook(perform=arguments.set))
    return 0


def _database(arguments: argparse.Namespace) -> int:
    from spinechat.storage import retention

    print(f"The tables are ready in {retention.prepare()}.")
    return 0


def _purge(arguments: argparse.Namespace) -> int:
    from spinechat.channels import inbox
    from spinechat.storage import retention

    age = retention.seconds(arguments.older_than)
    notes_age = retention.seconds(arguments.notes_older_than or arguments.older_than)
    counts = retention.purge(age, arguments.dry_run, [inbox.FILE], notes_age)
    with _inbox() as messages:
        if messages is not None:
            counts["messages"] = messages.purge(time.time() - age, arguments.dry_run)
    for name, count in counts.items():
        print(f"{name}: {count} {'would be ' if arguments.dry_run else ''}deleted")
    return 0


def _forget(arguments: argparse.Namespace) -> int:
    from spinechat.storage import retention

    with _inbox() as messages:
        if messages is not None:
            messages.forget(arguments.conversation, waiting_too=True)
    print(f"{retention.forget(arguments.conversation)} events deleted")
    return 0


@contextmanager
def _inbox() -> Iterator[Any]:
    """The messaging channels' inbox; None if there never was one."""
    from spinechat.channels import inbox
    from spinechat.settings import data_folder

    if not (data_folder() / inbox.FILE).exists():
        yield None
        return
    with closing(inbox.Inbox()) as messages:
        yield messages


def _on_database(command: Command) -> Command:
    """The command, with what a database says in one sentence."""

    def run(arguments: argparse.Namespace) -> int:
        import sqlite3

        from sqlalchemy.exc import SQLAlchemyError

        try:
            return command(arguments)
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            # Its text may hold the address with the password, or a statement.
            print(f"The database does not answer ({type(error).__name__}).", file=sys.stderr)
            return 1

    return run


def _add_storage(commands: Any) -> None:
    base = commands.add_parser("database", help="the database of conversations")
    base.set_defaults(command=_on_database(_database))
    base.add_argument("what", choices=["prepare"], help="prepare: make the tables, if missing")
    purge = commands.add_parser("purge", help="delete old conversations, messages and notes")
    purge.set_defaults(command=_on_database(_purge))
    purge.add_argument("--older-than", required=True, metavar="AGE", help="such as 30d, 12h, 4w")
    purge.add_argument(
        "--notes-older-than", metavar="AGE", help="of notes for review; else the same"
    )
    purge.add_argument("--dry-run", action="store_true", help="only count")
    forget = commands.add_parser("forget", help="delete one conversation")
    forget.set_defaults(command=_on_database(_forget))
    forget.add_argument("conversation", metavar="ID", help="its id, as the log tells it")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; what went wrong is told in one sentence, with what to do next."""
    parser = argparse.ArgumentParser(prog="spinechat", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="train if needed, start the server, print its address")
    run.set_defaults(command=_run)
    train = commands.add_parser("train", help="train the model, if its data changed")
    train.add_argument("--force", action="store_true", help="train although nothing changed")
    train.add_argument("--quick", action="store_true", help="fit only the classifiers, to try")
    train.set_defaults(command=_train)
    ask = commands.add_parser("ask", help="explain what is understood in one message")
    ask.add_argument("message", help="in quotation marks")
    ask.set_defaults(command=_ask)
    review = commands.add_parser("review", help="a local page with the messages to review")
    review.add_argument("--port", type=int, default=5080, help="of this machine (5080)")
    review.set_defaults(command=_review)
    prepare = commands.add_parser("prepare", help="build the sentence encoder's graph")
    prepare.set_defaults(command=_prepare)
    model = commands.add_parser("model", help="which model is served, and how good it is")
    model.set_defaults(command=_model)
    faq = commands.add_parser("faq", help="write the printable FAQ page")
    faq.add_argument("file", nargs="?", type=Path, default=Path("results/faq.html"))
    faq.set_defaults(command=_faq)
    clinic = commands.add_parser("new-clinic", help="make another clinic's project")
    clinic.add_argument("folder", type=Path, help="where; a new folder")
    clinic.add_argument("--content", type=Path, required=True, help="see docs/adopt.md")
    clinic.set_defaults(command=_new_clinic)
    channels = commands.add_parser("channels", help="list the messaging channels")
    channels.set_defaults(command=_channels)
    telegram = commands.add_parser("telegram", help="show the call that sets Telegram's webhook")
    telegram.add_argument("--set", action="store_true", help="make the call")
    telegram.set_defaults(command=_telegram)
    _add_storage(commands)
    arguments = parser.parse_args(argv)
    from spinechat.serving.model_copy import ModelUnfit
    from spinechat.serving.supervisor import CannotStart
    from spinechat.training import TrainingFailed

    try:
        return int(arguments.command(arguments))
    except (BadSetting, CannotStart, EncoderUnavailable, ModelUnfit, TrainingFailed) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
