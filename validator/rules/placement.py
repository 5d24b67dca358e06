"""GEO-07, GEO-08, GEO-10 and GEO-12: where the rows lie, in the comune and on each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from validator.dataset import Dataset
from validator.findings import Group, Hits, NotRun
from validator.rules.columns import (
    Index,
    Mask,
    Teller,
    components,
    filled,
    repeated,
    rows_of,
    xy,
)
from validator.rules.context import RuleContext
from validator.rules.examples import row, rows
from validator.rules.reference import is_far
from validator.rules.registry import ERROR, GROUP, ROW, WARNING, rule
from validator.rules.shape import POINT, SPOT, SQUARE, is_area
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

#: Pairs of areas beyond which a comparison is given up and said to be.
MOST_PAIRS = 5_000_000
DECLARED_GENERIC = ("centroide", "approssimata", "strada")
STRADDLING = (
    "POLYGON ((504000 5031000, 506000 5031000, 506000 5031100, 504000 5031100, 504000 5031000))"
)
OVERLAPPING = (
    "POLYGON ((501050 5031000, 501150 5031000, 501150 5031100, 501050 5031100, 501050 5031000))"
)


@rule(
    "GEO-07", WARNING, ROW, mandatory=True,
    it=Wording(
        title="Fuori dal territorio del Comune",
        one="Riga {row}: fuori dal Comune di {dist} m.",
        many="{n} righe cadono fuori dal Comune ({rows}).",
        all="Tutte le {n} righe cadono fuori dal Comune: forse hai scelto il Comune sbagliato.",
        fix="Spostala, o compila «servizio in altro comune» con l'accordo.",
        why="Ogni Comune consegna i servizi del proprio territorio. I confini caricati hanno una "
        "precisione "
        "dichiarata (250 m quelli generalizzati dell'ISTAT): entro quella non diciamo nulla.",
    ),
    en=Wording(
        title="Outside the municipality",
        one="Row {row}: {dist} m outside the municipality.",
        many="{n} rows lie outside the municipality ({rows}).",
        all="All {n} rows lie outside the municipality: perhaps you chose the wrong one.",
        fix="Move it, or fill 'servizio in altro comune' (service in another municipality) with "
        "the "
        "agreement.",
    ),
    fails=row(name="Liceo", geometry="POINT (506000 5031000)"),
    passes=row(name="Liceo", geometry="POINT (505100 5031000)"),
)  # fmt: skip
def services_lie_inside(dataset: Dataset, t: Thresholds, context: RuleContext) -> Hits | NotRun:
    """Services lie in the comune, within the declared accuracy of its outline.

    An error where detailed boundaries are loaded, a warning with the generalised ISTAT ones.
    An area that lies partly inside is GEO-08's.
    """
    outline = context.territory.outline(dataset.municipality)
    if outline is None:
        return NotRun("GEO-07", "no_boundary")
    index = np.flatnonzero(_elsewhere(dataset, outline, t["far_km"]))
    away = shapely.distance(outline, dataset.geometry[index])
    far = away > context.territory.accuracy_m
    dist = pl.Series(away[far].round()).cast(pl.Int64)
    severity = ERROR if context.territory.detailed else None
    return Hits(index[far], "", {"dist": dist}, severity=severity)


def _elsewhere(dataset: Dataset, outline: Any, far_km: float) -> Mask:
    """Rows whose representative point is outside; a layer that is far as a whole is CRS-05's."""
    flat = xy(dataset.points)
    shapely.prepare(outline)
    placed = np.isfinite(flat).all(axis=1)
    outside: Mask = placed & ~shapely.contains_xy(outline, flat[:, 0], flat[:, 1])
    far = rows_of(dataset, lambda layer: is_far(dataset, layer, far_km))
    return outside & ~far & ~filled(dataset, "other_municipality")


