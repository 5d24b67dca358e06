"""Facts about a column of WKB, and the promise that every value of it loads in shapely."""

from __future__ import annotations

import struct
from collections import Counter

import numpy as np
import shapely

from validator.libraries import pl
from validator.source_file import Note

CHUNK = 20_000
CURVED = frozenset({8, 9, 10, 11, 12})
FAULTS = (shapely.errors.ShapelyError, TypeError, ValueError, NotImplementedError)
NAMES = {
    1: "Point",
    2: "LineString",
    3: "Polygon",
    4: "MultiPoint",
    5: "MultiLineString",
    6: "MultiPolygon",
    7: "GeometryCollection",
    8: "CircularString",
    9: "CompoundCurve",
    10: "CurvePolygon",
    11: "MultiCurve",
    12: "MultiSurface",
    15: "PolyhedralSurface",
    16: "TIN",
    17: "Triangle",
}


def kinds(wkb: pl.Series) -> Counter[int]:
    """How many values of each ISO WKB type code (1001 = Point Z ...); nulls are not counted."""
    found: Counter[int] = Counter()
    heads = wkb.drop_nulls().bin.slice(0, 5).alias("head").value_counts()
    for head, count in heads.iter_rows():
        if len(head) == 5 and head[0] in (0, 1):
            found[_iso_code(struct.unpack("<I" if head[0] else ">I", head[1:])[0])] += count
    return found


def notes(found: Counter[int]) -> list[Note]:
    """GEO-05 for heights and measures, and `geometry-types`."""
    result = []
    names: Counter[str] = Counter()
    for code, count in found.items():
        names[NAMES.get(code % 1000, "Unknown")] += count
    if names:
        result.append(Note("geometry-types", dict(sorted(names.items()))))
    if dimensional := sum(count for code, count in found.items() if code >= 1000):
        result.append(Note("GEO-05", {"n": dimensional}))
    return result


def count_curved(wkb: pl.Series) -> int:
    """How many values hold arcs (which shapely and the rules do not know)."""
    return sum(count for code, count in kinds(wkb).items() if code % 1000 in CURVED)


def loadable(wkb: pl.Series) -> tuple[pl.Series, list[Note]]:
    """The same WKB with open rings closed and broken values made null, and what was done where.

    Notes: `rings-closed` {n, rows}, `geometry-unreadable` {n, rows}; rows from 1.
    """
    broken: list[int] = []
    for start in range(0, len(wkb), CHUNK):
        part = wkb.slice(start, CHUNK).to_numpy()
        try:
            shapely.from_wkb(part)
        except FAULTS:
            broken += [start + i for i, value in enumerate(part) if not _loads(value)]
    if not broken:
        return wkb, []
    return _mended(wkb, broken)


def _mended(wkb: pl.Series, broken: list[int]) -> tuple[pl.Series, list[Note]]:
    values = wkb.to_list()
    closed: list[int] = []
    lost: list[int] = []
    for i in broken:
        values[i] = _fixed(values[i])
        (lost if values[i] is None else closed).append(i + 1)
    found = [
        Note(code, {"n": len(rows), "rows": rows[:1000]})
        for code, rows in (("rings-closed", closed), ("geometry-unreadable", lost))
        if rows
    ]
    return pl.Series("wkb", values, dtype=pl.Binary), found


def _fixed(value: bytes) -> bytes | None:
    try:
        geometry = shapely.from_wkb(value, on_invalid="fix")
    except FAULTS:
        return None
    if geometry is None or geometry.is_empty:
        return None
    result: bytes = shapely.to_wkb(geometry, flavor="iso")
    return result


def _loads(value: bytes | None) -> bool:
    try:
        shapely.from_wkb(np.array([value], dtype=object))
    except FAULTS:
        return False
    return True


def _iso_code(code: int) -> int:
    """ISO code of a WKB type, also when it is written the old way with flag bits."""
    flags = (1000 if code & 0x80000000 else 0) + (2000 if code & 0x40000000 else 0)
    return (code & 0x0FFFFFFF) + flags if flags else code
