"""The office's own correction: from a service's
page, a service nobody has said, and the way back."""

import uuid
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import DomainError, NotAllowed, NotFound
from core.geo import as_geojson
from core.pages import Crumb, acting, back_on_mistake, private
from deliveries.actions import corrections
from deliveries.forms import NoteForm
from deliveries.models import Delivery
from deliveries.reports import mend, story
from deliveries.reports.wording import language
from deliveries.views.access import delivery_of
from deliveries.views.frame import DESK, HOME, crumb
from people.access import person
from people.policies import is_reviewer
from services.models import Record, Service, Status, Valence
from validator import schema

_PLACES = 6


class CorrectionForm(forms.Form):
    """What a service should say; every field comes filled with what it says now."""

    name = forms.CharField(label=gettext_lazy("Nome"), max_length=300)
    kind = forms.ChoiceField(label=gettext_lazy("Tipo di servizio"))
    status = forms.ChoiceField(label=gettext_lazy("Stato"), choices=Status.choices)
    valence = forms.ChoiceField(
        label=gettext_lazy("Valenza data dall'ufficio"),
        required=False,
        choices=[("", gettext_lazy("nessuna: vale quella dei criteri")), *Valence.choices],
    )
    address = forms.CharField(label=gettext_lazy("Indirizzo"), max_length=300, required=False)
    lon = forms.CharField(
        label=gettext_lazy("Longitudine"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("In gradi, per esempio 9,2310."),
    )
    lat = forms.CharField(
        label=gettext_lazy("Latitudine"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("In gradi, per esempio 45,5340."),
    )
    accuracy = forms.ChoiceField(
        label=gettext_lazy("Accuratezza della posizione"),
        required=False,
        choices=[("", "—"), *((word, word) for word in schema.ACCURACIES)],
    )
    manager_name = forms.CharField(label=gettext_lazy("Gestore"), max_length=300, required=False)
    area = forms.CharField(
        label=gettext_lazy("Superficie fondiaria (m²)"), max_length=20, required=False
    )
    capacity = forms.CharField(label=gettext_lazy("Capienza"), max_length=20, required=False)
    url = forms.URLField(
        label=gettext_lazy("Sito web"), required=False, max_length=300, assume_scheme="https"
    )
    reason = forms.CharField(
        label=gettext_lazy("Motivo della rettifica"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("È pubblico e arriva al Comune: scrivi anche la fonte."),
        error_messages={"required": gettext_lazy("Scrivi il motivo: lo legge anche il Comune.")},
    )
    gone = forms.BooleanField(
        label=gettext_lazy("Non esiste o è un doppione: toglilo dal portale"), required=False
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    #: Fields that are no attribute of the service.
    APART: ClassVar = ("reason", "gone", "seen")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = _kinds()

    def correction(self) -> corrections.Correction:
        """What was typed that differs from what the page showed."""
        given = self.cleaned_data
        typed = {name: given[name] for name in self.fields if name not in self.APART}
        changes = {name: value for name, value in typed.items() if name in self.changed_data}
        if "lon" in changes or "lat" in changes:
            changes |= {"lon": given["lon"], "lat": given["lat"]}
        return corrections.Correction(
            given["reason"], changes, gone=bool(given.get("gone")), seen=given.get("seen")
        )


def _kinds() -> list[tuple[str, list[tuple[str, str]]]]:
    """The types of the taxonomy under their groups."""
    grouped: dict[str, list[tuple[str, str]]] = {}
    for one in mend.kind_choices():
        grouped.setdefault(one.group, []).append((one.slug, one.name))
    return list(grouped.items())


def _office(request: HttpRequest) -> None:
    if not is_reviewer(request.user):
        raise NotAllowed("not-the-office", _("Rettifica solo l'ufficio metropolitano."))


def _of(public_id: str) -> Service:
    found = Service.objects.select_related("municipality").filter(public_id=public_id)
    service: Service | None = found.first()
    if service is None or service.redirect_to_id:
        raise NotFound("service", _("Non c'è un servizio con questo identificativo."))
    return service


def _now(service: Service) -> dict[str, Any]:
    """What the form shows: the leading record, and the valence the office gave."""
    found = Record.objects.current().filter(item__service=service).select_related("item__source")
    lead = found.order_by("item__source__reading", "-from_edition_id", "pk").first()
    if lead is None:
        return {}
    given = service.assessments.order_by("-at").values_list("validated", flat=True).first()
    initial = {
        name: lead.attributes.get(name) for name in (*corrections.TEXTS, *corrections.NUMBERS)
    }
    point = as_geojson(lead.point)["coordinates"] if lead.point else ("", "")
    area = lead.geometry is not None and lead.geometry.geom_type != "Point"
    lon, lat = ("", "") if area or not lead.point else (f"{c:.{_PLACES}f}" for c in point)
    own = {"name": lead.name, "kind": lead.kind_id or "", "status": lead.status}
    place = {"lon": lon, "lat": lat, "accuracy": lead.accuracy}
    return {**initial, **own, **place, "valence": given or "", "seen": lead.pk}


@private
def correct(request: HttpRequest, public_id: str) -> HttpResponse:
    """The form over what the service says now."""
    _office(request)
    service = _of(public_id)
    form = CorrectionForm(request.POST or None, initial=_now(service))
    status = 200
    if request.method == "POST":
        try:
            if form.is_valid():
                made = form.correction()
                delivery = corrections.correct(service, user=person(request), correction=made)
                messages.success(request, _("Rettifica pubblicata: il Comune è avvisato."))
                return redirect("deliveries:detail", delivery.pk)
            status = 400
        except DomainError as error:
            form.add_error(None, str(error.message))
            status = error.status
    trail = [
        Crumb(service.name, reverse("services:detail", args=[public_id])),
        Crumb(_("Rettifica")),
    ]
    context = {"trail": trail, "service": service, "form": form}
    return render(request, "deliveries/correct.html", context, status=status)


@private
def open_new(request: HttpRequest) -> HttpResponse:
    """The same form, empty: a service that no source has said."""
    _office(request)
    form = CorrectionForm(request.POST or None, initial={"status": Status.EXISTING})
    del form.fields["gone"]
    for name in ("lon", "lat"):
        form.fields[name].required = True
    status = 200
    if request.method == "POST":
        try:
            if form.is_valid():
                made = form.correction()
                delivery = corrections.open_new(user=person(request), correction=made)
                messages.success(request, _("Servizio pubblicato: il Comune è avvisato."))
                return redirect("deliveries:detail", delivery.pk)
            status = 400
        except DomainError as error:
            form.add_error(None, str(error.message))
            status = error.status
    context = {"trail": [DESK, Crumb(_("Nuovo servizio"))], "service": None, "form": form}
    return render(request, "deliveries/correct.html", context, status=status)


@acting
@back_on_mistake("deliveries:detail")
def undo(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Another correction, the other way round."""
    delivery = delivery_of(request, pk)
    _office(request)
    again = corrections.undo(delivery, user=person(request), reason=request.POST.get("note", ""))
    messages.success(request, _("Rettifica annullata con un'altra rettifica."))
    return redirect("deliveries:detail", again.pk)


def shown(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    """A correction as the comune and the office read it: what, why, and the thread."""
    event = delivery.events.filter(verb=corrections.VERB).first()
    payload = event.payload if event else {}
    service = Service.objects.filter(public_id=payload.get("service", "")).first()
    office = is_reviewer(request.user)
    context = {
        "trail": [DESK if office else HOME, crumb(delivery)],
        "delivery": delivery,
        "line": story.line(delivery),
        "reason": event.note if event else "",
        "service": service,
        "lines": list(_lines(payload.get("changes", {}))),
        "gone": bool(payload.get("changes", {}).get("gone")),
        "undoes": payload.get("changes", {}).get("undoes"),
        "office": office,
        "thread": story.thread(delivery),
        "note_form": NoteForm(),
    }
    return render(request, "deliveries/correction.html", context)


def _lines(changes: dict[str, Any]) -> Any:
    """(label, before, after) of each change."""
    names = {
        "kind": _("Tipo di servizio"),
        "valence": _("Valenza data dall'ufficio"),
        "position": _("Posizione (gradi)"),
    }
    for name, values in changes.items():
        if isinstance(values, list):
            field = schema.BY_NAME.get(name)
            yield names.get(name) or (field.label(language()) if field else name), *values
