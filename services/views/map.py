"""The home page: the map, its legend that filters, the services in view, the last editions."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from core.geo import METROPOLITAN_BOUNDS
from core.maps import PageMap
from services.counts import counts_of
from services.filters import ServiceFilter
from services.models import ServiceState
from services.selectors import for_rows, latest_editions, named, totals_of
from services.views.days import service_on
from services.views.facets import chips_of, facets_of
from services.views.maps import map_settings
from zones.models import Municipality, Zone
from zones.selectors import extent_of

IN_VIEW = 40


@gzip_page
@require_safe
def service_map(request: HttpRequest) -> HttpResponse:
    chosen = ServiceFilter.from_query(request.GET, others=None)
    facets = facets_of(chosen)
    counts = counts_of(chosen.but(category=(), bbox=None)).by_category()
    selected = _selected(chosen, request.GET.get("servizio", ""))
    context = {
        "chosen": chosen,
        "day": chosen.al,
        "facets": facets,
        "chips": chips_of(chosen, facets),
        "counts": counts,
        "totals": totals_of(counts),
        "editions": latest_editions(chosen.before),
        "selected": selected,
        "map": _map(request, chosen, selected),
        **_in_view(chosen, counts_of(chosen).matched),
    }
    return render(request, "services/map.html", context)


@gzip_page
@require_safe
def services_in_view(request: HttpRequest) -> HttpResponse:
    """The list beside the map as a fragment, for the box in `bbox`."""
    chosen = ServiceFilter.from_query(request.GET, others=None)
    return render(request, "includes/in_view.html", _in_view(chosen, chosen.matched()))


def _in_view(chosen: ServiceFilter, matched: int) -> dict[str, Any]:
    services = for_rows(chosen.queryset()).order_by("name", "pk")[:IN_VIEW]
    return {
        "services": named(services),
        "chosen": chosen,
        "matched": matched,
        "list_query": chosen.canonical(),
    }


def _selected(chosen: ServiceFilter, public_id: str) -> ServiceState | None:
    return service_on(public_id, chosen.al) if public_id else None


def _map(
    request: HttpRequest, chosen: ServiceFilter, selected: ServiceState | None
) -> dict[str, Any]:
    return map_settings(
        PageMap.HOME,
        bounds=_bounds(chosen),
        query=chosen.but(bbox=None).canonical(),
        day=chosen.al,
        page={
            "address": reverse("services:map"),
            "inView": reverse("services:in-view"),
            "list": reverse("services:list"),
            "selected": selected.public_id if selected else "",
        },
        words={
            "selected": _("Selezionato: {name}"),
            "none": _("Nessun servizio in questa vista."),
        },
    )


def _bounds(chosen: ServiceFilter) -> tuple[float, ...]:
    """What the address asks to look at: its box, else its comuni, else its zones, else all."""
    if chosen.bbox:
        return (chosen.bbox.west, chosen.bbox.south, chosen.bbox.east, chosen.bbox.north)
    places = None
    if chosen.municipality:
        places = extent_of(Municipality.objects.filter(pk__in=chosen.municipality))
    elif chosen.zone:
        places = extent_of(Zone.objects.filter(pk__in=chosen.zone))
    return places or METROPOLITAN_BOUNDS
