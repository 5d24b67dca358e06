"""CRS-01: reference system not recognised."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import SharedFinding
from validator.rules.context import RuleContext
from validator.rules.crs.example_layers import GOOD, with_crs
from validator.rules.crs.layers import placed
from validator.rules.declaration import ERROR, LAYER, rule
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "CRS-01",
    ERROR,
    LAYER,
    it=Wording(
        title="Sistema di riferimento non riconoscibile",
        one="Strato {layer}: il sistema di riferimento manca e non si può riconoscere.",
        fix="In «Cosa abbiamo capito» scegli il sistema tra EPSG:32632, 7791, "
        "6707, 25832, 3003 e 4326, o esporta con il sistema dichiarato.",
        why="Senza il sistema di riferimento le coordinate sono solo numeri. Lo riconosciamo da "
        "dove cadrebbero i punti; quando nessun sistema li porta nel Comune, serve la tua scelta.",
    ),
    en=Wording(
        title="Reference system not recognised",
        one="Layer {layer}: the reference system is missing and cannot be recognised.",
        fix="In 'What we understood' choose among EPSG:32632, 7791, 6707, "
        "25832, 3003 and 4326, or export with the system declared.",
    ),
    fails=with_crs(None, None, "unrecognised"),
    passes=GOOD,
)
def system_is_known(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """The reference system is declared, or can be recognised without doubt.

    Without it coordinates are mere numbers. It is recognised by where the points would fall; when
    no system brings them to the municipality, the planner chooses.
    """
    return [
        SharedFinding(layer=layer.name, params={"layer": layer.name})
        for layer in dataset.layers
        if placed(layer) and layer.crs.used is None and layer.rows
    ]
