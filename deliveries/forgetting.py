"""Rows of deliveries that are over: what was staged for a check or a decision goes after its days
(`people.retention`).

Records keep what was published, with the row as it was sent; findings stay longer, the log stays.
"""

from datetime import datetime
from typing import Any

from django.db.models import Q

from deliveries.models import Delivery, StagedRow
from deliveries.querysets import run_sql


def forget_rows(ended: Q, limit: datetime) -> int:
    """Delete those of deliveries that ended so before `limit`, a delivery at a time; of how many
    deliveries there were any to delete."""
    over = Delivery.objects.filter(ended, updated_at__lt=limit, rows__isnull=False)
    found = list(over.order_by().distinct().values_list("pk", flat=True))
    return sum(_forget(key) for key in found)


def _forget(key: Any) -> bool:
    """Whether a row went: those refused or held stay, and are found again every night."""
    rows = StagedRow.objects.of(key)
    before = rows.count()
    run_sql("forget_rows", delivery=key)
    return rows.count() < before


def has_rows(delivery: Delivery) -> bool:
    """Whether all its rows are still there: what is left of them is no delivery."""
    return delivery.rows.count() >= delivery.row_count
