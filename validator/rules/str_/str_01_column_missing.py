"""STR-01: a required column is missing."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset, LayerFacts
from validator.findings import SharedFinding
from validator.rules.columns import SAYING
from validator.rules.context import RuleContext
from validator.rules.declaration import ERROR, LAYER, rule
from validator.rules.examples import row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "STR-01",
    ERROR,
    LAYER,
    it=Wording(
        title="Manca una colonna obbligatoria",
        one="Strato {layer}: manca la colonna obbligatoria «{field}».",
        fix="Abbinala a una delle tue colonne nel passo «Cosa abbiamo capito», o aggiungila.",
        why="Ogni servizio ha un tipo (o almeno una categoria) e una posizione "
        "o un indirizzo. Se una colonna manca lo diciamo una volta sola.",
    ),
    en=Wording(
        title="A required column is missing",
        one="Layer {layer}: the required column '{field}' is missing.",
        fix="Match it to one of your columns in the step 'What we understood', or add it.",
    ),
    fails=row(name="Liceo Rebora", address="Via Papa 1"),
    passes=row(name="Liceo Rebora", type="Liceo", address="Via Papa 1"),
)
def required_columns_are_there(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """Each layer has a column for the type (or category), and positions or addresses.

    A missing column is one finding, not one per row.
    """
    found = []
    for layer in dataset.layers:
        for field in _missing(layer):
            found.append(
                SharedFinding(layer=layer.name, params={"layer": layer.name, "field": field})
            )
    return found


def _missing(layer: LayerFacts) -> list[str]:
    columns = layer.column_of
    missing = [] if any(name in columns for name in SAYING) else ["type"]
    by_columns = "wkt" in columns or ("x" in columns and "y" in columns) or "address" in columns
    if layer.crs.why.code == "no_geometry" and not by_columns:
        missing.append("address")
    return missing
