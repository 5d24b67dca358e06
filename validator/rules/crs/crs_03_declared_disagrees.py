"""CRS-03: declared system disagrees with the coordinates."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import SharedFinding
from validator.rules.context import RuleContext
from validator.rules.crs.example_layers import GOOD, with_crs
from validator.rules.crs.names import system
from validator.rules.declaration import LAYER, WARNING, rule
from validator.rules.examples import STORED
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "CRS-03",
    WARNING,
    LAYER,
    it=Wording(
        title="Sistema dichiarato diverso dalle coordinate",
        one="Strato {layer}: dichiarato {declared}, ma le coordinate sono di {guess}.",
        fix="Scegli il sistema giusto in «Cosa abbiamo capito», o correggi il .prj nel file.",
        why="Letto nel sistema dichiarato lo strato cadrebbe "
        "lontano; in quello proposto cade nel Comune.",
    ),
    en=Wording(
        title="Declared system disagrees with the coordinates",
        one="Layer {layer}: declared {declared}, but the coordinates are of {guess}.",
        fix="Choose the right system in 'What we understood', or correct the .prj in the file.",
    ),
    fails=with_crs(4326, STORED, "declared_else"),
    passes=GOOD,
)
def declared_system_agrees(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """The declared system is the one the coordinates are in.

    In the declared one the layer would fall far away, in the proposed one it falls in the comune.
    """
    return [
        SharedFinding(
            layer=layer.name,
            params={
                "layer": layer.name,
                "guess": system(layer.crs.used),
                "declared": system(layer.crs.declared, layer.crs.declared_name),
            },
        )
        for layer in dataset.layers
        if layer.crs.disagrees
    ]
