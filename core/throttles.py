"""Where limits of writing are counted: also while the cache is away, by each process then."""

from typing import Final

from django.core.cache import BaseCache, caches
from django.utils.connection import ConnectionProxy

counts: Final[BaseCache] = ConnectionProxy(caches, "counts")  # type: ignore[assignment]
