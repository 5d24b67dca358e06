"""The reference system of a layer: what is declared, tried against where the rows would fall.

Place tells most Italian systems apart by hundreds of kilometres (Gauss-Boaga by its false easting
of 1,500,000 or 2,520,000 m); it cannot tell ETRS89, RDN2008 and WGS84 of one zone apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

import numpy as np
import shapely
from numpy.typing import NDArray

from validator.dataset import CrsCandidate, CrsDecision, Geometries, Mask, Reason
from validator.libraries import pyproj
from validator.territory import Territory

STORAGE = 32632
CANDIDATES = (32632, 4326, 3003, 3004, 3857, 32633)
"""Systems that place tells apart, in the order in which a tie is decided."""
PARITY: Mapping[int, tuple[int, ...]] = MappingProxyType({
    32632: (32632, 25832, 7791, 6707), 32633: (32633, 25833, 7792, 6708),
    4326: (4326, 4258, 6706), 3857: (3857,), 3003: (3003,), 3004: (3004,),
})  # fmt: skip
ACCURACY_M: Mapping[int, float] = MappingProxyType({
    3003: 4.0, 3004: 4.0, 26591: 4.0, 26592: 4.0, 4265: 4.0, 4806: 4.0, 4230: 6.0, 23032: 6.0,
    23033: 6.0, 3857: 1.0,
})  # fmt: skip
"""Metres lost without the IGM grids (EPSG operations 1660, 1662); others are under one metre."""
FROM_ROME: Mapping[int, tuple[int, float]] = MappingProxyType({
    26591: (3003, 0.0), 26592: (3004, 0.0), 4806: (4265, 12.452333333333334),
})  # fmt: skip
"""Systems counted from the meridian of Rome: the same one counted from Greenwich, and what its
first coordinate has more. PROJ knows no good operation for them: it would put them 80 m off, or
another country away."""
ALIKE: Mapping[int, tuple[str, int]] = MappingProxyType({
    32632: ("EPSG:23032 (ED50)", 220), 32633: ("EPSG:23033 (ED50)", 220),
    4326: ("EPSG:4265 (Monte Mario), EPSG:4230 (ED50)", 150),
})  # fmt: skip
"""Older systems that place cannot tell from a used one either, and by how many metres at the most
rows would then be off."""
NORTH_FIRST = frozenset({6707, 6708, 6709})
ENOUGH = 0.5
NEARLY_ALL = 0.9
SAMPLE = 2_000
NEAR_M = 3_000.0
FARTHEST = 1e10
"""Beyond it no number is a coordinate, not even in millimetres."""
ITALY = shapely.box(100_000, 3_900_000, 1_350_000, 5_280_000)
"""What stands in for the metropolis where no outline is known, EPSG:32632."""

Points = NDArray[np.float64]


@dataclass(frozen=True)
class SenderOutlines:
    """Outlines in EPSG:32632: of the sender's comune or comuni, and of the metropolitan city."""

    municipality: shapely.Geometry | None = None
    metropolis: shapely.Geometry | None = None

    @classmethod
    def of(cls, territory: Territory, home: Sequence[str]) -> SenderOutlines:
        """Those of a source that speaks of these comuni."""
        whole = territory.whole
        return cls(territory.outline_of(home), None if whole.is_empty else whole)

    def shares(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float]:
        """Shares (0-1) of the points in or near the boxes of the comune and of the metropolis."""
        return _share(self.municipality, x, y), _share(self.whole, x, y)

    @property
    def whole(self) -> shapely.Geometry:
        """The metropolis, or what stands in for it."""
        return self.metropolis or self.municipality or ITALY


def _share(outline: shapely.Geometry | None, x: Points, y: Points) -> float:
    if outline is None or not len(x):
        return 0.0
    return float(inside(outline, x, y).mean())


def inside(outline: shapely.Geometry, x: Points, y: Points) -> Mask:
    """Which points (EPSG:32632) are within `NEAR_M` of the outline's box: enough to tell systems
    apart, and quick; whether a service is in its comune is the rules' affair."""
    west, south, east, north = outline.bounds
    near: Mask = (
        (x > west - NEAR_M) & (x < east + NEAR_M) & (y > south - NEAR_M) & (y < north + NEAR_M)
    )
    return near


@cache
def transformer(source: int) -> pyproj.Transformer:
    """From that system to EPSG:32632, always x before y. Raises CRSError for an unknown code."""
    return pyproj.Transformer.from_crs(source, STORAGE, always_xy=True)


def to_storage(x: Points, y: Points, source: int) -> tuple[Points, Points]:
    """Coordinates in EPSG:32632; not finite where the transformation has no answer."""
    if source == STORAGE:
        return x, y
    usual, more = FROM_ROME.get(source, (source, 0.0))
    east, north = transformer(usual).transform(x + more, y)
    return np.asarray(east), np.asarray(north)


def from_storage(x: Points, y: Points, target: int) -> tuple[Points, Points]:
    """Coordinates of EPSG:32632 in another system: what `to_storage` brings back."""
    if target == STORAGE:
        return x, y
    usual, more = FROM_ROME.get(target, (target, 0.0))
    east, north = transformer(usual).transform(x, y, direction="INVERSE")
    return np.asarray(east) - more, np.asarray(north)


def known(epsg: int | None) -> bool:
    """Whether the code is of a system that can be transformed."""
    if not epsg:
        return False
    try:
        transformer(epsg)
    except pyproj.exceptions.CRSError:
        return False
    return True


