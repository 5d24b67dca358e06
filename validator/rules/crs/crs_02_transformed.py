"""CRS-02: coordinates transformed."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import SharedFinding
from validator.rules.context import RuleContext
from validator.rules.crs.example_layers import GOOD, with_crs
from validator.rules.crs.layers import placed
from validator.rules.crs.names import system
from validator.rules.declaration import INFO, LAYER, rule
from validator.rules.examples import STORED
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

#: Systems that are nearly one and the same differ by less than this many metres.
AT_BEST_M = 1.0


@rule(
    "CRS-02",
    INFO,
    LAYER,
    it=Wording(
        title="Coordinate trasformate",
        one="Strato {layer}: coordinate trasformate da "
        "{src} a {dst}; precisione attesa: entro {acc} m.",
        fix="Non serve fare nulla. Da Monte Mario la precisione è "
        "di qualche metro, a meno di usare i grigliati dell'IGM.",
        why="La banca dati conserva le posizioni in "
        "EPSG:32632. La trasformazione costa quanto diciamo.",
    ),
    en=Wording(
        title="Coordinates transformed",
        one="Layer {layer}: coordinates transformed from "
        "{src} to {dst}; expected accuracy: within {acc} m.",
        fix="Nothing to do. From Monte Mario the accuracy "
        "is metre-level unless the IGM grids are used.",
    ),
    fails=with_crs(3003, 3003, "declared", accuracy_m=4.0),
    passes=GOOD,
)
def transformation_is_told(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """Positions sent in another system than the stored one (EPSG:32632) were transformed.

    The cost of the transformation is told in metres.
    """
    return [
        SharedFinding(
            layer=layer.name,
            params={
                "layer": layer.name,
                "src": system(layer.crs.used),
                "dst": system(STORED),
                "acc": max(AT_BEST_M, float(layer.crs.accuracy_m)),
            },
        )
        for layer in dataset.layers
        if placed(layer) and layer.crs.used not in (None, STORED)
    ]
