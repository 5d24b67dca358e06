"""Publishes services as an accepted delivery would, for tests that read them; no tests here."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.contrib.gis.geos import GEOSGeometry, Point

from services.actions import EditionHead, NewRecord, plan_source, publish_edition
from services.models import Edition, Service, Source
from zones.models import Municipality

SESTO, MILANO, LEGNANO = "015209", "015146", "015118"


@dataclass(frozen=True)
class Thing:
    """What a plan says of one thing, in the fewest words;
    lon and lat in degrees, or a WKT in degrees."""

    name: str
    kind: str | None = "biblioteche"
    lon: float | None = 9.2350
    lat: float | None = 45.5350
    municipality: str = SESTO
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
    edition = publish_edition(EditionHead(source), records)
    if at:
        Edition.objects.filter(pk=edition.pk).update(published_at=at)
        Service.objects.filter(events__edition=edition, events__verb="created").update(
            created_at=at
        )
    return edition


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
