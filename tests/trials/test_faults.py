"""A few of the faults of `make faults`, on one server; and that the trial sees what goes wrong."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from spinechat.project import project_root
from trials.faults import clients, models, processes
from trials.faults.report import Report
from trials.faults.site import Site
from trials.faults.trial import ANSWER_LIMIT, Result, Trial, run
from trials.patients import CLIENT_LIMIT, Patient, Turn


def test_clients_that_misbehave_hold_nobody_up(site: Site) -> None:
    """All of them at once."""
    crowds = clients.trials(count=50, idle=300)

    def come(site: Site) -> None:
        for crowd in crowds:
            crowd.harm(site)

    def go(site: Site) -> None:
        for crowd in crowds:
            crowd.mend(site)

    assert run(Trial("", come, go, seconds=1.0), site, "crowd").passed


def test_a_hanging_server_with_a_damaged_model_comes_back(site: Site) -> None:
    def harm(site: Site) -> None:
        models.UNFIT["a damaged model"](site.launched.project / "models" / "spinechat.tar.gz")
        processes.HANG.harm(site)

    result = run(Trial("", harm, restarts=1), site, "hang")
    assert result.passed and result.answered < result.turns
    assert "The server hangs; starting it again" in site.launched.said


def test_a_new_launcher_serves_the_copy_if_the_model_is_damaged(site: Site) -> None:
    copy = site.launched.data / f"serving-{site.launched.port}"
    said = models.said_at_the_start(models.UNFIT["a damaged model"], copy)
    assert said.startswith("The model is damaged; the copy of the last start is served.")


@pytest.mark.parametrize("name", ["no model", "a damaged model"])
def test_an_unfit_model_is_told_in_one_sentence(model: Path, name: str) -> None:
    said = models.said_at_the_start(models.UNFIT[name])
    assert re.fullmatch(r"The model is (missing|damaged); training it anew takes .*", said)


RIGHT = Result("", turns=5, answered=5, longest=0.1, silent=0, lost=0, disordered=0, recovered=1.0,
               restarts=1, needed_restarts=1)  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [{"longest": ANSWER_LIMIT + 0.1}, {"silent": 1}, {"lost": 1}, {"disordered": 1},
     {"recovered": None}, {"restarts": 0}, {"restarts": 2}],
    ids=str,
)  # fmt: skip
def test_teeth_a_wrong_result_is_seen(wrong: dict[str, float]) -> None:
    assert RIGHT.passed and Report([RIGHT]).passed
    result = replace(RIGHT, **wrong)
    assert not result.passed and not Report([RIGHT, result]).passed
    assert "**no**" in Report([result]).as_markdown()


def test_teeth_a_lost_turn_is_seen(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trials.faults.trial.WRITE_LIMIT", 0.1)
    stored = site.stored
    monkeypatch.setattr(Site, "stored", lambda self: stored()[:-1])
    assert run(Trial("", lambda site: None), site, "teeth").lost == 1


def test_no_server_outlives_its_launcher(site: Site) -> None:
    server = site.launched.server
    site.launched.launcher.kill()
    _, alive = psutil.wait_procs([server], processes.ORPHAN_LIMIT)
    assert not alive


@pytest.mark.parametrize(
    ("status", "outcome", "speaks"),
    [(200, "answered", True), (503, "unsure", True), (0, "", True), (503, "", False),
     (200, "", False)],
)  # fmt: skip
def test_silence_is_an_answer_without_a_sentence(status: int, outcome: str, speaks: bool) -> None:
    assert Turn("", 0.0, 0.1, status, outcome).speaks is speaks


def test_nobody_to_talk_to_is_a_turn_without_an_answer() -> None:
    turn = Patient(port=9, word="numbat").say()
    assert turn.status == 0 and turn.speaks and not turn.acknowledged


def test_the_client_waits_as_long_as_the_widget() -> None:
    code = (project_root() / "web" / "src" / "transport.ts").read_text(encoding="utf-8")
    found = re.search(r"const TIME_LIMIT = ([\d_]+);", code)
    assert found and int(found[1]) / 1000 == CLIENT_LIMIT < ANSWER_LIMIT
