"""How deep and how large shapes are, counted before a library parses them: by recursion GEOS
overflows its stack, and PostGIS refuses what lies deeper than some two hundred.

WKB and EWKB, and the texts of cells (WKT, EWKT, WKB in hexadecimal digits). Plain shapes are told
by vector from their first bytes and their length; only the others are walked one by one.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable
from contextlib import suppress
from enum import StrEnum
from itertools import product
from typing import Any, Final, TypeAlias

from validator.libraries import pl
from validator.limits import DEFAULT, Limits
from validator.source_file import Note

#: The note of rows whose shape was put aside: reason (`Excess`), n, rows.
BEYOND: Final = "shape-beyond"
HEXADECIMAL: Final = r"(?i)^0[01][0-9a-f]{40,}$"
_TOKEN: Final = re.compile(r"([A-Za-z]+\s*)?\(|\)")
_UINT: Final = {1: struct.Struct("<I").unpack_from, 0: struct.Struct(">I").unpack_from}
_Reader: TypeAlias = "Callable[..., tuple[Any, ...]]"
_Z, _M, _SRID = 0x80000000, 0x40000000, 0x20000000
_POINT, _LINES, _RINGED = 1, (2, 8), (3, 17)
#: Those that GDAL makes straight and GEOS, so the cells of a sheet, does not: it fails on them.
_CURVED: Final = range(8, 13)
_CURVED_WORDS: Final = re.compile(
    r"(?i)(?:^|[(,])\s*(?:CIRCULARSTRING|COMPOUNDCURVE|CURVEPOLYGON|MULTICURVE|MULTISURFACE)"
)
_GATHERING = (4, 5, 6, 7, 9, 10, 11, 12, 15, 16)
#: Bytes of a geometry that holds nothing, and so of each level that another lies in.
_LEVEL = 9
_RING = 4


class Excess(StrEnum):
    """What of a shape is beyond the limits."""

    DEEP = "too_deep"
    PARTS = "too_many_parts"
    VERTICES = "too_many_vertices"
    #: It announces more than it holds, or is none.
    COUNTS = "counts_differ"
    #: A curve where only straight lines are read: in a cell.
    CURVED = "curved"
    #: Told once it is read (`validator.interpreting.tangles`).
    CROSSINGS = "too_many_crossings"


def limit_of(excess: str, limits: Limits = DEFAULT) -> int:
    """The limit that was exceeded, 0 where there is no figure."""
    figures = {
        Excess.DEEP: limits.nesting,
        Excess.PARTS: limits.parts,
        Excess.VERTICES: limits.vertices,
    }
    return figures.get(Excess(excess), 0)


def of_wkb(value: bytes, limits: Limits = DEFAULT, *, start: int = 0) -> Excess | None:
    """What of one WKB or EWKB, from the byte `start` on, is beyond the limits."""
    try:
        return _Walk(value, start, limits).excess()
    except (struct.error, IndexError, KeyError):
        return Excess.COUNTS


def is_plain(value: bytes, limits: Limits = DEFAULT, *, start: int = 0) -> bool:
    """Whether it is too short, or too simple, to be beyond any limit."""
    length = len(value) - start
    if length <= _LEVEL * limits.nesting:
        return True
    return length <= _RING * limits.parts and _is_flat(value[start : start + 2 * _LEVEL])


class _Walk:
    """One geometry from its first byte to its last, without recursion."""

    def __init__(self, value: bytes, start: int, limits: Limits) -> None:
        self.value, self.at, self.limits = value, start, limits
        self.parts = self.vertices = 0
        self.curved = False

    def excess(self) -> Excess | None:
        inside = [1]
        while inside:
            if not inside[-1]:
                inside.pop()
                continue
            inside[-1] -= 1
            children = self._step()
            if found := self._found():
                return found
            if children and len(inside) >= self.limits.nesting:
                return Excess.DEEP
            if children:
                inside.append(children)
        return None

    def _found(self) -> Excess | None:
        if self.parts > self.limits.parts:
            return Excess.PARTS
        if self.vertices > self.limits.vertices:
            return Excess.VERTICES
        return Excess.COUNTS if self.at > len(self.value) else None

    def _step(self) -> int:
        """Past what one geometry says of itself; how many lie inside it."""
        uint = _UINT[self.value[self.at]]
        (code,) = uint(self.value, self.at + 1)
        self.at += 9 if code & _SRID else 5
        self.parts += 1
        dimensions = code & 0x0FFFFFFF
        kind, iso = dimensions % 1000, dimensions // 1000
        vertex = 16 + 8 * (bool(code & _Z) + bool(code & _M) + (0, 1, 1, 2)[iso])
        self.curved |= kind in _CURVED
        if kind == _POINT:
            self._vertices(1, vertex)
        elif kind in _LINES:
            self._vertices(self._count(uint), vertex)
        elif kind in _RINGED:
            self._rings(uint, vertex)
        elif kind in _GATHERING:
            return self._count(uint)
        else:
            raise KeyError(kind)
        return 0

    def _count(self, uint: _Reader) -> int:
        count: int = uint(self.value, self.at)[0]
        self.at += 4
        return count

    def _vertices(self, count: int, size: int) -> None:
        self.vertices += count
        self.at += count * size

    def _rings(self, uint: _Reader, vertex: int) -> None:
        for _ in range(self._count(uint)):
            self.parts += 1
            self._vertices(self._count(uint), vertex)
            if self.parts > self.limits.parts or self.at > len(self.value):
                return


def _heads(kinds: Iterable[int]) -> list[bytes]:
    """The first five bytes of geometries of these kinds, in both orders of bytes, both ways of
    saying that there are heights or measures."""
    codes = [
        code
        for kind, extra in product(kinds, (0, 1, 2, 3))
        for code in {kind + 1000 * extra, kind | _Z * (extra & 1) | _M * (extra >> 1)}
    ]
    return [struct.pack("<BI", 1, code) for code in codes] + [
        struct.pack(">BI", 0, code) for code in codes
    ]


_FLAT: Final = _heads((_POINT, 2, 3))
_MULTI: Final = _heads((4, 5, 6))
_ONE: Final = [struct.pack("<I", 1) + head for head in _FLAT if head[0]]
_FLAT_SET, _MULTI_SET, _ONE_SET = frozenset(_FLAT), frozenset(_MULTI), frozenset(_ONE)


def _is_flat(head: bytes) -> bool:
    first = head[:5]
    return first in _FLAT_SET or (first in _MULTI_SET and head[5:14] in _ONE_SET)


def of_column(wkb: pl.Series, limits: Limits = DEFAULT) -> dict[int, Excess]:
    """Index -> what is beyond the limits, of the values that are; nulls are not."""
    size = wkb.bin.size()
    large = (size > _LEVEL * limits.nesting).fill_null(value=False)
    if not large.any():
        return {}
    index = large.arg_true()
    some = wkb.gather(index)
    first, inside = some.bin.slice(0, 5), some.bin.slice(5, 9)
    flat = first.is_in(_binary(_FLAT)) | (
        first.is_in(_binary(_MULTI)) & inside.is_in(_binary(_ONE))
    )
    walked = ~flat | (size.gather(index) > _RING * limits.parts)
    numbers = index.filter(walked).to_list()
    values = zip(numbers, some.filter(walked).to_list(), strict=True)
    return {i: found for i, value in values if (found := of_wkb(value, limits))}


def _binary(values: list[bytes]) -> pl.Series:
    return pl.Series(values, dtype=pl.Binary)


def of_texts(texts: pl.Series, limits: Limits = DEFAULT) -> dict[int, Excess]:
    """The same of texts that may be WKT (without its SRID), or WKB in hexadecimal digits."""
    opened = texts.str.count_matches("(", literal=True)
    commas = texts.str.count_matches(",", literal=True)
    walked = (opened > limits.nesting) | (commas >= limits.vertices)
    index = walked.fill_null(value=False).arg_true()
    found = {i: excess for i in index if (excess := of_wkt(texts[i], limits))}
    curved = texts.str.contains(_CURVED_WORDS.pattern).fill_null(value=False).arg_true()
    found = dict.fromkeys(curved, Excess.CURVED) | found
    index = texts.str.contains(HEXADECIMAL).fill_null(value=False).arg_true()
    if len(index):
        wkb = texts.gather(index).str.decode("hex", strict=False)
        beyond = _curves(wkb, limits) | of_column(wkb, limits)
        found |= {int(index[i]): excess for i, excess in beyond.items()}
    return found


def of_text(text: str, limits: Limits = DEFAULT) -> Excess | None:
    """The same of one WKT that a person typed."""
    return of_texts(pl.Series([text]), limits).get(0)


def _curves(wkb: pl.Series, limits: Limits) -> dict[int, Excess]:
    walked = ~wkb.bin.slice(0, 5).is_in(_binary(_FLAT))
    index = walked.fill_null(value=False).arg_true()
    return {i: Excess.CURVED for i in index if _has_curve(wkb[i], limits)}


def _has_curve(value: bytes, limits: Limits) -> bool:
    walk = _Walk(value, 0, limits)
    # What cannot be walked to its end may have shown its curve before.
    with suppress(struct.error, IndexError, KeyError):
        walk.excess()
    return walk.curved


def of_wkt(text: str, limits: Limits = DEFAULT) -> Excess | None:
    """What of one WKT is beyond the limits; whether it is well formed is not asked."""
    if text.count(",") >= limits.vertices:
        return Excess.VERTICES
    named: list[bool] = []
    parts = depth = 0
    for token in _TOKEN.finditer(text):
        if token[0] == ")":
            depth -= bool(named and named.pop())
            continue
        parts += 1
        named.append(token[1] is not None)
        depth += named[-1]
        # What has no name is a list of vertices, and of those lists: three at the most.
        if depth > limits.nesting or len(named) > limits.nesting + 3:
            return Excess.DEEP
        if parts > limits.parts:
            return Excess.PARTS
    return None


def put_aside(wkb: pl.Series, limits: Limits) -> tuple[pl.Series, list[Note]]:
    """The column without the values that are beyond the limits, and which they were."""
    found = of_column(wkb, limits)
    if not found:
        return wkb, []
    values = wkb.to_list()
    for index in found:
        values[index] = None
    return pl.Series(wkb.name, values, dtype=pl.Binary), notes(found)


def notes(found: dict[int, Excess]) -> list[Note]:
    """What was put aside, by reason; rows count from 1, all are named: each is held."""
    rows: dict[Excess, list[int]] = {}
    for index, excess in sorted(found.items()):
        rows.setdefault(excess, []).append(index + 1)
    return [
        Note(BEYOND, {"reason": str(excess), "n": len(some), "rows": some})
        for excess, some in rows.items()
    ]


def noted(told: Iterable[Note]) -> dict[int, Excess]:
    """Index -> what was beyond the limits, of a layer's notes."""
    found: dict[int, Excess] = {}
    for note in told:
        rows = note.params.get("rows") if note.code == BEYOND else None
        if isinstance(rows, list | tuple):
            found |= {int(row) - 1: Excess(str(note.params["reason"])) for row in rows}
    return found
