"""GEO-08: area across the boundary."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from validator.dataset import Dataset
from validator.findings import NotRun, RuleHits
from validator.libraries import pl
from validator.rules.columns import is_area, wide
from validator.rules.context import RuleContext
from validator.rules.declaration import ROW, WARNING, rule
from validator.rules.examples import SQUARE, row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

STRADDLING = (
    "POLYGON ((504000 5031000, 506000 5031000, 506000 5031100, 504000 5031100, 504000 5031000))"
)


@rule(
    "GEO-08",
    WARNING,
    ROW,
    params={"across_pct": 5.0},
    it=Wording(
        title="Area a cavallo del confine",
        one="Riga {row}: il {pct}% dell'area ricade fuori dal Comune ({other}).",
        many="{n} aree passano il confine del Comune (righe {rows}).",
        all="Tutte le {n} aree passano il confine del Comune.",
        fix="Conferma il servizio condiviso: il Comune "
        "vicino viene avvisato. Altrimenti ritaglia l'area.",
        why="Un servizio a cavallo di due Comuni può essere "
        "dichiarato da tutti e due e contare due volte.",
        wide={
            "one": "Riga {row}: il {pct}% dell'area ricade fuori "
            "dal territorio della fonte ({other}).",
            "many": "{n} aree passano il confine del territorio della fonte (righe {rows}).",
            "all": "Tutte le {n} aree passano il confine del territorio della fonte.",
        },
    ),
    en=Wording(
        title="Area across the boundary",
        one="Row {row}: {pct}% of the area lies outside the municipality ({other}).",
        many="{n} areas cross the municipal boundary (rows {rows}).",
        all="All {n} areas cross the municipal boundary.",
        fix="Confirm the shared service: the neighbour is told. Otherwise cut the area.",
        wide={
            "one": "Row {row}: {pct}% of the area lies outside the source's territory ({other}).",
            "many": "{n} areas cross the boundary of the source's territory (rows {rows}).",
            "all": "All {n} areas cross the boundary of the source's territory.",
        },
    ),
    fails=row(name="Parco", geometry=STRADDLING),
    passes=row(name="Parco", geometry=SQUARE),
)
def areas_stay_inside(dataset: Dataset, t: Thresholds, context: RuleContext) -> RuleHits | NotRun:
    """No area crosses the municipal boundary by more than a share of itself.

    A service across a boundary may be declared by both comuni and count twice. What lies within
    the accuracy of the outline is not counted as outside.
    """
    outline = context.territory.outline_of(dataset.home)
    if outline is None:
        return NotRun("GEO-08", "no_boundary")
    shapely.prepare(outline)
    areas = dataset.geometry[is_area(dataset)]
    index = np.flatnonzero(is_area(dataset))[~shapely.covers(outline, areas)]
    within_reach = outline.buffer(context.territory.accuracy_m)
    shapely.prepare(
        within_reach
    )  # what is next to the outline is not GEO-07's, however far it goes
    near = index[shapely.intersects(within_reach, dataset.geometry[index])]
    within = shapely.area(shapely.intersection(dataset.geometry[near], within_reach))
    pct = 100 * (1 - within / np.maximum(dataset.areas[near], 1e-9))
    crossing = near[pct > t["across_pct"]]
    share = pl.Series(pct[pct > t["across_pct"]].round(1))
    other = [_neighbour(dataset.geometry[i], dataset.home, context) for i in crossing]
    params = {"pct": share, "other": pl.Series(other, dtype=pl.String)}
    return RuleHits(crossing, "", {**params, **wide(dataset)})


def _neighbour(area: Any, home: tuple[str, ...], context: RuleContext) -> str:
    territory = context.territory
    found = [int(i) for i in territory.tree.query(area) if territory.codes[int(i)] not in home]
    shared = [shapely.area(shapely.intersection(area, territory.outlines[i])) for i in found]
    return territory.names[found[int(np.argmax(shared))]] if any(shared) else "outside_city"
