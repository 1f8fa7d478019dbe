"""All settings that come from the environment, with their defaults."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path


class BadSetting(ValueError):
    """A setting has a value that cannot be used; the message says which one is right."""


# What each setting is for; the README's table is compared with this one.
DESCRIPTIONS = {
    "SPINECHAT_DATA": "folder for conversations and notes",
    "SPINECHAT_CACHE": "folder for the prepared encoder",
    "SPINECHAT_TUNED_BEFORE": "set by `spinechat train --quick` for itself: the encoder to keep",
    "SPINECHAT_PROJECT": "folder of the Rasa project",
    "SPINECHAT_SECRET": "key that signs chat sessions; without it one is made in the data folder",
    "SPINECHAT_RATE_LIMIT": "messages a minute from one address, or off",
    "SPINECHAT_TRUSTED_PROXIES": "addresses whose X-Forwarded-For is believed, separated by commas",
    "SPINECHAT_MAX_CHARACTERS": "longest message in characters",
    "SPINECHAT_MAX_BODY": "largest request body in bytes",
    "SPINECHAT_TIME_LIMIT": "seconds a turn may take",
    "SPINECHAT_SESSION_HOURS": "hours a chat session lasts",
    "SPINECHAT_PORT": "port of the server",
    "SPINECHAT_HOST": "IPv4 address that the server listens on; 0.0.0.0 in a container",
    "SPINECHAT_SITES": "other websites that may use the chat, separated by commas",
    "SPINECHAT_DATABASE_URL": "PostgreSQL for conversations; without it SQLite in the data folder",
    "SPINECHAT_DATABASE_LIMIT": "seconds an operation of the database may take",
    "SPINECHAT_WAITING_TURNS": "turns of one conversation that wait while the database is down",
    "SPINECHAT_REDIS_URL": "Redis for the locks of several servers; without it locks in memory",
    "SPINECHAT_REDIS_LIMIT": "seconds an operation of Redis may take",
    "SPINECHAT_METRICS_PORT": "port of the metrics for Prometheus; without it there are none",
    "SPINECHAT_METRICS_HOST": "address of that port; nothing but Prometheus should reach it",
    "SPINECHAT_LOG_LEVEL": "debug, info (tells of each turn), warning or error",
}


# Larger values are slips of the pen, and overflow somewhere further on.
LARGEST = 1e6
LAST_PORT = 65_535


def _positive(name: str, default: float, least: float = 0.001) -> float:
    text = os.environ.get(name, "")
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = -1
    # Written so that it is false for "nan" as well.
    if not least <= value <= LARGEST:
        raise BadSetting(
            f"{name} must be a number above 0, for example {default:g}; it is {text!r}."
        )
    return value


# As a browser writes an origin: no path, no capital letters, no wildcard.
_ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]+)?")


def _sites() -> frozenset[str]:
    given = os.environ.get("SPINECHAT_SITES", "").split(",")
    sites = frozenset(site.strip() for site in given if site.strip())
    for site in sites:
        if not _ORIGIN.fullmatch(site):
            raise BadSetting(
                "SPINECHAT_SITES must list websites such as https://www.clinic.example, without "
                f"a path; {site!r} is none."
            )
    return sites


def data_folder() -> Path:
    """Folder for everything that is kept; made if it is missing."""
    folder = Path(os.environ.get("SPINECHAT_DATA") or "var")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def server_host() -> str:
    """IPv4 address that `spinechat run` listens on; loopback unless somebody wants more.

    Raises:
        BadSetting: it is not 127.0.0.1 or 0.0.0.0. (On another address alone, the launcher could
            not ask its server whether it is ready.)
    """
    host = os.environ.get("SPINECHAT_HOST") or "127.0.0.1"
    if host not in ("127.0.0.1", "0.0.0.0"):
        raise BadSetting(f"SPINECHAT_HOST must be 127.0.0.1 or 0.0.0.0; it is {host!r}.")
    return host


def server_port() -> int:
    """Port that `spinechat run` listens on."""
    return int(_positive("SPINECHAT_PORT", 5005, least=1))


@dataclass(frozen=True)
class ChannelSettings:
    """Limits of the website channel.

    Attributes:
        messages_a_minute: from one address; None for no limit.
        trusted_proxies: addresses whose forwarded address is believed.
        max_characters: of one message.
        max_body: bytes of one request.
        time_limit: seconds of one turn.
        session_seconds: how long a session lasts.
        sites: origins of other websites that may use the chat.
    """

    messages_a_minute: int | None
    trusted_proxies: frozenset[str]
    max_characters: int
    max_body: int
    time_limit: float
    session_seconds: int
    sites: frozenset[str]

    @classmethod
    def from_environment(cls) -> ChannelSettings:
        """Reads the environment.

        Raises:
            BadSetting: with the setting's name and a value that would do.
        """
        unlimited = os.environ.get("SPINECHAT_RATE_LIMIT", "").lower() == "off"
        proxies = os.environ.get("SPINECHAT_TRUSTED_PROXIES", "")
        return cls(
            messages_a_minute=None if unlimited else int(_positive("SPINECHAT_RATE_LIMIT", 20, 1)),
            trusted_proxies=frozenset(part.strip() for part in proxies.split(",") if part.strip()),
            max_characters=int(_positive("SPINECHAT_MAX_CHARACTERS", 1000, 1)),
            max_body=int(_positive("SPINECHAT_MAX_BODY", 16_384, 1)),
            time_limit=_positive("SPINECHAT_TIME_LIMIT", 6),
            session_seconds=int(_positive("SPINECHAT_SESSION_HOURS", 24) * 3600),
            sites=_sites(),
        )


def _address(name: str, *schemes: str) -> str:
    address = os.environ.get(name, "")
    if address and not address.startswith(tuple(f"{scheme}://" for scheme in schemes)):
        # Not the value: it may hold a password.
        raise BadSetting(f"{name} must begin with {schemes[0]}:// or be empty.")
    return address


@dataclass(frozen=True)
class StorageSettings:
    """Where conversations and locks are kept.

    Attributes:
        database_url: PostgreSQL's address; empty for SQLite in the data folder.
        database_limit: seconds of one operation.
        waiting_turns: of one conversation, while the database is down.
        redis_url: empty for locks in this process.
        redis_limit: seconds of one operation.
    """

    database_url: str
    database_limit: float
    waiting_turns: int
    redis_url: str
    redis_limit: float

    @classmethod
    def from_environment(cls) -> StorageSettings:
        """Reads the environment.

        Raises:
            BadSetting: with the setting's name and what would do.
        """
        return cls(
            database_url=_address("SPINECHAT_DATABASE_URL", "postgresql", "postgres"),
            database_limit=_positive("SPINECHAT_DATABASE_LIMIT", 3),
            waiting_turns=int(_positive("SPINECHAT_WAITING_TURNS", 100, least=1)),
            redis_url=_address("SPINECHAT_REDIS_URL", "redis", "rediss", "unix"),
            redis_limit=_positive("SPINECHAT_REDIS_LIMIT", 1),
        )


@dataclass(frozen=True)
class MetricsSettings:
    """Where Prometheus reads the metrics.

    Attributes:
        port: None for no metrics.
        host: this machine alone by default.
    """

    port: int | None
    host: str

    @classmethod
    def from_environment(cls) -> MetricsSettings:
        """Reads the environment.

        Raises:
            BadSetting: with the setting's name and a value that would do.
        """
        port = int(_positive("SPINECHAT_METRICS_PORT", 0, least=1))
        host = os.environ.get("SPINECHAT_METRICS_HOST") or "127.0.0.1"
        if port > LAST_PORT:
            raise BadSetting(f"SPINECHAT_METRICS_PORT must be at most {LAST_PORT}.")
        return cls(port or None, host)
