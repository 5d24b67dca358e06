"""CRS-05: layer far from the municipality."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from validator.dataset import Dataset, LayerFacts
from validator.findings import SharedFinding
from validator.rules.columns import wide
from validator.rules.context import RuleContext
from validator.rules.crs.example_layers import with_crs
from validator.rules.crs.layers import is_far
from validator.rules.declaration import ERROR, LAYER, rule
from validator.rules.examples import STORED
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "CRS-05",
    ERROR,
    LAYER,
    params={"far_km": 2.0},
    it=Wording(
        title="Strato lontano dal Comune",
        one="Lo strato {layer} cade a {km} km dal territorio del Comune.",
        fix="Controlla il sistema di riferimento, le unità di misura e il Comune che hai scelto.",
        why="Uno strato intero lontano dal Comune di solito ha un "
        "sistema di riferimento sbagliato, o è di un altro Comune.",
        wide={
            "title": "Strato lontano dal territorio della fonte",
            "one": "Lo strato {layer} cade a {km} km dal territorio della fonte.",
            "fix": "Controlla il sistema di riferimento, "
            "le unità di misura e la fonte che hai scelto.",
        },
    ),
    en=Wording(
        title="Layer far from the municipality",
        one="Layer {layer} lies {km} km from the municipality.",
        fix="Check the reference system, the units and the municipality you chose.",
        wide={
            "title": "Layer far from the source's territory",
            "one": "Layer {layer} lies {km} km from the source's territory.",
            "fix": "Check the reference system, the units and the source you chose.",
        },
    ),
    fails=with_crs(4326, 4326, "far", km=885.0),
    passes=with_crs(STORED, STORED, "declared", km=0.4),
)
def layer_falls_here(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """The layer falls in the municipality or next to it.

    A whole layer far away has a wrong reference system, or is of another municipality. Services
    declared in another municipality may lie there.
    """
    return [
        SharedFinding(layer=layer.name, params=_told(layer, layer.crs.km) | wide(dataset))
        for layer in dataset.layers
        if layer.crs.km is not None and is_far(dataset, layer, t["far_km"])
    ]


def _told(layer: LayerFacts, km: float) -> dict[str, Any]:
    return {"layer": layer.name, "km": round(km, 1)}
