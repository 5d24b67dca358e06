"""ATT-12: same value in every row."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import SharedFinding
from validator.rules.columns import as_sent
from validator.rules.context import RuleContext
from validator.rules.declaration import GROUP, WARNING, rule
from validator.rules.examples import rows
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "ATT-12",
    WARNING,
    GROUP,
    params={"constant_rows": 10},
    it=Wording(
        title="Stesso valore in tutte le righe",
        one="Tutte le {n} righe hanno «{value}» in «{column}».",
        many="{n} colonne hanno lo stesso valore in tutte le righe.",
        fix="Controlla che l'esportazione non abbia riempito la colonna "
        "con un valore fisso; se è giusto rispondi «È giusto così».",
        why="Nome, indirizzo e superficie cambiano da un servizio "
        "all'altro: un valore unico di solito viene dall'esportazione.",
    ),
    en=Wording(
        title="Same value in every row",
        one="All {n} rows have '{value}' in '{column}'.",
        many="{n} columns have the same value in every row.",
        fix="Check that the export did not fill the column with a fixed "
        "value; if it is right answer 'It is right as it is'.",
    ),
    fails=rows(*({"name": f"Liceo {i}", "address": "Via Roma 1"} for i in range(12))),
    passes=rows(*({"name": f"Liceo {i}", "address": f"Via Roma {i}"} for i in range(12))),
)
def columns_vary(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[SharedFinding]:
    """Columns that should differ from row to row do: name, address, area, capacity, web site.

    One value everywhere usually comes from the export.
    """
    found = []
    for layer in dataset.layers:
        if layer.rows < t["constant_rows"]:
            continue
        # One identifier for all is UNI-01's.
        for name in ("name", "address", "area", "capacity", "url"):
            cells = as_sent(dataset, name).slice(layer.start, layer.rows)
            if name in layer.column_of and cells.n_unique() == 1 and cells[0] not in (None, ""):
                told_as = {"n": layer.rows, "value": cells[0]}
                found.append(
                    SharedFinding(column=layer.column_of[name], layer=layer.name, params=told_as)
                )
    return found
