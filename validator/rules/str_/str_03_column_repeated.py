"""STR-03: column repeated."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import SharedFinding
from validator.rules.context import RuleContext
from validator.rules.declaration import ERROR, LAYER, rule
from validator.rules.examples import noting, row
from validator.rules.notes import noted
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "STR-03",
    ERROR,
    LAYER,
    it=Wording(
        title="Colonna ripetuta",
        one="La colonna «{column}» compare {count} volte.",
        fix="Nel file rinomina o togli le copie.",
        why="Con due colonne dello stesso nome (senza "
        "badare a maiuscole e spazi) non si sa quale vale.",
    ),
    en=Wording(
        title="Column repeated",
        one="Column '{column}' appears {count} times.",
        fix="In the file rename or remove the copies.",
    ),
    fails=noting("STR-03", column="TIPO", n=2),
    passes=row(name="Liceo Rebora", type="Liceo", address="Via Papa 1"),
)
def columns_are_unique(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """Column names are unique, ignoring case and spaces.

    With two of one name nobody knows which one counts.
    """
    return [
        SharedFinding(layer=layer, column=str(params["column"]), params={"count": params["n"]})
        for layer, params in noted(dataset, "STR-03")
    ]
