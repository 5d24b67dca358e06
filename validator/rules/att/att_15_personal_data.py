"""ATT-15: personal data."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.rules import personal
from validator.rules.context import RuleContext
from validator.rules.declaration import INFO, ROW, WARNING, rule
from validator.rules.examples import row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "ATT-15",
    WARNING,
    ROW,
    it=Wording(
        title="Dati personali",
        one="Riga {row}: «{column}» sembra contenere un recapito o un "
        "codice di una persona. La cella non viene pubblicata.",
        many="In «{column}» {n} righe sembrano contenere recapiti o codici "
        "di una persona ({rows}). Le celle non vengono pubblicate.",
        all="In «{column}» tutte le {n} righe sembrano contenere recapiti "
        "o codici di una persona. Le celle non vengono pubblicate.",
        fix="Togli il dato dalla cella; oppure, se è un recapito dell'ente, "
        "rispondi così e la cella torna fra quelle da pubblicare.",
        why="La banca dati è pubblica. Telefoni, e-mail private, IBAN e "
        "codici fiscali restano fuori da tutto ciò che si pubblica finché "
        "una persona del Comune non dice che sono recapiti dell'ente. "
        "L'ufficio metropolitano vede che la cella è trattenuta.",
    ),
    en=Wording(
        title="Personal data",
        one="Row {row}: '{column}' seems to hold a contact or "
        "a code of a person. The cell is not published.",
        many="In '{column}' {n} rows seem to hold contacts or codes "
        "of a person ({rows}). The cells are not published.",
        all="In '{column}' all {n} rows seem to hold contacts "
        "or codes of a person. The cells are not published.",
        fix="Take the value out of the cell; or, if it is a contact "
        "of the body, answer so and the cell is published again.",
    ),
    fails=row(name="Ambulatorio", notes="Responsabile: RSSMRA85T10A562S"),
    passes=row(name="Ambulatorio", notes="Codice struttura MI0123456789"),
)
def people_stay_private(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[RuleHits]:
    """No cell that is published holds a telephone, a private mailbox, an IBAN or the tax code of
    a person.

    The database is public. Such a cell stays out of everything that is published until a person
    of the comune says that it is a contact of the body; the metropolitan office sees that it is
    withheld. In columns of which nothing is published it is only told.
    """
    return [
        RuleHits(
            index=trace.index,
            column=trace.column,
            params={"withheld": trace.field} if trace.field else {},
            severity=None if trace.field else INFO,
        )
        for trace in personal.traces(dataset)
    ]
