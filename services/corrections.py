"""The office's own correction, without a delivery: a small edition whose sender is the office.

It is an edition of the source that leads the service's page, so the comune's next delivery is
compared with it and cannot undo it unseen; what no plan says opens in the office's own source.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.contrib.gis.geos import Point
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from core.errors import Invalid, NotAllowed, WrongState
from notices.actions import MESSAGE, About, record
from people.models import User
from people.policies import is_reviewer
from services.actions import EditionHead, office_source, publish_edition, validate
from services.corrected import as_before, corrected, not_in_domain, opened, point_of
from services.models import Correction, Edition, Record, Service, ServiceEvent, Source, Valence
from services.policies import may_write
from services.querysets import CORRECTION
from validator.rules.personal import is_personal, personal_cells
from zones.models import Municipality

ACT: Final = "Rettifica d'ufficio"
CORRECT: Final = "correct"


@dataclass(frozen=True)
class NewCorrection:
    """What the office says instead; `changes` by schema field, `kind`, `lon`, `lat` or `valence`.

    What is not named stays. `gone`: it is not there and leaves the portal. `seen` is the record
    (its key) that the person had in front of them.
    """

    reason: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    gone: bool = False
    seen: int | None = None


@transaction.atomic
def correct(service: Service, *, user: User, correction: NewCorrection) -> Correction:
    """Publish the correction of a service. Raises NotAllowed, Invalid, WrongState (it changed
    meanwhile, or nothing is different)."""
    _may(user, correction.reason)
    _must_be_for_anybody(correction)
    said = _in_force(service)
    if not said:
        raise WrongState("service-retired", _("Il servizio non è più pubblicato."))
    if correction.seen is not None and correction.seen != said[0].pk:
        raise WrongState(
            "changed-meanwhile",
            _("Nel frattempo il servizio è cambiato: rileggi la pagina e riprova."),
        )
    act = Correction(service=service, municipality=_comune(service, said[0], correction), by=user)
    act.reason = correction.reason.strip()
    if correction.gone:
        return _withdraw(act, said)
    return _change(act, said[0], correction.changes)


def _change(act: Correction, lead: Record, wanted: Mapping[str, Any]) -> Correction:
    """The source that leads says something else, the office gives a valence, or both."""
    new = corrected(lead, wanted)
    valence = _new_valence(act.service, wanted)
    was = act.service.shown.valence if act.service.shown else ""
    if new is None and valence is None:
        raise Invalid("nothing-changed", _("Non hai cambiato nulla."))
    edition = publish_edition(_head(act, lead.item.source), [new] if new else [])
    act.changes = dict(new.changes) if new else {}
    if valence is not None:
        act.changes["valence"] = [was, valence]
        validate(edition, act.service, valence=valence, reason=act.reason)
    return _recorded(act, [edition])


def _must_be_for_anybody(correction: NewCorrection) -> None:
    if is_personal(correction.reason) or personal_cells(correction.changes):
        text = _("Motivo e dati vengono pubblicati: togli recapiti e codici di una persona.")
        raise Invalid("personal", text)


def _withdraw(act: Correction, said: list[Record]) -> Correction:
    """Every source stops speaking of it: one edition each, one act."""
    act.gone = True
    editions = []
    for source in {one.item.source_id: one.item.source for one in said}.values():
        items = [one.item_id for one in said if one.item.source_id == source.pk]
        editions.append(publish_edition(_head(act, source), [], withdrawn=items))
    return _recorded(act, editions)


@transaction.atomic
def open_new(*, user: User, correction: NewCorrection) -> Correction:
    """Publish a service that no source has said yet, in the office's own source."""
    _may(user, correction.reason)
    _must_be_for_anybody(correction)
    given = dict(correction.changes)
    missing = [name for name in ("name", "kind", "lon", "lat") if given.get(name) in (None, "")]
    if missing:
        raise Invalid("incomplete", _("Servono almeno nome, tipo e posizione."), fields=missing)
    point = point_of(given["lon"], given["lat"])
    comune = _comune_at(point)
    act = Correction(municipality=comune, by=user, reason=correction.reason.strip())
    edition = publish_edition(_head(act, office_source()), [opened(given, comune.pk, point)])
    act.service = Service.objects.get(items__records__from_edition=edition)
    valence = _new_valence(act.service, given)
    if valence:
        validate(edition, act.service, valence=valence, reason=act.reason)
    return _recorded(act, [edition])


