"""CRS-06: coordinates meant for web maps."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import SharedFinding
from validator.rules.context import RuleContext
from validator.rules.crs.example_layers import GOOD, with_crs
from validator.rules.declaration import LAYER, WARNING, rule
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording

WEB_MERCATOR = 3857


@rule(
    "CRS-06",
    WARNING,
    LAYER,
    it=Wording(
        title="Coordinate per mappe web",
        one="Strato {layer}: coordinate in EPSG:3857, da usare solo per mappe web.",
        fix="Esporta dai dati originali in EPSG:32632 o 7791.",
        why="In Web Mercator le superfici a Milano risultano doppie. Le riportiamo in "
        "metri veri, ma se lo strato viene da una mappa web la precisione è già persa.",
    ),
    en=Wording(
        title="Coordinates meant for web maps",
        one="Layer {layer}: coordinates in EPSG:3857, meant for web maps only.",
        fix="Export from the original data in EPSG:32632 or 7791.",
    ),
    fails=with_crs(WEB_MERCATOR, WEB_MERCATOR, "declared"),
    passes=GOOD,
)
def system_is_metric(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """The layer does not come in Web Mercator, where areas at Milan's latitude are twice too
    large.

    They are brought back to true metres, but a layer traced on a web map has lost its accuracy.
    """
    return [
        SharedFinding(layer=layer.name, params={"layer": layer.name})
        for layer in dataset.layers
        if layer.crs.used == WEB_MERCATOR
    ]
