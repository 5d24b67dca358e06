"""The home page: the map, its legend that filters, the services in view, the last editions."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from services.filters import ServiceFilter
from services.models import Service
from services.selectors import category_counts, for_rows, latest_editions, named, reading_counts
from services.views.facets import chips_of, facets_of
from services.views.maps import map_settings
from zones.geo import METROPOLITAN_BOUNDS, extent
from zones.models import Zone

IN_VIEW = 40


@gzip_page
@require_safe
def service_map(request: HttpRequest) -> HttpResponse:
    chosen = ServiceFilter.from_query(request.GET, others=None)
    facets = facets_of(chosen)
    within = chosen.but(category=(), bbox=None).queryset()
    selected = _selected(request.GET.get("servizio", ""))
    context = {
        "chosen": chosen,
        "facets": facets,
        "chips": chips_of(chosen, facets),
        "counts": category_counts(within),
        "totals": reading_counts(within),
        "editions": latest_editions(),
        "selected": selected,
        "map": _map(request, chosen, selected),
        **_in_view(chosen),
    }
    return render(request, "services/map.html", context)


@gzip_page
@require_safe
def services_in_view(request: HttpRequest) -> HttpResponse:
    """The list beside the map as a fragment, for the box in `bbox`."""
    chosen = ServiceFilter.from_query(request.GET, others=None)
    return render(request, "includes/in_view.html", _in_view(chosen))


def _in_view(chosen: ServiceFilter) -> dict[str, Any]:
    services = for_rows(chosen.queryset()).order_by("name", "pk")[:IN_VIEW]
    return {
        "services": named(chosen.rows(services)),
        "matched": chosen.matched(),
        "list_query": chosen.canonical(),
    }


def _selected(public_id: str) -> Service | None:
    return for_rows(Service.objects.published()).filter(public_id=public_id[:10]).first()


def _map(request: HttpRequest, chosen: ServiceFilter, selected: Service | None) -> dict[str, Any]:
    zone = Zone.objects.filter(slug__in=chosen.zone).first() if len(chosen.zone) == 1 else None
    bounds = extent(zone.geometry) if zone and zone.geometry else METROPOLITAN_BOUNDS
    return map_settings(
        bounds=bounds,
        services=chosen.but(bbox=None).canonical(),
        lum=True,
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
