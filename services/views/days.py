"""One service on a day: as it is now, or as it stood at the end of a day gone by."""

import datetime as dt

from services.filters import ServiceFilter
from services.models import ServiceState
from services.selectors import for_page, named


def service_on(public_id: str, day: dt.date | None) -> ServiceState | None:
    """What is shown on the day of the service of that id; None if it is not published."""
    chosen = ServiceFilter(id=(public_id.replace("\x00", ""),), level="all", al=day)
    return next(iter(named(for_page(chosen.queryset()))), None)
