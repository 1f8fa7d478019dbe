"""PostgreSQL and Redis are stopped, frozen, started again."""

from __future__ import annotations

from collections.abc import Callable

from trials.faults.site import Site
from trials.faults.trial import Trial
from trials.services import Service

# Seconds that it lasts.
LASTS = 12.0


def _postgres(site: Site) -> Service:
    assert site.postgres is not None
    return site.postgres


def _redis(site: Site) -> Service:
    assert site.redis is not None
    return site.redis


def _trials(name: str, service: Callable[[Site], Service]) -> list[Trial]:
    def restart(site: Site) -> None:
        service(site).stop()
        service(site).start()

    return [
        Trial(f"{name} is stopped", lambda site: service(site).stop(),
              lambda site: service(site).start(), LASTS),
        Trial(f"{name} is frozen (SIGSTOP)", lambda site: service(site).freeze(),
              lambda site: service(site).thaw(), LASTS),
        Trial(f"{name} is restarted", restart),
    ]  # fmt: skip


def _both(what: Callable[[Service], None]) -> Callable[[Site], None]:
    def harm(site: Site) -> None:
        what(_postgres(site))
        what(_redis(site))

    return harm


TRIALS = [
    *_trials("PostgreSQL", _postgres),
    *_trials("Redis", _redis),
    Trial("both are frozen", _both(Service.freeze), _both(Service.thaw), LASTS),
]
