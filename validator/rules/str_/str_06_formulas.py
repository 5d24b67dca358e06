"""STR-06: cells that a spreadsheet would run."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import SharedFinding
from validator.libraries import pl
from validator.rules.context import RuleContext
from validator.rules.declaration import LAYER, WARNING, rule
from validator.rules.examples import row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

#: What a spreadsheet runs as a formula; a sign before a number, or a lone dash, is none.
FORMULA = r"^\s*(?:[=@]|[+-][^\s\d.,-])"


@rule(
    "STR-06",
    WARNING,
    LAYER,
    it=Wording(
        title="Celle che un foglio di calcolo eseguirebbe",
        one="Una cella di «{column}» comincia con = + - @: "
        "nelle esportazioni la rendiamo innocua.",
        many="{n} celle di «{column}» cominciano con = + - @: "
        "nelle esportazioni le rendiamo innocue.",
        fix="Togli il segno iniziale, se non è voluto.",
        why="Un foglio di calcolo esegue il testo che comincia con = + - @: "
        "chi apre il file non se lo aspetta.",
    ),
    en=Wording(
        title="Cells that a spreadsheet would run",
        one="One cell of '{column}' begins with = + - @: exports will neutralise it.",
        many="{n} cells of '{column}' begin with = + - @: exports will neutralise them.",
        fix="Remove the leading sign unless it is meant.",
    ),
    fails=row(name="=HYPERLINK(1)", type="Liceo", address="Via Papa 1"),
    passes=row(name="- Liceo", type="-", address="-12,5"),
)
def cells_are_not_formulas(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """No text begins with = + - @, which a spreadsheet would run as a formula.

    Numbers with a sign and lone dashes are fine; exports neutralise the rest.
    """
    found = []
    for layer in dataset.layers:
        texts = [c for c in layer.frame.get_columns() if c.dtype == pl.String]
        for cells in texts:
            if n := int(cells.str.contains(FORMULA).sum() or 0):
                details = {"n": n}
                found.append(SharedFinding(layer=layer.name, column=cells.name, params=details))
    return found
