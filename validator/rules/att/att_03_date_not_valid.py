"""ATT-03: date not valid."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.rules.att.parsing import not_understood, of_kinds
from validator.rules.context import RuleContext
from validator.rules.declaration import ERROR, ROW, rule
from validator.rules.examples import SentCell, row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording
from validator.schema import ValueKind


@rule(
    "ATT-03",
    ERROR,
    ROW,
    it=Wording(
        title="Data non valida",
        one="Riga {row}: «{value}» non è una data valida.",
        many="In «{column}» ci sono {n} date non valide (righe {rows}).",
        all="Nessuna delle {n} date di «{column}» è valida: forse la colonna è un'altra.",
        fix="Scrivi 30/06/2025 oppure 2025-06-30.",
        why="Le date dicono che cosa era aperto in un certo giorno; "
        "una data che non esiste (31 febbraio) non può dirlo.",
    ),
    en=Wording(
        title="Date not valid",
        one="Row {row}: '{value}' is not a valid date.",
        many="{n} dates in '{column}' are not valid (rows {rows}).",
        all="None of the {n} dates of '{column}' is valid: perhaps it is another column.",
        fix="Write 2025-06-30 or 30/06/2025.",
    ),
    fails=row(name="Biblioteca", opening_date=SentCell("31/02/2024")),
    passes=row(name="Biblioteca", opening_date=SentCell("28/02/2024", None, "date")),
)
def dates_exist(dataset: Dataset, t: Thresholds, context: RuleContext) -> Sequence[RuleHits]:
    """Dates exist and are written dd/mm/yyyy or ISO.

    They say what was open on a day; a day that never was cannot.
    """
    return not_understood(dataset, of_kinds(ValueKind.DATE))
