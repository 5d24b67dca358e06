"""GEO-03: geometry repaired."""

from __future__ import annotations

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.rules.context import RuleContext
from validator.rules.declaration import INFO, ROW, rule
from validator.rules.examples import SQUARE, Example, row
from validator.rules.geo.repairs import NICKED, SMALL_REPAIR, repair_hits, repairs_of
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "GEO-03",
    INFO,
    ROW,
    it=Wording(
        title="Geometria riparata",
        one="Riga {row}: geometria riparata ({reason}); area da {before} a {after} m².",
        many="{n} geometrie sono state riparate (righe {rows}).",
        all="Tutte le {n} geometrie sono state riparate.",
        fix="Controlla il contorno; se la riparazione è sbagliata annullala "
        "in «Che cosa abbiamo cambiato da soli» e correggilo nel GIS.",
        why="Un contorno che si incrocia non ha un'area certa. Quando la "
        "riparazione la cambia poco la facciamo noi e diciamo di quanto.",
    ),
    en=Wording(
        title="Geometry repaired",
        one="Row {row}: geometry repaired ({reason}); area from {before} to {after} m².",
        many="{n} geometries were repaired (rows {rows}).",
        all="All {n} geometries were repaired.",
        fix="Check the outline; if the repair is wrong undo it in "
        "'What we changed by ourselves' and mend it in the GIS.",
    ),
    fails=Example(
        rows=({"name": "Parco", "geometry": SQUARE, "sent": NICKED},), repairs=(SMALL_REPAIR,)
    ),
    passes=row(name="Parco", geometry=SQUARE),
)
def repairs_are_told(dataset: Dataset, t: Thresholds, context: RuleContext) -> RuleHits:
    """Invalid geometries that could be repaired with hardly any change of area were repaired.

    The area before and after is told, and the repair can be refused.
    """
    return repair_hits(repairs_of(dataset, refused=False))
