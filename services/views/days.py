"""One service on a day: as it is now, or as it stood at the end of a day gone by."""

import datetime as dt

from services.filters import ServiceFilter
from services.models import Service
from services.selectors import for_rows, named

#: What the page of a service shows beyond a row; all of it is known of the past too.
MORE = ("address", "attributes", "geometry", "confirmed_on")


def service_on(public_id: str, day: dt.date | None) -> Service | None:
    """The published service of that id, with its attributes of the day."""
    chosen = ServiceFilter(id=(public_id.replace("\x00", ""),), level="all", al=day)
    return next(iter(named(chosen.rows(for_rows(chosen.queryset(), *MORE)))), None)
