"""SEM-01: green area below the threshold."""

from __future__ import annotations

import numpy as np

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.libraries import pl
from validator.rules.columns import hits, mask
from validator.rules.context import RuleContext
from validator.rules.declaration import ROW, WARNING, rule
from validator.rules.examples import SQUARE, row
from validator.rules.sem.valence import declared_wider
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

SMALL = (
    "POLYGON ((501000 5031000, 501050 5031000, 501050 5031050, 501000 5031050, 501000 5031000))"
)


@rule(
    "SEM-01",
    WARNING,
    ROW,
    params={"green_m2": 5_000.0},
    yields_to=("SEM-04",),
    it=Wording(
        title="Verde sotto la soglia",
        one="Riga {row}: verde di {area} m², sotto la soglia di {limit} m².",
        many="{n} aree verdi dichiarate sovracomunali sono "
        "sotto la soglia di {limit} m² (righe {rows}).",
        all="Tutte le {n} aree verdi dichiarate sovracomunali sono sotto la soglia di {limit} m².",
        fix="Metti comunale in «Valenza», o rispondi «È "
        "giusto così» e scrivi di quale rete fa parte.",
        why="La STTM 2 considera sovracomunale il verde pubblico oltre 5.000 m².",
    ),
    en=Wording(
        title="Green area below the threshold",
        one="Row {row}: green area of {area} m², below the {limit} m² threshold.",
        many="{n} green areas declared supra-municipal are "
        "below the {limit} m² threshold (rows {rows}).",
        all="All {n} green areas declared supra-municipal are below the {limit} m² threshold.",
        fix="Set comunale in 'Level of service', or answer 'It is "
        "right as it is' and write which network it belongs to.",
    ),
    fails=row(name="Giardino", kind="giardino", valence="intercomunale", geometry=SMALL),
    passes=row(name="Parco", kind="parco", valence="intercomunale", geometry=SQUARE),
)
def green_is_large_enough(dataset: Dataset, t: Thresholds, context: RuleContext) -> RuleHits:
    """A green area proposed as supra-municipal reaches 5,000 square metres.

    That is the threshold of the STTM 2 for public green.
    """
    measured = [kind for kind in dataset.taxonomy.kinds if kind.area_over is not None]
    slugs = {kind.slug for kind in measured} | {kind.below for kind in measured if kind.below}
    green = mask(dataset.frame["kind"].is_in(list(slugs)))
    area = surface(dataset)
    small = mask(area < t["green_m2"])
    limit = int(t["green_m2"])
    chosen = green & small & declared_wider(dataset)
    return hits(dataset, chosen, area=area.round(), limit=limit)


def surface(dataset: Dataset) -> pl.Series:
    """Drawn area in square metres, the declared one for points; null when neither is known."""
    drawn = pl.Series(np.where(dataset.areas > 0, dataset.areas, np.nan)).fill_nan(None)
    return drawn.fill_null(dataset.frame["area"])
