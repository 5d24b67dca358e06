"""Reference systems and the few measures everybody shares; no models, no queries.

Master geometry is EPSG:32632 (metres, as ISTAT and the regional mosaic);
tiles use EPSG:3857, and everything that leaves the portal as GeoJSON is
CRS84 (RFC 7946), converted here or by PostGIS with these constants.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

from django.contrib.gis.geos import GEOSGeometry, Polygon

MASTER_SRID: Final = 32632
WEB_SRID: Final = 3857
GEOGRAPHIC_SRID: Final = 4326

#: Lon/lat box (CRS84) that holds the Città metropolitana,
#: with a little air: west, south, east, north.
METROPOLITAN_BOUNDS: Final = (8.69, 45.155, 9.565, 45.65)

GeoJson = dict[str, Any]


def as_geojson(geometry: GEOSGeometry) -> GeoJson:
    """A master geometry as a GeoJSON geometry in CRS84, for the map of one page."""
    shape: GeoJson = json.loads(geometry.transform(GEOGRAPHIC_SRID, clone=True).json)
    return shape


def extent(geometry: GEOSGeometry, *, margin_m: float = 0) -> tuple[float, ...]:
    """West, south, east, north (CRS84) of a master geometry, widened by a margin in metres."""
    return box_in_degrees(geometry.extent, margin_m=margin_m)


def box_in_degrees(sides: Sequence[float], *, margin_m: float = 0) -> tuple[float, ...]:
    """West, south, east, north (CRS84) of a box in master metres, widened by a margin."""
    west, south, east, north = sides
    box = Polygon.from_bbox((west - margin_m, south - margin_m, east + margin_m, north + margin_m))
    box.srid = MASTER_SRID
    return tuple(box.transform(GEOGRAPHIC_SRID, clone=True).extent)
