"""What was done to outlines that cross themselves, and the examples of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.libraries import pl
from validator.rules.examples import LAYER as EXAMPLE_LAYER

#: Outlines that cross themselves, the two wings of a bow and a square with a nick at one corner,
#: and what repairing them does. Written out: a worker forks after reading this, and would hang its
#: children if polars had been at work by then.
BOW_TIE = "POLYGON((501000 5031000,501090 5031090,501090 5031000,501000 5031040,501000 5031000))"
BOW_TIE_REPAIRED = (
    "MULTIPOLYGON (((501000 5031040, 501027.7 5031027.7, 501000 5031000, 501000 5031040)), "
    "((501090 5031000, 501027.7 5031027.7, 501090 5031090, 501090 5031000)))"
)
NICKED = (
    "POLYGON((501000 5031000,501100 5031000,501100 5031100,"
    "501001 5031100,500999 5031098,501000 5031100,501000 5031000))"
)
CROSSED = {"index": 0, "layer": EXAMPLE_LAYER, "row": 1, "reason": "Self-intersection"}
BIG_REPAIR = {
    **CROSSED,
    "x": 501027.7,
    "y": 5031027.7,
    "area_before": 2250.0,
    "area_after": 3357.7,
    "refused": True,
}
SMALL_REPAIR = {
    **CROSSED,
    "x": 501000.0,
    "y": 5031099.0,
    "area_before": 9999.0,
    "area_after": 10000.0,
    "refused": False,
}


def repairs_of(dataset: Dataset, *, refused: bool) -> pl.DataFrame:
    """The repairs that were refused (they change too much), or those that were made."""
    return dataset.repairs.filter(pl.col("refused") == refused).sort("index")


def repair_hits(repairs: pl.DataFrame) -> RuleHits:
    """One finding per repair, at the point where the outline crosses itself."""
    return RuleHits(
        index=repairs["index"].to_numpy().astype(np.intp),
        params={
            "reason": repairs["reason"],
            "before": repairs["area_before"].round(1),
            "after": repairs["area_after"].round(1),
        },
        position=_places(repairs),
    )


def _places(repairs: pl.DataFrame) -> Any:
    places = shapely.points(
        repairs["x"].fill_null(0).to_numpy(), repairs["y"].fill_null(0).to_numpy()
    )
    places[repairs["x"].is_null().to_numpy()] = None
    return places
