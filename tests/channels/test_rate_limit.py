"""A minute's messages from one address, and which address that is."""

from __future__ import annotations

import pytest

from spinechat.channels import rate_limit
from spinechat.channels.rate_limit import RateLimit, client_address
from spinechat.settings import BadSetting, ChannelSettings

A, B = "10.0.0.1", "10.0.0.2"

# Limit, then (second, address, allowed) in order.
SEQUENCES = {
    "up to the limit": (
        3,
        [(0, A, True), (0, A, True), (0, A, True), (0, A, False), (59, A, False)],
    ),
    "again after a minute": (1, [(0, A, True), (59.9, A, False), (60, A, True), (61, A, False)]),
    "a sliding window": (
        2,
        [
            (0, A, True),
            (40, A, True),
            (59, A, False),
            (61, A, True),
            (62, A, False),
            (101, A, True),
        ],
    ),
    "each address for itself": (1, [(0, A, True), (0, B, True), (1, A, False), (1, B, False)]),
    "a refused one does not count": (
        1,
        [(0, A, True), (30, A, False), (59, A, False), (60, A, True)],
    ),
    "no limit": (None, [(0, A, True)] * 500),
    "one address without a name": (1, [(0, "", True), (0, "", False)]),
}


def check_sequence(name: str) -> None:
    limit, steps = SEQUENCES[name]
    now = [0.0]
    rate = RateLimit(limit, lambda: now[0])
    for second, address, allowed in steps:
        now[0] = second
        assert rate.allows(address) is allowed, (second, address)


@pytest.mark.parametrize("name", SEQUENCES)
def test_sequence(name: str) -> None:
    check_sequence(name)


def test_memory_is_bounded_and_the_longest_silent_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rate_limit, "MAX_ADDRESSES", 100)
    rate = RateLimit(1, lambda: 0.0)
    for number in range(1000):
        rate.allows(f"a{number}")
    assert len(rate._seen) == 100
    assert not rate.allows("a999")
    assert rate.allows("a0")


PROXY, OTHER = "127.0.0.1", "172.16.0.9"
ADDRESSES = {
    "nobody is trusted": (PROXY, A, (), PROXY),
    "a stranger claims an address": (B, A, (PROXY,), B),
    "a trusted proxy": (PROXY, A, (PROXY,), A),
    "a lie before the proxy's word": (PROXY, f"1.2.3.4, {A}", (PROXY,), A),
    "two trusted proxies": (PROXY, f"{A}, {OTHER}", (PROXY, OTHER), A),
    "two trusted proxies and a lie": (PROXY, f"1.2.3.4, {A},{OTHER}", (PROXY, OTHER), A),
    "a lie that names a proxy": (PROXY, f"{OTHER}, {A}", (PROXY, OTHER), A),
    "only proxies": (PROXY, OTHER, (PROXY, OTHER), OTHER),
    "no header": (PROXY, None, (PROXY,), PROXY),
    "an empty header": (PROXY, " , ,", (PROXY,), PROXY),
    "IPv6": ("::1", "2001:db8::7", ("::1",), "2001:db8::7"),
}


@pytest.mark.parametrize("name", ADDRESSES)
def test_address(name: str) -> None:
    peer, forwarded, trusted, expected = ADDRESSES[name]
    assert client_address(peer, forwarded, frozenset(trusted)) == expected


@pytest.mark.parametrize(
    ("setting", "limit"), [("", 20), ("off", None), ("OFF", None), ("5", 5), ("120", 120)]
)
def test_setting(setting: str, limit: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPINECHAT_RATE_LIMIT", setting)
    assert ChannelSettings.from_environment().messages_a_minute == limit


@pytest.mark.parametrize("setting", ["0", "-1", "many", "1e", "twenty"])
def test_bad_setting_is_named(setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPINECHAT_RATE_LIMIT", setting)
    with pytest.raises(BadSetting, match="SPINECHAT_RATE_LIMIT"):
        ChannelSettings.from_environment()


def test_trusted_proxies_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPINECHAT_TRUSTED_PROXIES", " 127.0.0.1, ::1 ,,")
    assert ChannelSettings.from_environment().trusted_proxies == {"127.0.0.1", "::1"}


def test_teeth_a_limit_that_always_allows_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RateLimit, "allows", lambda self, address: True)
    with pytest.raises(AssertionError):
        check_sequence("up to the limit")


def test_teeth_a_header_believed_from_anybody_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "client_address", lambda peer, forwarded, trusted: forwarded)
    with pytest.raises(AssertionError):
        test_address("a stranger claims an address")
