"""UNI-04: rows without identifier."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import SharedFinding
from validator.rules.context import RuleContext
from validator.rules.declaration import INFO, LAYER, rule
from validator.rules.examples import row, rows
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "UNI-04",
    INFO,
    LAYER,
    it=Wording(
        title="Righe senza identificativo",
        one="Una riga senza identificativo: la colleghiamo "
        "ai servizi già noti per posizione e nome.",
        many="{n} righe senza identificativo: le colleghiamo "
        "ai servizi già noti per posizione e nome.",
        fix="La prossima volta parti dai file di «Parti da ciò che è "
        "già noto», fra le tue consegne: hanno gli identificativi.",
        why="Senza identificativo una riga si riconosce solo da nome, tipo e "
        "posizione: chi istruisce vede i collegamenti come «probabilmente lo stesso».",
    ),
    en=Wording(
        title="Rows without identifier",
        one="One row without identifier: linked to known services by place and name.",
        many="{n} rows without identifier: linked to known services by place and name.",
        fix="Next time begin with the files of 'Start from what is already "
        "known', among your deliveries: they carry the identifiers.",
    ),
    fails=rows({"identifier": "A1"}, {"identifier": None}),
    passes=row(identifier="A1"),
)
def rows_have_identifiers(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """Each row carries the planner's own identifier.

    Without it a row is linked by name, type and place only, and reviewers see "probably the same".
    """
    found = []
    for layer in dataset.layers:
        cells = dataset.frame["identifier"].slice(layer.start, layer.rows)
        if n := int((cells.is_null() | (cells == "")).sum()):
            column = layer.column_of.get("identifier", "")
            found.append(SharedFinding(layer=layer.name, column=column, params={"n": n}))
    return found