@rule(
    "GEO-08", WARNING, ROW, params={"across_pct": 5.0},
    it=Wording(
        title="Area a cavallo del confine",
        one="Riga {row}: il {pct}% dell'area ricade fuori dal Comune ({other}).",
        many="{n} aree passano il confine del Comune (righe {rows}).",
        all="Tutte le {n} aree passano il confine del Comune.",
        fix="Conferma il servizio condiviso: il Comune vicino viene avvisato. Altrimenti ritaglia "
        "l'area.",
        why="Un servizio a cavallo di due Comuni può essere dichiarato da tutti e due e contare "
        "due volte.",
    ),
    en=Wording(
        title="Area across the boundary",
        one="Row {row}: {pct}% of the area lies outside the municipality ({other}).",
        many="{n} areas cross the municipal boundary (rows {rows}).",
        all="All {n} areas cross the municipal boundary.",
        fix="Confirm the shared service: the neighbour is told. Otherwise cut the area.",
    ),
    fails=row(name="Parco", geometry=STRADDLING),
    passes=row(name="Parco", geometry=SQUARE),
)  # fmt: skip
def areas_stay_inside(dataset: Dataset, t: Thresholds, context: RuleContext) -> Hits | NotRun:
    """No area crosses the municipal boundary by more than a share of itself.

    A service across a boundary may be declared by both comuni and count twice. What lies within
    the accuracy of the outline is not counted as outside.
    """
    outline = context.territory.outline(dataset.municipality)
    if outline is None:
        return NotRun("GEO-08", "no_boundary")
    shapely.prepare(outline)
    areas = dataset.geometry[is_area(dataset)]
    index = np.flatnonzero(is_area(dataset))[~shapely.covers(outline, areas)]
    wide = outline.buffer(context.territory.accuracy_m)
    shapely.prepare(wide)  # an area next to the outline is not GEO-07's, however far it goes
    near = index[shapely.intersects(wide, dataset.geometry[index])]
    within = shapely.area(shapely.intersection(dataset.geometry[near], wide))
    pct = 100 * (1 - within / np.maximum(dataset.areas[near], 1e-9))
    crossing = near[pct > t["across_pct"]]
    share = pl.Series(pct[pct > t["across_pct"]].round(1))
    other = [_neighbour(dataset.geometry[i], dataset.municipality, context) for i in crossing]
    return Hits(crossing, "", {"pct": share, "other": pl.Series(other, dtype=pl.String)})


def _neighbour(area: Any, home: str, context: RuleContext) -> str:
    territory = context.territory
    found = [int(i) for i in territory.tree.query(area) if territory.codes[int(i)] != home]
    shared = [shapely.area(shapely.intersection(area, territory.outlines[i])) for i in found]
    return territory.names[found[int(np.argmax(shared))]] if any(shared) else "outside_city"


@rule(
    "GEO-10", WARNING, GROUP, params={"overlap_pct": 10.0},
    it=Wording(
        title="Aree sovrapposte",
        one="Righe {where} ({who}): aree sovrapposte per {area} m².",
        many="{n} gruppi di aree si sovrappongono.",
        fix="Ritagliane una, o rispondi «funzioni sovrapposte».",
        why="La stessa superficie contata in due servizi falsa i metri quadrati per abitante.",
    ),
    en=Wording(
        title="Overlapping areas",
        one="Rows {where} ({who}): areas overlapping by {area} m².",
        many="{n} groups of areas overlap.",
        fix="Cut one, or answer 'overlapping functions'.",
    ),
    fails=rows({"name": "Parco", "geometry": SQUARE}, {"name": "Campo", "geometry": OVERLAPPING}),
    passes=rows({"name": "Parco", "geometry": SQUARE}, {"name": "Parco", "geometry": SQUARE}),
)  # fmt: skip
def areas_do_not_overlap(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Group] | NotRun:
    """Areas of one comune do not overlap by more than a share of the smaller; one finding per
    cluster.

    The same surface counted in two services falsifies square metres per inhabitant. Identical
    geometries are UNI-02's and UNI-03's.
    """
    index = np.flatnonzero(is_area(dataset))
    pairs = _boxes_overlapping(dataset, index, t["overlap_pct"] / 100)
    if pairs is None:
        return NotRun("GEO-10", "too_many")
    first, second = dataset.geometry[pairs[0]], dataset.geometry[pairs[1]]
    shared = shapely.area(shapely.intersection(first, second))
    least = np.minimum(dataset.areas[pairs[0]], dataset.areas[pairs[1]])
    over = (100 * shared > t["overlap_pct"] * least) & ~shapely.equals_exact(first, second, 0.0)
    pairs, shared = pairs[:, over], shared[over]
    per_row = np.bincount(pairs[0], weights=shared, minlength=len(dataset))
    tell = Teller(dataset)
    clusters = sorted(components(pairs, len(dataset)), key=lambda same: int(same[0]))
    return [tell.group(same, area=round(float(per_row[same].sum()), 1)) for same in clusters]


