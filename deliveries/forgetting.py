"""Rows of deliveries that are over: what was staged for a check or a decision goes after its days
(`people.retention`).

Records keep what was published, with the row as it was sent; findings stay longer, the log stays.
"""

from datetime import datetime

from django.db.models import Q

from deliveries.models import Delivery
from deliveries.querysets import run_sql


def forget_rows(ended: Q, limit: datetime) -> int:
    """Delete those of deliveries that ended so before `limit`, a delivery at a time; of how many
    deliveries."""
    over = Delivery.objects.filter(ended, updated_at__lt=limit, rows__isnull=False)
    found = list(over.order_by().distinct().values_list("pk", flat=True))
    for key in found:
        run_sql("forget_rows", delivery=key)
    return len(found)


def has_rows(delivery: Delivery) -> bool:
    """Whether its rows are still there, or it never had any."""
    return not delivery.row_count or delivery.rows.exists()
