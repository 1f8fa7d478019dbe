"""docs/soak.md: what the soak showed."""

from __future__ import annotations

from trials.documents import markdown_table, where_from
from trials.soak.soak import MOST_GROWTH, Soaked

_INTRODUCTION = f"""# Hostile input, tried

Written by `make soak` (`COUNT=20000` requests). One server, started by `spinechat run`, on SQLite,
without a rate limit. The requests come from a table of the input that breaks Rasa's own channels,
from the list of Rasa's own routes, from Hypothesis (bodies, messages, sessions, methods, paths and
headers of every kind) and from schemathesis (the OpenAPI document, right and wrong data, all its
checks). Each response has to be whole: no 5xx, no silence, no empty reply, no sign of the server's
inner life, a number to call in every refusal. Rasa's own routes have to be away (404 or 405).
The server's log holds no traceback, the server does not die, and its memory grows by at most
{MOST_GROWTH:.0%} after the first tenth of the requests.
"""


def as_markdown(soaked: Soaked, count: int) -> str:
    """The whole document."""
    sources = [[name, f"{number:,}"] for name, number in sorted(soaked.ledger.sources.items())]
    sources.append(["schemathesis", f"{soaked.by_schemathesis:,}"])
    statuses = [[str(name), f"{n:,}"] for name, n in sorted(soaked.ledger.statuses.items())]
    findings = [
        ["wrong responses", str(sum(soaked.ledger.faults.values()))],
        ["schemathesis' complaints", "some, see below" if soaked.complaints else "none"],
        ["tracebacks in the log", str(soaked.tracebacks)],
        ["restarts of the server", str(soaked.restarts)],
        ["growth of its memory", f"{soaked.growth:.1%}"],
        ["answers as always afterwards", "yes" if soaked.answers else "**no**"],
        ["as it should be", "yes" if soaked.passed else "**no**"],
    ]
    parts = [_INTRODUCTION, where_from(f"make soak COUNT={count}"), ""]
    parts += [markdown_table(["", "result"], findings), ""]
    parts += [markdown_table(["requests from", "count"], sources), ""]
    parts += [markdown_table(["status (without schemathesis)", "count"], statuses), ""]
    megabytes = ", ".join(f"{value:.0f}" for value in soaked.memory)
    parts += [f"Memory of the server in MB after each tenth of Hypothesis' requests: {megabytes}."]
    if soaked.ledger.told:
        parts += ["", "## Wrong responses", "", *[f"- `{line}`" for line in soaked.ledger.told]]
    if soaked.complaints:
        parts += ["", "## schemathesis", "", "```", soaked.complaints.strip(), "```"]
    return "\n".join(parts) + "\n"
