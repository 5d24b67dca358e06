"""A cache that may be away: what is not found is asked again, so nobody need notice.

While the server does not answer, what is kept is missed and what is to be kept is not. What must
go on being counted is counted by this process alone (`CountingCache`); so are turns and locks.
"""

import logging
import time
from typing import Any, Final

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis import exceptions

logger = logging.getLogger(__name__)

#: How a server is away: it does not answer, it begins or ends, it is full.
AWAY: Final = (
    exceptions.ConnectionError,
    exceptions.TimeoutError,
    exceptions.OutOfMemoryError,
    exceptions.ReadOnlyError,
    OSError,
)
#: Seconds for which it is then not asked: who waits for it at every key would be slow.
REST_SECONDS: Final = 1.0
#: Longer than any answer of a server beside us takes.
PATIENCE: Final = {"socket_connect_timeout": 0.5, "socket_timeout": 1.0}


class Missing(DummyCache):
    """Finds nothing and keeps nothing. Who adds takes a turn, a lock or a code that may be used
    once: of those each process keeps its own, so that the first has it and the second has not."""

    def __init__(self, params: dict[str, Any]) -> None:
        super().__init__("", params)
        self._turns = LocMemCache("turns", params)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return self._turns.add(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return self._turns.delete(*args, **kwargs)

    def clear(self) -> None:
        self._turns.clear()


class ForgivingCache(RedisCache):
    """Redis, or for a while nothing."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {**PATIENCE, **params.get("OPTIONS", {})}
        super().__init__(server, {**params, "OPTIONS": options})
        self._instead: BaseCache = self._made_instead(params)
        self._rests_until = 0.0

    def _made_instead(self, params: dict[str, Any]) -> BaseCache:
        return Missing(params)

    def _ask(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self._rests_until:
            try:
                return getattr(super(), name)(*args, **kwargs)
            except AWAY as error:
                self._rests_until = time.monotonic() + REST_SECONDS
                logger.warning("the cache is away: %s", error)
        return getattr(self._instead, name)(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("add", *args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("touch", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("delete", *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("get_many", *args, **kwargs)

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("set_many", *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("delete_many", *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("has_key", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("incr", *args, **kwargs)

    def clear(self) -> Any:
        return self._ask("clear")


class CountingCache(ForgivingCache):
    """For limits: while Redis is away each process counts by itself, from nothing."""

    def _made_instead(self, params: dict[str, Any]) -> BaseCache:
        return LocMemCache("counts", params)
