"""Valid shapes: what is wrong with a geometry, and the repair that is proposed for it.

Whether a repair is small enough to be applied is a tolerance of the rule set, given from outside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import shapely

from validator.dataset import Geometries, Mask, empty_repairs, repair_schema
from validator.interpreting.position import areas_of, single_type
from validator.interpreting.tangles import tangled
from validator.libraries import pl

_REASON = re.compile(r"^(?P<reason>[^\[]+?)\s*(?:\[(?P<x>\S+) (?P<y>\S+)\])?$")


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How much a repair may change an area: share of it, or square metres, the larger."""

    share: float = 0.01
    square_metres: float = 10.0


@dataclass(frozen=True)
class Repaired:
    """Shapes that are all valid, which were not, which were mended, and the list of repairs.

    `tangled` are those that cross themselves too often to be mended: they have no geometry.

    Where a repair would change too much (`invalid` and not `repaired`), the geometry still holds
    the proposal: every later computation needs valid shapes, and the row is held by GEO-04.
    """

    geometry: Geometries
    invalid: Mask
    repaired: Mask
    repairs: pl.DataFrame
    tangled: Mask


def repair(geometry: Geometries, tolerance: Tolerance, accepted: Mask, refused: Mask) -> Repaired:
    """Make the shapes of one delivery valid (EPSG:32632).

    `accepted` marks rows whose repair the planner takes whatever it changes, `refused` those whose
    repair was taken back. `repairs` has the columns of `repair_schema` but `layer` and `row` null.
    """
    present = ~shapely.is_missing(geometry)
    invalid: Mask = present & ~shapely.is_valid(geometry)
    geometry, lost_ones = _untangled(geometry, invalid)
    invalid &= ~lost_ones
    index = np.flatnonzero(invalid)
    if not len(index):
        none = np.zeros(len(geometry), dtype=bool)
        return Repaired(geometry, invalid, none, empty_repairs(), lost_ones)
    broken = geometry[index]
    mended = _mended(broken)
    before, after = np.abs(shapely.area(broken)), shapely.area(mended)
    small = np.abs(after - before) <= np.maximum(before * tolerance.share, tolerance.square_metres)
    lost = (shapely.get_dimensions(mended) < shapely.get_dimensions(broken)) | shapely.is_empty(
        mended
    )
    done = (small & ~lost | accepted[index]) & ~refused[index]
    result = geometry.copy()
    result[index] = mended
    repaired = np.zeros(len(geometry), dtype=bool)
    repaired[index] = done
    reasons = _reasons(broken)
    listed = pl.DataFrame(
        {
            "index": index, "layer": None, "row": None, **reasons, "area_before": before,
            "area_after": after, "refused": ~done,
        },
        schema=repair_schema(), strict=False,
    )  # fmt: skip
    return Repaired(result, invalid, repaired, listed, lost_ones)


def _untangled(geometry: Geometries, invalid: Mask) -> tuple[Geometries, Mask]:
    """The shapes without those that cannot be mended, and which these are."""
    index = np.flatnonzero(invalid)
    found = np.zeros(len(geometry), dtype=bool)
    found[index] = tangled(geometry[index])
    if found.any():
        geometry = geometry.copy()
        geometry[found] = None
    return geometry, found


def _mended(broken: Geometries) -> Geometries:
    mended = np.asarray(shapely.make_valid(broken), dtype=object)
    areal = shapely.get_dimensions(broken) == 2
    collections = shapely.get_type_id(mended) == shapely.GeometryType.GEOMETRYCOLLECTION
    for place in np.flatnonzero(areal & collections):
        # make_valid leaves the spikes as lines beside the areas.
        mended[place] = areas_of(mended[place])
    return single_type(mended)


def _reasons(broken: Geometries) -> dict[str, list[object]]:
    found = [_REASON.match(text) for text in shapely.is_valid_reason(broken)]
    return {
        "reason": [match["reason"] if match else "" for match in found],
        "x": [float(match["x"]) if match and match["x"] else None for match in found],
        "y": [float(match["y"]) if match and match["y"] else None for match in found],
    }
