"""SEM-13: expected services absent."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import NotRun, SharedFinding
from validator.libraries import pl
from validator.rules.context import RuleContext
from validator.rules.declaration import COMPARISON, WARNING, rule
from validator.rules.examples import Example
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording
from validator.taxonomy import SUPRA


@rule(
    "SEM-13",
    WARNING,
    COMPARISON,
    params={"similar_municipalities": 20},
    it=Wording(
        title="Servizi attesi assenti",
        one="Nessun servizio di {category} dichiarato; in Comuni simili ce ne sono {median}.",
        fix="Se non ce ne sono rispondi «È giusto così», "
        "altrimenti aggiungi al file quello che manca.",
        why="In un Comune di queste dimensioni di solito qualcosa c'è: può mancare uno strato.",
    ),
    en=Wording(
        title="Expected services absent",
        one="No service of {category} declared; similar municipalities have {median}.",
        fix="If there are none answer 'It is right as it "
        "is', otherwise add to the file what is missing.",
    ),
    fails=Example(
        rows=({"name": "Liceo", "kind": "superiori"},),
        expected=({"category": "sanita", "category_name": "Sanità", "median": 2.0},),
    ),
    passes=Example(
        rows=({"name": "Ospedale", "kind": "ospedale"},),
        expected=({"category": "sanita", "category_name": "Sanità", "median": 2.0},),
    ),
)
def usual_services_are_there(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding] | NotRun:
    """Categories that similar municipalities always have are not left out.

    A layer may be missing. Not run before 20 municipalities are accepted.
    """
    if context.expected is None:
        return NotRun("SEM-13", "few_municipalities")
    frame = dataset.frame
    declared = set(frame.filter(pl.col("level") == SUPRA)["kind_category"].drop_nulls())
    return [
        SharedFinding(params={"category": line["category_name"], "median": line["median"]})
        for line in context.expected.iter_rows(named=True)
        if line["category"] not in declared and line["median"] >= 1
    ]
