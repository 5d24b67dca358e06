"""From a row with an address to at most three proposed positions, and how they are kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point, Polygon
from django.db.models import QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Invalid, NotFound
from core.geo import GEOGRAPHIC_SRID, MASTER_SRID
from deliveries.geocoding import client
from deliveries.geocoding.client import Geocoder
from deliveries.geocoding.kinds import Extent, GeocodedPlace
from deliveries.models import Delivery, PlaceProposal, StagedRow
from validator.rules.personal import is_personal
from zones.models import Municipality

MOST = 3
_LONGEST = 200
#: How far beyond the outline an answer is looked at: outlines are generalised.
_MARGIN_M = 300
_LETTERS = re.compile(r"[^\W\d_]{3}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposed position as it is kept: degrees (WGS 84), what it is, how far outside."""

    lon: float
    lat: float
    label: str
    precision: str
    inside: bool
    metres: int


def comuni_of(delivery: Delivery) -> Callable[[str], Municipality | None]:
    """In which comune the address of a row is looked for: the row's own (ISTAT code), else, of a
    comune's plan, that comune."""
    own = Municipality.objects.defer("geometry", "geometry_web").in_bulk()
    return lambda code: own.get(code) or delivery.source.municipality


def questions_of(delivery: Delivery) -> Callable[[Mapping[str, Any], str], str]:
    """What may be sent of a row of the delivery, by its attributes and its comune."""
    comuni = comuni_of(delivery)
    return lambda attributes, code: question_of(attributes, comuni(code))


def question_of(attributes: Mapping[str, Any], municipality: Municipality | None) -> str:
    """What may be sent of a row: address and comune; empty when there is none to send.

    An address that holds something of a person (a mailbox, a telephone, a tax code, an IBAN) is
    not sent at all.
    """
    address = _text(attributes.get("address"))
    number = _text(attributes.get("street_number"))
    if number and not re.search(rf"(?<!\w){re.escape(number)}(?!\w)", address):
        address = f"{address} {number}"
    if municipality is None or not _LETTERS.search(address):
        return ""
    if len(address) > _LONGEST or "@" in address or is_personal(address):
        return ""
    return f"{address}, {municipality.name}"


def _text(value: Any) -> str:
    text = "" if value is None else str(value)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def without_position(delivery: Delivery) -> QuerySet[StagedRow]:
    """Rows that have an address and no position, in the order of the file."""
    address = Cast(KeyTextTransform("address", "attributes"), TextField())
    rows = StagedRow.objects.of(delivery).filter(point__isnull=True).alias(said=address)
    found: QuerySet[StagedRow] = rows.filter(said__gt="").order_by("layer", "row")
    return found


def stored(delivery: Delivery, rows: Sequence[StagedRow]) -> dict[tuple[str, int], PlaceProposal]:
    """The proposals of these rows whose address is still the one that was asked about."""
    numbers = {row.row for row in rows}
    question = questions_of(delivery)
    questions = {(row.layer, row.row): question(row.attributes, row.municipality) for row in rows}
    return {
        (one.layer, one.row): one
        for one in PlaceProposal.objects.filter(delivery=delivery, row__in=numbers)
        if questions.get((one.layer, one.row)) == one.question
    }


def propose(
    geocoder: Geocoder, row: StagedRow, question: str, *, patience: float
) -> PlaceProposal:
    """Ask about one row and keep the answer in place of an earlier one.

    Raises Invalid when there is no address to send, GeocoderFailed.
    """
    delivery = row.delivery
    comune = comuni_of(delivery)(row.municipality)
    if not question or comune is None:
        raise Invalid(
            "no-address",
            _(
                "Questa riga non ha un indirizzo da mandare: manca, è troppo lungo o contiene "
                "dati di una persona."
            ),
        )
    extent = extent_of(comune)
    places = client.ask(geocoder, question, extent, patience=patience)
    candidates = judged(places, comune)
    proposal, _new = PlaceProposal.objects.update_or_create(
        delivery=delivery,
        layer=row.layer,
        row=row.row,
        defaults={
            "question": question,
            "candidates": [_as_json(one) for one in candidates],
            "service": geocoder.host,
            "at": timezone.now(),
        },
    )
    return proposal


def _as_json(one: Candidate) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Candidate.__slots__}


def extent_of(municipality: Municipality) -> Extent:
    """The comune's box with a margin. Raises NotFound when its outline is not known."""
    if municipality.geometry is None:
        raise NotFound("no-boundary", _("Del Comune non conosciamo il confine."))
    west, south, east, north = municipality.geometry.extent
    box = Polygon.from_bbox(
        (west - _MARGIN_M, south - _MARGIN_M, east + _MARGIN_M, north + _MARGIN_M)
    )
    box.srid = MASTER_SRID
    box.transform(GEOGRAPHIC_SRID)
    edges: Extent = box.extent
    return edges


def judged(places: Sequence[GeocodedPlace], municipality: Municipality) -> list[Candidate]:
    """At most three different answers, those inside the comune first, the others marked."""
    found: dict[tuple[str, str], Candidate] = {}
    assert municipality.geometry is not None  # `extent_of` refused it
    for place in places:
        where = Point(place.lon, place.lat, srid=GEOGRAPHIC_SRID)
        where.transform(MASTER_SRID)
        away = municipality.geometry.distance(where)
        one = Candidate(
            place.lon,
            place.lat,
            place.label,
            place.precision,
            inside=away <= municipality.boundary_accuracy_m,
            metres=round(away),
        )
        found.setdefault((one.label, one.precision), one)
    return sorted(found.values(), key=lambda one: not one.inside)[:MOST]
