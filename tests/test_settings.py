"""A wrong setting is told by name, with a value that would do."""

from __future__ import annotations

import pytest

from spinechat.settings import (
    DESCRIPTIONS,
    BadSetting,
    ChannelSettings,
    StorageSettings,
    server_port,
)

WRONG = ["many", "-1", "0", "nan", "inf", "1e12", "0.0001"]
NUMBERS = [
    "SPINECHAT_RATE_LIMIT",
    "SPINECHAT_MAX_CHARACTERS",
    "SPINECHAT_MAX_BODY",
    "SPINECHAT_TIME_LIMIT",
    "SPINECHAT_SESSION_HOURS",
]


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize("name", NUMBERS)
def test_a_wrong_number_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting, match=name):
        ChannelSettings.from_environment()


def test_a_wrong_port_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPINECHAT_PORT", "http")
    with pytest.raises(BadSetting, match="SPINECHAT_PORT"):
        server_port()


def test_no_limit_and_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in DESCRIPTIONS:
        monkeypatch.delenv(name, raising=False)
    settings = ChannelSettings.from_environment()
    assert (settings.messages_a_minute, settings.max_characters) == (20, 1000)
    assert (settings.max_body, settings.time_limit) == (16_384, 6)
    monkeypatch.setenv("SPINECHAT_RATE_LIMIT", "off")
    assert ChannelSettings.from_environment().messages_a_minute is None


def test_no_other_site_by_default_and_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPINECHAT_SITES", raising=False)
    assert ChannelSettings.from_environment().sites == frozenset()
    monkeypatch.setenv("SPINECHAT_SITES", "https://www.clinic.example, http://127.0.0.1:8080,")
    expected = {"https://www.clinic.example", "http://127.0.0.1:8080"}
    assert ChannelSettings.from_environment().sites == expected


@pytest.mark.parametrize(
    "site",
    ["*", "clinic.example", "https://clinic.example/", "https://*.clinic.example", "null",
     "https://clinic.example/chat", "HTTPS://CLINIC.EXAMPLE", "ftp://clinic.example"],
)  # fmt: skip
def test_a_wrong_site_is_refused(monkeypatch: pytest.MonkeyPatch, site: str) -> None:
    monkeypatch.setenv("SPINECHAT_SITES", f"https://www.clinic.example,{site}")
    with pytest.raises(BadSetting, match="SPINECHAT_SITES"):
        ChannelSettings.from_environment()


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize(
    "name", ["SPINECHAT_DATABASE_LIMIT", "SPINECHAT_WAITING_TURNS", "SPINECHAT_REDIS_LIMIT"]
)
def test_a_wrong_limit_of_storage_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting, match=name):
        StorageSettings.from_environment()


def test_storage_needs_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in DESCRIPTIONS:
        monkeypatch.delenv(name, raising=False)
    assert StorageSettings.from_environment() == StorageSettings("", 3, 100, "", 1)
