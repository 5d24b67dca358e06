"""CMP-07: declared by a neighbour too."""

from __future__ import annotations

import numpy as np

from validator.dataset import Dataset
from validator.findings import NotRun, RuleHits
from validator.libraries import pl
from validator.rules.cmp.candidates import best, candidates
from validator.rules.cmp.example_sources import BY_NEIGHBOUR, LISTED_ELSEWHERE, OSPEDALE
from validator.rules.context import RuleContext
from validator.rules.declaration import INFO, ROW, rule
from validator.rules.examples import Example
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "CMP-07",
    INFO,
    ROW,
    it=Wording(
        title="Dichiarato anche da un vicino",
        one="Riga {row}: il servizio {id} è dichiarato anche da {comune}.",
        many="{n} servizi sono dichiarati anche da un Comune vicino (righe {rows}).",
        all="Tutti i {n} servizi sono dichiarati anche da un Comune vicino.",
        fix="Accordati con il Comune vicino su chi dei due lo dichiara.",
        why="Un servizio di confine ha una scheda sola, anche se lo dicono due Comuni.",
    ),
    en=Wording(
        title="Declared by a neighbour too",
        one="Row {row}: service {id} is also declared by {comune}.",
        many="{n} services are also declared by a neighbouring municipality (rows {rows}).",
        all="All {n} services are also declared by a neighbouring municipality.",
        fix="Agree with the neighbouring municipality which of you declares it.",
    ),
    fails=Example(rows=(OSPEDALE,), known=(BY_NEIGHBOUR,)),
    passes=Example(rows=(OSPEDALE,), known=(LISTED_ELSEWHERE,)),
)
def neighbours_agree(dataset: Dataset, t: Thresholds, context: RuleContext) -> RuleHits | NotRun:
    """A service at the boundary that a neighbouring comune declares too has one record.

    The two comuni agree who maintains it.
    """
    if not context.plan:
        return NotRun("CMP-07", "not_a_plan")
    if context.others is None:
        return NotRun("CMP-07", "no_others")
    found = best(candidates(dataset, context.others, t["duplicate_m"]))
    found = found.filter(pl.col("score") >= t["duplicate_match"])
    frame = context.others.frame[found["other"].to_numpy()]
    own = frame["declared_by"].is_in(dataset.home).fill_null(value=False)
    foreign = (frame["plan"] & ~own).fill_null(value=False)
    return RuleHits(
        found["row"].filter(foreign).to_numpy().astype(np.intp),
        params={
            "id": frame["service"].filter(foreign),
            "comune": frame["declared_name"].fill_null(frame["source"]).filter(foreign),
        },
    )
