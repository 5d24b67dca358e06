"""CRS: in which reference system the coordinates are, and where the layer falls."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import CrsDecision, Dataset, LayerFacts, Reason
from validator.findings import Group
from validator.rules.columns import filled
from validator.rules.context import RuleContext
from validator.rules.examples import STORED, Example
from validator.rules.registry import ERROR, INFO, LAYER, WARNING, rule
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

ROWS = ({"name": "Liceo Rebora", "geometry": "POINT (501000 5031000)"},)
WEB_MERCATOR = 3857
#: Systems that are nearly one and the same differ by less than this many metres.
AT_BEST_M = 1.0
GOOD = Example(rows=ROWS)
NAMES = {
    32632: "WGS 84 / UTM 32N", 25832: "ETRS89 / UTM 32N", 7791: "RDN2008 / UTM 32N",
    6707: "RDN2008 / UTM 32N (N-E)", 3003: "Monte Mario / Italy 1", 4258: "ETRS89",
    3004: "Monte Mario / Italy 2", 4326: "WGS 84", 32633: "WGS 84 / UTM 33N", 3857: "Web Mercator",
    6706: "RDN2008", 4265: "Monte Mario", 23032: "ED50 / UTM 32N",
}  # fmt: skip


def system(epsg: int | None, name: str = "") -> str:
    """How a message names a reference system: `EPSG:3003 (Monte Mario / Italy 1)`."""
    if epsg is None:
        return name or "—"
    known = NAMES.get(epsg, name)
    return f"EPSG:{epsg} ({known})" if known else f"EPSG:{epsg}"


def with_crs(declared: int | None, used: int | None, why: str, **more: object) -> Example:
    """An example whose layer was decided upon in that way."""
    return Example(rows=ROWS, crs=CrsDecision(declared, used, Reason(why), **more))  # type: ignore[arg-type]


def placed(layer: LayerFacts) -> bool:
    """Whether the layer carries positions at all."""
    return layer.crs.why.code != "no_geometry"


@rule(
    "CRS-01", ERROR, LAYER,
    it=Wording(
        title="Sistema di riferimento non riconoscibile",
        one="Strato {layer}: il sistema di riferimento manca e non si può riconoscere.",
        fix="Scegli il sistema tra EPSG:32632, 7791, 6707, 25832, 3003 e 4326.",
        why="Senza il sistema di riferimento le coordinate sono solo numeri. Lo riconosciamo da "
        "dove "
        "cadrebbero i punti; quando nessun sistema li porta nel Comune, serve la tua scelta.",
    ),
    en=Wording(
        title="Reference system not recognised",
        one="Layer {layer}: the reference system is missing and cannot be recognised.",
        fix="Choose among EPSG:32632, 7791, 6707, 25832, 3003 and 4326.",
    ),
    fails=with_crs(None, None, "unrecognised"),
    passes=GOOD,
)  # fmt: skip
def system_is_known(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Group]:
    """The reference system is declared, or can be recognised without doubt.

    Without it coordinates are mere numbers. It is recognised by where the points would fall; when
    no system brings them to the municipality, the planner chooses.
    """
    return [
        Group(layer=layer.name, params={"layer": layer.name})
        for layer in dataset.layers
        if placed(layer) and layer.crs.used is None and layer.rows
    ]


@rule(
    "CRS-02", INFO, LAYER,
    it=Wording(
        title="Coordinate trasformate",
        one="Strato {layer}: coordinate trasformate da {src} a {dst}; precisione attesa: "
        "entro {acc} m.",
        fix="Non serve fare nulla. Da Monte Mario la precisione è di qualche metro, a meno di "
        "usare i "
        "grigliati dell'IGM.",
        why="La banca dati conserva le posizioni in EPSG:32632. La trasformazione costa quanto "
        "diciamo.",
    ),
    en=Wording(
        title="Coordinates transformed",
        one="Layer {layer}: coordinates transformed from {src} to {dst}; expected accuracy: "
        "within {acc} m.",
        fix="Nothing to do. From Monte Mario the accuracy is metre-level unless the IGM grids are "
        "used.",
    ),
    fails=with_crs(3003, 3003, "declared", accuracy_m=4.0),
    passes=GOOD,
)  # fmt: skip
def transformation_is_told(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Group]:
    """Positions sent in another system than the stored one (EPSG:32632) were transformed.

    The cost of the transformation is told in metres.
    """
    return [
        Group(layer=layer.name, params={
            "layer": layer.name, "src": system(layer.crs.used), "dst": system(STORED),
            "acc": max(AT_BEST_M, float(layer.crs.accuracy_m)),
        })
        for layer in dataset.layers
        if placed(layer) and layer.crs.used not in (None, STORED)
    ]  # fmt: skip


@rule(
    "CRS-03", WARNING, LAYER,
    it=Wording(
        title="Sistema dichiarato diverso dalle coordinate",
        one="Strato {layer}: dichiarato {declared}, ma le coordinate sono di {guess}.",
        fix="Conferma sulla mappa il sistema proposto, o correggi il .prj.",
        why="Letto nel sistema dichiarato lo strato cadrebbe lontano; in quello proposto cade nel "
        "Comune.",
    ),
    en=Wording(
        title="Declared system disagrees with the coordinates",
        one="Layer {layer}: declared {declared}, but the coordinates are of {guess}.",
        fix="Confirm the proposed system on the map, or correct the .prj.",
    ),
    fails=with_crs(4326, STORED, "declared_else"),
    passes=GOOD,
)  # fmt: skip
def declared_system_agrees(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Group]:
    """The declared system is the one the coordinates are in.

    In the declared one the layer would fall far away, in the proposed one it falls in the comune.
    """
    return [
        Group(layer=layer.name, params={
            "layer": layer.name, "guess": system(layer.crs.used),
            "declared": system(layer.crs.declared, layer.crs.declared_name),
        })
        for layer in dataset.layers
        if layer.crs.disagrees
    ]  # fmt: skip


@rule(
    "CRS-04", INFO, LAYER,
    it=Wording(
        title="Assi invertiti",
        one="Strato {layer}: una posizione corretta scambiando le coordinate.",
        many="Strato {layer}: {n} posizioni corrette scambiando le coordinate.",
        fix="Controlla l'anteprima; quando esporti scegli l'ordine est, nord.",
        why="Alcuni programmi scrivono prima la latitudine: le posizioni finirebbero altrove.",
    ),
    en=Wording(
        title="Axes reversed",
        one="Layer {layer}: one position corrected by swapping coordinates.",
        many="Layer {layer}: {n} positions corrected by swapping coordinates.",
        fix="Check the preview; set the axis order at export.",
    ),
    fails=with_crs(6707, 6707, "declared", swapped=1),
    passes=GOOD,
)  # fmt: skip
def axes_are_in_order(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Group]:
    """Coordinates that came as latitude, longitude (or north, east) were exchanged.

    Some programmes write the latitude first, and positions would fall elsewhere.
    """
    return [
        Group(layer=layer.name, params={"layer": layer.name, "n": int(layer.crs.swapped)})
        for layer in dataset.layers
        if layer.crs.axes_exchanged
    ]


@rule(
    "CRS-05", ERROR, LAYER, params={"far_km": 2.0},
    it=Wording(
        title="Strato lontano dal Comune",
        one="Lo strato {layer} cade a {km} km dal territorio del Comune.",
        fix="Controlla il sistema di riferimento, le unità di misura e il Comune che hai scelto.",
        why="Uno strato intero lontano dal Comune di solito ha un sistema di riferimento "
        "sbagliato, o è di "
        "un altro Comune.",
    ),
    en=Wording(
        title="Layer far from the municipality",
        one="Layer {layer} lies {km} km from the municipality.",
        fix="Check the reference system, the units and the municipality you chose.",
    ),
    fails=with_crs(4326, 4326, "far", km=885.0),
    passes=with_crs(STORED, STORED, "declared", km=0.4),
)  # fmt: skip
def layer_falls_here(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Group]:
    """The layer falls in the municipality or next to it.

    A whole layer far away has a wrong reference system, or is of another municipality. Services
    declared in another municipality may lie there.
    """
    return [
        Group(layer=layer.name, params={"layer": layer.name, "km": round(layer.crs.km, 1)})
        for layer in dataset.layers
        if layer.crs.km is not None and is_far(dataset, layer, t["far_km"])
    ]


def is_far(dataset: Dataset, layer: LayerFacts, far_km: float) -> bool:
    """Whether the layer as a whole lies farther than `far_km`, and most rows do not say why."""
    elsewhere = filled(dataset, "other_municipality")[layer.start : layer.stop]
    return (layer.crs.km or 0) > far_km and 2 * int(elsewhere.sum()) <= layer.rows


@rule(
    "CRS-06", WARNING, LAYER,
    it=Wording(
        title="Coordinate per mappe web",
        one="Strato {layer}: coordinate in EPSG:3857, da usare solo per mappe web.",
        fix="Esporta dai dati originali in EPSG:32632 o 7791.",
        why="In Web Mercator le superfici a Milano risultano doppie. Le riportiamo in metri veri, "
        "ma se lo "
        "strato viene da una mappa web la precisione è già persa.",
    ),
    en=Wording(
        title="Coordinates meant for web maps",
        one="Layer {layer}: coordinates in EPSG:3857, meant for web maps only.",
        fix="Export from the original data in EPSG:32632 or 7791.",
    ),
    fails=with_crs(WEB_MERCATOR, WEB_MERCATOR, "declared"),
    passes=GOOD,
)  # fmt: skip
def system_is_metric(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Group]:
    """The layer does not come in Web Mercator, where areas at Milan's latitude are twice too
    large.

    They are brought back to true metres, but a layer traced on a web map has lost its accuracy.
    """
    return [
        Group(layer=layer.name, params={"layer": layer.name})
        for layer in dataset.layers
        if layer.crs.used == WEB_MERCATOR
    ]
