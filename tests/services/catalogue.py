"""Publishes services as an accepted delivery would, for tests that read them; no tests here."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

from django.contrib.gis.geos import GEOSGeometry, Point
from django.utils import timezone

from services.actions import EditionHead, NewRecord, plan_source, publish_edition, refresh_shown
from services.models import CriteriaSet, Edition, ServiceType, Source
from zones.models import Municipality

SESTO, MILANO, LEGNANO = "015209", "015146", "015118"
FIRST = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Thing:
    """What a plan says of one thing, in the fewest words;
    lon and lat in degrees, or a WKT in degrees."""

    name: str
    kind: str | None = "biblioteche"
    lon: float | None = 9.2350
    lat: float | None = 45.5350
    municipality: str | None = SESTO
    status: str = "esistente"
    address: str = ""
    wkt: str = ""
    key: str = ""
    email: str = ""


def record(thing: Thing, *, item: int | None = None) -> NewRecord:
    """The thing as an edition's record."""
    shape = _shape(thing)
    point = shape.point_on_surface if shape else None
    attributes = {"address": thing.address, "email": thing.email}
    return NewRecord(
        fingerprint=str(abs(hash(thing)))[:40],
        name=thing.name,
        kind=thing.kind,
        municipality=thing.municipality,
        item=item,
        verb="changed" if item else "created",
        key=thing.key,
        status=thing.status,
        attributes={name: value for name, value in attributes.items() if value},
        geometry=shape.hexewkb.decode() if shape else None,
        point=point.hexewkb.decode() if point else None,
        accuracy="civico",
    )


def _shape(thing: Thing) -> GEOSGeometry | None:
    if thing.wkt:
        shape = GEOSGeometry(thing.wkt, srid=4326)
    elif thing.lon is not None and thing.lat is not None:
        shape = Point(thing.lon, thing.lat, srid=4326)
    else:
        return None
    shape.transform(32632)
    return shape


def publish(
    things: Sequence[Thing], *, reading: int = 1, at: dt.datetime | None = None
) -> Edition:
    """One edition of the plan of Sesto (reading 1) or of a sectoral source (reading 2)."""
    return publish_records([record(thing) for thing in things], reading=reading, at=at)


def publish_records(
    records: Sequence[NewRecord], *, reading: int = 1, at: dt.datetime | None = None
) -> Edition:
    source = plan_source(Municipality.objects.get(pk=SESTO)) if reading == 1 else other_source()
    with on(at):
        return publish_edition(EditionHead(source), records)


@contextmanager
def on(moment: dt.datetime | None) -> Iterator[None]:
    """The clock says that moment (None: as it does)."""
    if moment is None:
        yield
        return
    with mock.patch.object(timezone, "now", lambda: moment):
        yield


def other_source() -> Source:
    source, _made = Source.objects.get_or_create(
        slug="registro", defaults={"name": "Registro", "reading": 2, "owner": "Ente"}
    )
    return source


def grid(number: int, thing: Thing) -> list[Thing]:
    """So many things of a kind, a few metres from one another."""
    return [
        replace(
            thing,
            name=f"{thing.name} {i}",
            lon=thing.lon + (i % 20) * 0.001,
            lat=thing.lat + (i // 20) * 0.001,
        )
        for i in range(number)
    ]


def retype(slug: str, **changes: Any) -> None:
    """The type changes in the taxonomy and what services show follows, as loading it does."""
    ServiceType.objects.filter(pk=slug).update(**changes)
    refresh_shown()


def adopt(version: str, terms: list[dict[str, Any]]) -> None:
    """A new version of the criteria is in use, and services show what it proposes."""
    CriteriaSet.objects.create(version=version, name=version, terms=terms)
    refresh_shown()
