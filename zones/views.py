"""Zones and comuni: the cards, the comparison of official and computed figures, the sheets."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from core.geo import METROPOLITAN_BOUNDS, extent
from core.maps import PageMap
from zones import selectors
from zones.contributed import sections_of
from zones.days import day_asked
from zones.models import Municipality, OfficialFigure, Zone


def _map(page_map: PageMap, **options: Any) -> dict[str, Any]:
    """Settings of a page's map; the app that draws services knows them (settings.MAP_SETTINGS)."""
    built: dict[str, Any] = import_string(settings.MAP_SETTINGS)(page_map, **options)
    return built


@gzip_page
@require_safe
def zone_list(request: HttpRequest) -> HttpResponse:
    day = day_asked(request.GET)
    summaries = selectors.zone_summaries(day)
    context = {
        "day": day,
        "summaries": [summary for summary in summaries if summary.zone],
        "whole": next(summary for summary in summaries if summary.zone is None),
        "map": _map(PageMap.ZONES, bounds=METROPOLITAN_BOUNDS, day=day),
    }
    return render(request, "zones/list.html", context)


@gzip_page
@require_safe
def zone_comparison(request: HttpRequest) -> HttpResponse:
    """The deck's figures beside ours, with its contradictions in words."""
    day = day_asked(request.GET)
    summaries = selectors.zone_summaries(day)
    others = OfficialFigure.objects.filter(zone=None).exclude(figure__in=selectors.COMPARED)
    context = {"day": day, "summaries": summaries, "whole": summaries[-1], "others": others}
    return render(request, "zones/comparison.html", context)


@gzip_page
@require_safe
def zone_detail(request: HttpRequest, slug: str) -> HttpResponse:
    zone = get_object_or_404(Zone, slug=slug)
    day = day_asked(request.GET)
    territory = selectors.zone_territory(zone, day)
    context = {
        "day": day,
        "zone": zone,
        "summary": selectors.zone_summary(zone, day),
        "territory": territory,
        "sections": sections_of("territory", territory),
        "municipalities": selectors.municipality_rows(zone.slug, day),
        "profile": selectors.population_profile(territory.municipalities),
        "map": _map(
            PageMap.TERRITORY,
            bounds=extent(zone.geometry) if zone.geometry else METROPOLITAN_BOUNDS,
            query=territory.query,
            within={"zone_slug": zone.slug},
            day=day,
        ),
    }
    return render(request, "zones/detail.html", context)


@gzip_page
@require_safe
def municipality_list(request: HttpRequest) -> HttpResponse:
    day = day_asked(request.GET)
    context = {"day": day, "municipalities": selectors.municipality_rows(day=day)}
    return render(request, "zones/municipalities.html", context)


@gzip_page
@require_safe
def municipality_detail(request: HttpRequest, istat: str) -> HttpResponse:
    day = day_asked(request.GET)
    if (code := selectors.in_use([istat], day)[istat]) != istat:
        address = reverse("zones:municipality", args=[code])
        tail = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(address + tail, permanent=True)
    municipality = get_object_or_404(Municipality.objects.with_zone(day), istat=istat)
    territory = selectors.municipality_territory(municipality, day)
    shape = municipality.geometry
    context = {
        "day": day,
        "municipality": municipality,
        "territory": territory,
        "row": next(
            row
            for row in selectors.municipality_rows(municipality.zone_slug or "", day)
            if row.municipality.istat == istat
        ),
        "former_codes": municipality.former_codes.ended(day),
        "sections": sections_of("territory", territory),
        "profile": selectors.population_profile(territory.municipalities),
        "map": _map(
            PageMap.TERRITORY,
            bounds=extent(shape) if shape else METROPOLITAN_BOUNDS,
            query=territory.query,
            within={"istat": municipality.istat},
            day=day,
        ),
    }
    return render(request, "zones/municipality.html", context)
