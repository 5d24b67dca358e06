"""Rows of deliveries that are over: what was staged for a check or a decision goes after its days.

Records keep what was published, with the row as it was sent; findings and the log stay.
"""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

from deliveries.models import Delivery
from deliveries.querysets import run_sql
from deliveries.states import DeliveryStatus

#: Status at the end -> the setting's name of its days.
_KEPT: Final = {
    DeliveryStatus.SUPERSEDED: "replaced",
    DeliveryStatus.WITHDRAWN: "replaced",
    DeliveryStatus.PUBLISHED: "published",
}


def forget_rows() -> int:
    """Delete them, a delivery at a time; of how many deliveries."""
    now, found = timezone.now(), 0
    for status, kept in _KEPT.items():
        limit = now - timedelta(days=settings.ROWS_KEPT_DAYS[kept])
        ended = Delivery.objects.filter(status=status, updated_at__lt=limit, rows__isnull=False)
        for key in ended.order_by().distinct().values_list("pk", flat=True):
            run_sql("forget_rows", delivery=key)
            found += 1
    return found


def has_rows(delivery: Delivery) -> bool:
    """Whether its rows are still there, or it never had any."""
    return not delivery.row_count or delivery.rows.exists()
