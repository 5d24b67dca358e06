"""GEO-06: null coordinates."""

from __future__ import annotations

import numpy as np
import shapely

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.libraries import pl
from validator.rules.columns import column_name
from validator.rules.context import RuleContext
from validator.rules.declaration import ERROR, ROW, rule
from validator.rules.examples import SPOT, row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

#: Values of `position` where there is one that cannot be.
NULL = ("null_coordinates", "not_finite")


@rule(
    "GEO-06",
    ERROR,
    ROW,
    it=Wording(
        title="Coordinate nulle",
        one="Riga {row}: coordinate nulle ({coord}).",
        many="{n} righe hanno coordinate nulle ({rows}).",
        all="Tutte le {n} righe hanno coordinate nulle: "
        "forse le colonne delle coordinate sono altre.",
        fix="Metti il punto in «Correggi», o scrivi nel file le coordinate giuste.",
        why="Zero e zero è nel golfo di Guinea: di solito vuol dire che la posizione non c'era.",
    ),
    en=Wording(
        title="Null coordinates",
        one="Row {row}: null coordinates ({coord}).",
        many="{n} rows have null coordinates ({rows}).",
        all="All {n} rows have null coordinates: perhaps the coordinate columns are others.",
        fix="Set the point in 'Correct', or write the right coordinates in the file.",
    ),
    fails=row(name="Liceo", geometry=None, sent="POINT (0 0)", position="null_coordinates"),
    passes=SPOT,
)
def coordinates_are_real(dataset: Dataset, t: Thresholds, context: RuleContext) -> RuleHits:
    """Coordinates are finite and not zero.

    Zero and zero lies in the Gulf of Guinea: it means that there was no position.
    """
    index = np.flatnonzero(dataset.frame["position"].is_in(NULL).to_numpy())
    corner = shapely.bounds(dataset.sent[index])[:, :2]
    coord = pl.Series([f"{x:.10g}, {y:.10g}" for x, y in corner], dtype=pl.String)
    column = column_name(dataset, "x") if dataset.has("x") else ""
    return RuleHits(index=index, column=column, params={"coord": coord})
