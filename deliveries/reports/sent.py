"""The rows of a delivery as they were sent, a chunk at a time: their shapes and their system."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from core.geo import MASTER_SRID
from deliveries.models import Delivery, StagedRow
from deliveries.writers import Shapes
from validator.dataset import Geometries
from validator.interpreting.crs import from_storage, known

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
    """WKB as sent; where it was not kept it is what was understood, brought into the layer's
    system: rows whose place is the same, and those that a person gave one."""
    ours = [None if row.sent or not row.geometry else bytes(row.geometry.wkb) for row in rows]
    placed: Geometries = shapely.from_wkb(np.array(ours, dtype=object))
    understood = shapely.to_wkb(_in_system(placed, facts))
    both = zip(rows, understood, strict=True)
    found = np.array([bytes(row.sent) if row.sent else wkb for row, wkb in both], dtype=object)
    if _sends_single(facts):
        return np.asarray(shapely.to_wkb(_single(shapely.from_wkb(found))), dtype=object)
    return found


def _in_system(understood: Geometries, facts: Mapping[str, Any]) -> Geometries:
    """Shapes in the portal's system as the layer's file would have them; none where that has no
    answer, or nobody knows the layer's system."""
    crs = facts.get("crs") or {}
    code: int = crs.get("used") or 0
    if not facts or code == MASTER_SRID:
        return understood
    if not known(code):
        return np.full(len(understood), None, dtype=object)
    # The reader exchanges the axes of such a layer, so that it must find them exchanged.
    order = [1, 0] if crs.get("swapped") else [0, 1]

    def move(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        there = np.column_stack(from_storage(coordinates[:, 0], coordinates[:, 1], code))
        return there[:, order]

    found: Geometries = np.asarray(shapely.transform(understood, move), dtype=object)
    found[~np.isfinite(shapely.bounds(found)).all(axis=1)] = None
    return found


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
