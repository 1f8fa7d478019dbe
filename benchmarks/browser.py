"""A running assistant and a Chromium, for measurements and pictures of the widget."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@contextmanager
def running_assistant() -> Iterator[str]:
    """`spinechat run` on a free port with an empty data folder; its address.

    Raises:
        RuntimeError: it did not start.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as data:
        settings = {"SPINECHAT_PORT": str(port), "SPINECHAT_DATA": data}
        process = subprocess.Popen(
            [sys.executable, "-m", "spinechat", "run"],
            env={**os.environ, **settings, "SPINECHAT_RATE_LIMIT": "off"},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        try:
            if not any("answers at" in line for line in process.stdout):
                raise RuntimeError("The assistant did not start.")
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's Chromium, without a window.

    Raises:
        RuntimeError: there is none.
    """
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise RuntimeError("Chromium is missing: run 'scripts/web browser'.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()
