"""FIL-07: layer without records."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import SharedFinding
from validator.rules.context import RuleContext
from validator.rules.declaration import ERROR, LAYER, rule
from validator.rules.examples import Example, row
from validator.rules.notes import told_by_reader
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "FIL-07",
    ERROR,
    LAYER,
    it=Wording(
        title="Strato senza record",
        one="Lo strato {layer} non contiene alcun record.",
        fix="Controlla filtri e selezione quando esporti: un piano "
        "senza servizi non si consegna con un file vuoto.",
        why="Un file vuoto di solito viene da un filtro rimasto attivo: "
        "prenderlo per buono toglierebbe tutti i servizi del Comune.",
    ),
    en=Wording(
        title="Layer without records",
        one="Layer {layer} contains no records.",
        fix="Check filters and selection at export: a plan "
        "without services is not delivered as an empty file.",
    ),
    fails=Example(rows=()),
    passes=row(name="Liceo Rebora", type="Liceo"),
)
def layer_has_records(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """The layer has at least one record.

    An empty file usually comes from a filter left on; taken as it is it would remove every
    service.
    """
    noted_empty = told_by_reader(dataset, "FIL-07", "layer")
    if noted_empty or len(dataset):
        return noted_empty
    names = ", ".join(layer.name for layer in dataset.layers)
    return [SharedFinding(layer=names, params={"layer": names})]
