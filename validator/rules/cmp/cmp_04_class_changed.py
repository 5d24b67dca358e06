"""CMP-04: category or level changed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from validator.dataset import Dataset
from validator.findings import NotRun, RuleHits
from validator.rules.cmp.example_records import KNOWN, LICEO, SAME
from validator.rules.cmp.links import labels, links
from validator.rules.context import RuleContext
from validator.rules.declaration import ROW, WARNING, rule
from validator.rules.examples import Example
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "CMP-04",
    WARNING,
    ROW,
    it=Wording(
        title="Categoria o valenza cambiata",
        one="Riga {row}, {id}: da {before} a {after}.",
        many="{n} servizi noti cambiano tipo o valenza (righe {rows}).",
        all="Tutti i {n} servizi noti cambiano tipo o valenza: forse la colonna è un'altra.",
        fix="Rispondi «È giusto così» con il motivo, o correggi il tipo o la valenza.",
        why="Il tipo e la valenza decidono in quali conti entra "
        "il servizio: un cambio sposta i totali della zona.",
    ),
    en=Wording(
        title="Category or level changed",
        one="Row {row}, {id}: from {before} to {after}.",
        many="{n} known services change type or level (rows {rows}).",
        all="All {n} known services change type or level: perhaps it is another column.",
        fix="Answer 'It is right as it is' with the reason, or correct the type or the level.",
    ),
    fails=Example(rows=({**LICEO, "kind": "primaria", "fingerprint": "h"},), accepted=(KNOWN,)),
    passes=SAME,
)
def classes_hold(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[RuleHits] | NotRun:
    """The type and the declared level of a known record are what they were.

    They decide in which figures the service counts: a change moves the zone's totals.
    """
    if context.accepted is None:
        return NotRun("CMP-04", "no_accepted")
    found = links(dataset, context.accepted)
    rows = np.flatnonzero((found.item >= 0) & ~found.unchanged)
    names = {kind.slug: kind.name for kind in dataset.taxonomy.kinds}
    answers = []
    for column in ("kind", "valence"):
        before = context.accepted.frame[column].gather(found.item[rows])
        after = dataset.frame[column].gather(rows)
        changed = ((before != after) & after.is_not_null()).fill_null(value=False)
        index = rows[changed.to_numpy()]
        said = {"before": before.filter(changed), "after": after.filter(changed)}
        params = {key: text.replace(names) for key, text in said.items()}
        answers.append(RuleHits(index, "", {"id": labels(dataset, index), **params}))
    return answers
