"""The server is killed in the middle: what was accepted is answered after the next start."""

from __future__ import annotations

import asyncio
from pathlib import Path

from spinechat.channels.base import Hook
from spinechat.channels.gate import Gate
from spinechat.channels.inbox import Inbox
from spinechat.channels.options import NEEDS, Options
from spinechat.channels.post_office import PostOffice
from spinechat.channels.slack import Slack
from tests.channels.messaging import vendors
from tests.channels.messaging.conftest import Clinic, eventually
from tests.channels.messaging.fake_api import FakeApi
from tests.channels.messaging.test_post_office import hangs
from tests.channels.messaging.vendors import VENDORS
from tests.conftest import start_server, stop_server


def accept(folder: Path, api: FakeApi, person: str, text: str) -> None:
    """What a process does that ends between accepting a message and answering it."""
    slack = Slack(Options((), vendors.settings(api.address, [])))
    key = (folder / "secret").read_bytes()
    gates = {"slack": Gate("slack", 1000, 8)}
    request = VENDORS["slack"].text(person, text)

    async def end_early() -> None:
        office = PostOffice([slack], Inbox(folder / "inbox.db"), key, gates, None)
        office.open(hangs, lambda: None)  # type: ignore[arg-type, return-value]
        await office.accept(slack, slack.parse(Hook(body=request.body)))
        await office.close()

    asyncio.run(end_early())


def test_a_killed_server_answers_after_its_start(model: Path, api: FakeApi, tmp_path: Path) -> None:
    environment = vendors.settings(api.address, NEEDS)
    api.clear()
    first = Clinic(start_server(model, tmp_path, **environment), api)
    people = {name: vendor.person() for name, vendor in VENDORS.items()}
    # The vendors hang, so that nothing goes out before the end.
    api.slow = lambda text: 60.0
    for name, vendor in VENDORS.items():
        assert first.post(vendor.text(people[name], "What are the risks?")) == 200
    assert eventually(lambda: len(api.calls) >= len(VENDORS))
    first.server.process.kill()
    first.server.process.wait()
    late, alarmed = VENDORS["slack"].person(), VENDORS["slack"].person()
    accept(tmp_path, api, late, "how big is the scar")
    accept(tmp_path, api, alarmed, "I can't move my legs")
    api.clear()
    again = Clinic(start_server(model, tmp_path, **environment), api)
    try:
        for name, vendor in VENDORS.items():
            notice, answer = again.answers(vendor, people[name], 2)
            assert "complications" in answer.text
        slack = VENDORS["slack"]
        assert "centimeters" in again.answers(slack, late, 2)[1].text
        assert "Call 911" in again.answers(slack, alarmed, 2)[0].text
        assert eventually(again.idle)
        # Nothing more comes: each was answered once.
        assert all(len(again.sent(VENDORS[n], p)) == 2 for n, p in people.items())
        again.check_quiet()
    finally:
        stop_server(again.server)
