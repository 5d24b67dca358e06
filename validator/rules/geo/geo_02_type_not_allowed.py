"""GEO-02: geometry type not allowed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.libraries import pl
from validator.rules.columns import MULTIPOLYGON, POINT, POLYGON, hits
from validator.rules.context import RuleContext
from validator.rules.declaration import ERROR, ROW, rule
from validator.rules.examples import SPOT, row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

TYPE_NAMES = np.array(
    [
        "Point",
        "LineString",
        "LinearRing",
        "Polygon",
        "MultiPoint",
        "MultiLineString",
        "MultiPolygon",
        "GeometryCollection",
    ]
)


@rule(
    "GEO-02",
    ERROR,
    ROW,
    yields_to=("GEO-04",),
    it=Wording(
        title="Tipo di geometria non ammesso",
        one="Riga {row}: geometria di tipo «{type}» non ammessa per un servizio.",
        many="{n} righe hanno una geometria non ammessa per un servizio ({rows}).",
        all="Tutte le {n} righe hanno una geometria non ammessa: forse è lo strato sbagliato.",
        fix="Nel GIS usa un'area per il verde e gli impianti sportivi, un "
        "punto o un'area per gli edifici; o metti un punto in «Correggi».",
        why="Di un servizio si contano il luogo e la "
        "superficie: una linea non ha né l'uno né l'altra.",
    ),
    en=Wording(
        title="Geometry type not allowed",
        one="Row {row}: a geometry of type '{type}' is not allowed for a service.",
        many="{n} rows have a geometry that is not allowed for a service ({rows}).",
        all="All {n} rows have a geometry that is not allowed: perhaps it is the wrong layer.",
        fix="In the GIS use an area for green and sport grounds, a "
        "point or area for buildings; or set a point in 'Correct'.",
    ),
    fails=row(name="Pista ciclabile", geometry="LINESTRING (501000 5031000, 501100 5031000)"),
    passes=SPOT,
)
def geometry_types_are_allowed(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[RuleHits]:
    """A service is a point or an area; lines and mixed collections are not allowed.

    They are kept as sent, and the row is held.
    """
    kinds = shapely.get_type_id(dataset.geometry)
    wrong = (kinds >= 0) & ~np.isin(kinds, (POINT, POLYGON, MULTIPOLYGON))
    return [hits(dataset, wrong, type=pl.Series(TYPE_NAMES[kinds]))]
