"""The workers' beats: of each kind of worker, when it was last heard of.

What the clock asks of each through its own queue it answers when it is free, and at work each task
beats while it is done: whoever does neither for a minute stands still, however that came. Kept in
the cache; while that is away nobody knows of anybody.
"""

import datetime as dt
import socket
import time
from dataclasses import asdict, dataclass
from threading import Event, Thread
from typing import Final

from django.core.cache import cache

from core.queue import WORKERS

EVERY_SECONDS: Final = 20
#: Three beats missed.
LATE_SECONDS: Final = 3 * EVERY_SECONDS
_KEPT: Final = "beat-of-worker:"
_CONFINED: Final = "confinement"
#: Long enough to say since when.
_KEPT_SECONDS: Final = 30 * 86_400


@dataclass(frozen=True)
class Beat:
    """`at`: seconds since 1970; `host`: where the worker is."""

    at: float
    host: str

    @property
    def moment(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.at, dt.UTC)

    @property
    def is_late(self) -> bool:
        return time.time() - self.at >= LATE_SECONDS


def beat(worker: str) -> None:
    """Say that a worker of this kind works here and now."""
    told = asdict(Beat(time.time(), socket.gethostname()))
    cache.set(f"{_KEPT}{worker}", told, _KEPT_SECONDS)


def last() -> dict[str, Beat | None]:
    """The last beat of each kind of worker; None where nobody knows of one."""
    kept = cache.get_many([f"{_KEPT}{worker}" for worker in WORKERS])
    told = {worker: kept.get(f"{_KEPT}{worker}") for worker in WORKERS}
    return {worker: Beat(**one) if one else None for worker, one in told.items()}


def silent_since(kind: str) -> dt.datetime | None:
    """Since when whoever takes from the queue of a kind is not heard of; None while it is, or
    while nobody knows."""
    worker = next(name for name, kinds in WORKERS.items() if kind in kinds)
    beat_of = last()[worker]
    return beat_of.moment if beat_of and beat_of.is_late else None


def tell_confinement(layers: str) -> None:
    """Keep which layers hold around the reader beside the workers; empty without one."""
    cache.set(_CONFINED, layers, _KEPT_SECONDS)


def confinement() -> str | None:
    """What was told last; None while nobody has."""
    told: str | None = cache.get(_CONFINED)
    return told


class AtWork(Thread):
    """Beats as long as a task is done: who is at long work answers nothing else, and who is
    stopped beats no more."""

    def __init__(self, worker: str) -> None:
        super().__init__(daemon=True, name="at-work")
        self._worker = worker
        self._over = Event()

    def run(self) -> None:
        while not self._over.wait(EVERY_SECONDS):
            beat(self._worker)

    def end(self) -> None:
        """The task is done."""
        self._over.set()
