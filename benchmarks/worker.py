"""One measurement in a process of its own, started by benchmarks.turns; prints JSON at the end.

python -m benchmarks.worker turns MODEL GENERATOR TURNS    (GENERATOR may be "")
python -m benchmarks.worker train CONFIG ARCHIVE
"""

from __future__ import annotations

import time

# Before anything of Rasa is imported: a process's start is measured from here.
_STARTED = time.perf_counter()

import asyncio  # noqa: E402
import json  # noqa: E402
import sys  # noqa: E402
import uuid  # noqa: E402
from collections.abc import Callable, Coroutine, Sequence  # noqa: E402
from pathlib import Path  # noqa: E402
from statistics import quantiles  # noqa: E402
from typing import Any  # noqa: E402

# The last line of output starts with it; Rasa may print before.
RESULT = "RESULT "
WARM_UP = 5
TURNS_BEFORE_MEMORY = 50
# Words of the messages that are timed; the time grows with the length.
LENGTHS = range(11, 14)


def _memory() -> float:
    """Resident memory of this process, in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("/proc/self/status names no VmRSS")


def _milliseconds(
    run: Callable[[Coroutine[Any, Any, Any]], Any],
    call: Callable[[str], Coroutine[Any, Any, Any]],
    texts: Sequence[str],
) -> list[float]:
    """How long each call takes, after a few that are not counted."""
    for text in texts[:WARM_UP]:
        run(call(text))
    taken = []
    for text in texts:
        before = time.perf_counter()
        run(call(text))
        taken.append(1000 * (time.perf_counter() - before))
    return taken


def _percentile(values: Sequence[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def measure_turns(model: str, generator: str, turns: int) -> dict[str, float]:
    """Load time (s), memory (MB) and turn times (ms) of one model.

    Args:
        model: the archive.
        generator: class of the response generator; empty for Rasa's own.
        turns: how many messages of about 12 words of the dev half, each in a new conversation.
    """
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
    from rasa.utils.endpoints import EndpointConfig

    from spinechat.evaluation.assistant import silence_rasa

    silence_rasa()
    run = asyncio.new_event_loop().run_until_complete
    before = time.perf_counter()
    # Without endpoints, conversations stay in memory: storage is not what is compared.
    agent = Agent.load(model, generator=EndpointConfig(type=generator) if generator else None)
    load = time.perf_counter() - before
    run(agent.parse_message("how long is the hospital stay"))
    start = time.perf_counter() - _STARTED

    # Only now, as the messages are no part of a start.
    from spinechat.evaluation.messages import every_text

    texts = [text for text in every_text("dev") if len(text.split()) in LENGTHS]
    # Evenly spaced over all kinds of messages.
    texts = [texts[index * len(texts) // turns] for index in range(min(turns, len(texts)))]

    async def turn(text: str) -> None:
        channel = CollectingOutputChannel()
        await agent.handle_message(UserMessage(text, channel, sender_id=uuid.uuid4().hex))

    for text in texts[:TURNS_BEFORE_MEMORY]:
        run(turn(text))
    memory = _memory()
    whole = _milliseconds(run, turn, texts)
    floor = _milliseconds(run, turn, ["/greet"] * len(texts))
    parse = _milliseconds(run, agent.parse_message, texts)
    return {
        "start_s": start,
        "load_s": load,
        "memory_mb": memory,
        "turn_p50_ms": _percentile(whole, 50),
        "turn_p95_ms": _percentile(whole, 95),
        "parse_p50_ms": _percentile(parse, 50),
        "floor_p50_ms": _percentile(floor, 50),
        "turns": len(texts),
    }


def measure_training(config: str, archive: str) -> dict[str, float]:
    """Seconds of a training from scratch, imports included."""
    from spinechat.evaluation.baselines import train

    train(Path(config), Path(archive))
    return {"training_s": time.perf_counter() - _STARTED}


def main() -> None:
    """Runs the measurement named by the arguments."""
    kind, *rest = sys.argv[1:]
    if kind == "turns":
        result = measure_turns(rest[0], rest[1], int(rest[2]))
    else:
        result = measure_training(rest[0], rest[1])
    print(f"\n{RESULT}{json.dumps(result)}")


if __name__ == "__main__":
    main()
