"""What a map in a page is told: where to look, which layers to draw, words in the reader's
language."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from core.geo import GeoJson
from core.maps import PageMap
from services.models import MacroCategory
from services.versions import tables_version
from zones.selectors import LABELLED, place_labels

ATTRIBUTION = "ISTAT, Openpolis (CC BY 4.0)"


def map_settings(
    page_map: PageMap,
    *,
    bounds: tuple[float, ...],
    query: str = "",
    within: dict[str, str] | None = None,
    shape: GeoJson | None = None,
    page: dict[str, str] | None = None,
    words: dict[str, str] | None = None,
    day: dt.date | None = None,
) -> dict[str, Any]:
    """Settings of one map, for `json_script`.

    Bounds and shape in CRS84; `query`: the filter of the layers that take one; `within`: the field
    of the comuni, and its value, outside which the land is dimmed; `day`: the day in the past that
    is shown.
    """
    return {
        "bounds": list(bounds),
        "layers": import_string(settings.MAP_LAYERS)(page_map, day),
        "query": query,
        "within": within or {},
        "shape": shape,
        "page": page or {},
        "card": reverse("services:card", args=["ID"]) + (f"?al={day}" if day else ""),
        "labels": place_labels(tables_version(LABELLED), day),
        "basemap": settings.BASEMAP_URL,
        "attribution": settings.BASEMAP_ATTRIBUTION or ATTRIBUTION,
        "categories": [
            {"slug": category.slug, "color": category.color}
            for category in MacroCategory.objects.all()
        ],
        "words": {
            "zoomIn": _("Ingrandisci"),
            "zoomOut": _("Riduci"),
            "close": _("Chiudi"),
            "loading": _("Carico…"),
            "failed": _("Non si riesce a caricare. Riprova."),
            **(words or {}),
        },
    }
