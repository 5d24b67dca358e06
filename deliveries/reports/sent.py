"""The rows of a delivery as they were sent, a chunk at a time: their shapes and their system."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np
import shapely

from deliveries.models import Delivery, StagedRow
from deliveries.writers import Shapes
from validator.dataset import Geometries

CHUNK = 5_000


def chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """Lists of at most `CHUNK` rows."""
    iterator = iter(rows)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def layer_facts(delivery: Delivery) -> dict[str, Mapping[str, Any]]:
    """What is known of each layer of the file, by name, in the file's order."""
    return {layer["name"]: layer for layer in delivery.facts.get("layers", [])}


def system(facts: Mapping[str, Any]) -> str | None:
    """The reference system of a layer's shapes as sent ("EPSG:3003"), if one is known."""
    crs = facts.get("crs") or {}
    used = crs.get("used") or crs.get("declared")
    return f"EPSG:{used}" if used else None


def shapes(rows: list[StagedRow], facts: Mapping[str, Any]) -> Shapes:
    """WKB as sent; where it was not kept it is what was understood."""
    sent = [
        bytes(row.sent) if row.sent else bytes(row.geometry.wkb) if row.geometry else None
        for row in rows
    ]
    if _sends_single(facts):
        return np.asarray(shapely.to_wkb(_single(shapely.from_wkb(sent))), dtype=object)
    return np.array(sent, dtype=object)


def _sends_single(facts: Mapping[str, Any]) -> bool:
    """Whether areas were sent as single polygons (they are kept as multiple ones)."""
    types = {str(name).lower() for name in facts.get("geometry_types", [])}
    return "polygon" in types and "multipolygon" not in types


def _single(geometry: Geometries) -> Geometries:
    lone = (shapely.get_type_id(geometry) == shapely.GeometryType.MULTIPOLYGON) & (
        shapely.get_num_geometries(geometry) == 1
    )
    result = geometry.copy()
    result[lone] = shapely.get_geometry(geometry[lone], 0)
    return result
