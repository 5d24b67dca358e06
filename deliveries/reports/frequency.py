"""How often each rule spoke in the last twelve months: counts over all comuni, never of one."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, F, Func, IntegerField, Sum
from django.utils import timezone

from deliveries.models import Delivery, Finding

#: Below so many comuni a count would speak of somebody's delivery.
FEWEST = 3
DAYS = 365
KEY, SECONDS = "rule-frequency", 6 * 3600


@dataclass(frozen=True)
class Fired:
    """Checked deliveries, and of those the ones in which the rule spoke, and of how many rows.

    `known` is false while too few comuni delivered; `few` where the rule spoke in too few of them.
    """

    checked: int
    deliveries: int
    rows: int
    known: bool
    few: bool


def of(code: str) -> Fired:
    """How often the rule of that code spoke; counted at most every six hours."""
    counted = cache.get(KEY)
    if counted is None:
        counted = _counted()
        cache.set(KEY, counted, SECONDS)
    checked, comuni = counted["checked"], counted["comuni"]
    deliveries, rows, where = counted["codes"].get(code, (0, 0, 0))
    few = 0 < where < FEWEST
    return Fired(
        checked, 0 if few else deliveries, 0 if few else rows, known=comuni >= FEWEST, few=few
    )


def _counted() -> Mapping[str, object]:
    since = timezone.now() - dt.timedelta(days=DAYS)
    checked = Delivery.objects.filter(checked_at__gte=since)
    rows = Func(F("rows"), function="cardinality", output_field=IntegerField())
    spoke = (
        Finding.objects.filter(delivery__in=checked)
        .values("code")
        .annotate(
            deliveries=Count("delivery", distinct=True),
            found=Sum(rows),
            comuni=Count("delivery__source", distinct=True),
        )
    )
    return {
        "checked": checked.count(),
        "comuni": checked.values("source").distinct().count(),
        "codes": {
            one["code"]: (one["deliveries"], one["found"] or 0, one["comuni"]) for one in spoke
        },
    }
