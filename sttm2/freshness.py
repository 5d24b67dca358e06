"""How far the data of a page go ("dati al ..."), today and on a day gone by."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache

from services.models import Edition, ServiceState
from zones.days import end_of

FRESHNESS_SECONDS: Final = 60


@dataclass(frozen=True)
class Freshness:
    """The last publication, and whether anything shown is demonstration data."""

    published_at: dt.datetime | None
    is_demonstration: bool


def freshness(day: dt.date | None) -> Freshness:
    """As of now, or of the end of that day; asked of the database at most once a minute."""
    before = end_of(day)
    kept = f"portal-freshness:{day if before else ''}"
    found: Freshness | None = cache.get(kept)
    if found is None:
        found = _asked(before)
        cache.set(kept, found, FRESHNESS_SECONDS)
    return found


def _asked(before: dt.datetime | None) -> Freshness:
    editions = Edition.objects.filter(published_at__lt=before) if before else Edition.objects.all()
    last = editions.order_by("-published_at").values_list("published_at", flat=True).first()
    made_up = ServiceState.objects.at(before).filter(is_demonstration=True)
    return Freshness(last, made_up.exists())
