"""GEO-07: outside the municipality."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from validator.dataset import Dataset
from validator.findings import NotRun, RuleHits
from validator.libraries import pl
from validator.rules.columns import Mask, filled, rows_of, wide, xy
from validator.rules.context import RuleContext
from validator.rules.crs.layers import is_far
from validator.rules.declaration import ERROR, ROW, WARNING, rule
from validator.rules.examples import row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "GEO-07",
    WARNING,
    ROW,
    mandatory=True,
    it=Wording(
        title="Fuori dal territorio del Comune",
        one="Riga {row}: fuori dal Comune di {dist} m.",
        many="{n} righe cadono fuori dal Comune ({rows}).",
        all="Tutte le {n} righe cadono fuori dal Comune: forse hai scelto il Comune sbagliato.",
        fix="Spostala, o scrivi in «Servizio in altro comune» in quale Comune sta.",
        why="Ogni Comune consegna i servizi del proprio territorio. I "
        "confini caricati hanno una precisione dichiarata (250 m quelli "
        "generalizzati dell'ISTAT): entro quella non diciamo nulla.",
        wide={
            "title": "Fuori dal territorio della fonte",
            "one": "Riga {row}: fuori dal territorio della fonte di {dist} m.",
            "many": "{n} righe cadono fuori dal territorio della fonte ({rows}).",
            "all": "Tutte le {n} righe cadono fuori dal territorio della fonte: "
            "forse hai scelto la fonte sbagliata.",
        },
    ),
    en=Wording(
        title="Outside the municipality",
        one="Row {row}: {dist} m outside the municipality.",
        many="{n} rows lie outside the municipality ({rows}).",
        all="All {n} rows lie outside the municipality: perhaps you chose the wrong one.",
        fix="Move it, or say in 'Service in another municipality' where it is.",
        wide={
            "title": "Outside the source's territory",
            "one": "Row {row}: {dist} m outside the source's territory.",
            "many": "{n} rows lie outside the source's territory ({rows}).",
            "all": "All {n} rows lie outside the source's territory: "
            "perhaps you chose the wrong one.",
        },
    ),
    fails=row(name="Liceo", geometry="POINT (506000 5031000)"),
    passes=row(name="Liceo", geometry="POINT (505100 5031000)"),
)
def services_lie_inside(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> RuleHits | NotRun:
    """Services lie in the comune, within the declared accuracy of its outline; those of a source
    of several comuni in one of these.

    An error where detailed boundaries are loaded, a warning with the generalised ISTAT ones.
    An area that lies partly inside is GEO-08's.
    """
    outline = context.territory.outline_of(dataset.home)
    if outline is None:
        return NotRun("GEO-07", "no_boundary")
    index = np.flatnonzero(_elsewhere(dataset, outline, t["far_km"]))
    away = shapely.distance(outline, dataset.geometry[index])
    far = away > context.territory.accuracy_m
    dist = pl.Series(away[far].round()).cast(pl.Int64)
    severity = ERROR if context.territory.detailed else None
    return RuleHits(index[far], "", {"dist": dist, **wide(dataset)}, severity=severity)


def _elsewhere(dataset: Dataset, outline: Any, far_km: float) -> Mask:
    """Rows whose representative point is outside; a layer that is far as a whole is CRS-05's."""
    flat = xy(dataset.points)
    shapely.prepare(outline)
    placed = np.isfinite(flat).all(axis=1)
    outside: Mask = placed & ~shapely.contains_xy(outline, flat[:, 0], flat[:, 1])
    far = rows_of(dataset, lambda layer: is_far(dataset, layer, far_km))
    return outside & ~far & ~filled(dataset, "other_municipality")
