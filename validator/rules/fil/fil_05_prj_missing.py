"""FIL-05: the .prj file is missing."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import SharedFinding
from validator.rules.context import RuleContext
from validator.rules.declaration import LAYER, WARNING, rule
from validator.rules.examples import noting, row
from validator.rules.notes import told_by_reader
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "FIL-05",
    WARNING,
    LAYER,
    yields_to=("CRS-01",),
    it=Wording(
        title="Manca il file .prj",
        one="{name}.prj manca o non si legge: il sistema di "
        "riferimento è stato riconosciuto dalle coordinate.",
        fix="Aggiungi il .prj allo zip, o scegli il sistema in «Cosa abbiamo capito».",
        why="Il .prj dice in quale sistema sono le coordinate. Senza, "
        "lo riconosciamo da dove cadrebbero i punti, e va confermato.",
    ),
    en=Wording(
        title="The .prj file is missing",
        one="{name}.prj is missing or cannot be read: the "
        "reference system was recognised from the coordinates.",
        fix="Include the .prj in the zip, or choose the system in 'What we understood'.",
    ),
    fails=noting("FIL-05", name="servizi", reason="missing"),
    passes=row(name="Liceo Rebora", type="Liceo"),
)
def shapefile_has_prj(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """A shapefile carries its .prj, which says in which system the coordinates are.

    Without it the system is recognised from where the points would fall, and must be confirmed;
    once a person has chosen the system nothing is left to say.
    """
    chosen = {layer.name for layer in dataset.layers if layer.crs.why.code == "overridden"}
    found = told_by_reader(dataset, "FIL-05", "name")
    return [group for group in found if group.layer not in chosen]
