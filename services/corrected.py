"""A record as it will stand once the office has corrected it: what was typed, judged and laid over
what is said today."""

from collections.abc import Mapping
from typing import Any, Final

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from core.errors import Invalid
from core.geo import GEOGRAPHIC_SRID, MASTER_SRID, METROPOLITAN_BOUNDS
from services.actions import NewRecord
from services.models import Record, ServiceType
from services.models import ServiceStatus as Stage
from validator import schema
from validator.interpreting.fingerprint import fingerprint_of
from zones.models import Municipality

#: Attributes that may be corrected beside name, type, status, valence and position.
TEXTS: Final = ("address", "manager_name", "url", "accuracy")
NUMBERS: Final = ("area", "capacity")


def corrected(lead: Record, changes: Mapping[str, Any]) -> NewRecord | None:
    """The record as it will stand, or None when the changes say what stands already."""
    attributes = _attributes(lead.attributes, changes)
    kind = _kind(changes["kind"]).slug if changes.get("kind") else lead.kind_id
    name = str(changes.get("name", lead.name)).strip()
    geometry, point, moved = _place(lead, changes)
    if not name and not lead.withheld.get("name"):
        raise Invalid("name-missing", _("Il nome non può restare vuoto."))
    if kind != lead.kind_id and kind:
        attributes["type"] = _kind(kind).name
    accuracy = attributes.get("accuracy", "") if "accuracy" in changes else lead.accuracy
    same = attributes == lead.attributes
    same &= (name, kind, accuracy) == (lead.name, lead.kind_id, lead.accuracy)
    if same and not moved:
        return None
    differences = {
        key: [lead.attributes.get(key), attributes.get(key)]
        for key in sorted({*lead.attributes, *attributes})
        if lead.attributes.get(key) != attributes.get(key)
    }
    if kind != lead.kind_id:
        differences["kind"] = [lead.kind_id, kind]
    if moved:
        differences["position"] = [_degrees(lead.point), _degrees(point)]
    verb = "reclassified" if kind != lead.kind_id else "moved" if moved else "changed"
    shape = bytes(geometry.wkb) if geometry else None
    return NewRecord(
        fingerprint=fingerprint_of(attributes, shape),
        name=name,
        kind=kind,
        municipality=_comune(lead, point) if moved else lead.municipality_id,
        verb=verb,
        item=lead.item_id,
        status=attributes.get("status") or lead.status,
        valence=lead.valence,
        attributes=attributes,
        answers=lead.answers,
        geometry=geometry.hexewkb.decode() if geometry else None,
        point=point.hexewkb.decode() if point else None,
        accuracy=accuracy,
        raw=lead.raw,
        withheld=_still_withheld(lead, changes),
        layer=lead.layer,
        row=lead.row,
        changes=differences,
    )


def _still_withheld(lead: Record, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The cells that stay out of what is shown: not those that the office filled."""
    return {name: cell for name, cell in lead.withheld.items() if not changes.get(name)}


def as_before(old: Record) -> NewRecord:
    """A past record as it was."""
    return NewRecord(
        fingerprint=old.fingerprint,
        name=old.name,
        kind=old.kind_id,
        municipality=old.municipality_id,
        verb="changed",
        item=old.item_id,
        status=old.status,
        valence=old.valence,
        attributes=old.attributes,
        answers=old.answers,
        geometry=old.geometry.hexewkb.decode() if old.geometry else None,
        point=old.point.hexewkb.decode() if old.point else None,
        accuracy=old.accuracy,
        raw=old.raw,
        withheld=old.withheld,
        layer=old.layer,
        row=old.row,
    )


def opened(given: Mapping[str, Any], municipality: str, point: Point) -> NewRecord:
    """The first record of a service that no source has said."""
    attributes = _attributes({}, given)
    shape = point.hexewkb.decode()
    return NewRecord(
        fingerprint=fingerprint_of(attributes, bytes(point.wkb)),
        name=str(given["name"]).strip(),
        kind=_kind(given["kind"]).slug,
        municipality=municipality,
        status=attributes.get("status", Stage.EXISTING.value),
        attributes=attributes,
        geometry=shape,
        point=shape,
        accuracy=attributes.get("accuracy", ""),
    )


def _attributes(known: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes with the changes in them; an emptied one goes."""
    attributes = dict(known)
    for name in ("name", "status", *TEXTS, *NUMBERS):
        if name not in changes:
            continue
        value = _number(name, changes[name]) if name in NUMBERS else str(changes[name]).strip()
        domain = schema.BY_NAME[name].domain
        if value and domain and value not in domain:
            raise not_in_domain(value)
        if value in (None, ""):
            attributes.pop(name, None)
        else:
            attributes[name] = value
    return attributes


def not_in_domain(value: Any) -> Invalid:
    """What to say of a value outside the vocabulary of its field."""
    return Invalid("domain", _("«%(value)s» non è fra i valori ammessi.") % {"value": value})


def _number(name: str, value: Any) -> float | None:
    if value in (None, ""):
        return None
    field_ = schema.BY_NAME[name]
    try:
        number = float(str(value).replace(",", "."))
    except ValueError:
        number = float("nan")
    if not ((field_.minimum or 0) <= number <= (field_.maximum or float("inf"))):
        raise Invalid("number", _("«%(value)s» non è un valore possibile.") % {"value": value})
    return number


def _kind(slug: Any) -> ServiceType:
    found = ServiceType.objects.filter(slug=str(slug)).first()
    if found is None:
        raise Invalid("kind-unknown", _("Questo tipo di servizio non c'è nella tassonomia."))
    return found


def _place(lead: Record, changes: Mapping[str, Any]) -> tuple[Any, Any, bool]:
    """Geometry, point, and whether they are other than before (over a centimetre)."""
    if changes.get("lon") in (None, "") and changes.get("lat") in (None, ""):
        return lead.geometry, lead.point, False
    point = point_of(changes.get("lon"), changes.get("lat"))
    if lead.point is not None and lead.point.distance(point) < 0.01:
        return lead.geometry, lead.point, False
    if lead.geometry is not None and lead.geometry.geom_type != "Point":
        raise Invalid("area", _("Il contorno di un'area si corregge con una consegna."))
    return point, point, True


def _comune(lead: Record, point: Point) -> str | None:
    """Where the record lies now; where it was if that is in no comune of ours."""
    there = Municipality.objects.current().filter(geometry__contains=point)
    found: str | None = there.values_list("pk", flat=True).first()
    return found or lead.municipality_id


def _degrees(point: Point | None) -> str | None:
    if point is None:
        return None
    there = point.transform(GEOGRAPHIC_SRID, clone=True)
    assert isinstance(there, Point)
    return f"{there.x:.5f}, {there.y:.5f}"


def point_of(lon: Any, lat: Any) -> Point:
    """A place in degrees, in the master's metres. Raises Invalid."""
    try:
        x, y = (float(str(value).replace(",", ".")) for value in (lon, lat))
    except ValueError:
        x = y = float("nan")
    west, south, east, north = METROPOLITAN_BOUNDS
    if not (west <= x <= east and south <= y <= north):
        raise Invalid("place", _("La posizione non cade nella Città metropolitana: controllala."))
    point = Point(x, y, srid=GEOGRAPHIC_SRID)
    point.transform(MASTER_SRID)
    return point
