"""The office's own correction, without a delivery: a small edition whose sender is the office.

It is an edition of the source that leads the service's page, so the comune's next delivery is
compared with it and cannot undo it unseen; what no plan says opens in the office's own source.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.contrib.gis.geos import Point
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core.errors import Invalid, NotAllowed, WrongState
from core.geo import GEOGRAPHIC_SRID, MASTER_SRID, METROPOLITAN_BOUNDS
from deliveries import audience, workflow
from deliveries.models import Delivery
from deliveries.states import Status
from people.models import User
from people.policies import is_reviewer
from services.actions import EditionHead, NewRecord, office_source, publish_edition, validate
from services.models import Edition, Record, Service, ServiceEvent, ServiceType, Source, Valence
from services.models import Status as Stage
from validator import schema
from validator.interpreting.fingerprint import fingerprint_of
from zones.models import Municipality

ACT: Final = "Rettifica d'ufficio"
VERB: Final = audience.CORRECT
#: Attributes that may be corrected beside name, type, status, valence and position.
TEXTS: Final = ("address", "manager_name", "url", "accuracy")
NUMBERS: Final = ("area", "capacity")


@dataclass(frozen=True)
class Correction:
    """What the office says instead; `changes` by schema field, `kind`, `lon`, `lat` or `valence`.

    What is not named stays. `gone`: it is not there and leaves the portal. `seen` is the record
    (its key) that the person had in front of them.
    """

    reason: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    gone: bool = False
    seen: int | None = None


@transaction.atomic
def correct(service: Service, *, user: User, correction: Correction) -> Delivery:
    """Publish the correction of a service. Raises NotAllowed, Invalid, WrongState (it changed
    meanwhile, or nothing is different)."""
    _may(user, correction)
    said = _in_force(service)
    if not said:
        raise WrongState("service-retired", _("Il servizio non è più pubblicato."))
    if correction.seen is not None and correction.seen != said[0].pk:
        raise WrongState(
            "changed-meanwhile",
            _("Nel frattempo il servizio è cambiato: rileggi la pagina e riprova."),
        )
    if correction.gone:
        return _withdraw(service, said, user=user, reason=correction.reason)
    lead = said[0]
    record = _corrected(lead, correction.changes)
    valence = _new_valence(service, correction.changes)
    if record is None and valence is None:
        raise Invalid("nothing-changed", _("Non hai cambiato nulla."))
    delivery = _delivery(lead.item.source, _comune(service, lead), user=user)
    records = [record] if record else []
    edition = publish_edition(_head(delivery, user, correction.reason), records)
    if valence is not None:
        validate(edition, service, valence=valence, reason=correction.reason)
    changes = dict(record.changes) if record else {}
    if valence is not None:
        changes["valence"] = [service.valence, valence]
    return _recorded(delivery, edition, service, reason=correction.reason, changes=changes)


@transaction.atomic
def open_new(*, user: User, correction: Correction) -> Delivery:
    """Publish a service that no source has said yet, in the office's own source."""
    _may(user, correction)
    given = dict(correction.changes)
    missing = [name for name in ("name", "kind", "lon", "lat") if given.get(name) in (None, "")]
    if missing:
        raise Invalid("incomplete", _("Servono almeno nome, tipo e posizione."), fields=missing)
    point = _point(given["lon"], given["lat"])
    comune = Municipality.objects.current().filter(geometry__contains=point).first()
    if comune is None:
        raise Invalid("outside", _("La posizione non cade in nessun Comune: controllala."))
    source = office_source()
    Source.objects.select_for_update().get(pk=source.pk)
    delivery = _delivery(source, comune, user=user)
    attributes = _attributes({}, given)
    shape = point.hexewkb.decode()
    record = NewRecord(
        fingerprint=fingerprint_of(attributes, bytes(point.wkb)),
        name=str(given["name"]).strip(),
        kind=_kind(given["kind"]).slug,
        municipality=comune.pk,
        status=attributes.get("status", Stage.EXISTING.value),
        attributes=attributes,
        geometry=shape,
        point=shape,
        accuracy=attributes.get("accuracy", ""),
    )
    edition = publish_edition(_head(delivery, user, correction.reason), [record])
    service = Service.objects.get(items__records__from_edition=edition)
    valence = _new_valence(service, given)
    if valence:
        validate(edition, service, valence=valence, reason=correction.reason)
    return _recorded(delivery, edition, service, reason=correction.reason, changes={})


