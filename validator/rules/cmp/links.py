"""The links of a delivery to what is accepted, and how messages name the two."""

from __future__ import annotations

from validator.dataset import Dataset
from validator.libraries import pl
from validator.rules.cmp.lineage import Links, link
from validator.rules.columns import Index
from validator.rules.context import Accepted


def links(dataset: Dataset, accepted: Accepted) -> Links:
    """The links of this delivery, worked out once for all comparing rules."""
    found: Links = accepted.once(id(dataset), lambda: link(dataset, accepted))
    return found


def labels(dataset: Dataset, rows: Index) -> pl.Series:
    """How messages name the rows."""
    return pl.Series([dataset.label(int(row)) for row in rows], dtype=pl.String)
