"""FIL-04: incomplete shapefile."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import SharedFinding
from validator.rules.context import RuleContext
from validator.rules.declaration import ERROR, FILE, WARNING, rule
from validator.rules.examples import noting, row
from validator.rules.notes import told_by_reader
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "FIL-04",
    ERROR,
    FILE,
    it=Wording(
        title="Shapefile incompleto",
        one="Nello shapefile {name} manca il file {missing}.",
        fix="Metti nello zip tutti i file con lo stesso nome del .shp.",
        why="Uno shapefile è fatto di più file: .shp le forme, .dbf la tabella, .shx "
        "l'indice. Senza .shx si ricostruisce e lo diciamo; senza .dbf non c'è tabella.",
    ),
    en=Wording(
        title="Incomplete shapefile",
        one="Shapefile {name} lacks the file {missing}.",
        fix="Zip together all the files with the same name as the .shp.",
    ),
    fails=noting("FIL-04", name="servizi", missing=".dbf"),
    passes=row(name="Liceo Rebora", type="Liceo"),
)
def shapefile_is_complete(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """A shapefile comes with .shp, .shx and .dbf of one common name.

    Without .shx it is rebuilt and this is told (a warning); without .dbf there is no table.
    """
    found = told_by_reader(dataset, "FIL-04", "name", "missing")
    return [
        SharedFinding(layer=group.layer, params=group.params, severity=WARNING)
        if group.params["missing"] == ".shx"
        else group
        for group in found
    ]
