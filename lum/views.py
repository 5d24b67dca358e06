"""Pages about LUM: the list with its filters and one LUM."""

from typing import Any

from django.contrib.gis.geos import Point
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from core.geo import METROPOLITAN_BOUNDS, as_geojson, extent
from core.maps import PageMap
from lum.models import Lum
from lum.selectors import TO_IDENTIFY, UNRANKED, UNSTATED, LumFilter, lum_row, lum_rows
from services.views.maps import map_settings
from zones.contributed import sections_of
from zones.models import Zone


@require_safe
def lum_list(request: HttpRequest) -> HttpResponse:
    asked = LumFilter(
        zone=request.GET.get("zone", ""),
        state=request.GET.get("state", ""),
        rank=request.GET.get("rank", ""),
        q=request.GET.get("q", "").strip()[:80].replace("\x00", ""),
    )
    context = {
        "asked": asked,
        "rows": lum_rows(asked),
        "total": Lum.objects.public().count(),
        "located": Lum.objects.public().located().count(),
        "zones": Zone.objects.only("slug", "name", "name_en"),
        "states": Lum.State.choices,
        "ranks": Lum.Rank.choices,
        "unranked": UNRANKED,
        "to_identify": TO_IDENTIFY,
        "unstated": UNSTATED,
        "map": map_settings(PageMap.ALL_LUM, bounds=METROPOLITAN_BOUNDS),
    }
    return render(request, "lum/list.html", context)


@require_safe
def lum_detail(request: HttpRequest, code: str) -> HttpResponse:
    hubs = Lum.objects.public().prefetch_related("municipalities", "nodes")
    hub = get_object_or_404(hubs, code=code)
    context = {
        "row": lum_row(hub),
        "lum": hub,
        "map": _map(hub, hub.point) if hub.point else None,
        "sections": sections_of("lum", hub),
    }
    return render(request, "lum/detail.html", context)


def _map(hub: Lum, point: Point) -> dict[str, Any]:
    """Its perimeter, else the circle of its rank, else its point, with the services around."""
    area = hub.perimeter or (point.buffer(hub.radius_m) if hub.radius_m else None)
    shape = area or point
    bounds = extent(shape, margin_m=300 if area else 900)
    return map_settings(PageMap.LUM, bounds=bounds, shape=as_geojson(shape))
