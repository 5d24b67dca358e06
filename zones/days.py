"""The day that an address asks for (`al`): how it is read, and the moment that ends it in Rome."""

import datetime as dt
from typing import Final
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import wrong_parameter

ROME: Final = ZoneInfo("Europe/Rome")


def end_of(day: dt.date | None) -> dt.datetime | None:
    """The midnight that ends a day gone by in Europe/Rome, as UTC; None if that is to come."""
    if day is None or day >= timezone.localdate():
        return None
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=ROME)
    return midnight.astimezone(dt.UTC)


def day_asked(query: QueryDict) -> dt.date | None:
    """The day named by `al`, if any. Raises Invalid unless it is a day gone by."""
    text = query.get("al", "").strip()
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise wrong_parameter("al", _("serve una data come 2026-06-30")) from None
    if not 2000 <= day.year <= timezone.localdate().year or day > timezone.localdate():
        raise wrong_parameter("al", _("serve una data già trascorsa, dal 2000 in poi"))
    return day
