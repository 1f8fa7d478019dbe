"""Settings of the channels: one clear sentence for what is missing, and documents that agree."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from spinechat.__main__ import main
from spinechat.channels.messaging import CHANNELS
from spinechat.channels.options import DEFAULTS, DESCRIPTIONS, NEEDS, Options
from spinechat.channels.texts import FILE, notice
from spinechat.channels.twilio_voice import TwilioVoice
from spinechat.evaluation import readability
from spinechat.project import project_root, read_yaml
from spinechat.settings import BadSetting
from tests.channels.messaging.fake_api import FakeApi
from tests.channels.messaging.vendors import BOT_SECRET, BOT_TOKEN, PUBLIC, settings

ROOT = project_root()
TEMPLATE = (ROOT / ".env.example").read_text(encoding="utf-8")
DOCUMENT = (ROOT / "docs" / "channels.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
ALL = settings("https://api.example", NEEDS)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in DESCRIPTIONS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SPINECHAT_DATA", str(tmp_path))


def given(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_no_channel_is_open_by_default() -> None:
    options = Options.from_environment()
    assert options.enabled == () and options.keep_seconds == 30 * 86_400


def test_all_channels_can_be_open(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, **ALL)
    options = Options.from_environment()
    assert options.enabled == tuple(NEEDS)
    assert options.webhook("sms") == f"{PUBLIC}/webhooks/sms"


def test_every_channel_is_built_and_has_its_own_names() -> None:
    made = [*CHANNELS, TwilioVoice]
    assert {channel.name for channel in made} == set(NEEDS)
    assert len({channel.prefix for channel in made}) == len(made)


@pytest.mark.parametrize(
    ("channel", "name"), [(channel, name) for channel in NEEDS for name in NEEDS[channel]]
)
def test_an_open_channel_needs_its_secrets(
    monkeypatch: pytest.MonkeyPatch, channel: str, name: str
) -> None:
    given(monkeypatch, **{**ALL, "SPINECHAT_CHANNELS": channel, name: " "})
    with pytest.raises(BadSetting, match=name) as error:
        Options.from_environment()
    said = str(error.value)
    assert channel in said and "\n" not in said
    assert not any(value in said for key, value in ALL.items() if "TOKEN" in key or "SECRET" in key)


WRONG = {
    "SPINECHAT_CHANNELS": ["fax", "sms,fax", "SMS"],
    "SPINECHAT_PUBLIC_URL": ["bot.example", "http://bot.example", "https://", "https://a:b",
                             "https://a?b=c"],
    "SPINECHAT_TWILIO_ACCOUNT_SID": ["12", "AC1"],
    "SPINECHAT_TWILIO_SMS_NUMBER": ["8005550100", "me"],
    "SPINECHAT_TWILIO_QUICK_REPLIES": ["HX1", "HX" + "1" * 32 + ",x"],
    "SPINECHAT_META_API_VERSION": ["23", "v23"],
    "SPINECHAT_TELEGRAM_TOKEN": ["abc", "123:short"],
    "SPINECHAT_TELEGRAM_SECRET": ["short", "with spaces in it all over"],
    "SPINECHAT_INBOX_DAYS": ["0", "-1", "many", "1.5"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, values in WRONG.items() for v in values])
def test_a_wrong_value_is_told_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    given(monkeypatch, **{**ALL, name: value})
    with pytest.raises(BadSetting, match=name):
        Options.from_environment()


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "spinechat", "run"],
        ["-m", "rasa", "run", "-i", "127.0.0.1", "-p", "0", "--credentials", "credentials.yml"],
    ],
)
def test_the_process_does_not_start_without_a_secret(command: list[str], tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, "SPINECHAT_DATA": str(tmp_path), "SPINECHAT_CHANNELS": "slack",
             "SPINECHAT_SLACK_TOKEN": "xoxb", "RASA_TELEMETRY_ENABLED": "false"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )  # fmt: skip
    said = result.stdout + result.stderr
    assert result.returncode == 1 and "Traceback" not in said
    assert "The channel slack is open, but SPINECHAT_SLACK_SIGNING_SECRET is empty" in said


def test_the_list_of_channels(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given(monkeypatch, **{**ALL, "SPINECHAT_CHANNELS": "sms,slack", "SPINECHAT_SLACK_TOKEN": ""})
    assert main(["channels"]) == 0
    lines = capsys.readouterr().out.splitlines()
    states = {line.split()[0]: line for line in lines if not line.startswith(" ")}
    assert set(NEEDS) <= set(states) and states["sms"].endswith("open")
    assert "cannot open without SPINECHAT_SLACK_TOKEN" in states["slack"]
    assert "closed" in states["voice"] and any(f"{PUBLIC}/webhooks/sms" in line for line in lines)
    assert "will not start" in lines[-1]
    assert not any(value in "\n".join(lines) for value in (BOT_TOKEN, BOT_SECRET))


def test_telegrams_webhook_is_shown_or_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], api: FakeApi
) -> None:
    api.clear()
    given(monkeypatch, **settings(api.address, ["telegram"]))
    assert main(["telegram"]) == 0 and not api.calls
    shown = capsys.readouterr().out
    assert "setWebhook" in shown and BOT_TOKEN not in shown and BOT_SECRET not in shown
    assert main(["telegram", "--set"]) == 0
    (call,) = api.calls
    assert call.path == f"/bot{BOT_TOKEN}/setWebhook" and call.body["secret_token"] == BOT_SECRET
    assert call.body["url"] == f"{PUBLIC}/webhooks/telegram"
    api.behaviours.append(401)
    assert main(["telegram", "--set"]) == 1
    assert "did not take the webhook" in capsys.readouterr().err
    monkeypatch.setenv("SPINECHAT_CHANNELS", "")
    assert main(["telegram"]) == 1


def test_the_template_has_every_setting_with_its_default() -> None:
    lines = dict(re.findall(r"^(SPINECHAT_\w+)=(.*)$", TEMPLATE, re.MULTILINE))
    assert lines == {name: DEFAULTS.get(name, "") for name in DESCRIPTIONS}
    assert f"# Open channels: {', '.join(NEEDS)}." in TEMPLATE


def test_the_document_has_every_setting_with_its_default() -> None:
    rows = re.findall(r"^\| `(SPINECHAT_\w+)` \|.*\| (.+?) \|$", DOCUMENT, re.MULTILINE)
    assert dict(rows) == {name: DEFAULTS.get(name, "none") for name in DESCRIPTIONS}


def test_the_document_has_every_channel() -> None:
    table = DOCUMENT[DOCUMENT.index("## What each channel shows") :]
    assert set(re.findall(r"^\| (\w+) \|", table, re.MULTILINE)) >= set(NEEDS)
    set_up = DOCUMENT[DOCUMENT.index("## Set-up") :]
    assert re.findall(r"^### .*\(`(\w+)`\)$", set_up, re.MULTILINE) == list(NEEDS)
    assert "docs/channels.md" in README and all(name in README for name in NEEDS)


def spoken_texts() -> list[str]:
    return [text for group in read_yaml(FILE).values() for text in group.values()]


@pytest.mark.parametrize("text", spoken_texts())
def test_every_text_is_plain_and_names_no_number_of_its_own(text: str) -> None:
    filled = text.replace("{choices}", "Risks").replace("{clinic_name}", "it")
    assert readability.grade(filled.replace("{clinic_phone}", "it")) <= readability.MAX_GRADE
    assert not re.search(r"\d{3}-\d{3,4}", text) and not readability.wording_faults(text)


@pytest.mark.parametrize("channel", [name for name in NEEDS if name != "voice"])
def test_the_notice_says_what_it_has_to(channel: str) -> None:
    said = notice(channel)
    for words in ("automated assistant", "Nobody reads along", "911", "leave out"):
        assert words in said
    assert channel == "slack" or "private" in said
