"""FIL-10: rows with too many or too few cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from validator.dataset import Dataset, Reason
from validator.findings import RuleHits
from validator.rules.context import RuleContext
from validator.rules.declaration import ERROR, ROW, rule
from validator.rules.examples import Example, row
from validator.rules.notes import noted
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "FIL-10",
    ERROR,
    ROW,
    it=Wording(
        title="Righe con celle in più o in meno",
        one="La riga {row} ha {found} celle invece di {expected}.",
        many="{n} righe non hanno {expected} celle come l'intestazione ({rows}).",
        all="Nessuna delle {n} righe ha {expected} celle come "
        "l'intestazione: forse il separatore è un altro.",
        fix="Nel file metti tra virgolette i testi che contengono "
        "il separatore e togli gli a capo dentro le celle.",
        why="Una cella in più sposta tutte le altre: l'indirizzo finisce "
        "nella superficie. La riga non entra finché non è chiara.",
    ),
    en=Wording(
        title="Rows with too many or too few cells",
        one="Row {row} has {found} cells instead of {expected}.",
        many="{n} rows do not have {expected} cells as the header does ({rows}).",
        all="None of the {n} rows has {expected} cells as "
        "the header does: perhaps the separator is another.",
        fix="In the file quote texts that contain the "
        "separator and remove line breaks inside cells.",
    ),
    fails=Example(
        rows=({"name": "Liceo"},),
        notes=(Reason("FIL-10", {"n": 1, "expected": 5, "rows": [1], "found": [6]}),),
    ),
    passes=row(name="Liceo Rebora", type="Liceo"),
)
def rows_have_all_cells(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[RuleHits]:
    """Each row of a CSV has as many cells as the header.

    One cell too many moves all the others: the address ends in the area.
    """
    return [_ragged(dataset, layer, params) for layer, params in noted(dataset, "FIL-10")]


def _ragged(dataset: Dataset, name: str, params: Any) -> RuleHits:
    facts = next((layer for layer in dataset.layers if layer.name == name), dataset.layers[0])
    pairs = [
        (row_number, found)
        for row_number, found in zip(params["rows"], params["found"], strict=False)
        if 1 <= row_number <= facts.rows
    ]
    index = np.array([facts.start + number - 1 for number, _ in pairs], dtype=np.intp)
    details = {"found": [found for _, found in pairs], "expected": params["expected"]}
    return RuleHits(index=index, params=details)
