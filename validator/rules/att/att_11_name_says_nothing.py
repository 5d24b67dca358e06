"""ATT-11: name that does not identify the service."""

from __future__ import annotations

from collections.abc import Sequence

from validator import schema
from validator.dataset import Dataset
from validator.findings import RuleHits, SharedFinding
from validator.rules.columns import as_one, as_sent, folded, having, hits
from validator.rules.context import RuleContext
from validator.rules.declaration import ROW, WARNING, rule
from validator.rules.examples import row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

THINGS = ("servizio", "servizi", "attrezzatura", "attrezzature", "edificio", "area", "immobile")
QUALITIES = ("comunale", "pubblico", "pubblica", "privato", "privata", "esistente", "previsto")
UNDECIDED = ("da definire", "da verificare", "non definito", "non disponibile", "sconosciuto")
NO_NAME = ("nessuno", "nessun nome", "senza nome", "nome", "denominazione", "nd", "n d", "na")
FILLERS = ("n a", "null", "none", "x", "xx", "xxx", "test", "prova", "altro", "vari", "varie")
#: Names that say nothing of which service it is (folded).
NAMELESS = (*THINGS, "struttura", *QUALITIES, *UNDECIDED, *NO_NAME, *FILLERS, "idem")


@rule(
    "ATT-11",
    WARNING,
    ROW,
    it=Wording(
        title="Nome che non identifica il servizio",
        one="Riga {row}: il nome «{value}» non identifica il servizio.",
        many="{n} righe hanno un nome che non identifica il servizio ({rows}).",
        all="Nessuna delle {n} righe ha un nome che identifica il "
        "servizio: forse la colonna del nome non è stata abbinata.",
        fix="Scrivi il nome che usano i cittadini, se serve con il luogo.",
        why="Sulla mappa pubblica e nel confronto con le "
        "altre fonti il servizio si riconosce dal nome.",
    ),
    en=Wording(
        title="Name that does not identify the service",
        one="Row {row}: the name '{value}' does not identify the service.",
        many="{n} rows have a name that does not identify the service ({rows}).",
        all="None of the {n} rows has a name that identifies "
        "the service: perhaps the name column was not matched.",
        fix="Write the name citizens use, with the place if needed.",
    ),
    fails=row(name="servizio", type="Liceo"),
    passes=row(name="Liceo Clementina Rebora", type="Liceo"),
)
def names_identify(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[RuleHits | SharedFinding]:
    """The name tells which service it is: not empty, not "servizio", not the type repeated.

    On the public map and against other sources a service is known by its name.
    """
    name = folded(dataset.frame["name"])
    empty = name.is_null() | name.is_in(NAMELESS) | name.str.contains(r"^[0-9 ]+$")
    for field in schema.TYPE_FIELDS:
        empty = empty | (name == folded(as_sent(dataset, field))).fill_null(value=False)
    value = as_sent(dataset, "name").fill_null("")
    nameless, asked = empty.fill_null(value=True).to_numpy(), having(dataset, "name")
    by_row = hits(dataset, nameless & asked, "name", value=value)
    return [by_row, *as_one(dataset, nameless & ~asked, "name", value="—")]
