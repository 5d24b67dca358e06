"""Outlines that cross themselves so often that no library mends them within time and memory.

What `make_valid` costs grows with the crossings, not with the vertices: a star of 51 vertices has
1,200 and takes a second, one of 101 has 4,900 and takes ten.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from validator.dataset import Geometries, Mask

#: Crossings that one shape may have, and all the shapes of a delivery together.
MOST: Final = 1_000
MOST_OF_ALL: Final = 10_000
#: Pairs of segments near each other that are looked at for one shape, and segments at once.
_PAIRS: Final = 3_000_000
_PIECE: Final = 32

_Segments = NDArray[np.float64]


def tangled(broken: Geometries) -> Mask:
    """Which of these invalid shapes are not to be mended: they cross themselves too often."""
    left, found = MOST_OF_ALL, np.zeros(len(broken), dtype=bool)
    # Fewer vertices than that cannot cross each other more often.
    large = shapely.get_num_coordinates(broken) > (2 * MOST) ** 0.5
    for index in np.flatnonzero(large):
        crossings = _crossings(broken[index], min(MOST, left))
        found[index] = crossings > min(MOST, left)
        left -= 0 if found[index] else crossings
    return found


def _crossings(shape: shapely.Geometry, most: int) -> int:
    """How often its segments cross, or more than `most` where they are too many to count."""
    crossings = pairs = 0
    for first, second in _near(_segments(shape)):
        pairs += len(first)
        crossings += int((_parted(first, second) & _parted(second, first)).sum())
        if crossings > most or pairs > _PAIRS:
            return most + 1
    return crossings


def _segments(shape: shapely.Geometry) -> _Segments:
    """One row for each: x and y of its two ends."""
    rings = shapely.get_rings(shapely.get_parts(shapely.get_parts(shape)))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    segments: _Segments = np.hstack([points[:-1], points[1:]])[ring[:-1] == ring[1:]]
    return segments


def _near(segments: _Segments) -> Iterator[tuple[_Segments, _Segments]]:
    """Pairs of segments whose boxes touch, each pair once, some segments at a time."""
    low = np.minimum(segments[:, :2], segments[:, 2:])
    high = np.maximum(segments[:, :2], segments[:, 2:])
    boxes = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
    tree = shapely.STRtree(boxes)
    for start in range(0, len(boxes), _PIECE):
        one, other = tree.query(boxes[start : start + _PIECE])
        one = one + start
        once = one < other
        yield segments[one[once]], segments[other[once]]


def _parted(line: _Segments, other: _Segments) -> Mask:
    """Where the ends of `other` lie on two sides of `line`."""
    x, y = line[:, 2] - line[:, 0], line[:, 3] - line[:, 1]
    sides = [
        x * (other[:, at + 1] - line[:, 1]) - y * (other[:, at] - line[:, 0]) for at in (0, 2)
    ]
    parted: Mask = sides[0] * sides[1] < 0
    return parted
