"""GEO-01 to GEO-06, GEO-09 and GEO-11: the geometry of each row by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from validator.dataset import Dataset, LayerFacts
from validator.findings import Group, Hits
from validator.rules.columns import (
    Mask,
    as_one,
    column_name,
    filled,
    hits,
    rows_of,
)
from validator.rules.context import RuleContext
from validator.rules.examples import LAYER as EXAMPLE_LAYER
from validator.rules.examples import Example, row
from validator.rules.registry import ERROR, INFO, LAYER, ROW, WARNING, rule
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

POINT, POLYGON, MULTIPOLYGON = 0, 3, 6
TYPE_NAMES = np.array([
    "Point", "LineString", "LinearRing", "Polygon", "MultiPoint", "MultiLineString",
    "MultiPolygon", "GeometryCollection",
])  # fmt: skip
#: Values of `position`: there is none; there is one that cannot be.
NOWHERE, NULL = ("missing", "empty", "unreadable"), ("null_coordinates", "not_finite")
SPOT = row(name="Liceo Rebora", geometry="POINT (501000 5031000)")
SQUARE = (
    "POLYGON ((501000 5031000, 501100 5031000, 501100 5031100, 501000 5031100, 501000 5031000))"
)
TINY = "POLYGON ((501000 5031000, 501004 5031000, 501000 5031004, 501000 5031000))"
ROUND = shapely.Point(501000, 5031000).buffer(100, quad_segs=1300)
#: Outlines that cross themselves, the two wings of a bow and a square with a nick at one corner,
#: and what repairing them does. Written out: a worker forks after reading this, and would hang its
#: children if polars had been at work by then.
BOW_TIE = "POLYGON((501000 5031000,501090 5031090,501090 5031000,501000 5031040,501000 5031000))"
BOW_TIE_REPAIRED = (
    "MULTIPOLYGON (((501000 5031040, 501027.7 5031027.7, 501000 5031000, 501000 5031040)), "
    "((501090 5031000, 501027.7 5031027.7, 501090 5031090, 501090 5031000)))"
)
NICKED = (
    "POLYGON((501000 5031000,501100 5031000,501100 5031100,501001 5031100,500999 5031098,"
    "501000 5031100,501000 5031000))"
)
CROSSED = {"index": 0, "layer": EXAMPLE_LAYER, "row": 1, "reason": "Self-intersection"}
BIG_REPAIR = {
    **CROSSED, "x": 501027.7, "y": 5031027.7, "area_before": 2250.0, "area_after": 3357.7,
    "refused": True,
}  # fmt: skip
SMALL_REPAIR = {
    **CROSSED, "x": 501000.0, "y": 5031099.0, "area_before": 9999.0, "area_after": 10000.0,
    "refused": False,
}  # fmt: skip


def is_area(dataset: Dataset) -> Mask:
    """Rows drawn as an area."""
    mask: Mask = np.isin(shapely.get_type_id(dataset.geometry), (POLYGON, MULTIPOLYGON))
    return mask


@rule(
    "GEO-01", ERROR, ROW, yields_to=("GEO-06",),
    it=Wording(
        title="Posizione assente",
        one="Riga {row}: geometria assente.",
        many="{n} righe non hanno geometria ({rows}).",
        all="Nessuna delle {n} righe ha una geometria: forse le colonne delle coordinate non sono "
        "state abbinate.",
        fix="Disegna il punto o l'area, compila le coordinate o almeno l'indirizzo; se il "
        "servizio non c'è "
        "togli la riga.",
        why="Un servizio sta in un luogo. Con il solo indirizzo la riga entra lo stesso (è un "
        "avviso) e si può posare sulla mappa a mano; senza nemmeno quello no.",
    ),
    en=Wording(
        title="Position missing",
        one="Row {row}: geometry is missing.",
        many="{n} rows have no geometry ({rows}).",
        all="None of the {n} rows has a geometry: perhaps the coordinate columns were not "
        "matched.",
        fix="Draw the point or area, fill the coordinates or at least the address; otherwise "
        "remove the row.",
    ),
    fails=row(name="Liceo Rebora", type="Liceo", geometry=None),
    passes=SPOT,
)  # fmt: skip
def geometries_are_there(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Hits | Group]:
    """Each row has a geometry, and it is not empty.

    With an address alone the row enters all the same (a warning) and can be placed on the map by
    hand; without even that it cannot.
    """
    # A layer without any position or address is STR-01's, one without a system CRS-01's.
    can = rows_of(dataset, _may_have_places)
    missing = can & dataset.frame["position"].is_in(NOWHERE).to_numpy()
    address = filled(dataset, "address")
    # Where the layer has no coordinates at all it is one mistake, not one per row.
    asked = rows_of(dataset, lambda layer: layer.crs.why.code != "no_geometry")
    findable = hits(dataset, missing & address & asked)
    return [
        hits(dataset, missing & ~address),
        Hits(findable.index, severity=WARNING),
        *as_one(dataset, missing & address & ~asked, "address", WARNING),
    ]


def _may_have_places(layer: LayerFacts) -> bool:
    fields = layer.column_of
    return layer.crs.why.code != "no_geometry" or any(f in fields for f in ("address", "x", "wkt"))


@rule(
    "GEO-02", ERROR, ROW, yields_to=("GEO-04",),
    it=Wording(
        title="Tipo di geometria non ammesso",
        one="Riga {row}: geometria di tipo «{type}» non ammessa per un servizio.",
        many="{n} righe hanno una geometria non ammessa per un servizio ({rows}).",
        all="Tutte le {n} righe hanno una geometria non ammessa: forse è lo strato sbagliato.",
        fix="Usa un'area per il verde e gli impianti sportivi, un punto o un'area per gli "
        "edifici.",
        why="Di un servizio si contano il luogo e la superficie: una linea non ha né l'uno né "
        "l'altra.",
    ),
    en=Wording(
        title="Geometry type not allowed",
        one="Row {row}: a geometry of type '{type}' is not allowed for a service.",
        many="{n} rows have a geometry that is not allowed for a service ({rows}).",
        all="All {n} rows have a geometry that is not allowed: perhaps it is the wrong layer.",
        fix="Use an area for green and sport grounds, a point or area for buildings.",
    ),
    fails=row(name="Pista ciclabile", geometry="LINESTRING (501000 5031000, 501100 5031000)"),
    passes=SPOT,
)  # fmt: skip
def geometry_types_are_allowed(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Hits]:
    """A service is a point or an area; lines and mixed collections are not allowed.

    They are kept as sent, and the row is held.
    """
    kinds = shapely.get_type_id(dataset.geometry)
    wrong = (kinds >= 0) & ~np.isin(kinds, (POINT, POLYGON, MULTIPOLYGON))
    return [hits(dataset, wrong, type=pl.Series(TYPE_NAMES[kinds]))]


def _repairs(dataset: Dataset, *, refused: bool) -> pl.DataFrame:
    return dataset.repairs.filter(pl.col("refused") == refused).sort("index")


@rule(
    "GEO-03", INFO, ROW,
    it=Wording(
        title="Geometria riparata",
        one="Riga {row}: geometria riparata ({reason}); area da {before} a {after} m².",
        many="{n} geometrie sono state riparate (righe {rows}).",
        all="Tutte le {n} geometrie sono state riparate.",
        fix="Controlla sulla mappa; se la riparazione è sbagliata rifiutala e correggi il "
        "contorno nel GIS.",
        why="Un contorno che si incrocia non ha un'area certa. Quando la riparazione la cambia "
        "poco la facciamo noi e diciamo di quanto.",
    ),
    en=Wording(
        title="Geometry repaired",
        one="Row {row}: geometry repaired ({reason}); area from {before} to {after} m².",
        many="{n} geometries were repaired (rows {rows}).",
        all="All {n} geometries were repaired.",
        fix="Check on the map; if the repair is wrong refuse it and mend the outline in the GIS.",
    ),
    fails=Example(
        rows=({"name": "Parco", "geometry": SQUARE, "sent": NICKED},), repairs=(SMALL_REPAIR,)
    ),
    passes=row(name="Parco", geometry=SQUARE),
)  # fmt: skip
def repairs_are_told(dataset: Dataset, t: Thresholds, context: RuleContext) -> Hits:
    """Invalid geometries that could be repaired with hardly any change of area were repaired.

    The area before and after is told, and the repair can be refused.
    """
    return _repair_hits(_repairs(dataset, refused=False))


def _repair_hits(repairs: pl.DataFrame) -> Hits:
    return Hits(
        index=repairs["index"].to_numpy().astype(np.intp),
        params={
            "reason": repairs["reason"], "before": repairs["area_before"].round(1),
            "after": repairs["area_after"].round(1),
        },
        position=_places(repairs),
    )  # fmt: skip


def _places(repairs: pl.DataFrame) -> Any:
    places = shapely.points(
        repairs["x"].fill_null(0).to_numpy(), repairs["y"].fill_null(0).to_numpy()
    )
    places[repairs["x"].is_null().to_numpy()] = None
    return places


@rule(
    "GEO-04", ERROR, ROW, params={"repair_pct": 1.0, "repair_m2": 10.0},
    it=Wording(
        title="Geometria non valida",
        one="Riga {row}: {reason} nel punto segnato. Riparandolo l'area passerebbe da {before} a "
        "{after} m².",
        many="{n} righe hanno una geometria non valida ({rows}).",
        all="Nessuna delle {n} righe ha una geometria valida.",
        fix="Correggi l'incrocio o l'anello nel GIS, nel punto segnato. In QGIS: Processing, "
        "«Correggi geometrie». Oppure accetta la riparazione proposta.",
        why="Un contorno che si incrocia non ha un'area certa. Quando ripararlo la cambierebbe di "
        "molto decidi tu: forse manca un pezzo.",
    ),
    en=Wording(
        title="Geometry not valid",
        one="Row {row}: {reason} at the marked point. Repairing it would take the area from "
        "{before} to {after} m².",
        many="{n} rows have a geometry that is not valid ({rows}).",
        all="None of the {n} rows has a valid geometry.",
        fix="Fix the crossing or the ring in the GIS, at the marked point. In QGIS: Processing, "
        "'Fix geometries'. Or accept the proposed repair.",
    ),
    fails=Example(
        rows=({"name": "Parco", "geometry": BOW_TIE_REPAIRED, "sent": BOW_TIE},),
        repairs=(BIG_REPAIR,),
    ),
    passes=row(name="Parco", geometry=SQUARE),
)  # fmt: skip
def geometries_are_valid(dataset: Dataset, t: Thresholds, context: RuleContext) -> Hits:
    """No outline crosses itself so that repairing it would change its area noticeably.

    Then the planner decides: a piece may be missing.
    """
    return _repair_hits(_repairs(dataset, refused=True))


@rule(
    "GEO-05", INFO, LAYER,
    it=Wording(
        title="Quote e misure lasciate da parte",
        one="Strato {layer}: una geometria con quota o misura; conservata solo la pianta.",
        many="Strato {layer}: {n} geometrie con quota o misura; conservata solo la pianta.",
        fix="Non serve fare nulla.",
        why="La banca dati è in pianta. Le quote restano nel file che hai inviato.",
    ),
    en=Wording(
        title="Heights and measures dropped",
        one="Layer {layer}: one geometry with height or measure; only the plan is kept.",
        many="Layer {layer}: {n} geometries with height or measure; only the plan is kept.",
        fix="Nothing to do.",
    ),
    fails=row(name="Liceo", geometry="POINT (501000 5031000)", flattened=True),
    passes=SPOT,
)  # fmt: skip
def geometries_are_flat(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Group]:
    """Heights (Z) and measures (M) are dropped: the database is in plan.

    They stay in the file as sent.
    """
    found = []
    for layer in dataset.layers:
        if n := int(dataset.flattened[layer.start : layer.stop].sum()):
            found.append(Group(layer=layer.name, params={"layer": layer.name, "n": n}))
    return found


@rule(
    "GEO-06", ERROR, ROW,
    it=Wording(
        title="Coordinate nulle",
        one="Riga {row}: coordinate nulle ({coord}).",
        many="{n} righe hanno coordinate nulle ({rows}).",
        all="Tutte le {n} righe hanno coordinate nulle: forse le colonne delle coordinate sono "
        "altre.",
        fix="Trova la posizione dall'indirizzo o posala sulla mappa.",
        why="Zero e zero è nel golfo di Guinea: di solito vuol dire che la posizione non c'era.",
    ),
    en=Wording(
        title="Null coordinates",
        one="Row {row}: null coordinates ({coord}).",
        many="{n} rows have null coordinates ({rows}).",
        all="All {n} rows have null coordinates: perhaps the coordinate columns are others.",
        fix="Geocode the address or set the position on the map.",
    ),
    fails=row(name="Liceo", geometry=None, sent="POINT (0 0)", position="null_coordinates"),
    passes=SPOT,
)  # fmt: skip
def coordinates_are_real(dataset: Dataset, t: Thresholds, context: RuleContext) -> Hits:
    """Coordinates are finite and not zero.

    Zero and zero lies in the Gulf of Guinea: it means that there was no position.
    """
    index = np.flatnonzero(dataset.frame["position"].is_in(NULL).to_numpy())
    corner = shapely.bounds(dataset.sent[index])[:, :2]
    coord = pl.Series([f"{x:.10g}, {y:.10g}" for x, y in corner], dtype=pl.String)
    column = column_name(dataset, "x") if dataset.has("x") else ""
    return Hits(index=index, column=column, params={"coord": coord})


@rule(
    "GEO-09", WARNING, ROW, params={"sliver_m2": 25.0, "sliver_width_m": 2.0},
    it=Wording(
        title="Area troppo piccola o sottile",
        one="Riga {row}: area di {area} m², larga in media {width} m: forse un residuo.",
        many="{n} aree sono molto piccole o sottili, forse residui (righe {rows}).",
        all="Tutte le {n} aree sono molto piccole o sottili: forse le unità sono sbagliate.",
        fix="Toglila o uniscila a quella accanto.",
        why="Nessun servizio sta in 25 m² o in una striscia larga meno di due metri: di solito è "
        "un residuo di un ritaglio.",
    ),
    en=Wording(
        title="Area too small or thin",
        one="Row {row}: area of {area} m², {width} m wide on average: perhaps a leftover.",
        many="{n} areas are very small or thin, perhaps leftovers (rows {rows}).",
        all="All {n} areas are very small or thin: perhaps the units are wrong.",
        fix="Delete it or merge it with its neighbour.",
    ),
    fails=row(name="Aiuola", geometry=TINY),
    passes=row(name="Parco", geometry=SQUARE),
)  # fmt: skip
def areas_are_not_slivers(dataset: Dataset, t: Thresholds, context: RuleContext) -> Hits:
    """Areas are neither tiny nor thin strips.

    No service fits in 25 m² or in a strip under two metres: it is left over from a cut.
    """
    areas = dataset.areas
    width = _widths(dataset)
    small = is_area(dataset) & ((areas < t["sliver_m2"]) | (width < t["sliver_width_m"]))
    told = {"area": pl.Series(areas.round(1)), "width": pl.Series(width.round(1))}
    return hits(dataset, small, **told)


def _widths(dataset: Dataset) -> NDArray[np.float64]:
    """Metres across each area: the short side of the rectangle of its area and perimeter.

    Of what is rounder than a square, the side of the square as large.
    """
    areas, around = dataset.areas, np.nan_to_num(shapely.length(dataset.geometry))
    more = around + np.sqrt(np.maximum(around**2 - 16 * areas, 0))
    widths: NDArray[np.float64] = 4 * areas / np.maximum(more, 1e-9)
    return np.minimum(widths, np.sqrt(areas))


@rule(
    "GEO-11", WARNING, ROW, params={"vertices_warning": 5_000, "vertices_error": 50_000},
    it=Wording(
        title="Geometria troppo pesante",
        one="Riga {row}: {vertices} vertici, oltre la soglia di {limit}.",
        many="{n} geometrie superano la soglia di {limit} vertici (righe {rows}).",
        all="Tutte le {n} geometrie superano la soglia di {limit} vertici.",
        fix="Semplifica alla scala del piano: un metro basta.",
        why="Migliaia di vertici rallentano ogni mappa senza dire di più. Oltre una seconda "
        "soglia la riga "
        "non entra.",
    ),
    en=Wording(
        title="Geometry too heavy",
        one="Row {row}: {vertices} vertices, above the threshold of {limit}.",
        many="{n} geometries exceed the threshold of {limit} vertices (rows {rows}).",
        all="All {n} geometries exceed the threshold of {limit} vertices.",
        fix="Simplify to the scale of the plan: one metre is enough.",
    ),
    fails=row(name="Parco", geometry=ROUND.wkt),
    passes=row(name="Parco", geometry=SQUARE),
)  # fmt: skip
def geometries_are_light(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Hits]:
    """Geometries have no more vertices than a plan needs.

    Thousands of them slow every map and say nothing more; above a second threshold it is an error.
    """
    count = shapely.get_num_coordinates(dataset.geometry)
    warn, stop = int(t["vertices_warning"]), int(t["vertices_error"])
    vertices = pl.Series(count)
    heavy = hits(dataset, (count > warn) & (count <= stop), vertices=vertices, limit=warn)
    refused = hits(dataset, count > stop, vertices=vertices, limit=stop)
    return [heavy, Hits(refused.index, "", refused.params, severity=ERROR)]
