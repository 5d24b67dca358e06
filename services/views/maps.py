"""What a map in a page is told: where to look, which
tiles to ask for, words in the reader's language."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from core.geo import GeoJson
from services.models import MacroCategory
from zones.selectors import place_labels

ATTRIBUTION = "ISTAT, Openpolis (CC BY 4.0)"


def map_settings(
    *,
    bounds: tuple[float, ...],
    services: str | None = None,
    lum: bool = False,
    zone: str = "",
    municipality: str = "",
    shape: GeoJson | None = None,
    page: dict[str, str] | None = None,
    words: dict[str, str] | None = None,
    day: dt.date | None = None,
) -> dict[str, Any]:
    """Settings of one map, for `json_script`; bounds and shape in CRS84, `services` a filter or
    None; `day` the day in the past that it shows."""
    return {
        "bounds": list(bounds),
        "services": services,
        "lum": lum,
        "zone": zone,
        "municipality": municipality,
        "shape": shape,
        "page": page or {},
        "tiles": "/tiles/{layer}/{z}/{x}/{y}.mvt",
        "card": reverse("services:card", args=["ID"]) + (f"?al={day}" if day else ""),
        "lumPage": reverse("lum:detail", args=["CODE"]),
        "labels": place_labels(),
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
            "lum": _("LUM"),
            **(words or {}),
        },
    }
