"""ATT-05: ISTAT code of another municipality."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.rules.columns import as_sent, filled, hits
from validator.rules.context import RuleContext
from validator.rules.declaration import ERROR, ROW, rule
from validator.rules.examples import row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "ATT-05",
    ERROR,
    ROW,
    needs={"istat"},
    it=Wording(
        title="Codice ISTAT di un altro Comune",
        one="Riga {row}: il codice ISTAT {value} non è del Comune che invia.",
        many="{n} righe hanno un codice ISTAT che non è del Comune che invia ({rows}).",
        all="Tutte le {n} righe hanno un codice ISTAT che non è del "
        "Comune che invia: forse hai scelto il Comune sbagliato.",
        fix="Correggi il codice (per te è {expected}); per "
        "consegnare a nome di un altro Comune serve una delega.",
        why="Ogni Comune consegna i propri servizi. Un codice ISTAT di "
        "un altro Comune di solito è una riga finita nel file sbagliato.",
    ),
    en=Wording(
        title="ISTAT code of another municipality",
        one="Row {row}: ISTAT code {value} is not of the submitting municipality.",
        many="{n} rows have an ISTAT code that is not of the submitting municipality ({rows}).",
        all="All {n} rows have an ISTAT code that is not of the "
        "submitting municipality: perhaps you chose the wrong one.",
        fix="Correct the code (yours is {expected}), or ask for a delegation.",
    ),
    fails=row(name="Liceo", istat="015001"),
    passes=row(name="Liceo", istat="015000"),
)
def istat_codes_are_ours(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[RuleHits]:
    """The ISTAT code is that of the municipality that delivers, unless the row says otherwise.

    A code of another comune is usually a row that ended in the wrong file. The code of a comune
    that was merged is that of its successor.
    """
    codes = context.territory.in_use(dataset.frame["istat"])
    other = (codes != dataset.municipality).fill_null(value=False).to_numpy()
    foreign = (other | dataset.failed("istat")) & ~filled(dataset, "other_municipality")
    value = as_sent(dataset, "istat")
    return [hits(dataset, foreign, "istat", value=value, expected=dataset.municipality)]