@transaction.atomic
def undo(delivery: Delivery, *, user: User, reason: str) -> Delivery:
    """Another correction that says again what was said before this one."""
    _may(user, Correction(reason))
    editions = list(Edition.objects.filter(delivery=delivery.pk).select_related("source"))
    sources = [edition.source_id for edition in editions]
    list(Source.objects.select_for_update().filter(pk__in=sources).order_by("pk"))
    services = Service.objects.filter(events__edition__in=editions).distinct()
    service = services.first()
    if service is None or delivery.sort != Delivery.Sort.OFFICE:
        raise WrongState("not-a-correction", _("Questa non è una rettifica d'ufficio."))
    _must_stand(editions)
    again = _delivery(delivery.source, delivery.municipality, user=user)
    last = None
    for edition in editions:
        before = [_as_before(old) for old in edition.records_ended.select_related("item")]
        known = {record.item for record in before}
        begun = edition.records_begun.values_list("item_id", flat=True)
        head = _head(again, user, reason, source=edition.source)
        last = publish_edition(head, before, withdrawn=[one for one in begun if one not in known])
        for event in edition.events.filter(verb=ServiceEvent.Verb.VALIDATED):
            old = event.changes["valence"][0]
            validate(last, event.service, valence=old, reason=reason)
    assert last is not None
    return _recorded(again, last, service, reason=reason, changes={"undoes": str(delivery.pk)})


def _may(user: User, correction: Correction) -> None:
    if not is_reviewer(user):
        raise NotAllowed("not-the-office", _("Rettifica solo l'ufficio metropolitano."))
    if not correction.reason.strip():
        raise Invalid("reason-missing", _("Scrivi il motivo: lo legge anche il Comune."))


def _in_force(service: Service) -> list[Record]:
    """What is said of the service today, who leads the page first; its sources are held."""
    sources = Source.objects.select_for_update().filter(items__service=service).order_by("pk")
    list(sources.values_list("pk", flat=True))
    found = Record.objects.current().filter(item__service=service)
    found = found.select_related("item__source", "municipality")
    return list(found.order_by("item__source__reading", "-from_edition_id", "pk"))


def _comune(service: Service, lead: Record) -> Municipality:
    comune = service.municipality or lead.municipality
    if comune is None:
        raise WrongState("no-municipality", _("Il servizio non ha un Comune: va prima collocato."))
    return comune


def _corrected(lead: Record, changes: Mapping[str, Any]) -> NewRecord | None:
    """The record as it will stand, or None when the changes say what stands already."""
    attributes = _attributes(lead.attributes, changes)
    kind = _kind(changes["kind"]).slug if changes.get("kind") else lead.kind_id
    name = str(changes.get("name", lead.name)).strip()
    geometry, point, moved = _place(lead, changes)
    if not name:
        raise Invalid("name-missing", _("Il nome non può restare vuoto."))
    if kind != lead.kind_id and kind:
        attributes["type"] = _kind(kind).name
    same = attributes == lead.attributes and (name, kind) == (lead.name, lead.kind_id)
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
        municipality=lead.municipality_id,
        verb=verb,
        item=lead.item_id,
        status=attributes.get("status") or lead.status,
        valence=lead.valence,
        attributes=attributes,
        answers=lead.answers,
        geometry=geometry.hexewkb.decode() if geometry else None,
        point=point.hexewkb.decode() if point else None,
        accuracy=attributes.get("accuracy") or lead.accuracy,
        raw=lead.raw,
        layer=lead.layer,
        row=lead.row,
        changes=differences,
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
            raise _not_in_domain(value)
        if value in (None, ""):
            attributes.pop(name, None)
        else:
            attributes[name] = value
    return attributes