@transaction.atomic
def undo(correction: Correction, *, user: User, reason: str) -> Correction:
    """Another correction that says again what was said before this one. Raises NotAllowed,
    Invalid, WrongState (it changed since)."""
    _may(user, reason)
    _must_be_for_anybody(NewCorrection(reason))
    editions = list(correction.editions.select_related("source").order_by("pk"))
    sources = [edition.source_id for edition in editions]
    list(Source.objects.select_for_update().filter(pk__in=sources).order_by("pk"))
    _must_stand(editions)
    act = Correction(
        service=correction.service,
        municipality=correction.municipality,
        by=user,
        reason=reason.strip(),
        undoes=correction,
    )
    return _recorded(act, [_reversed(act, edition) for edition in editions])


def _reversed(act: Correction, edition: Edition) -> Edition:
    """The edition that takes another one back."""
    before = [as_before(old) for old in edition.records_ended.select_related("item")]
    known = {one.item for one in before}
    begun = edition.records_begun.values_list("item_id", flat=True)
    withdrawn = [one for one in begun if one not in known]
    again = publish_edition(_head(act, edition.source), before, withdrawn=withdrawn)
    for event in edition.events.filter(verb=ServiceEvent.Verb.VALIDATED):
        old = event.changes["valence"][0]
        validate(again, event.service, valence=old, reason=act.reason)
    return again


@transaction.atomic
def message(correction: Correction, *, user: User, text: str) -> None:
    """Write in the thread of a correction. Raises NotAllowed, Invalid."""
    if not may_write(user, correction):
        raise NotAllowed("not-yours", _("Qui scrivono solo il Comune e l'ufficio."))
    if not text.strip():
        raise Invalid("text-missing", _("Il messaggio è vuoto."))
    record(_about(correction), MESSAGE, by=user, note=text.strip())


def _about(correction: Correction) -> About:
    return About(CORRECTION, correction.pk, correction.municipality_id)


def _may(user: User, reason: str) -> None:
    if not is_reviewer(user):
        raise NotAllowed("not-the-office", _("Rettifica solo l'ufficio metropolitano."))
    if not reason.strip():
        raise Invalid("reason-missing", _("Scrivi il motivo: lo legge anche il Comune."))


def _in_force(service: Service) -> list[Record]:
    """What is said of the service today, who leads the page first; its sources are held."""
    sources = Source.objects.select_for_update().filter(items__service=service).order_by("pk")
    list(sources.values_list("pk", flat=True))
    found = Record.objects.current().filter(item__service=service)
    found = found.select_related("item__source", "municipality")
    return list(found.order_by("item__source__reading", "-from_edition_id", "pk"))


def _comune(service: Service, lead: Record, asked: NewCorrection) -> Municipality | None:
    """Where the service is; where it is put, if nobody said so yet; none if it goes."""
    comune = (service.shown and service.shown.municipality) or lead.municipality
    if comune is not None or asked.gone:
        return comune
    place = [asked.changes.get(name) for name in ("lon", "lat")]
    if any(one in (None, "") for one in place):
        text = _("Nessuno dice in quale Comune è il servizio: indica la posizione.")
        raise WrongState("no-municipality", text)
    return _comune_at(point_of(*place))


def _comune_at(point: Point) -> Municipality:
    comune = Municipality.objects.current().filter(geometry__contains=point).first()
    if comune is None:
        raise Invalid("outside", _("La posizione non cade in nessun Comune: controllala."))
    found: Municipality = comune
    return found


def _new_valence(service: Service, changes: Mapping[str, Any]) -> str | None:
    """The valence the office gives ("" takes its own back), or None when it says nothing new."""
    if "valence" not in changes:
        return None
    wanted = str(changes["valence"] or "")
    if wanted and wanted not in Valence.values:
        raise not_in_domain(wanted)
    return None if wanted == (service.shown.validated if service.shown else "") else wanted


def _must_stand(editions: Sequence[Edition]) -> None:
    """What the editions said is still the last word. Raises WrongState."""
    said = Record.objects.filter(Q(from_edition__in=editions) | Q(to_edition__in=editions))
    items = set(said.values_list("item", flat=True))
    now = Record.objects.current().filter(item__in=items).exclude(from_edition__in=editions)
    later = said.filter(from_edition__in=editions, to_edition__isnull=False)
    given = ServiceEvent.objects.filter(verb=ServiceEvent.Verb.VALIDATED)
    last = given.filter(service=OuterRef("service")).order_by("-pk").values("pk")[:1]
    outdone = given.filter(edition__in=editions).exclude(pk=Subquery(last))
    if now.exists() or later.exists() or outdone.exists():
        raise WrongState(
            "changed-since", _("Da allora il servizio è cambiato ancora: rettificalo di nuovo.")
        )


def _head(act: Correction, source: Source) -> EditionHead:
    return EditionHead(source=source, by=act.by, act=ACT, note=act.reason)


def _recorded(act: Correction, editions: Sequence[Edition]) -> Correction:
    """Keep the act with its editions and tell the comune."""
    act.save()
    act.editions.set(editions)
    record(_about(act), CORRECT, by=act.by, note=act.reason)
    return act
