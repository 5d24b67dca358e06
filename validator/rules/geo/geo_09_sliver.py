"""GEO-09: area too small or thin."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.libraries import pl
from validator.rules.columns import hits, is_area
from validator.rules.context import RuleContext
from validator.rules.declaration import ROW, WARNING, rule
from validator.rules.examples import SQUARE, row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

TINY = "POLYGON ((501000 5031000, 501004 5031000, 501000 5031004, 501000 5031000))"


@rule(
    "GEO-09",
    WARNING,
    ROW,
    params={"sliver_m2": 25.0, "sliver_width_m": 2.0},
    it=Wording(
        title="Area troppo piccola o sottile",
        one="Riga {row}: area di {area} m², larga in media {width} m: forse un residuo.",
        many="{n} aree sono molto piccole o sottili, forse residui (righe {rows}).",
        all="Tutte le {n} aree sono molto piccole o sottili: forse le unità sono sbagliate.",
        fix="Nel file toglila o uniscila a quella accanto; se è giusta rispondi «È giusto così».",
        why="Nessun servizio sta in 25 m² o in una striscia larga "
        "meno di due metri: di solito è un residuo di un ritaglio.",
    ),
    en=Wording(
        title="Area too small or thin",
        one="Row {row}: area of {area} m², {width} m wide on average: perhaps a leftover.",
        many="{n} areas are very small or thin, perhaps leftovers (rows {rows}).",
        all="All {n} areas are very small or thin: perhaps the units are wrong.",
        fix="In the file delete it or merge it with its neighbour; "
        "if it is right answer 'It is right as it is'.",
    ),
    fails=row(name="Aiuola", geometry=TINY),
    passes=row(name="Parco", geometry=SQUARE),
)
def areas_are_not_slivers(dataset: Dataset, t: Thresholds, context: RuleContext) -> RuleHits:
    """Areas are neither tiny nor thin strips.

    No service fits in 25 m² or in a strip under two metres: it is left over from a cut.
    """
    areas = dataset.areas
    width = _widths(dataset)
    small = is_area(dataset) & ((areas < t["sliver_m2"]) | (width < t["sliver_width_m"]))
    details = {"area": pl.Series(areas.round(1)), "width": pl.Series(width.round(1))}
    return hits(dataset, small, **details)


def _widths(dataset: Dataset) -> NDArray[np.float64]:
    """Metres across each area: the short side of the rectangle of its area and perimeter.

    Of what is rounder than a square, the side of the square as large.
    """
    areas, around = dataset.areas, np.nan_to_num(shapely.length(dataset.geometry))
    more = around + np.sqrt(np.maximum(around**2 - 16 * areas, 0))
    widths: NDArray[np.float64] = 4 * areas / np.maximum(more, 1e-9)
    return np.minimum(widths, np.sqrt(areas))
