"""Layers as the rules of reference systems ask about them."""

from __future__ import annotations

from validator.dataset import Dataset, LayerFacts
from validator.rules.columns import filled


def placed(layer: LayerFacts) -> bool:
    """Whether the layer carries positions at all."""
    return layer.crs.why.code != "no_geometry"


def is_far(dataset: Dataset, layer: LayerFacts, far_km: float) -> bool:
    """Whether the layer as a whole lies farther than `far_km`, and most rows do not say why."""
    elsewhere = filled(dataset, "other_municipality")[layer.start : layer.stop]
    return (layer.crs.km or 0) > far_km and 2 * int(elsewhere.sum()) <= layer.rows
