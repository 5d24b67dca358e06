"""SEM-11: CUP not in the register."""

from __future__ import annotations

from validator.dataset import Dataset
from validator.findings import NotRun, RuleHits
from validator.rules.columns import filled, hits, mask
from validator.rules.context import RuleContext
from validator.rules.declaration import ROW, WARNING, rule
from validator.rules.examples import Example
from validator.rules.sem.funding import CUP, FULL, cups_of, register_of
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "SEM-11",
    WARNING,
    ROW,
    needs={"cup"},
    it=Wording(
        title="CUP non registrato",
        one="Riga {row}: il CUP {value} non risulta nel registro dei finanziamenti.",
        many="{n} CUP non risultano nel registro dei finanziamenti (righe {rows}).",
        all="Nessuno dei {n} CUP risulta nel registro dei finanziamenti.",
        fix="Controlla il codice; se è giusto rispondi «È giusto così».",
        why="Il registro lega il servizio al bando che lo apre. "
        "Finché non è completo questo controllo non si esegue.",
    ),
    en=Wording(
        title="CUP not in the register",
        one="Row {row}: CUP {value} is not in the funding register.",
        many="{n} CUP are not in the funding register (rows {rows}).",
        all="None of the {n} CUP is in the funding register.",
        fix="Check the code; if it is right answer 'It is right as it is'.",
    ),
    fails=Example(rows=({"name": "Palestra", "cup": "C41B21000890006"},), extra=FULL),
    passes=Example(rows=({"name": "Palestra", "cup": CUP},), extra=FULL),
)
def cups_are_registered(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> RuleHits | NotRun:
    """The CUP of a funded service is in the funding register.

    It ties the service to the call that opens it. Not run while the register is not complete.
    """
    register = register_of(context)
    if not register.complete:
        return NotRun("SEM-11", "no_register")
    known = {project.cup for project in register.projects}
    missing = filled(dataset, "cup") & ~mask(cups_of(dataset).is_in(list(known)))
    return hits(dataset, missing, "cup", value=dataset.frame["cup"])
