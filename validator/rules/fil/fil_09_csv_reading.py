"""FIL-09: how the CSV was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from validator.dataset import Dataset
from validator.findings import SharedFinding
from validator.rules.context import RuleContext
from validator.rules.declaration import INFO, LAYER, rule
from validator.rules.examples import noting, row
from validator.rules.notes import told_by_reader
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "FIL-09",
    INFO,
    LAYER,
    it=Wording(
        title="Come è stato letto il CSV",
        one="Letto con separatore «{sep}» e decimale «{dec}».",
        fix="Se le colonne non tornano esporta di nuovo il CSV con il "
        "punto e virgola fra le celle, o manda un foglio di calcolo.",
        why="Un CSV non dice come è fatto: separatore, "
        "virgolette e decimali si riconoscono e si mostrano.",
    ),
    en=Wording(
        title="How the CSV was read",
        one="Read with separator '{sep}' and decimal '{dec}'.",
        fix="If the columns are not right export the CSV again "
        "with semicolons between cells, or send a spreadsheet.",
    ),
    fails=noting("FIL-09", sep=";", dec=","),
    passes=row(name="Liceo Rebora", type="Liceo"),
)
def csv_dialect_is_told(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """Separator, quote and decimal mark of a CSV are recognised and shown.

    The file itself does not say them.
    """
    said = told_by_reader(dataset, "FIL-09", "sep", "dec")
    words = {"\t": "tab", "": "none", None: "none"}
    return [
        replace(one, params={name: words.get(mark, mark) for name, mark in one.params.items()})
        for one in said
    ]
