"""Codes that have a form of their own."""

from __future__ import annotations

from validator.dataset import Dataset
from validator.rules.columns import Mask, filled, mask


def malformed(dataset: Dataset, name: str, pattern: str) -> Mask:
    """Rows whose cell of the field is filled and not of that form."""
    cells = dataset.frame[name].str.strip_chars()
    return filled(dataset, name) & ~mask(cells.str.contains(pattern))
