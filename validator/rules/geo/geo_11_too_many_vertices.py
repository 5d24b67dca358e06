"""GEO-11: geometry too heavy."""

from __future__ import annotations

from collections.abc import Sequence

import shapely

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.libraries import pl
from validator.rules.columns import hits
from validator.rules.context import RuleContext
from validator.rules.declaration import ERROR, ROW, WARNING, rule
from validator.rules.examples import SQUARE, row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

ROUND = shapely.Point(501000, 5031000).buffer(100, quad_segs=1300)


@rule(
    "GEO-11",
    WARNING,
    ROW,
    params={"vertices_warning": 5_000, "vertices_error": 50_000},
    it=Wording(
        title="Geometria troppo pesante",
        one="Riga {row}: {vertices} vertici, oltre la soglia di {limit}.",
        many="{n} geometrie superano la soglia di {limit} vertici (righe {rows}).",
        all="Tutte le {n} geometrie superano la soglia di {limit} vertici.",
        fix="Nel GIS semplifica il contorno alla scala del piano: un metro basta.",
        why="Migliaia di vertici rallentano ogni mappa senza dire "
        "di più. Oltre una seconda soglia la riga non entra.",
    ),
    en=Wording(
        title="Geometry too heavy",
        one="Row {row}: {vertices} vertices, above the threshold of {limit}.",
        many="{n} geometries exceed the threshold of {limit} vertices (rows {rows}).",
        all="All {n} geometries exceed the threshold of {limit} vertices.",
        fix="In the GIS simplify the outline to the scale of the plan: one metre is enough.",
    ),
    fails=row(name="Parco", geometry=ROUND.wkt),
    passes=row(name="Parco", geometry=SQUARE),
)
def geometries_are_light(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[RuleHits]:
    """Geometries have no more vertices than a plan needs.

    Thousands of them slow every map and say nothing more; above a second threshold it is an error.
    """
    count = shapely.get_num_coordinates(dataset.geometry)
    warn, stop = int(t["vertices_warning"]), int(t["vertices_error"])
    vertices = pl.Series(count)
    heavy = hits(dataset, (count > warn) & (count <= stop), vertices=vertices, limit=warn)
    refused = hits(dataset, count > stop, vertices=vertices, limit=stop)
    return [heavy, RuleHits(refused.index, "", refused.params, severity=ERROR)]
