"""What `spinechat channels` and `spinechat telegram` print."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Mapping

from spinechat.channels.inbox import FILE, Inbox
from spinechat.channels.options import ENABLED, NEEDS, Options
from spinechat.settings import BadSetting, data_folder


def channel_list() -> str:
    """Every channel with its state, the address that the vendor is told, and its counts."""
    options = Options.unchecked()
    counts = _counts()
    width = max(map(len, NEEDS))
    lines = []
    for name in NEEDS:
        lines.append(f"{name:<{width}}  {_state(options, name)}")
        if name in options.enabled:
            lines.append(f"{'':<{width}}  {options.webhook(name)}")
        told = [f"{what} {number}" for (channel, what), number in counts.items() if channel == name]
        if told:
            lines.append(f"{'':<{width}}  {', '.join(sorted(told))}")
    try:
        Options.from_environment()
    except BadSetting as error:
        lines.append(f"The server will not start: {error}")
    return "\n".join(lines)


def _state(options: Options, name: str) -> str:
    missing = options.missing(name)
    if name in options.enabled:
        return f"cannot open without {', '.join(missing)}" if missing else "open"
    if missing:
        return f"closed; to open it, set {', '.join(missing)} and name it in {ENABLED}"
    return f"closed; to open it, name it in {ENABLED}"


def _counts() -> Mapping[tuple[str, str], int]:
    if not (data_folder() / FILE).exists():
        return {}
    try:
        return Inbox().counts()
    except sqlite3.Error:
        return {}


def telegram_webhook(perform: bool) -> str:
    """The call that tells Telegram our address, or what Telegram said to it.

    Args:
        perform: make the call. Otherwise it is shown, with the secrets' names in their place.

    Raises:
        BadSetting: Telegram is not open, or did not take the call.
    """
    # aiohttp and the channel's module are loaded for this command only.
    from spinechat.channels.sender import Sender, Undeliverable
    from spinechat.channels.telegram import Telegram, set_webhook

    options = Options.from_environment()
    if Telegram.name not in options.enabled or not options["SPINECHAT_PUBLIC_URL"]:
        raise BadSetting(f"Name telegram in {ENABLED} and set SPINECHAT_PUBLIC_URL first.")
    call = set_webhook(options)
    if not perform:
        body = json.dumps({**(call.json or {}), "secret_token": "$SPINECHAT_TELEGRAM_SECRET"})
        address = call.url.replace(options["SPINECHAT_TELEGRAM_TOKEN"], "$SPINECHAT_TELEGRAM_TOKEN")
        return f"POST {address}\n{body}\n`spinechat telegram --set` makes this call."

    async def make() -> None:
        sender = Sender(Telegram(options))
        try:
            await sender.deliver(call)
        finally:
            await sender.close()

    try:
        asyncio.run(make())
    except Undeliverable as error:
        raise BadSetting(f"Telegram did not take the webhook: {error}.") from None
    return f"Telegram sends messages to {options.webhook('telegram')} from now on."