def _not_in_domain(value: Any) -> Invalid:
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
    point = _point(changes.get("lon"), changes.get("lat"))
    if lead.point is not None and lead.point.distance(point) < 0.01:
        return lead.geometry, lead.point, False
    if lead.geometry is not None and lead.geometry.geom_type != "Point":
        raise Invalid("area", _("Il contorno di un'area si corregge con una consegna."))
    return point, point, True


def _degrees(point: Point | None) -> str | None:
    if point is None:
        return None
    there = point.transform(GEOGRAPHIC_SRID, clone=True)
    assert isinstance(there, Point)
    return f"{there.x:.5f}, {there.y:.5f}"


def _point(lon: Any, lat: Any) -> Point:
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


def _new_valence(service: Service, changes: Mapping[str, Any]) -> str | None:
    """The valence the office gives ("" takes its own back), or None when it says nothing new."""
    if "valence" not in changes:
        return None
    wanted = str(changes["valence"] or "")
    if wanted and wanted not in Valence.values:
        raise _not_in_domain(wanted)
    assessment = service.assessments.order_by("-at").first()
    return None if wanted == (assessment.validated if assessment else "") else wanted


def _withdraw(service: Service, said: list[Record], *, user: User, reason: str) -> Delivery:
    """Every source stops speaking of it: one edition each, one act."""
    lead = said[0]
    delivery = _delivery(lead.item.source, _comune(service, lead), user=user)
    first = None
    for source in {record.item.source_id: record.item.source for record in said}.values():
        items = [record.item_id for record in said if record.item.source_id == source.pk]
        head = _head(delivery, user, reason, source=source)
        edition = publish_edition(head, [], withdrawn=items)
        first = first or edition
    assert first is not None
    return _recorded(delivery, first, service, reason=reason, changes={"gone": True})


def _must_stand(editions: list[Edition]) -> None:
    """What the editions said is still the last word. Raises WrongState."""
    said = Record.objects.filter(Q(from_edition__in=editions) | Q(to_edition__in=editions))
    items = set(said.values_list("item", flat=True))
    now = Record.objects.current().filter(item__in=items).exclude(from_edition__in=editions)
    later = said.filter(from_edition__in=editions, to_edition__isnull=False)
    if now.exists() or later.exists():
        raise WrongState(
            "changed-since", _("Da allora il servizio è cambiato ancora: rettificalo di nuovo.")
        )


def _as_before(old: Record) -> NewRecord:
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
        layer=old.layer,
        row=old.row,
    )


def _delivery(source: Source, comune: Municipality, *, user: User) -> Delivery:
    """The act in the comune's own list: what was changed, why, and a thread to object in."""
    return Delivery.objects.create(
        municipality=comune,
        source=source,
        by=user,
        reviewer=user,
        sort=Delivery.Sort.OFFICE,
        status=Status.PUBLISHED,
        act=ACT,
        is_valid=True,
    )


def _head(
    delivery: Delivery, user: User, reason: str, source: Source | None = None
) -> EditionHead:
    return EditionHead(
        source=source or delivery.source,
        by=user,
        delivery=delivery.pk,
        act=ACT,
        note=reason.strip(),
    )


def _recorded(
    delivery: Delivery, edition: Edition, service: Service, *, reason: str, changes: dict[str, Any]
) -> Delivery:
    delivery.edition = edition
    delivery.save(update_fields=["edition"])
    payload = {"service": service.public_id, "changes": changes}
    workflow.record(
        delivery,
        VERB,
        by=delivery.by,
        note=reason.strip(),
        from_status=Status.PUBLISHED,
        payload=payload,
    )
    return delivery


__all__ = ["ACT", "NUMBERS", "TEXTS", "VERB", "Correction", "correct", "open_new", "undo"]
