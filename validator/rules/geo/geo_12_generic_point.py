"""GEO-12: many services on one point."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from validator.dataset import Dataset
from validator.findings import SharedFinding
from validator.libraries import pl
from validator.rules.columns import POINT, Teller, repeated, xy
from validator.rules.context import RuleContext
from validator.rules.declaration import GROUP, WARNING, rule
from validator.rules.examples import SPOT, rows
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

DECLARED_GENERIC = ("centroide", "approssimata", "strada")


@rule(
    "GEO-12",
    WARNING,
    GROUP,
    params={"generic_services": 5},
    yields_to=("UNI-03",),
    it=Wording(
        title="Molti servizi nello stesso punto",
        one="{n} servizi hanno lo stesso punto ({coord}): forse un punto generico. Righe {where}.",
        many="{n} punti sono usati da molti servizi: forse sono punti generici.",
        fix="Metti ogni servizio al suo posto, o scrivi "
        "«centroide» in «Accuratezza della posizione».",
        why="Quando un indirizzo non si trova, alcuni programmi "
        "mettono il servizio sul municipio o al centro del Comune.",
    ),
    en=Wording(
        title="Many services on one point",
        one="{n} services share the point ({coord}): perhaps a generic one. Rows {where}.",
        many="{n} points are shared by many services: perhaps they are generic ones.",
        fix="Place each service on its own site, or write "
        "'centroide' in 'Accuracy of the position'.",
    ),
    fails=rows(*({"name": f"Scuola {i}", "geometry": "POINT (501000 5031000)"} for i in range(6))),
    passes=SPOT,
)
def points_are_specific(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
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
