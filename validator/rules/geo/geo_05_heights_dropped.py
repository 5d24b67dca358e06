"""GEO-05: heights and measures dropped."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import SharedFinding
from validator.rules.context import RuleContext
from validator.rules.declaration import INFO, LAYER, rule
from validator.rules.examples import SPOT, row
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "GEO-05",
    INFO,
    LAYER,
    it=Wording(
        title="Quote e misure lasciate da parte",
        one="Strato {layer}: una geometria con quota o misura; conservata solo la pianta.",
        many="Strato {layer}: {n} geometrie con quota o misura; conservata solo la pianta.",
        fix="Non serve fare nulla.",
        why="La banca dati è in pianta. Le quote restano nel file che hai inviato.",
    ),
    en=Wording(
        title="Heights and measures dropped",
        one="Layer {layer}: one geometry with height or measure; only the plan is kept.",
        many="Layer {layer}: {n} geometries with height or measure; only the plan is kept.",
        fix="Nothing to do.",
    ),
    fails=row(name="Liceo", geometry="POINT (501000 5031000)", flattened=True),
    passes=SPOT,
)
def geometries_are_flat(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """Heights (Z) and measures (M) are dropped: the database is in plan.

    They stay in the file as sent.
    """
    found = []
    for layer in dataset.layers:
        if n := int(dataset.flattened[layer.start : layer.stop].sum()):
            found.append(SharedFinding(layer=layer.name, params={"layer": layer.name, "n": n}))
    return found
