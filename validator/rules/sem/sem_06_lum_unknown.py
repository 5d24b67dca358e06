"""SEM-06: LUM does not exist."""

from __future__ import annotations

from validator.dataset import Dataset
from validator.findings import NotRun, RuleHits
from validator.rules.columns import filled, hits, mask
from validator.rules.context import RuleContext
from validator.rules.declaration import ERROR, ROW, rule
from validator.rules.examples import Example
from validator.rules.sem.lum import OFFICIAL, known_lum, register_of
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "SEM-06",
    ERROR,
    ROW,
    needs={"lum"},
    mandatory=False,
    it=Wording(
        title="LUM inesistente",
        one="Riga {row}: LUM {value} inesistente.",
        many="{n} righe nominano un LUM che non esiste ({rows}).",
        all="Nessuno dei {n} LUM nominati esiste: forse la colonna è un'altra.",
        fix="Scrivi in «LUM» il codice o il nome di uno dell'elenco "
        "pubblico; lascia vuoto se il servizio non è in un LUM.",
        why="I luoghi urbani per la mobilità sono quelli del PTM. Finché l'elenco "
        "caricato è una ricostruzione da verificare, questo controllo non si esegue.",
    ),
    en=Wording(
        title="LUM does not exist",
        one="Row {row}: LUM {value} does not exist.",
        many="{n} rows name a LUM that does not exist ({rows}).",
        all="None of the {n} named LUM exists: perhaps it is another column.",
        fix="Write in 'Mobility hub (LUM)' the code or the name of one "
        "in the public list; leave empty if the service is in none.",
    ),
    fails=Example(rows=({"name": "Liceo", "lum": "atlantide"},), extra=OFFICIAL),
    passes=Example(rows=({"name": "Liceo", "lum": "Rho Fiera"},), extra=OFFICIAL),
)
def lum_exist(dataset: Dataset, t: Thresholds, context: RuleContext) -> RuleHits | NotRun:
    """The LUM that a row names exists in the PTM's list.

    Not run while the loaded list is a reconstruction still to be verified.
    """
    register = register_of(context)
    if not register.official:
        return NotRun("SEM-06", "no_lum_codes")
    unknown = filled(dataset, "lum") & mask(known_lum(dataset, register).is_null())
    return hits(dataset, unknown, "lum", value=dataset.frame["lum"])
