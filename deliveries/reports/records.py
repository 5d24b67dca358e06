"""The understood rows of a report, which its reader asks for (`check_delivery --rows`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from core.geo import MASTER_SRID
from validator import schema
from validator.dataset import Dataset
from validator.libraries import pl, pyproj

#: Decimals of degrees in the report: about a centimetre.
PLACES = 7


def records(dataset: Dataset) -> list[dict[str, Any]]:
    """The understood rows: the deck's names of category and type, the comune in which each is
    (ISTAT code), and `values`: every field that was understood, as `_values` reads it."""
    kinds = {kind.slug: kind.label for kind in dataset.taxonomy.kinds}
    categories = {found.slug: found.name for found in dataset.taxonomy.categories}
    flat = [None if p is None else (p.x, p.y) for p in dataset.points]
    chosen = dataset.frame.select(
        "layer", "row", "identifier", "name",
        pl.col("kind_category").fill_null(pl.col("category_read")),
        "kind", pl.col("kind_confidence").round(3), "municipality",
    )  # fmt: skip
    return [
        {
            "layer": layer,
            "row": row,
            "identifier": identifier or None,
            "name": name or None,
            "category": categories.get(category),
            "type": kinds.get(kind),
            "confidence": confidence,
            "lon": place["lon"] if place else None,
            "lat": place["lat"] if place else None,
            "municipality": comune,
            "values": values,
        }
        for (
            (layer, row, identifier, name, category, kind, confidence, comune),
            place,
            values,
        ) in zip(chosen.iter_rows(), to_degrees(flat), _values(dataset), strict=True)
    ]


def _values(dataset: Dataset) -> Iterator[dict[str, Any]]:
    """Field -> parsed value, row by row: numbers as numbers, dates as ISO text, null where a cell
    says nothing. A field without a column is there only where something else gave it."""
    given = {layer.name: frozenset(layer.column_of) for layer in dataset.layers}
    fields = [
        pl.col(name).cast(pl.String) if kind == pl.Date
        else pl.when(pl.col(name) != "").then(pl.col(name)) if kind == pl.String
        else pl.when(pl.col(name).is_finite()).then(pl.col(name)) if kind.is_float()
        else pl.col(name)
        for name, kind in dataset.frame.select(schema.NAMES).schema.items()
    ]  # fmt: skip
    for layer, *cells in dataset.frame.select("layer", *fields).iter_rows():
        yield {
            name: value
            for name, value in zip(schema.NAMES, cells, strict=True)
            if value is not None or name in given[layer]
        }


def to_degrees(places: list[tuple[float, float] | None]) -> list[dict[str, float] | None]:
    """Positions in EPSG:32632 as longitude and latitude; None stays None."""
    known = np.array([place or (np.nan, np.nan) for place in places], dtype=float).reshape(-1, 2)
    to = pyproj.Transformer.from_crs(MASTER_SRID, 4326, always_xy=True)
    lon, lat = to.transform(known[:, 0], known[:, 1])
    return [
        {"lon": round(float(x), PLACES), "lat": round(float(y), PLACES)}
        if place is not None and np.isfinite(x) and np.isfinite(y)
        else None
        for place, x, y in zip(places, lon, lat, strict=True)
    ]
