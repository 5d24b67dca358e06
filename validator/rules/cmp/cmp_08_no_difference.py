"""CMP-08: no difference."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import NotRun, SharedFinding
from validator.rules.cmp.example_records import KNOWN, LICEO, SAME
from validator.rules.cmp.links import links
from validator.rules.context import RuleContext
from validator.rules.declaration import COMPARISON, INFO, rule
from validator.rules.examples import Example
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "CMP-08",
    INFO,
    COMPARISON,
    it=Wording(
        title="Nessuna differenza",
        one="Nessuna differenza con l'ultima versione accettata (un servizio).",
        many="Nessuna differenza con l'ultima versione accettata ({n} servizi).",
        fix="Inviala: la data di aggiornamento si sposta. Senza un file si "
        "fa con «Confermo che nulla è cambiato», fra le tue consegne.",
        why="Dire che nulla è cambiato è un'informazione: chi legge sa che i dati valgono ancora.",
    ),
    en=Wording(
        title="No difference",
        one="No difference from the last accepted version (one service).",
        many="No difference from the last accepted version ({n} services).",
        fix="Submit it: the update date moves. Without a file, use 'I "
        "confirm that nothing has changed' among your deliveries.",
    ),
    fails=SAME,
    passes=Example(rows=({**LICEO, "fingerprint": "h"},), accepted=(KNOWN,)),
)
def differences_are_told(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding] | NotRun:
    """A delivery equal to what is accepted is told to be so.

    That nothing changed is information: readers know that the data still hold.
    """
    if context.accepted is None:
        return NotRun("CMP-08", "no_accepted")
    same = len(dataset) == len(context.accepted) > 0
    if not same or not links(dataset, context.accepted).unchanged.all():
        return []
    return [SharedFinding(params={"n": len(dataset)})]
