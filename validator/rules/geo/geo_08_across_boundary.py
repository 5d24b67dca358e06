"""GEO-08: area across the boundary."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from validator.dataset import Dataset
from validator.findings import NotRun, RuleHits
from validator.libraries import pl
from validator.rules.columns import is_area, wide
from validator.rules.context import RuleContext
from validator.rules.declaration import ROW, WARNING, rule
from validator.rules.examples import SQUARE, row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording
from validator.territory import Territory

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
        fix="Se il servizio è condiviso rispondi «È giusto così»: quando è "
        "pubblicato avvisiamo i Comuni della Città metropolitana in cui l'area "
        "continua, fuori da essa nessuno. Altrimenti ritaglia l'area nel file.",
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
        fix="If the service is shared answer 'It is right as it is': once it is "
        "published we tell the municipalities of the metropolitan city where the "
        "area goes on, and nobody outside it. Otherwise cut the area in the file.",
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
    the accuracy of the outline is not enough to speak; the share told is all that lies outside.
    """
    territory = context.territory
    outline = territory.outline_of(dataset.home)
    if outline is None:
        return NotRun("GEO-08", "no_boundary")
    shapely.prepare(outline)
    areas = dataset.geometry[is_area(dataset)]
    index = np.flatnonzero(is_area(dataset))[~shapely.covers(outline, areas)]
    within_reach = outline.buffer(territory.accuracy_m)
    shapely.prepare(
        within_reach
    )  # what is next to the outline is not GEO-07's, however far it goes
    near = index[shapely.intersects(within_reach, dataset.geometry[index])]
    least = np.maximum(shapely.area(dataset.geometry[near]), 1e-9) * t["across_pct"] / 100
    beyond = shapely.difference(dataset.geometry[near], within_reach)
    chosen = shapely.area(beyond) > least
    crossing = near[chosen]
    outside = shapely.difference(dataset.geometry[crossing], outline)
    pct = 100 * shapely.area(outside) / shapely.area(dataset.geometry[crossing])
    going_on = zip(outside, beyond[chosen], least[chosen], strict=True)
    other = [_places(*parts, home=dataset.home, territory=territory) for parts in going_on]
    params = {"pct": pl.Series(pct.round(1)), "other": pl.Series(other, dtype=pl.List(pl.String))}
    return RuleHits(crossing, "", {**params, **wide(dataset)})


def _places(
    outside: Any, beyond: Any, least: float, *, home: tuple[str, ...], territory: Territory
) -> list[str]:
    """Where an area goes on, most of it first: each place that holds more than `least` of what is
    beyond the accuracy of the outline, or else the one that holds most."""
    found = [int(i) for i in territory.tree.query(outside) if territory.codes[int(i)] not in home]
    names = [*(territory.names[i] for i in found), "outside_city"]
    outlines = [territory.outlines[i] for i in found]
    held, far = (_held(part, outlines) for part in (outside, beyond))
    order = np.argsort(-held, kind="stable")
    return [names[i] for i in order if far[i] > least] or [names[order[0]]]


def _held(part: Any, outlines: list[Any]) -> NDArray[np.float64]:
    """How much of a part lies in each outline, and last how much in none."""
    inside = shapely.area(shapely.intersection(part, np.array(outlines, dtype=object)))
    return np.append(inside, shapely.area(part) - inside.sum())
