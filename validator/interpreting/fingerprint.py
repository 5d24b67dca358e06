"""One stable hash per row: its attributes as understood, and its shape to the centimetre."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from validator import schema
from validator.dataset import Geometries
from validator.interpreting.values import dtype_of
from validator.libraries import pl

_DIGEST = 16
_CENTIMETRES = 2
_PIECE = 10_000


def fingerprints(frame: pl.DataFrame, geometry: Geometries) -> pl.Series:
    """Hex texts of 32 characters, null for no row.

    The columns of `frame` that are fields of the schema count, but not those that only say where
    or which the row is; empty cells count like absent columns, so a file may gain an empty column.
    The type recognised is compared apart: it may change with the words the portal knows.
    """
    names = [
        name
        for name in schema.NAMES
        if name in frame.columns and name not in schema.OUTSIDE_CONTENT
    ]
    cells = [
        pl.when(pl.col(name).is_not_null()).then(
            pl.concat_str(pl.lit(f"{name}\x1f"), pl.col(name).cast(pl.String))
        )
        for name in names
        if frame[name].null_count() < frame.height
    ]
    if cells:
        texts = frame.select(pl.concat_str(cells, separator="\x1e", ignore_nulls=True)).to_series()
    else:
        texts = pl.repeat("", frame.height, dtype=pl.String, eager=True)
    pieces = (
        _digests(texts[start : start + _PIECE], geometry[start : start + _PIECE])
        for start in range(0, frame.height, _PIECE)
    )
    digests = [digest for piece in pieces for digest in piece]
    return pl.Series("fingerprint", digests, dtype=pl.String)


def fingerprint_of(attributes: Mapping[str, Any], shape: bytes | None) -> str:
    """The same hash of one row: its attributes as stored, its geometry (EPSG:32632) as WKB."""
    columns = []
    for name in schema.NAMES:
        value = attributes.get(name)
        dtype = dtype_of(schema.BY_NAME[name])
        if not dtype.is_numeric():
            dtype, value = pl.String(), None if value in (None, "") else str(value)
        columns.append(pl.Series(name, [value], dtype=dtype))
    geometry = np.array([shapely.from_wkb(shape)], dtype=object)
    digest: str = fingerprints(pl.DataFrame(columns), geometry)[0]
    return digest


def _digests(texts: pl.Series, geometry: Geometries) -> list[str]:
    return [
        blake2b(text.encode() + b"\x1d" + (shape or b""), digest_size=_DIGEST).hexdigest()
        for text, shape in zip(texts.fill_null(""), _shapes(geometry), strict=True)
    ]


def _shapes(geometry: Geometries) -> NDArray[np.object_]:
    # Normalised, because formats store rings from different corners and in different directions.
    rounded = shapely.transform(
        geometry, lambda coordinates: np.round(coordinates, _CENTIMETRES) + 0.0
    )
    return np.asarray(shapely.to_wkb(shapely.normalize(rounded)), dtype=object)
