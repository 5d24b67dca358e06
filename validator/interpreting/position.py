"""Where the rows are: geometry as sent, and the same in EPSG:32632, 2D, axes put right.

Which system the coordinates are in is `crs.py`; whether shapes are valid is `repair.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import NDArray

from validator.dataset import CrsDecision, Geometries, Mask
from validator.interpreting.crs import (
    NORTH_FIRST,
    Points,
    SenderOutlines,
    believable,
    decide,
    inside,
    middles,
    to_storage,
)
from validator.interpreting.pairs import pairs
from validator.libraries import pl
from validator.reading import bounds
from validator.reading.bounds import Excess

PIECE = 10_000


class PositionStatus(StrEnum):
    """The value of the column `position`: why a row has, or has no, geometry."""

    OK = "ok"
    MISSING = "missing"
    EMPTY = "empty"
    NULL_COORDINATES = "null_coordinates"
    NOT_FINITE = "not_finite"
    UNREADABLE = "unreadable"
    NO_CRS = "no_crs"
    TOO_DEEP = Excess.DEEP.value
    TOO_MANY_PARTS = Excess.PARTS.value
    TOO_MANY_VERTICES = Excess.VERTICES.value
    COUNTS_DIFFER = Excess.COUNTS.value
    CURVED = Excess.CURVED.value
    TOO_MANY_CROSSINGS = Excess.CROSSINGS.value


@dataclass(frozen=True)
class SentGeometries:
    """Geometries as sent, own coordinates; `origin`: geometry, columns, text or empty.

    `unreadable` marks rows that gave something that is not a position; `beyond` says what is
    beyond the limits of shapes that no library was given, by row from 0.
    """

    geometry: Geometries
    unreadable: Mask
    origin: str
    beyond: Mapping[int, Excess] = field(default_factory=dict)


@dataclass(frozen=True)
class PlacedRows:
    """Geometries in EPSG:32632, why some are missing, and how the system was decided."""

    geometry: Geometries
    places: NDArray[np.object_]
    flattened: Mask
    crs: CrsDecision


@dataclass(frozen=True, slots=True)
class CrsEvidence:
    """What the file and the planner say of the reference system (EPSG codes)."""

    epsg: int | None = None
    name: str = ""
    chosen: int | None = None


def sent_geometry(wkb: pl.Series | None, fields: pl.DataFrame) -> SentGeometries:
    """The rows' geometries: from the layer, else from `x` and `y`, else from the `wkt` text.

    `fields` may have the columns `x`, `y` (numbers) and `wkt` (text).
    """
    rows = fields.height if wkb is None else len(wkb)
    if wkb is not None and wkb.null_count() < rows:
        geometry = _objects(shapely.from_wkb(wkb.to_numpy(), on_invalid="ignore"))
        unreadable = shapely.is_missing(geometry) & wkb.is_not_null().to_numpy()
        return SentGeometries(geometry, unreadable, "geometry")
    if {"x", "y"} <= set(fields.columns) and fields["x"].null_count() < rows:
        return _from_columns(fields["x"], fields["y"])
    if "wkt" in fields.columns and fields["wkt"].null_count() < rows:
        return _from_text(fields["wkt"])
    return SentGeometries(np.full(rows, None, dtype=object), np.zeros(rows, dtype=bool), "")


def _objects(geometry: object) -> Geometries:
    return np.atleast_1d(np.asarray(geometry, dtype=object))


def _from_columns(x: pl.Series, y: pl.Series) -> SentGeometries:
    east, north = _floats(x), _floats(y)
    real = np.isfinite(east) & np.isfinite(north)
    geometry = np.full(len(x), None, dtype=object)
    geometry[real] = shapely.points(east[real], north[real])
    return SentGeometries(geometry, np.zeros(len(x), dtype=bool), "columns")


def _floats(column: pl.Series) -> Points:
    return column.cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _from_text(text: pl.Series) -> SentGeometries:
    bare = text.str.replace(r"(?i)^SRID=\d+;", "")
    beyond = bounds.of_texts(bare)
    if beyond:
        bare = bare.scatter(sorted(beyond), None)
    words = bare.str.contains(r"(?i)^[A-Z]+[ (]").fill_null(value=False).to_numpy()
    geometry = np.full(len(text), None, dtype=object)
    if words.any():
        texts = bare.filter(pl.Series(words)).to_numpy()
        geometry[words] = shapely.from_wkt(texts, on_invalid="ignore")
    hexes = bare.str.contains(bounds.HEXADECIMAL).fill_null(value=False).to_numpy()
    if hexes.any():
        texts = bare.filter(pl.Series(hexes)).to_numpy()
        geometry[hexes] = shapely.from_wkb(texts, on_invalid="ignore")
    first, second = map(_floats, pairs(bare))
    paired = np.isfinite(first) & np.isfinite(second)
    geometry[paired] = shapely.points(first[paired], second[paired])
    filled = text.is_not_null().to_numpy()
    return SentGeometries(geometry, filled & shapely.is_missing(geometry), "text", beyond)


def place(sent: SentGeometries, territory: SenderOutlines, declared: CrsEvidence) -> PlacedRows:
    """Decide the system of a layer and bring its geometries to EPSG:32632, without Z and M."""
    geometry = sent.geometry
    decision = decide(
        geometry,
        territory,
        declared=declared.epsg,
        declared_name=declared.name,
        chosen=declared.chosen,
    )
    places = _places(sent)
    usable = places == PositionStatus.OK
    flattened: Mask = usable & (shapely.has_z(geometry) | shapely.has_m(geometry))
    if decision.used is None:
        places[usable] = PositionStatus.NO_CRS
        return PlacedRows(np.full(len(geometry), None, dtype=object), places, flattened, decision)
    moved, swapped = _moved(geometry, usable, decision, territory)
    lost = usable & shapely.is_missing(moved)
    places[lost] = PositionStatus.NOT_FINITE
    decision = replace(decision, swapped=int(swapped.sum()), km=_distance(moved, territory))
    return PlacedRows(moved, places, flattened, decision)


def _places(sent: SentGeometries) -> NDArray[np.object_]:
    geometry = sent.geometry
    places = np.full(len(geometry), PositionStatus.OK, dtype=object)
    missing = shapely.is_missing(geometry)
    bounds = shapely.bounds(geometry)
    empty = ~missing & shapely.is_empty(geometry)
    places[~missing & ~believable(bounds)] = PositionStatus.NOT_FINITE
    # No Italian system has an axis through Milano: a zero is a coordinate that nobody filled in.
    zero = (bounds == 0).reshape(-1, 2, 2).all(axis=1).any(axis=1)
    places[~missing & zero] = PositionStatus.NULL_COORDINATES
    places[empty] = PositionStatus.EMPTY
    places[missing] = PositionStatus.MISSING
    places[sent.unreadable] = PositionStatus.UNREADABLE
    for row, excess in sent.beyond.items():
        places[row] = PositionStatus(excess.value)
    return places


def _moved(
    geometry: Geometries, usable: Mask, decision: CrsDecision, territory: SenderOutlines
) -> tuple[Geometries, Mask]:
    # In pieces: each step makes a copy of every shape, and 100,000 of them are many.
    moved = np.full(len(geometry), None, dtype=object)
    swapped = np.zeros(len(geometry), dtype=bool)
    places = np.flatnonzero(usable)
    for start in range(0, len(places), PIECE):
        piece = places[start : start + PIECE]
        moved[piece], swapped[piece] = _moved_piece(geometry[piece], decision, territory)
    return moved, swapped


def _moved_piece(
    piece: Geometries, decision: CrsDecision, territory: SenderOutlines
) -> tuple[Geometries, Mask]:
    source, whole = decision.used or 0, decision.swapped > 0
    flat = shapely.force_2d(piece)
    swap = np.full(len(flat), whole)
    result = transformed(flat, source, swapped=whole)
    away = ~_near(result, territory)
    if away.any() and decision.why.code not in ("far", "absent_far"):
        # A few rows with their axes exchanged among good ones.
        other = transformed(flat[away], source, swapped=not whole)
        better = _near(other, territory)
        index = np.flatnonzero(away)[better]
        result[index] = other[better]
        swap[index] = not whole
    # What GIS programs write for a north-first system is east first: only the reverse is told.
    return single_type(result), swap if source not in NORTH_FIRST else np.zeros_like(swap)


def _near(geometry: Geometries, territory: SenderOutlines) -> Mask:
    return inside(territory.whole, *middles(shapely.bounds(geometry)))


def transformed(flat: Geometries, source: int, *, swapped: bool = False) -> Geometries:
    """2D geometries of one system in EPSG:32632; None where a coordinate has no answer."""
    if (shapely.get_type_id(flat) == shapely.GeometryType.POINT).all():
        x, y = shapely.get_x(flat), shapely.get_y(flat)
        points: Geometries = shapely.points(*to_storage(*((y, x) if swapped else (x, y)), source))
        return _finite(points)

    def move(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        first, second = (1, 0) if swapped else (0, 1)
        return np.column_stack(to_storage(coordinates[:, first], coordinates[:, second], source))

    return _finite(_objects(shapely.transform(flat, move)))


def _finite(geometry: Geometries) -> Geometries:
    whole = np.isfinite(shapely.bounds(geometry)).all(axis=1)
    # Bounds pass over a NaN vertex among good ones, and GEOS then fails on the shape.
    vertices, owner = shapely.get_coordinates(geometry, return_index=True)
    whole[owner[~np.isfinite(vertices).all(axis=1)]] = False
    if not whole.all():
        geometry = geometry.copy()
        geometry[~whole] = None
    return geometry


def single_type(geometry: Geometries) -> Geometries:
    """Polygons as MultiPolygon, a MultiPoint of one as Point, collections as their areas."""
    result = geometry.copy()
    types = shapely.get_type_id(geometry)
    polygons = np.flatnonzero(types == shapely.GeometryType.POLYGON)
    if len(polygons):
        result[polygons] = shapely.multipolygons(
            geometry[polygons], indices=np.arange(len(polygons))
        )
    lone = (types == shapely.GeometryType.MULTIPOINT) & (shapely.get_num_geometries(geometry) == 1)
    result[lone] = shapely.get_geometry(geometry[lone], 0)
    for index in np.flatnonzero(types == shapely.GeometryType.GEOMETRYCOLLECTION):
        result[index] = areas_of(geometry[index])
    return result


def areas_of(shape: shapely.Geometry) -> shapely.Geometry:
    """The areas of a collection as one MultiPolygon; the shape itself when it has none."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    polygons = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    return shapely.multipolygons(polygons) if len(polygons) else shape


def _distance(moved: Geometries, territory: SenderOutlines) -> float | None:
    outline = territory.municipality or territory.metropolis
    bounds = shapely.bounds(moved)
    bounds = bounds[believable(bounds)]
    if outline is None or not len(bounds):
        return None
    middle = np.median(np.column_stack(middles(bounds)), axis=0)
    return round(float(shapely.distance(outline, shapely.Point(middle))) / 1000, 1)
