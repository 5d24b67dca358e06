"""The workers' beat: what the clock asked for last came through the queue and was done.

Kept in the cache: a beat is news for a minute. A Redis that is away is told as such beside it.
"""

import socket
import time
from dataclasses import asdict, dataclass
from typing import Final

from django.core.cache import cache

EVERY_SECONDS: Final = 20
#: Three beats missed: nobody works, or what came before takes too long.
LATE_SECONDS: Final = 3 * EVERY_SECONDS
_KEPT: Final = "workers-beat"
_DAY: Final = 86_400


@dataclass(frozen=True)
class Beat:
    """`at`: seconds since 1970; `host`: whose worker it was; `confined`: which layers hold around
    the reader beside it, empty without one."""

    at: float
    host: str
    confined: str = ""


def beat(confined: str) -> None:
    """Say that a worker works here and now, and how what it reads is confined."""
    cache.set(_KEPT, asdict(Beat(time.time(), socket.gethostname(), confined)), _DAY)


def last() -> Beat | None:
    """The last beat; None when nobody knows of one."""
    kept = cache.get(_KEPT)
    return Beat(**kept) if kept else None
