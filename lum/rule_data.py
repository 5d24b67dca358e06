"""What SEM-06 and SEM-07 need of the LUM, named by settings.RULE_DATA_LOADERS."""

from typing import Any

import shapely
from django.contrib.gis.geos import Point

from lum.models import Lum
from validator.rules.sem.lum import Hub, LumRegister


def hubs() -> LumRegister:
    """The LUM as the database holds them, by one query; a candidate is not one."""
    rows = sorted(Lum.objects.public(), key=lambda row: row.code)
    found = tuple(Hub(row.code, row.name, _shape(row, row.point)) for row in rows if row.point)
    official = all(row.certainty == Lum.Certainty.OFFICIAL for row in rows)
    return LumRegister(found, official and bool(rows))


def _shape(row: Lum, stop: Point) -> Any:
    if row.perimeter:
        return shapely.from_wkb(bytes(row.perimeter.wkb))
    point = shapely.from_wkb(bytes(stop.wkb))
    return point.buffer(row.radius_m) if row.radius_m else point
