"""The review page: who gets in, and what a click does; a real server, over HTTP."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from spinechat.review.grouping import grouped
from spinechat.review.phrases import PhraseIndex
from spinechat.storage import Note, ReviewNotes
from trials.services import free_port

NOTES = [
    Note("miss", "can i sleep in my own bed that evening", ("goodbye", "recovery_time")),
    Note("miss", "will i sleep in my own bed in the evening", ("goodbye",)),
    Note("alarm", "my leg <b>gave</b> way twice today", ("emergency",)),
    Note("bad", "do you mend shoes", ("procedures",)),
]


@dataclass
class Page:
    """The running page."""

    port: int
    code: str
    cookie: str = ""

    def ask(
        self, path: str, form: dict[str, str] | None = None, **headers: str
    ) -> tuple[int, str, dict[str, str]]:
        """Status, text and headers of an answer; a POST, if there is a form."""
        host = f"127.0.0.1:{self.port}"
        sent = {"Cookie": self.cookie, **headers}
        data = None
        if form is not None:
            sent = {"Origin": f"http://{host}", **sent}
            data = urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(f"http://{host}{path}", data, sent)
        opener = urllib.request.build_opener(_NoRedirect)
        try:
            with opener.open(request, timeout=20) as answer:
                return answer.status, answer.read().decode(), dict(answer.headers)
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), dict(error.headers)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *given: object) -> None:
        return None


@pytest.fixture()
def page(project: Path, tmp_path: Path) -> Iterator[Page]:
    for note in NOTES:
        ReviewNotes(tmp_path / "notes.db").add(note)
    port = free_port()
    command = [sys.executable, "-m", "spinechat", "review", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"code ([0-9a-f]{8})", line)
        assert found, line
        running = Page(port, found[1])
        for _ in range(100):
            try:
                running.ask("/style.css")
                break
            except urllib.error.URLError:
                process.poll()
        yield running
        process.terminate()


def test_the_page_from_the_code_to_the_phrase(page: Page, project: Path, tmp_path: Path) -> None:
    # Nobody gets in without the code, from another site, or by another name.
    assert page.ask("/")[0] == 401
    assert "sleep in my own bed" not in page.ask("/")[1]
    assert page.ask("/", Host="evil.example")[0] == 403
    assert page.ask("/code", {"code": page.code}, Origin="http://evil.example")[0] == 403
    assert page.ask("/code", {"code": "00000000"})[0] == 401
    status, _, headers = page.ask("/code", {"code": page.code})
    assert status == 303
    assert "HttpOnly" in headers["Set-Cookie"] and "SameSite=Strict" in headers["Set-Cookie"]
    page.cookie = headers["Set-Cookie"].split(";")[0]
    assert page.ask("/decide", {"number": "1"}, Origin="null")[0] == 403

    # The list: every message whole, nothing of it obeyed as HTML.
    status, listed, headers = page.ask("/")
    assert status == 200 and "4 messages" in listed
    assert "Group 1: 2 messages" in listed
    assert "&lt;b&gt;gave&lt;/b&gt;" in listed and "<b>gave" not in listed
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"

    # The change is shown before it is written.
    file = project / "data" / "nlu.yml"
    before = file.read_text(encoding="utf-8")
    form = {"number": "1", "what": "intent", "intent": "hospital_stay", "text": NOTES[0].text}
    shown = page.ask("/decide", form)[1]
    assert f"+      - {NOTES[0].text}" in shown
    assert file.read_text(encoding="utf-8") == before
    assert "Added to hospital_stay" in page.ask("/write", form)[1]
    assert NOTES[0].text in file.read_text(encoding="utf-8")
    # The same again is refused now.
    assert page.ask("/decide", {**form, "number": "2"})[0] == 409
    # Decided upon once.
    assert page.ask("/write", form)[0] == 409

    topic = {"number": "4", "what": "topic", "topic": "Shoes"}
    assert "Proposed: Shoes" in page.ask("/decide", topic)[1]
    page.ask("/decide", {"number": "3", "what": "dismissed"})
    listed = page.ask("/")[1]
    assert "1 messages" in listed and "<strong>Shoes</strong>" in listed
    assert [one.number for one in ReviewNotes(tmp_path / "notes.db").open()] == [2]
    assert page.ask("/decide", {"number": "2", "what": "nonsense"})[0] == 400


def test_like_notes_stand_together(index: PhraseIndex, tmp_path: Path) -> None:
    notes = ReviewNotes(tmp_path / "notes.db")
    for note in reversed(NOTES):
        notes.add(note)
    groups = [[one.note.text for one in group] for group in grouped(notes.open(), index)]
    assert groups[0] == [NOTES[1].text, NOTES[0].text]
    assert len(groups) == 3


def test_a_new_note_with_the_number_of_one_that_is_gone_is_open(tmp_path: Path) -> None:
    notes = ReviewNotes(tmp_path / "notes.db")
    notes.add(NOTES[3])
    notes.decide([1], "topic", "Shoes")
    assert notes.open() == [] and notes.proposed() == [("Shoes", NOTES[3].text)]
    with sqlite3.connect(tmp_path / "notes.db") as connection:
        connection.execute("delete from notes")
    notes.add(NOTES[0])
    assert [(one.number, one.note) for one in notes.open()] == [(1, NOTES[0])]
    assert notes.proposed() == []
    notes.decide([1], "dismissed", "")
    assert notes.open() == []