def _boxes_overlapping(dataset: Dataset, index: Index, share: float) -> Index | None:
    """Pairs (2 x n, first < second) whose boxes share enough; None when there are too many."""
    shapes = dataset.geometry[index]
    if len(index) < 2:
        return np.empty((2, 0), dtype=np.intp)
    tree, boxes = shapely.STRtree(shapes), shapely.bounds(shapes)
    sample = shapes[:: max(1, len(index) // 200)]
    per_shape = max(1.0, tree.query(sample).shape[1] / len(sample))
    if per_shape * len(index) > MOST_PAIRS:
        return None
    step = max(1, int(MOST_PAIRS / 4 / per_shape))
    kept = []
    for start in range(0, len(index), step):
        a, b = tree.query(shapes[start : start + step])
        a = a + start
        once = a < b
        kept.append(_enough(np.stack([a[once], b[once]]), boxes, dataset.areas[index], share))
    pairs: Index = index[np.concatenate(kept, axis=1)]
    return pairs


def _enough(
    pairs: Index, boxes: NDArray[np.float64], areas: NDArray[np.float64], share: float
) -> Index:
    one, two = boxes[pairs[0]], boxes[pairs[1]]
    sides = np.minimum(one[:, 2:], two[:, 2:]) - np.maximum(one[:, :2], two[:, :2])
    common = np.clip(sides, 0, None).prod(axis=1)
    enough = (common > 0) & (common >= share * np.minimum(areas[pairs[0]], areas[pairs[1]]))
    chosen: Index = pairs[:, enough]
    return chosen


@rule(
    "GEO-12", WARNING, GROUP, params={"generic_services": 5}, yields_to=("UNI-03",),
    it=Wording(
        title="Molti servizi nello stesso punto",
        one="{n} servizi hanno lo stesso punto ({coord}): forse un punto generico. Righe {where}.",
        many="{n} punti sono usati da molti servizi: forse sono punti generici.",
        fix="Metti ogni servizio al suo posto, o dichiara l'accuratezza «centroide».",
        why="Quando un indirizzo non si trova, alcuni programmi mettono il servizio sul municipio "
        "o al "
        "centro del Comune.",
    ),
    en=Wording(
        title="Many services on one point",
        one="{n} services share the point ({coord}): perhaps a generic one. Rows {where}.",
        many="{n} points are shared by many services: perhaps they are generic ones.",
        fix="Place each service on its own site, or state accuracy 'centroide'.",
    ),
    fails=rows(*({"name": f"Scuola {i}", "geometry": "POINT (501000 5031000)"} for i in range(6))),
    passes=SPOT,
)  # fmt: skip
def points_are_specific(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[Group]:
    """No point is shared by many services: it would be the town hall, or the comune's centroid.

    Some programmes put there what they could not find. Rows that declare a rough accuracy are
    fine.
    """
    exact = ~dataset.frame["accuracy"].is_in(DECLARED_GENERIC).fill_null(value=False).to_numpy()
    alone = (shapely.get_type_id(dataset.geometry) == POINT) & exact
    flat = np.where(alone[:, None], xy(dataset.points).round(), np.nan)
    spots = pl.DataFrame({"x": flat[:, 0], "y": flat[:, 1]}).fill_nan(None)
    tell = Teller(dataset)
    return [
        tell.group(same, coord=f"{flat[same[0], 0]:.0f}, {flat[same[0], 1]:.0f}")
        for same in repeated(spots)
        if len(same) >= t["generic_services"]
    ]
