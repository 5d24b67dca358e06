"""CMP-05: perhaps already present."""

from __future__ import annotations

import numpy as np

from validator.dataset import Dataset
from validator.findings import NotRun, RuleHits
from validator.libraries import pl
from validator.rules.cmp.candidates import best, candidates
from validator.rules.cmp.example_sources import FAR, LISTED_ELSEWHERE, OSPEDALE
from validator.rules.cmp.links import links
from validator.rules.context import RuleContext
from validator.rules.declaration import ROW, WARNING, rule
from validator.rules.examples import Example
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "CMP-05",
    WARNING,
    ROW,
    params={"duplicate_m": 150.0, "duplicate_look": 0.60, "duplicate_match": 0.90},
    yields_to=("CMP-07",),
    it=Wording(
        title="Forse già presente",
        one="Riga {row}: forse già presente come {id} di {source} (punteggio {score}).",
        many="{n} servizi sono forse già presenti in altre fonti (righe {rows}).",
        all="Tutti i {n} servizi sono forse già presenti in altre fonti.",
        fix="Rispondi «È giusto così» e scrivi nel motivo se "
        "è lo stesso servizio, un altro, o se non lo sai.",
        why="Lo stesso servizio detto da due fonti va unito, non "
        "contato due volte. Il punteggio mette insieme nome e distanza.",
    ),
    en=Wording(
        title="Perhaps already present",
        one="Row {row}: perhaps already present as {id} of {source} (score {score}).",
        many="{n} services are perhaps already present in other sources (rows {rows}).",
        all="All {n} services are perhaps already present in other sources.",
        fix="Answer 'It is right as it is' and write in the reason "
        "whether it is the same service, another, or you do not know.",
    ),
    fails=Example(rows=(OSPEDALE,), known=(LISTED_ELSEWHERE,)),
    passes=Example(rows=(OSPEDALE,), known=(FAR,)),
)
def duplicates_are_found(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> RuleHits | NotRun:
    """The row is not a service that another source tells already, unless it is known to be the
    same.

    One service told by two sources is joined, not counted twice. The score joins name and
    distance.
    """
    if context.others is None:
        return NotRun("CMP-05", "no_others")
    pairs = best(candidates(dataset, context.others, t["duplicate_m"]))
    found = _unknown(dataset, context, pairs)
    found = found.filter(pl.col("score") >= t["duplicate_look"])
    frame = context.others.frame[found["other"].to_numpy()]
    return RuleHits(
        found["row"].to_numpy().astype(np.intp),
        params={"id": frame["service"], "source": frame["source"], "score": _two(found["score"])},
    )


def _two(score: pl.Series) -> pl.Series:
    return pl.Series([f"{value:.2f}" for value in score], dtype=pl.String)


def _unknown(dataset: Dataset, context: RuleContext, pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs but those whose row is known to be that very service."""
    if context.accepted is None or context.others is None:
        return pairs
    item = links(dataset, context.accepted).item[pairs["row"].to_numpy()]
    ours = (
        context.accepted.frame["service"].gather(np.maximum(item, 0))
        if len(context.accepted)
        else None
    )
    if ours is None:
        return pairs
    theirs = context.others.frame["service"].gather(pairs["other"])
    joined = (ours == theirs).fill_null(value=False) & pl.Series(item >= 0)
    return pairs.filter(~joined)
