"""The page of one service: each attribute with its
source, both readings, valence with reasons, history."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import formats
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.errors import NotFound
from core.geo import as_geojson, extent
from core.maps import PageMap
from services.filters import ServiceFilter
from services.models import Record, Service, ServiceState, ServiceType
from services.selectors import ServiceStory, SourceStatement, for_page, named, service_story
from services.views.days import service_on
from services.views.maps import map_settings
from validator.schema import BY_NAME, POSITION_FIELDS
from zones.days import day_asked, end_of

#: Attributes that have a line of their own above the others.
SHOWN_ABOVE = frozenset(
    {"name", "category", "type", "status", "valence", "address", "istat", "municipality_name"}
    | {"accuracy", "identifier", "level_code", "other_municipality", *POSITION_FIELDS}
)

#: The words of the schema's field `accuracy`, for readers.
ACCURACIES = {
    "rilievo": gettext_lazy("rilievo sul posto"),
    "edificio": gettext_lazy("edificio"),
    "civico": gettext_lazy("numero civico"),
    "strada": gettext_lazy("strada"),
    "centroide": gettext_lazy("centro dell’area"),
    "approssimata": gettext_lazy("approssimata"),
}


@dataclass(frozen=True)
class AttributeLine:
    """An attribute as shown, with who says so (None when the portal computes it)."""

    label: str
    value: str
    said: SourceStatement | None
    url: str = ""


@dataclass(frozen=True)
class SourceDetail:
    """What one source says today, with its public attributes."""

    said: SourceStatement
    lines: tuple[AttributeLine, ...]


@require_safe
def service_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    service = get_object_or_404(Service.objects.select_related("redirect_to"), public_id=public_id)
    if service.redirect_to:
        tail = f"?{request.GET.urlencode()}" if request.GET else ""
        address = reverse("services:detail", args=[service.redirect_to.public_id])
        return redirect(address + tail, permanent=True)
    day = day_asked(request.GET)
    state = _last(service) if day is None else _shown_on(service, day)
    story = service_story(state, before=end_of(day))
    context = {
        "service": state,
        "retired": service if service.retired_at and day is None else None,
        "day": day,
        "story": story,
        "lines": tuple(_lines(story, day)),
        "statements": tuple(_statement(said) for said in story.said),
        "reasons": tuple(_reasons(state)),
        "map": _map(state, day),
    }
    return render(request, "services/detail.html", context)


@require_safe
def service_card(request: HttpRequest, public_id: str) -> HttpResponse:
    """The popup of the map, as a fragment."""
    day = day_asked(request.GET)
    service = service_on(public_id, day)
    if service is None:
        raise Http404
    position = as_geojson(service.point)["coordinates"] if service.point else None
    story = service_story(service, before=end_of(day))
    context = {"service": service, "story": story, "position": position, "day": day}
    return render(request, "includes/service_card.html", context)


def _last(service: Service) -> ServiceState:
    """What is shown of the service, or was before it was retired. Raises 404 if nothing ever
    was."""
    state = named(for_page(service.states.latest_of_each()))
    if not state:
        raise Http404
    return state[0]


def _shown_on(service: Service, day: dt.date) -> ServiceState:
    """The service as it stood at the end of that day; NotFound if it was not published then."""
    then = service_on(service.public_id, day)
    if then is None:
        message = _("Il %(day)s questo servizio non era pubblicato.")
        text = message % {"day": formats.date_format(day, "SHORT_DATE_FORMAT")}
        raise NotFound("service-not-then", text)
    return then


def _map(service: ServiceState, day: dt.date | None) -> dict[str, Any] | None:
    if service.point is None:
        return None
    shape = service.geometry or service.point
    bounds = extent(shape, margin_m=400)
    query = ServiceFilter(al=day).canonical()
    return map_settings(
        PageMap.SERVICE, bounds=bounds, shape=as_geojson(shape), query=query, day=day
    )


def _lines(story: ServiceStory, day: dt.date | None) -> Iterator[AttributeLine]:
    """The attributes shown, each from the source item that `origins` names."""
    service, origins = story.service, story.service.origins
    said = {name: story.said_by(item) for name, item in origins.items()}
    if service.kind:
        yield AttributeLine(_("Tipo"), _localised(service.kind), said.get("kind"))
    if service.category:
        yield AttributeLine(_("Categoria"), _localised(service.category), None)
    yield AttributeLine(_("Stato"), str(service.get_status_display()), said.get("status"))
    if service.municipality:
        address = reverse("zones:municipality", args=[service.municipality.istat])
        address += f"?al={day}" if day else ""
        yield AttributeLine(_("Comune"), service.municipality.name, said.get("position"), address)
    if service.address:
        yield AttributeLine(_("Indirizzo"), service.address, said.get("address"))
    accuracy = str(ACCURACIES.get(service.accuracy, service.accuracy)) or _("non dichiarata")
    yield AttributeLine(_("Accuratezza della posizione"), accuracy, said.get("position"))
    for name, value in public_attributes(service.attributes):
        yield AttributeLine(name, value, said.get("attributes"))


def public_attributes(attributes: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Labels and values of what the schema lets the public see; contacts are withheld."""
    language = get_language() or "it"
    for name, field in BY_NAME.items():
        value = attributes.get(name)
        if value in (None, "") or not field.public or name in SHOWN_ABOVE:
            continue
        yield field.label(language), _shown(value, field.unit)


def _shown(value: Any, unit: str) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        places = 0 if value == int(value) else 2
        grouped = bool(unit)
        text = formats.number_format(
            value, places, force_grouping=grouped, use_l10n=grouped or None
        )
        return f"{text if grouped else value} {unit}".strip()
    # What a source wrote stays in its own language (WCAG 3.1.2, language of parts).
    return format_html('<span lang="it">{}</span>', value)


def _statement(said: SourceStatement) -> SourceDetail:
    record = said.record
    lines = (
        AttributeLine(_("Nome"), record.name or _("senza nome"), None),
        AttributeLine(_("Tipo"), _kind_of(record), None),
        AttributeLine(_("Stato"), str(record.get_status_display()), None),
        AttributeLine(_("Valenza dichiarata"), _valence_of(record), None),
        *(
            AttributeLine(label, value, None)
            for label, value in public_attributes(record.attributes)
        ),
    )
    return SourceDetail(said, lines)


def _kind_of(record: Record) -> str:
    return _localised(record.kind) if record.kind else _("non riconosciuto")


def _valence_of(record: Record) -> str:
    return str(record.get_valence_display()) if record.valence else _("non dichiarata")


def _localised(thing: Any) -> str:
    english = (get_language() or "it").startswith("en")
    return str((english and thing.name_en) or thing.name)


def _reasons(state: ServiceState) -> Iterator[str]:
    """The terms of the criteria that decided, in words."""
    for reason in state.reasons:
        if reason.get("term") == "green-area":
            area, minimum = (
                formats.number_format(reason[name], 0, force_grouping=True)
                for name in ("area_m2", "minimum_m2")
            )
            words = _("L’area misura %(area)s m²: la soglia per il verde è %(minimum)s m².")
            yield words % {"area": area, "minimum": minimum}
        elif reason.get("term") == "type-default":
            kind = ServiceType.objects.filter(slug=reason.get("type", "")).first()
            name = _localised(kind) if kind else ""
            yield _("È il valore predefinito del tipo «%(type)s».") % {"type": name}
