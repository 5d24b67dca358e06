"""CMP-05, CMP-06 and CMP-07: the delivery against what other sources and comuni say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from validator.dataset import Dataset
from validator.findings import Group, Hits, NotRun
from validator.rules.columns import Index, folded, xy
from validator.rules.comparison import links
from validator.rules.context import Others, RuleContext
from validator.rules.examples import HOME, NEIGHBOUR, Example
from validator.rules.registry import COMPARISON, INFO, ROW, WARNING, rule
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

LISTED = 10
OTHER_READING = 2
#: Weight of the name and of nearness in a score between 0 and 1.
NAME_WEIGHT, PLACE_WEIGHT = 0.7, 0.3
OSPEDALE = {"name": "Ospedale Civile", "kind": "ospedale", "geometry": "POINT (501000 5031000)"}
LISTED_ELSEWHERE = {
    "service": "s-00000009", "name": "Ospedale civile", "kind": "ospedale", "x": 501020.0,
    "y": 5031000.0, "municipality": HOME, "municipality_name": "Comune di esempio",
    "source": "Anagrafe regionale", "reading": 2, "plan": False,
}  # fmt: skip
FAR = {**LISTED_ELSEWHERE, "x": 504000.0, "name": "Casa di cura San Carlo"}
BY_NEIGHBOUR = {
    **LISTED_ELSEWHERE, "municipality": NEIGHBOUR, "municipality_name": "Comune vicino",
    "source": "PGT Comune vicino", "reading": 1, "plan": True,
}  # fmt: skip


def candidates(dataset: Dataset, others: Others, metres: float) -> pl.DataFrame:
    """Pairs of a row and a record of the same kind within reach: `row`, `other`, `score`.

    A row's best record comes first; the score is 0.7 of the likeness of the names (0-1) and 0.3 of
    nearness (1 on the spot, 0 at `metres`). Rows without name or position have none.
    """
    key = (id(dataset), metres)
    found: pl.DataFrame = others.once(key, lambda: _candidates(dataset, others, metres))
    return found


def best(pairs: pl.DataFrame) -> pl.DataFrame:
    """Of those pairs one per row, the best."""
    return pairs.unique("row", keep="first", maintain_order=True)


def _candidates(dataset: Dataset, others: Others, metres: float) -> pl.DataFrame:
    kinds = pl.concat([dataset.frame["kind"], others.frame["kind"]]).rank("dense").to_numpy()
    ours = _spread(xy(dataset.points), kinds[: len(dataset)])
    theirs = _spread(others.frame.select("x", "y").to_numpy().astype(float), kinds[len(dataset) :])
    ok = np.flatnonzero(np.isfinite(ours).all(axis=1))
    known = np.flatnonzero(np.isfinite(theirs).all(axis=1))
    tree = shapely.STRtree(shapely.points(theirs[known]))
    mine, its = tree.query(shapely.points(ours[ok]), "dwithin", distance=metres)
    row, other = ok[mine], known[its]
    away = np.hypot(*(ours[row] - theirs[other]).T)
    likeness = _likeness(folded(dataset.frame["name"]), folded(others.frame["name"]), row, other)
    score = NAME_WEIGHT * likeness + PLACE_WEIGHT * (1 - away / metres)
    pairs = pl.DataFrame({"row": row, "other": other, "score": score.round(2)})
    return pairs.sort("row", "score", "other", descending=[False, True, False])


def _spread(flat: NDArray[np.float64], kinds: NDArray[np.float64]) -> NDArray[np.float64]:
    # One direction set apart per kind: the index then only finds neighbours of the same kind.
    return flat + np.column_stack([kinds.astype(float) * 1e7, np.zeros(len(kinds))])


def _likeness(a: pl.Series, b: pl.Series, row: Index, other: Index) -> NDArray[np.float64]:
    ours, theirs = a.gather(row).fill_null("").to_list(), b.gather(other).fill_null("").to_list()
    if not ours:
        return np.empty(0)
    return process.cpdist(ours, theirs, scorer=fuzz.token_set_ratio, workers=1) / 100


@rule(
    "CMP-05", WARNING, ROW,
    params={"duplicate_m": 150.0, "duplicate_look": 0.60, "duplicate_match": 0.90},
    yields_to=("CMP-07",),
    it=Wording(
        title="Forse già presente",
        one="Riga {row}: forse già presente come {id} di {source} (punteggio {score}).",
        many="{n} servizi sono forse già presenti in altre fonti (righe {rows}).",
        all="Tutti i {n} servizi sono forse già presenti in altre fonti.",
        fix="Scegli: lo stesso, un altro, non so.",
        why="Lo stesso servizio detto da due fonti va unito, non contato due volte. Il punteggio "
        "mette "
        "insieme nome e distanza.",
    ),
    en=Wording(
        title="Perhaps already present",
        one="Row {row}: perhaps already present as {id} of {source} (score {score}).",
        many="{n} services are perhaps already present in other sources (rows {rows}).",
        all="All {n} services are perhaps already present in other sources.",
        fix="Choose: same, different, don't know.",
    ),
    fails=Example(rows=(OSPEDALE,), known=(LISTED_ELSEWHERE,)),
    passes=Example(rows=(OSPEDALE,), known=(FAR,)),
)  # fmt: skip
def duplicates_are_found(dataset: Dataset, t: Thresholds, context: RuleContext) -> Hits | NotRun:
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
    return Hits(
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


@rule(
    "CMP-06", INFO, COMPARISON,
    it=Wording(
        title="Servizi noti che il piano non dice",
        one="Un servizio noto da altre fonti non risulta nel piano: {list}.",
        many="{n} servizi noti da altre fonti non risultano nel piano: {list}.",
        fix="Aggiungili, o di' perché non sono sovracomunali.",
        why="Le altre fonti (Lettura 2) vedono cose che il piano non dice, e viceversa: le due "
        "letture si "
        "mostrano accanto, mai sommate.",
    ),
    en=Wording(
        title="Known services that the plan does not tell",
        one="One service known from other sources is not in the plan: {list}.",
        many="{n} services known from other sources are not in the plan: {list}.",
        fix="Add them, or say why they are not supra-municipal.",
    ),
    fails=Example(rows=(OSPEDALE,), known=(FAR,)),
    passes=Example(rows=(OSPEDALE,), known=(LISTED_ELSEWHERE,)),
)  # fmt: skip
def other_sources_are_answered(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[Group] | NotRun:
    """Services that other sources (Lettura 2) know in the comune are in the plan.

    The two readings see different things; they are shown side by side and never added.
    """
    if context.others is None or not (context.others.frame["reading"] == OTHER_READING).any():
        return NotRun("CMP-06", "no_others")
    frame = context.others.frame.with_row_index("other")
    supra = [kind.slug for kind in dataset.taxonomy.supra]
    here = frame.filter(
        reading=OTHER_READING, municipality=dataset.municipality
    ).filter(pl.col("kind").is_in(supra))  # fmt: skip
    pairs = candidates(dataset, context.others, t["duplicate_m"])
    met = pairs.filter(pl.col("score") >= t["duplicate_look"])["other"].cast(pl.UInt32)
    absent = here.filter(~pl.col("other").is_in(met.implode()))
    if not absent.height:
        return []
    names = absent["name"].fill_null("—").head(LISTED).to_list()
    listed = ", ".join(names) + (" …" if absent.height > LISTED else "")
    return [Group(params={"n": absent.height, "list": listed})]


@rule(
    "CMP-07", INFO, ROW,
    it=Wording(
        title="Dichiarato anche da un vicino",
        one="Riga {row}: il servizio {id} è dichiarato anche da {comune}.",
        many="{n} servizi sono dichiarati anche da un Comune vicino (righe {rows}).",
        all="Tutti i {n} servizi sono dichiarati anche da un Comune vicino.",
        fix="Mettetevi d'accordo su chi tiene aggiornata la scheda.",
        why="Un servizio di confine ha una scheda sola, anche se lo dicono due Comuni.",
    ),
    en=Wording(
        title="Declared by a neighbour too",
        one="Row {row}: service {id} is also declared by {comune}.",
        many="{n} services are also declared by a neighbouring municipality (rows {rows}).",
        all="All {n} services are also declared by a neighbouring municipality.",
        fix="Agree who maintains the record.",
    ),
    fails=Example(rows=(OSPEDALE,), known=(BY_NEIGHBOUR,)),
    passes=Example(rows=(OSPEDALE,), known=(LISTED_ELSEWHERE,)),
)  # fmt: skip
def neighbours_agree(dataset: Dataset, t: Thresholds, context: RuleContext) -> Hits | NotRun:
    """A service at the boundary that a neighbouring comune declares too has one record.

    The two comuni agree who maintains it.
    """
    if context.others is None:
        return NotRun("CMP-07", "no_others")
    found = best(candidates(dataset, context.others, t["duplicate_m"]))
    found = found.filter(pl.col("score") >= t["duplicate_match"])
    frame = context.others.frame[found["other"].to_numpy()]
    foreign = (frame["plan"] & (frame["municipality"] != dataset.municipality)).fill_null(
        value=False
    )
    return Hits(
        found["row"].filter(foreign).to_numpy().astype(np.intp),
        params={
            "id": frame["service"].filter(foreign),
            "comune": frame["municipality_name"].filter(foreign),
        },
    )
