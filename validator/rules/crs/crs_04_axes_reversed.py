"""CRS-04: axes reversed."""

from __future__ import annotations

from collections.abc import Sequence

from validator.dataset import Dataset
from validator.findings import SharedFinding
from validator.rules.context import RuleContext
from validator.rules.crs.example_layers import GOOD, with_crs
from validator.rules.declaration import INFO, LAYER, rule
from validator.rules.thresholds import Thresholds
from validator.rules.wording import Wording


@rule(
    "CRS-04",
    INFO,
    LAYER,
    it=Wording(
        title="Assi invertiti",
        one="Strato {layer}: una posizione corretta scambiando le coordinate.",
        many="Strato {layer}: {n} posizioni corrette scambiando le coordinate.",
        fix="Quando esporti scegli l'ordine est, nord; se lo "
        "scambio è sbagliato correggi le coordinate nel file.",
        why="Alcuni programmi scrivono prima la latitudine: le posizioni finirebbero altrove.",
    ),
    en=Wording(
        title="Axes reversed",
        one="Layer {layer}: one position corrected by swapping coordinates.",
        many="Layer {layer}: {n} positions corrected by swapping coordinates.",
        fix="Choose the order east, north at export; if the "
        "swap is wrong correct the coordinates in the file.",
    ),
    fails=with_crs(6707, 6707, "declared", swapped=1),
    passes=GOOD,
)
def axes_are_in_order(
    dataset: Dataset, t: Thresholds, context: RuleContext
) -> Sequence[SharedFinding]:
    """Coordinates that came as latitude, longitude (or north, east) were exchanged.

    Some programmes write the latitude first, and positions would fall elsewhere.
    """
    return [
        SharedFinding(layer=layer.name, params={"layer": layer.name, "n": int(layer.crs.swapped)})
        for layer in dataset.layers
        if layer.crs.axes_exchanged
    ]
