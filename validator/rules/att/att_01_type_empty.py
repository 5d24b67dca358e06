"""ATT-01: type of service empty."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.rules.columns import SAYING, has_content, having, hits
from validator.rules.context import RuleContext
from validator.rules.declaration import ERROR, ROW, rule
from validator.rules.examples import row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "ATT-01",
    ERROR,
    ROW,
    it=Wording(
        title="Tipo di servizio vuoto",
        one="Riga {row}: «{column}» è vuoto.",
        many="«{column}» è vuoto in {n} righe ({rows}).",
        all="«{column}» è vuoto in tutte le {n} righe: forse la colonna non è stata abbinata.",
        fix="Scrivi che servizio è, almeno la categoria; non inventare un valore.",
        why="Senza un tipo o almeno una categoria non si sa di che "
        "servizio si parla e la riga non può entrare nella banca dati.",
    ),
    en=Wording(
        title="Type of service empty",
        one="Row {row}: '{column}' is empty.",
        many="'{column}' is empty in {n} rows ({rows}).",
        all="'{column}' is empty in all {n} rows: perhaps the column was not matched.",
        fix="Write what service it is, at least its category; never invent a value.",
    ),
    fails=row(name="Edificio di via Verdi", type=None),
    passes=row(name="Liceo Rebora", type="Liceo"),
)
def required_cells_are_filled(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[RuleHits]:
    """Each row says what service it is: a type, or at least a category.

    Without it nobody knows what the row speaks of, and it cannot enter the database.
    """
    said = np.zeros(len(dataset), dtype=bool)
    for name in SAYING:
        said |= has_content(dataset, name)
    said |= dataset.frame["kind"].is_not_null().to_numpy()
    named = next((name for name in SAYING if dataset.has(name)), "type")
    return [hits(dataset, having(dataset, *SAYING) & ~said, named)]
