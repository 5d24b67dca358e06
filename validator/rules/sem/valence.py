"""What the comune declares of the reach of a service."""

from __future__ import annotations

from validator.dataset import Dataset
from validator.rules.columns import Mask, mask

WIDER = ("intercomunale", "metropolitana")


def declared_wider(dataset: Dataset) -> Mask:
    """Rows that the comune declares supra-municipal."""
    return mask(dataset.frame["valence"].is_in(WIDER))
