"""CMP-03: service moved."""

from __future__ import annotations

import numpy as np

from validator.dataset import Dataset
from validator.findings import NO_COLUMN, NotRun, RuleHits
from validator.libraries import pl
from validator.rules.cmp.example_records import KNOWN, LICEO, SAME
from validator.rules.cmp.links import labels, links
from validator.rules.columns import xy
from validator.rules.context import RuleContext
from validator.rules.declaration import ROW, WARNING, rule
from validator.rules.examples import Example
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "CMP-03",
    WARNING,
    ROW,
    params={"moved_m": 100.0},
    it=Wording(
        title="Servizio spostato",
        one="Riga {row}, {id}: spostato di {dist} m rispetto alla versione accettata.",
        many="{n} servizi sono lontani da dove erano (righe {rows}).",
        all="Tutti i {n} servizi sono lontani da dove "
        "erano: forse è cambiato il sistema di riferimento.",
        fix="Se si è spostato rispondi «È giusto così»; se è "
        "un altro servizio dagli un identificativo nuovo.",
        why="Se un identificativo noto si trova altrove o il servizio "
        "ha cambiato sede, o l'identificativo è stato dato a un altro.",
    ),
    en=Wording(
        title="Service moved",
        one="Row {row}, {id}: moved {dist} m from the accepted version.",
        many="{n} services are far from where they were (rows {rows}).",
        all="All {n} services are far from where they were: perhaps the reference system changed.",
        fix="If it moved answer 'It is right as it is'; if "
        "it is another service give it a new identifier.",
    ),
    fails=Example(rows=({**LICEO, "geometry": "POINT (502000 5031000)"},), accepted=(KNOWN,)),
    passes=SAME,
)
def services_stay_in_place(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> RuleHits | NotRun:
    """A known identifier lies where it lay.

    Otherwise the service moved, or its identifier was given to another.
    """
    if context.accepted is None:
        return NotRun("CMP-03", "no_accepted")
    if not (dataset.has("identifier") or dataset.has("portal_key")):
        return NotRun("CMP-03", NO_COLUMN, {"field": "identifier"})
    found = links(dataset, context.accepted)
    rows = np.flatnonzero(found.by_key)
    known = context.accepted.frame.select("x", "y")[found.item[rows]].to_numpy()
    with np.errstate(invalid="ignore"):
        away = np.hypot(*(xy(dataset.points[rows]) - known.astype(float)).T)
        far = away > t["moved_m"]
    dist = pl.Series(away[far].round()).cast(pl.Int64)
    return RuleHits(rows[far], "", {"id": labels(dataset, rows[far]), "dist": dist})
