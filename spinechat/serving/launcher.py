"""`spinechat run`: starts the server, keeps it running, and ends it on Ctrl-C or SIGTERM."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from contextlib import suppress
from types import FrameType

from spinechat.channels.options import Options
from spinechat.monitoring.logs import log_level
from spinechat.project import project_root
from spinechat.serving.child import Child
from spinechat.serving.model_copy import ModelCopy, ModelUnfit
from spinechat.serving.supervisor import CannotStart, Supervisor
from spinechat.settings import (
    ChannelSettings,
    MetricsSettings,
    StorageSettings,
    data_folder,
    server_host,
    server_port,
)
from spinechat.training import fault, model_path, trained_model


class _Stopped(Exception):
    """Somebody asked the launcher to end."""


def _on_signal(number: int, frame: FrameType | None) -> None:
    raise _Stopped


class Launcher:
    """Runs one server on this machine."""

    def __init__(self) -> None:
        """Reads the settings.

        Raises:
            BadSetting: one of them cannot be used.
        """
        # The server reads them too; read here, a wrong one is told before anything starts.
        ChannelSettings.from_environment()
        self._metrics = MetricsSettings.from_environment()
        log_level()
        Options.from_environment()
        self._embedded = not StorageSettings.from_environment().database_url
        self._port = server_port()
        self._child = Child(self._port, data_folder() / "server.log")

    def run(self) -> int:
        """Runs until Ctrl-C or SIGTERM; 0 after a wished end.

        Raises:
            CannotStart: the port is taken, or the server fails again and again.
            ModelUnfit: the model was damaged or taken away while it was read.
            TrainingFailed: there is no model and none can be trained.
        """
        self._check_ports()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _on_signal)
        try:
            supervisor = Supervisor(self._child, self._model())
            self._prepare_database()
            supervisor.start()
            print(f"SpineChat answers at {self._child.address}  (Ctrl-C ends it)", flush=True)
            supervisor.watch()
        except _Stopped:
            print("\nStopping ...", flush=True)
        finally:
            # A second Ctrl-C or SIGTERM must not leave the child behind.
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)
            self._child.stop()
        return 0

    def _model(self) -> ModelCopy:
        """The copy that is served; patients do not wait for a training if there is a whole one."""
        # One launcher a port: the folder is this one's alone.
        folder = data_folder() / f"serving-{self._port}"
        why = fault()
        if why in ("missing", "damaged"):
            with suppress(ModelUnfit):
                copy = ModelCopy(model_path(), folder)
                print(
                    f"The model is {why}; the copy of the last start is served. "
                    "'spinechat train' makes the model anew.",
                    flush=True,
                )
                return copy
        return ModelCopy(trained_model(), folder)

    def _check_ports(self) -> None:
        wanted = [("SPINECHAT_PORT", server_host(), self._port)]
        if self._metrics.port is not None:
            wanted.append(("SPINECHAT_METRICS_PORT", self._metrics.host, self._metrics.port))
        for name, host, port in wanted:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((host, port))
                except OSError:
                    raise CannotStart(
                        f"Port {port} is taken: end what uses it, or choose another one, "
                        f"for example {name}={port + 1} make run."
                    ) from None

    def _prepare_database(self) -> None:
        """SQLite needs no set-up by hand; PostgreSQL's is `spinechat database prepare`."""
        if self._embedded:
            # A process of its own, as it imports Rasa, and the launcher stays small.
            command = [sys.executable, "-m", "spinechat", "database", "prepare"]
            done = subprocess.run(
                command, cwd=project_root(), stdout=subprocess.DEVNULL, check=False
            )
            if done.returncode != 0:
                raise CannotStart(f"No conversations can be kept in {data_folder()}.")
