"""ATT-15: personal data."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.rules import personal
from validator.rules.context import RuleContext
from validator.rules.declaration import ERROR, INFO, ROW, rule
from validator.rules.examples import row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "ATT-15",
    ERROR,
    ROW,
    it=Wording(
        title="Dati personali",
        one="Riga {row}: «{column}» sembra contenere "
        "dati personali. Il valore non viene mostrato.",
        many="In «{column}» {n} righe sembrano contenere dati "
        "personali ({rows}). I valori non vengono mostrati.",
        all="In «{column}» tutte le {n} righe sembrano contenere "
        "dati personali. I valori non vengono mostrati.",
        fix="Togli la colonna o i valori dal file e caricalo di nuovo. Telefoni ed "
        "e-mail private restano fuori dalle pagine pubbliche anche se li lasci.",
        why="La banca dati è pubblica. Il codice fiscale di una persona non può "
        "entrarvi; telefoni ed e-mail private non vengono pubblicati, e lo diciamo.",
    ),
    en=Wording(
        title="Personal data",
        one="Row {row}: '{column}' seems to contain personal data. The value is not shown.",
        many="In '{column}' {n} rows seem to contain "
        "personal data ({rows}). The values are not shown.",
        all="In '{column}' all {n} rows seem to contain personal data. The values are not shown.",
        fix="Remove the column or the values from the file and upload it again. "
        "Private phones and mail stay off the public pages even if you leave them.",
    ),
    fails=row(name="Ambulatorio", notes="Responsabile: RSSMRA85T10A562S"),
    passes=row(name="Ambulatorio", notes="Codice struttura MI0123456789"),
)
def people_stay_private(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[RuleHits]:
    """No column holds the fiscal code of a person; private phones and mail are told and withheld.

    The database is public. A fiscal code (its check letter agrees) is an error; mobile phones and
    private mailboxes are never published, and this is said.
    """
    return [
        RuleHits(index=trace.index, column=trace.column, severity=None if trace.fiscal else INFO)
        for trace in personal.traces(dataset)
    ]
