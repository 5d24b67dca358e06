"""Findings and proposals as GeoJSON in CRS84 for the small maps: what the page shows."""

import json
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry, Point

from core.geo import GEOGRAPHIC_SRID, MASTER_SRID
from deliveries.models import Delivery, Finding, StagedRow
from deliveries.reports import sent
from deliveries.reports.page import row_findings
from deliveries.reports.wording import message_of
from services.models import Source
from validator.findings import Severity
from validator.interpreting.position import transformed

Feature = dict[str, Any]
MAX_PLACES = 500
OUTLINE_M = 40.0
SHAPE_M = 0.2
MAX_BESIDE = 30
#: The rule whose findings propose a repair of the shape.
REPAIRED = "GEO-04"


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


def outlines(source: Source) -> list[Feature]:
    """The outlines of the source's comuni, simplified to what a small map can show; none of a
    source that speaks of all of them."""
    if source.covers_all:
        return []
    drawn = source.territory().filter(geometry__isnull=False).only("name", "geometry")
    return [shape_feature(one.geometry, OUTLINE_M, {"outline": one.name}) for one in drawn]


def shape_feature(shape: GEOSGeometry, tolerance_m: float, properties: dict[str, Any]) -> Feature:
    """One feature from a master geometry, simplified by some metres, to the metre."""
    simple = shape.simplify(tolerance_m, preserve_topology=True)
    simple.transform(GEOGRAPHIC_SRID)
    drawn = json.loads(simple.json)
    geometry = {"type": drawn["type"], "coordinates": _rounded(drawn["coordinates"])}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, float):
        return round(coordinates, 6)
    return [_rounded(one) for one in coordinates]


def finding_places(delivery: Delivery, code: str = "", *, page: int = 1) -> dict[str, Any]:
    """Where the findings lie: those of a page of one code with their words, or of all codes with
    their code. `numberMatched` counts all that have a place, `numberReturned` those drawn here."""
    drawn = _of_code(delivery, code, page) if code else _of_all(delivery)
    placed = Finding.objects.of(delivery).filter(position__isnull=False)
    matched = placed.filter(code=code).count() if code else placed.count()
    counted = {"numberMatched": matched, "numberReturned": len(drawn)}
    return {**collection(outlines(delivery.source) + drawn), **counted}


def _of_code(delivery: Delivery, code: str, page: int) -> list[Feature]:
    return [
        point_feature(
            one.finding.position,
            {"code": code, "label": ", ".join(one.labels), "message": one.words.message},
        )
        for one in row_findings(delivery, code, page=page)
        if one.finding.position
    ]


def _of_all(delivery: Delivery) -> list[Feature]:
    placed = Finding.objects.of(delivery).filter(position__isnull=False).order_by("pk")
    return [
        point_feature(f.position, {"code": f.code, "severity": f.severity, "rows": f.rows[:10]})
        for f in placed[:MAX_PLACES]
    ]


def row_places(delivery: Delivery, layer: str, row: int) -> dict[str, Any]:
    """One row with its shape, the rows that its findings also name, and the findings' places.

    `properties.role` tells them apart: `row`, `other`, `finding`. Of an invalid shape the proposed
    repair is the `row`, because that is what is stored, and `sent` its outline as it came. A row
    that is not there gives the outlines alone.
    """
    mine = Finding.objects.of(delivery).filter(rows__contains=[row], layer__in=("", layer))
    found = list(mine.exclude(severity=Severity.INFO).order_by("severity", "code")[:MAX_BESIDE])
    beside = {number for one in found for number in one.rows if number != row}
    numbers = [row, *sorted(beside)[:MAX_BESIDE]]
    rows = StagedRow.objects.of(delivery).filter(layer=layer, row__in=numbers)
    shapes = [
        shape_feature(
            one.geometry,
            SHAPE_M,
            {"role": "row" if one.row == row else "other", "row": one.row, "label": _label(one)},
        )
        for one in rows.exclude(geometry=None).order_by("row").defer("sent", "raw", "attributes")
    ]
    points = [
        point_feature(
            one.position,
            {"role": "finding", "code": one.code, "message": message_of(one, rows=[row]).message},
        )
        for one in found
        if one.position
    ]
    if any(one.code == REPAIRED for one in found):
        shapes += _as_sent(delivery, layer, row)
    return collection(outlines(delivery.source) + shapes + points)


def _as_sent(delivery: Delivery, layer: str, row: int) -> list[Feature]:
    """The lines of an area as they were sent, crossings and all; none where they were not kept."""
    staged = StagedRow.objects.of(delivery).filter(layer=layer, row=row).only("sent").first()
    crs = sent.layer_facts(delivery).get(layer, {}).get("crs") or {}
    if staged is None or not staged.sent or not crs.get("used"):
        return []
    lines = np.array([shapely.boundary(shapely.from_wkb(bytes(staged.sent)))], dtype=object)
    (there,) = transformed(lines, crs["used"], swapped=bool(crs.get("swapped")))
    if there is None or there.is_empty:
        return []
    drawn = GEOSGeometry(memoryview(shapely.to_wkb(there)), srid=MASTER_SRID)
    drawn.transform(GEOGRAPHIC_SRID)
    geometry = json.loads(drawn.json)
    geometry = {"type": geometry["type"], "coordinates": _rounded(geometry["coordinates"])}
    return [{"type": "Feature", "geometry": geometry, "properties": {"role": "sent", "row": row}}]


def _label(row: StagedRow) -> str:
    return " · ".join(part for part in (str(row.row), row.identifier, row.name) if part)
