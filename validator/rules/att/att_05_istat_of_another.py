"""ATT-05: ISTAT code of another municipality."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import RuleHits
from validator.rules.columns import as_sent, filled, hits, mask, wide
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
        fix="Correggi il codice (per te è {expected}); se il servizio sta "
        "in un altro Comune scrivi quale in «Servizio in altro comune».",
        why="Ogni Comune consegna i propri servizi. Un codice ISTAT di "
        "un altro Comune di solito è una riga finita nel file sbagliato.",
        wide={
            "title": "Codice ISTAT fuori dal territorio della fonte",
            "one": "Riga {row}: il codice ISTAT {value} non è di un Comune di cui parla la fonte.",
            "many": "{n} righe hanno un codice ISTAT che non è "
            "di un Comune di cui parla la fonte ({rows}).",
            "all": "Tutte le {n} righe hanno un codice ISTAT che non è di un Comune di cui parla "
            "la fonte: forse hai scelto la fonte sbagliata.",
            "fix": "Correggi il codice, o togli la riga dal file.",
        },
    ),
    en=Wording(
        title="ISTAT code of another municipality",
        one="Row {row}: ISTAT code {value} is not of the submitting municipality.",
        many="{n} rows have an ISTAT code that is not of the submitting municipality ({rows}).",
        all="All {n} rows have an ISTAT code that is not of the "
        "submitting municipality: perhaps you chose the wrong one.",
        fix="Correct the code (yours is {expected}); if the service is in another "
        "municipality say which in 'Service in another municipality'.",
        wide={
            "title": "ISTAT code outside the source's territory",
            "one": "Row {row}: ISTAT code {value} is of no municipality of the source.",
            "many": "{n} rows have an ISTAT code of no municipality of the source ({rows}).",
            "all": "All {n} rows have an ISTAT code of no municipality of the source: "
            "perhaps you chose the wrong one.",
            "fix": "Correct the code, or take the row out of the file.",
        },
    ),
    fails=row(name="Liceo", istat="015001"),
    passes=row(name="Liceo", istat="015000"),
)
def istat_codes_are_ours(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[RuleHits]:
    """The ISTAT code is that of the municipality that delivers, unless the row says otherwise.

    A code of another comune is usually a row that ended in the wrong file. The code of a comune
    that was merged is that of its successor. In a source of several comuni a row may lie in one of
    them whatever its code is, where its position says more (GEO-13).
    """
    codes = context.territory.in_use(dataset.frame["istat"])
    other = mask(~codes.is_in(dataset.home)) & filled(dataset, "istat")
    foreign = (other | dataset.failed("istat")) & ~filled(dataset, "other_municipality")
    told: dict[str, object] = {"value": as_sent(dataset, "istat"), **wide(dataset)}
    if len(dataset.home) == 1:
        return [hits(dataset, foreign, "istat", expected=dataset.home[0], **told)]
    foreign &= ~mask(dataset.frame["municipality"].is_in(dataset.home))
    return [hits(dataset, foreign, "istat", **told)]
