"""Patients who chat while something happens to the server, and what each of them saw."""

from __future__ import annotations

import http.client
import json
import threading
import time
from dataclasses import dataclass, field

# The widget's TIME_LIMIT (web/src/transport.ts): then it shows the fixed sentence.
CLIENT_LIMIT = 7.5
# Seconds between an answer and the next message.
PAUSE = 0.1
# Names that no masking takes for a person's.
WORDS = ("numbat", "quokka", "wombat", "bilby", "dugong", "echidna", "potoroo", "bandicoot")


@dataclass(frozen=True)
class Turn:
    """One message and what came of it.

    Attributes:
        text: the message.
        begin: when it was sent, in seconds of time.monotonic.
        seconds: until the answer, or until the widget shows the fixed sentence by itself.
        status: HTTP's; 0 if the server could not be reached, or did not answer in time.
        outcome: of the answer.
    """

    text: str
    begin: float
    seconds: float
    status: int
    outcome: str = ""

    @property
    def acknowledged(self) -> bool:
        """Whether the patient had an answer: then it must be kept."""
        return self.status == 200

    @property
    def speaks(self) -> bool:
        """Whether the patient saw a sentence: the server's, or the widget's own without one."""
        return self.status == 0 or bool(self.outcome)


@dataclass
class Patient:
    """One conversation, as the widget holds it: a session that ended is begun anew."""

    port: int
    word: str
    message: str = "How long will I be in the hospital, {word} {number}?"
    turns: list[Turn] = field(default_factory=list)
    _session: str = ""

    def say(self) -> Turn:
        """Sends the next message."""
        text = self.message.format(word=self.word, number=len(self.turns))
        begin = time.monotonic()
        try:
            status, body = self._ask(text)
        except (OSError, http.client.HTTPException, ValueError):
            status, body = 0, {}
        turn = Turn(text, begin, time.monotonic() - begin, status, body.get("outcome", ""))
        self.turns.append(turn)
        return turn

    def _ask(self, text: str) -> tuple[int, dict[str, str]]:
        for _ in range(2):
            if not self._session:
                _, body = self._post("/chat/session", {})
                self._session = body.get("session", "")
            status, body = self._post("/chat/message", {"session": self._session, "message": text})
            if status != 401:
                break
            self._session = ""
        return status, body if body.get("replies") else {}

    def _post(self, path: str, body: dict[str, str]) -> tuple[int, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=CLIENT_LIMIT)
        try:
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            parsed = json.loads(answer.read())
            return answer.status, parsed if isinstance(parsed, dict) else {}
        finally:
            connection.close()


class Patients:
    """Several patients who chat all the time."""

    def __init__(self, port: int, tag: str, count: int = 3, message: str = "") -> None:
        """Nobody chats yet.

        Args:
            port: of the server.
            tag: a word in all their messages, for telling them apart in the store.
            count: how many, up to 8.
            message: what they say, with {word} and {number}; a question without it.
        """
        self.all = [Patient(port, f"{word} {tag}") for word in WORDS[:count]]
        for patient in self.all:
            patient.message = message or patient.message
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._chat, args=(p,)) for p in self.all]

    def __enter__(self) -> Patients:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def turns(self) -> list[Turn]:
        """All turns so far."""
        return [turn for patient in self.all for turn in list(patient.turns)]

    def answered_since(self, moment: float) -> bool:
        """Whether every patient had an answer to a message sent after a moment."""
        return all(
            any(turn.begin > moment and turn.acknowledged for turn in list(patient.turns))
            for patient in self.all
        )

    def _chat(self, patient: Patient) -> None:
        while not self._stop.is_set():
            patient.say()
            self._stop.wait(PAUSE)
