"""Query sets that any table may use."""

from typing import Any

from django.db import models


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Rows that are written once: a log that can be edited is not a log."""

    def update(self, **kwargs: Any) -> int:
        raise TypeError("append-only: rows of this table are never changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("append-only: rows of this table are never deleted")
