"""Findings and proposals as GeoJSON in CRS84 for the small maps; at most as many as the page
shows."""

import json
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, Point

from services.uploads.models import Finding, Upload
from services.uploads.report.page import SHOWN, row_findings
from zones.geo import GEOGRAPHIC_SRID
from zones.models import Municipality

Feature = dict[str, Any]
MAX_PLACES = 500
OUTLINE_M = 40.0


def collection(features: list[Feature]) -> dict[str, Any]:
    """A FeatureCollection."""
    return {"type": "FeatureCollection", "features": features}


def point_feature(point: GEOSGeometry, properties: dict[str, Any]) -> Feature:
    """One feature from a point in any known system, to the tenth of a metre."""
    there = point.transform(GEOGRAPHIC_SRID, clone=True)
    assert isinstance(there, Point)
    coordinates = [round(there.x, 6), round(there.y, 6)]
    geometry = {"type": "Point", "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def outline(municipality: Municipality) -> list[Feature]:
    """The comune's outline, simplified to what a small map can show."""
    if municipality.geometry is None:
        return []
    simple = municipality.geometry.simplify(OUTLINE_M, preserve_topology=True)
    simple.transform(GEOGRAPHIC_SRID)
    geometry = {
        "type": simple.geom_type,
        "coordinates": _rounded(json.loads(simple.json)["coordinates"]),
    }
    return [
        {"type": "Feature", "geometry": geometry, "properties": {"outline": municipality.name}}
    ]


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, float):
        return round(coordinates, 5)
    return [_rounded(one) for one in coordinates]


def finding_places(upload: Upload, code: str = "") -> dict[str, Any]:
    """Where the findings lie: of one code with their words, or of all codes with their code."""
    around = outline(upload.municipality)
    return collection(around + (_of_code(upload, code) if code else _of_all(upload)))


def _of_code(upload: Upload, code: str) -> list[Feature]:
    return [
        point_feature(
            one.finding.position,
            {"code": code, "label": ", ".join(one.labels), "message": one.words.message},
        )
        for one in row_findings(upload, code, limit=SHOWN)
        if one.finding.position
    ]


def _of_all(upload: Upload) -> list[Feature]:
    placed = Finding.objects.of(upload).filter(position__isnull=False).order_by("pk")
    return [
        point_feature(f.position, {"code": f.code, "severity": f.severity, "rows": f.rows[:10]})
        for f in placed[:MAX_PLACES]
    ]