def centres(geometry: Geometries) -> tuple[Points, Points]:
    """Middles of the boxes of up to `SAMPLE` usable geometries, in their own coordinates."""
    usable = geometry[~(shapely.is_missing(geometry) | shapely.is_empty(geometry))]
    step = max(1, len(usable) // SAMPLE)
    bounds = shapely.bounds(usable[::step]).reshape(-1, 4)
    x, y = middles(bounds)
    real = believable(bounds) & ~((x == 0) & (y == 0))
    return x[real], y[real]


def middles(bounds: NDArray[np.float64]) -> tuple[Points, Points]:
    """Middles of boxes (n x 4: west, south, east, north); halved first, so that none overflows."""
    half = bounds / 2
    return half[:, 0] + half[:, 2], half[:, 1] + half[:, 3]


def believable(bounds: NDArray[np.float64]) -> Mask:
    """Boxes (n x 4) whose numbers could be coordinates of some system."""
    return np.asarray((np.abs(np.nan_to_num(bounds, nan=np.inf)) < FARTHEST).all(axis=1))


def decide(
    geometry: Geometries,
    territory: SenderOutlines,
    *,
    declared: int | None = None,
    declared_name: str = "",
    chosen: int | None = None,
) -> CrsDecision:
    """Decide the system of a layer's geometries (own coordinates).

    `declared` is what the file says, `chosen` what the planner says, which wins over everything.
    """
    x, y = centres(geometry)
    base = CrsDecision(declared, None, Reason("no_geometry"), declared_name=declared_name)
    if not len(x):
        return base
    tried = _try_all(x, y, territory, {declared, chosen} - {None})
    good = [candidate for candidate in tried if candidate.in_metropolis >= ENOUGH]
    if chosen and known(chosen):
        return _used(base, chosen, "overridden", tried, swapped=_swapped(tried, chosen))
    if declared and known(declared):
        return _declared(base, tried, good, declared)
    if good:
        return _undeclared(base, tried, good, "absent")
    return _undeclared(base, tried, _in_italy(x, y, tried), "absent_far")


def _declared(
    base: CrsDecision, tried: list[CrsCandidate], good: list[CrsCandidate], declared: int
) -> CrsDecision:
    if any(candidate.epsg == declared for candidate in good):
        return _used(base, declared, "declared", tried, swapped=_swapped(good, declared))
    if good:
        # Also a layer declared in one and drawn in another system falls right in only one of them.
        best = _best(good)
        return _used(base, best.epsg, "declared_else", tried, swapped=best.swapped)
    return _used(base, declared, "far", tried, swapped=False)


def _undeclared(
    base: CrsDecision, tried: list[CrsCandidate], good: list[CrsCandidate], why: str
) -> CrsDecision:
    if not good:
        return replace(base, why=Reason("unrecognised"), candidates=tuple(tried))
    best = _best(good)
    return _used(base, best.epsg, why, tried, swapped=best.swapped)


def _in_italy(x: Points, y: Points, tried: list[CrsCandidate]) -> list[CrsCandidate]:
    """The one reading that brings nearly all rows to Italy; none where several would.

    A register of the region says nothing about the metropolis, yet 45 and 9 are degrees.
    """
    there = [
        one for one in tried if _share(ITALY, *_placed(x, y, one.epsg, one.swapped)) >= NEARLY_ALL
    ]
    return there if len(there) == 1 else []


def _best(good: list[CrsCandidate]) -> CrsCandidate:
    return max(good, key=lambda one: (one.in_municipality, one.in_metropolis, not one.swapped))


def _swapped(tried: list[CrsCandidate], epsg: int) -> bool:
    own = [one for one in tried if one.epsg == epsg and one.in_metropolis >= ENOUGH]
    return bool(own) and _best(own).swapped


def _used(
    base: CrsDecision, epsg: int, why: str, tried: list[CrsCandidate], *, swapped: bool
) -> CrsDecision:
    shares = next(
        (one for one in tried if one.epsg == epsg and one.swapped == swapped),
        CrsCandidate(epsg, swapped, 0.0, 0.0),
    )
    return CrsDecision(
        base.declared,
        epsg,
        Reason(
            why,
            {
                "declared": f"EPSG:{base.declared}" if base.declared else base.declared_name,
                "used": f"EPSG:{epsg}",
                "share": round(shares.in_metropolis, 3),
                "share_municipality": round(shares.in_municipality, 3),
                "parity": ", ".join(f"EPSG:{code}" for code in PARITY.get(epsg, (epsg,))),
            },
        ),
        declared_name=base.declared_name,
        candidates=tuple(tried),
        swapped=1 if swapped else 0,
        accuracy_m=ACCURACY_M.get(epsg, 0.0),
        parity=PARITY.get(epsg, (epsg,)),
    )


def _try_all(
    x: Points, y: Points, territory: SenderOutlines, more: set[int | None]
) -> list[CrsCandidate]:
    codes = dict.fromkeys([*(code for code in more if code and known(code)), *CANDIDATES])
    return [
        CrsCandidate(code, swapped, *territory.shares(*_placed(x, y, code, swapped)))
        for code in codes
        for swapped in (False, True)
    ]


def _placed(x: Points, y: Points, code: int, swapped: bool) -> tuple[Points, Points]:
    east, north = (y, x) if swapped else (x, y)
    return to_storage(east, north, code)
