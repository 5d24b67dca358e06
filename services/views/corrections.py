"""The office's own correction: from a service's page, a service nobody has said, and the way
back; the list and the page of each for the comune and the office."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.errors import DomainError, Invalid, NotAllowed, NotFound
from core.geo import as_geojson
from core.pages import Crumb, acting, back_on_mistake, number, private
from notices.forms import NoteForm
from notices.thread import thread
from people.access import person
from people.policies import is_reviewer
from services import corrections
from services.corrected import NUMBERS, TEXTS
from services.forms import CorrectionForm
from services.models import Correction, Record, Service, ServiceStatus
from services.selectors import latest_states
from services.views.office import desk
from validator import schema

PAGE = 30
_PLACES = 6


def _office(request: HttpRequest) -> None:
    if not is_reviewer(request.user):
        raise NotAllowed("not-the-office", _("Rettifica solo l'ufficio metropolitano."))


def _of(public_id: str) -> Service:
    service: Service | None = Service.objects.filter(public_id=public_id).first()
    if service is None or service.redirect_to_id:
        raise NotFound("service", _("Non c'è un servizio con questo identificativo."))
    return service


def _correction_of(request: HttpRequest, pk: uuid.UUID) -> Correction:
    """The correction, if this person may know of it. Raises NotFound."""
    found = Correction.objects.for_user(request.user).whole().filter(pk=pk).first()
    if found is None:
        raise NotFound("correction-unknown", _("Qui non c'è nessuna rettifica."))
    correction: Correction = found
    return correction


def _now(service: Service) -> dict[str, Any]:
    """What the form shows: the leading record, and the valence the office gave."""
    found = Record.objects.current().filter(item__service=service).select_related("item__source")
    lead = found.order_by("item__source__reading", "-from_edition_id", "pk").first()
    if lead is None:
        return {}
    given = service.shown.validated if service.shown else ""
    initial = {name: lead.attributes.get(name) for name in (*TEXTS, *NUMBERS)}
    point = as_geojson(lead.point)["coordinates"] if lead.point else ("", "")
    area = lead.geometry is not None and lead.geometry.geom_type != "Point"
    lon, lat = ("", "") if area or not lead.point else (f"{c:.{_PLACES}f}" for c in point)
    own = {"name": lead.name, "kind": lead.kind_id or "", "status": lead.status}
    place = {"lon": lon, "lat": lat, "accuracy": lead.accuracy}
    return {**initial, **own, **place, "valence": given, "seen": lead.pk}


@private
def correct(request: HttpRequest, public_id: str) -> HttpResponse:
    """The form over what the service says now."""
    _office(request)
    service = _of(public_id)
    form = CorrectionForm(request.POST or None, initial=_now(service))
    trail = [
        Crumb(str(service.shown or service), reverse("services:detail", args=[public_id])),
        Crumb(_("Rettifica")),
    ]

    def publish(given: corrections.NewCorrection) -> Correction:
        return corrections.correct(service, user=person(request), correction=given)

    done = _("Rettifica pubblicata: il Comune è avvisato.")
    context = {"trail": trail, "service": service, "form": form}
    return _answer(request, context, publish, done)


@private
def open_new(request: HttpRequest) -> HttpResponse:
    """The same form, empty: a service that no source has said."""
    _office(request)
    form = CorrectionForm(request.POST or None, initial={"status": ServiceStatus.EXISTING})
    del form.fields["gone"]
    for name in ("lon", "lat"):
        form.fields[name].required = True

    def publish(given: corrections.NewCorrection) -> Correction:
        return corrections.open_new(user=person(request), correction=given)

    done = _("Servizio pubblicato: il Comune è avvisato.")
    trail = [*desk(), Crumb(_("Nuovo servizio"))]
    context = {"trail": trail, "service": None, "form": form}
    return _answer(request, context, publish, done)


def _answer(
    request: HttpRequest,
    context: dict[str, Any],
    publish: Callable[[corrections.NewCorrection], Correction],
    done: str,
) -> HttpResponse:
    """The form, or the page of what was published."""
    form, status = context["form"], 200
    if request.method == "POST":
        status = Invalid.status
        try:
            if form.is_valid():
                made = publish(form.correction())
                messages.success(request, done)
                return redirect("services:correction", made.pk)
        except DomainError as error:
            form.add_error(None, str(error.message))
            status = error.status
    return render(request, "services/correct.html", context, status=status)


@private
def correction_list(request: HttpRequest) -> HttpResponse:
    """The corrections of one's comuni; for the office all, newest first."""
    found = Correction.objects.for_user(request.user).whole()
    found = found.prefetch_related(latest_states("service__"))
    page = Paginator(found, PAGE).get_page(number(request.GET.get("pagina")) or 1)
    office = is_reviewer(request.user)
    trail = [*(desk() if office else []), Crumb(_("Rettifiche"))]
    context = {"trail": trail, "page": page, "office": office}
    return render(request, "services/corrections.html", context)


@private
def correction_page(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A correction as the comune and the office read it: what, why, and the thread."""
    correction = _correction_of(request, pk)
    office = is_reviewer(request.user)
    day = formats.date_format(timezone.localdate(correction.at), "SHORT_DATE_FORMAT")
    context = {
        "trail": [
            *(desk() if office else []),
            Crumb(_("Rettifiche"), reverse("services:corrections")),
            Crumb(f"{correction.place}, {day}"),
        ],
        "correction": correction,
        "edition": correction.edition,
        "lines": list(_lines(correction.changes)),
        "office": office,
        "thread": thread(correction.events, {}),
        "note_form": NoteForm(),
    }
    return render(request, "services/correction.html", context)


def _lines(changes: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """(label, before, after) of each change."""
    names = {
        "kind": _("Tipo di servizio"),
        "valence": _("Valenza data dall'ufficio"),
        "position": _("Posizione (gradi)"),
    }
    language = (get_language() or "it")[:2]
    for name, (before, after) in changes.items():
        field = schema.BY_NAME.get(name)
        yield names.get(name) or (field.label(language) if field else name), before, after


@acting
@back_on_mistake("services:correction")
def undo(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Another correction, the other way round."""
    correction = _correction_of(request, pk)
    _office(request)
    reason = request.POST.get("note", "")
    again = corrections.undo(correction, user=person(request), reason=reason)
    messages.success(request, _("Rettifica annullata con un'altra rettifica."))
    return redirect("services:correction", again.pk)


@acting
@back_on_mistake("services:correction")
def message(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A message in the thread of a correction, from either side."""
    correction = _correction_of(request, pk)
    text = request.POST.get("note", "")
    corrections.message(correction, user=person(request), text=text)
    return redirect("services:correction", pk)
