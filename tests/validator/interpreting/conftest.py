"""Small read files."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import shapely

from validator.source_file import SourceFile, SourceLayer


def layer(
    columns: Mapping[str, Sequence[Any]],
    geometry: Sequence[shapely.Geometry | None] | None = None,
    **facts: Any,
) -> SourceLayer:
    """A layer as the reader gives it; `facts` are further fields of `SourceLayer`."""
    wkb = None
    if geometry is not None:
        wkb = pl.Series([None if one is None else shapely.to_wkb(one) for one in geometry],
                        dtype=pl.Binary)  # fmt: skip
    frame = pl.DataFrame(dict(columns), strict=False)
    return SourceLayer(name=facts.pop("name", "servizi"), frame=frame, wkb=wkb, **facts)


def read_file(*layers: SourceLayer) -> SourceFile:
    """A read file of these layers."""
    return SourceFile(format="prova", layers=tuple(layers))
