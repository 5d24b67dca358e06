"""Vector tiles of the services, points or counted cells; the project (`sttm2.tiles`) serves
them."""

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from psycopg.sql import Literal

from services.cells import BY_COMUNE, CELLS, FINEST, HALF_WORLD, CellGrid, CellRange
from services.filters import ServiceFilter
from services.querysets import CountQuerySet
from services.statements import SQL, ServiceSelection
from services.versions import tiles_version_sql

POINTS_FROM_ZOOM: Final = FINEST.zoom + 1
#: Up to so many services every zoom shows single points; above, cells with counts below
#: POINTS_FROM_ZOOM, and in a tile that alone holds more.
MANY: Final = 4000
#: In tile units of 4096: Leaflet cuts 16 pixels past a tile, a circle needs more.
BUFFER: Final = 256


@dataclass(frozen=True)
class TileAddress:
    """Zoom, column and row of a Web Mercator tile (XYZ, rows from the north)."""

    z: int
    x: int
    y: int

    @property
    def width(self) -> float:
        """Metres of the equator."""
        return float(2 * HALF_WORLD / 2**self.z)

    def box(self, margin: float = BUFFER / 4096) -> tuple[float, ...]:
        """West, south, east, north in EPSG:3857 metres, widened by a part of the tile's width."""
        west, north = self.x * self.width - HALF_WORLD, HALF_WORLD - self.y * self.width
        more = margin * self.width
        return (west - more, north - self.width - more, west + self.width + more, north + more)

    def cells(self) -> CellRange:
        """The tile's own and one beside it on every side."""
        west, north = self.x * CELLS, self.y * CELLS
        return CellRange(west - 1, north - 1, west + CELLS, north + CELLS)


def points(tile: TileAddress, hits: ServiceSelection, *, most: int | None) -> bytes | None:
    """Single services; the hits' conditions hold the tile's box. None if they are more than
    `most` (None: however many)."""
    place = (tile.z, tile.x, tile.y)
    return _mvt(hits.fill("tile_points"), (*hits.params, most and most + 1, *place, most, BUFFER))


def prepared_points() -> str:
    """The statement of single services without a filter, to be prepared by the server.

    Parameters: $1, $2, $3 zoom, column and row; $4 the version that the asker has. It answers the
    version in force and, unless they are the same, the tile: null if it holds more than MANY.
    """
    hits = ServiceFilter().hits(web_box=(0, 0, 1, 1))
    place = ("$1::int", "$2::int", "$3::int")
    box = f"ST_TileEnvelope({', '.join(place)}, margin => {BUFFER / 4096})"
    # The only parameter of the hits that is no text is their box.
    known = [Literal(one).as_string() if isinstance(one, str) else box for one in hits.params]
    filled = (*known, str(MANY + 1), *place, str(MANY), str(BUFFER))
    points_of = hits.fill("tile_points") % filled
    return SQL.filled("tile_prepared", version=tiles_version_sql(), points_of=points_of)


def stored_cells(tile: TileAddress, counted: CountQuerySet, *, by_comune: bool) -> bytes | None:
    """Cells as publications counted them; `by_comune`: the conditions of `counted` name comuni,
    which the coarsest zooms do not tell apart: theirs are added up from finer ones."""
    zoom = max(tile.z, BY_COMUNE) if by_comune else tile.z
    finer = zoom - tile.z
    rows = counted.filter(zoom=zoom)
    # A few comuni are found sooner by themselves than among all cells of a coarse tile.
    rows = rows if finer else rows.within(tile.cells())
    values = rows.order_by().values_list("cell_x", "cell_y", "category", "n", "sum_x", "sum_y")
    found, params = values.query.sql_with_params()
    sql = SQL.filled("tile_cells", cells_of=SQL.filled("cells_stored", rows=found))
    return _mvt(sql, (finer, finer, *params, *_address(tile)))


def live_cells(tile: TileAddress, hits: ServiceSelection) -> bytes | None:
    """Cells counted now, for any filter; the hits'
    conditions hold the tile's box and a cell around it."""
    cell = CellGrid(tile.z).width
    sql = SQL.filled("tile_cells", cells_of=SQL.filled("cells_live", rows=hits.rows()))
    grid = (HALF_WORLD, cell, HALF_WORLD, cell)
    return _mvt(sql, (*grid, *hits.params, *_address(tile)))


def _address(tile: TileAddress) -> tuple[int, ...]:
    return (tile.z, tile.x, tile.y, BUFFER)


def _mvt(sql: str, params: tuple[Any, ...]) -> bytes | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        tile = cursor.fetchone()[0]
        return None if tile is None else bytes(tile)
