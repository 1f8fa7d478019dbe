"""Verdicts by thumb with a reason, and DELETE /chat/session, on the real server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from spinechat.storage import ReviewNotes
from tests.conftest import Server, check_answer

QUESTION = "How long will I be in the hospital?"
TOPICS = ["hospital_stay"]
WORD = "Zebulonic"


def feedback(server: Server, **body: Any) -> tuple[int, Any]:
    status, answer = server.request("POST", "/chat/feedback", body)
    check_answer("/chat/feedback", "post", status, answer)
    return status, answer


def notes(server: Server) -> list[tuple[str, str, tuple[str, ...]]]:
    kept = ReviewNotes(server.data / "notes.db").all()
    return [(note.kind, note.text, note.topics) for note in kept]


@pytest.fixture
def session(server: Server) -> str:
    """A conversation with two answers."""
    made = server.session()
    assert server.say(made, QUESTION)["topics"] == TOPICS
    server.say(made, "What are the risks?")
    return made


@pytest.mark.parametrize("verdict", ["good", "bad"])
def test_a_verdict_on_an_earlier_answer(server: Server, session: str, verdict: str) -> None:
    status, answer = feedback(server, session=session, topics=TOPICS, verdict=verdict)
    assert (status, answer["outcome"]) == (200, "answered")
    assert notes(server)[-1] == (verdict, QUESTION, tuple(TOPICS))


def test_half_a_letter_in_a_reason_does_no_harm(server: Server, session: str) -> None:
    assert feedback(server, session=session, topics=TOPICS, why="too \ud800short\0")[0] == 200
    assert notes(server)[-1] == ("why", "too short", tuple(TOPICS))
    assert feedback(server, session=session, topics=TOPICS, why="\ud800 \0")[0] == 400


def test_verdict_and_reason_together_masked(server: Server, session: str) -> None:
    why = "  It gave no days. My ssn is 078-05-1120 "
    assert feedback(server, session=session, topics=TOPICS, verdict="bad", why=why)[0] == 200
    assert notes(server)[-2:] == [
        ("bad", QUESTION, tuple(TOPICS)),
        ("why", "It gave no days. My ssn is (number)", tuple(TOPICS)),
    ]


@pytest.mark.parametrize(
    ("why", "topic"),
    [("I want to die", "crisis"), ("It did not say that I can't move my legs", "emergency"),
     ("no puedo mover las piernas", "emergency")],
)  # fmt: skip
def test_an_alarm_in_a_reason_is_answered_and_stands(
    server: Server, session: str, why: str, topic: str
) -> None:
    before = notes(server)
    status, answer = feedback(server, session=session, topics=TOPICS, why=why)
    assert (status, answer["outcome"], answer["topics"][0]) == (200, "safety", topic)
    # No verdict; that there was an alarm is noted beside the turn, a little later.
    assert [note for note in notes(server) if note[0] != "alarm" or note in before] == before
    assert server.say(session, "ok")["outcome"] == "safety"


BAD: dict[str, tuple[dict[str, Any], int]] = {
    "neither": ({}, 400),
    "an unknown verdict": ({"verdict": WORD}, 400),
    "a verdict in a list": ({"verdict": ["good"]}, 400),
    "a blank reason": ({"why": "  "}, 400),
    "a number": ({"why": 7}, 400),
    "too long": ({"why": f"{WORD} " * 120}, 413),
    "far too long": ({"why": f"{WORD} " * 3000}, 413),
    "no topics": ({"verdict": "good", "topics": None}, 400),
    "odd topics": ({"verdict": "good", "topics": [{}]}, 400),
    "many topics": ({"verdict": "good", "topics": ["a"] * 21}, 400),
    "an answer that was not given": ({"verdict": "good", "topics": ["opioid_use"]}, 400),
    "no session": ({"verdict": "good", "session": None}, 401),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_verdict_is_refused_and_not_kept(
    server: Server, session: str, name: str
) -> None:
    given, expected = BAD[name]
    before = notes(server)
    status, answer = feedback(server, **{"session": session, "topics": TOPICS, **given})
    assert status == expected and "911" in answer["replies"][0]["text"]
    assert notes(server) == before
    assert WORD not in server.log.read_text(errors="replace")


@pytest.mark.parametrize("given", [{"why": ["I can't move my legs"]}, {"session": "x"},
                                   {"why": "I can't move my legs " * 60}])  # fmt: skip
def test_an_alarm_in_a_refused_reason_is_heard(
    server: Server, session: str, given: dict[str, Any]
) -> None:
    body = {"session": session, "topics": TOPICS, "why": "I can't move my legs", **given}
    status, answer = feedback(server, **body)
    assert status >= 400 and answer["topics"] == ["emergency"]


def delete(server: Server, session: str) -> tuple[int, Any]:
    status, answer = server.request("DELETE", "/chat/session", headers={"X-Session": session})
    check_answer("/chat/session", "delete", status, answer)
    return status, answer


def test_nothing_is_left_of_a_deleted_conversation(server: Server) -> None:
    session, other = server.session(), server.session()
    server.say(session, f"{QUESTION} {WORD}")
    server.say(other, QUESTION)
    file = server.data / "conversations.db"
    assert WORD.encode() in file.read_bytes()
    assert delete(server, session) == (200, {"status": "deleted"})
    assert WORD.encode() not in b"".join(f.read_bytes() for f in server.data.glob("conversations*"))
    # Nothing to tell more about, and the other one goes on.
    assert server.say(session, "tell me more")["topics"] != TOPICS
    assert server.say(other, "tell me more")["topics"] == TOPICS
    assert delete(server, session)[0] == 200


@pytest.mark.parametrize("session", ["", "default", "../x", "a" * 500])
def test_an_unknown_session_is_not_deleted(server: Server, session: str) -> None:
    assert delete(server, session)[0] == 401


def test_a_turn_that_is_under_way_leaves_nothing(server: Server) -> None:
    session = server.session()
    server.say(session, QUESTION)
    with ThreadPoolExecutor(2) as pool:
        turn = pool.submit(server.say, session, f"What are the risks? {WORD}")
        gone = pool.submit(delete, server, session)
    assert turn.result()["replies"] and gone.result()[0] == 200
    delete(server, session)
    assert WORD.encode() not in (server.data / "conversations.db").read_bytes()


def test_the_clinic_is_as_the_document_says(server: Server) -> None:
    check_answer("/chat/clinic", "get", *server.request("GET", "/chat/clinic"))
