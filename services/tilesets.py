"""Vector tiles of the services and the pyramid behind
the low zooms; the project (`sttm2.tiles`) serves them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction

from services.models import TileCluster, TilePyramid
from services.statements import ServiceSelection, text
from services.versions import states_version

HALF_WORLD: Final = 20037508.342789244
POINTS_FROM_ZOOM: Final = 12
COARSEST_ZOOM: Final = 5
FINEST_ZOOM: Final = POINTS_FROM_ZOOM - 1
#: Cells along a tile's side: 64 CSS pixels each where a tile is drawn at 512.
CELLS: Final = 8
#: Up to so many services every zoom shows single points;
#: above, cells with counts below POINTS_FROM_ZOOM.
MANY: Final = 4000
#: In tile units of 4096: Leaflet cuts 16 pixels past a tile, a circle needs more.
BUFFER: Final = 256
LOCK: Final = 0x53545432


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


def refresh() -> None:
    """Rebuild the pyramid. Call it last inside the publication's transaction: tiles then change
    with the data.

    Two publications at once wait here for one another;
    READ COMMITTED shows the second what the first wrote.
    """
    cell = 2 * HALF_WORLD / 2**FINEST_ZOOM / CELLS
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        TileCluster.objects.all().delete()
        cursor.execute(text("pyramid"), [HALF_WORLD, cell, HALF_WORLD, cell, FINEST_ZOOM])
        for zoom in range(FINEST_ZOOM - 1, COARSEST_ZOOM - 1, -1):
            cursor.execute(text("pyramid_up"), [zoom, zoom + 1])
        TilePyramid.objects.update_or_create(pk=1, defaults={"version": states_version()})


def pyramid_is_current() -> bool:
    """Whether the stored pyramid shows what is in force; if not, cells are counted live and stay
    exact."""
    return TilePyramid.objects.filter(pk=1, version=states_version()).exists()


def points(tile: TileAddress, hits: ServiceSelection) -> bytes:
    """Single services; the hits' conditions hold the tile's box."""
    return _mvt(hits.fill("tile_points"), (*hits.params, *_address(tile)))


def stored_cells(tile: TileAddress, categories: Sequence[str]) -> bytes:
    """Cells of the pyramid, of these categories or of all."""
    ring = (tile.x * CELLS - 1, (tile.x + 1) * CELLS, tile.y * CELLS - 1, (tile.y + 1) * CELLS)
    chosen = list(categories) or None
    sql = text("tile_cells").format(cells_of=text("cells_stored"))
    return _mvt(sql, (tile.z, *ring, chosen, chosen, *_address(tile)))


def live_cells(tile: TileAddress, hits: ServiceSelection) -> bytes:
    """Cells counted now, for any filter; the hits'
    conditions hold the tile's box and a cell around it."""
    cell = tile.width / CELLS
    sql = text("tile_cells").format(cells_of=text("cells_live").format(rows=hits.rows()))
    grid = (HALF_WORLD, cell, HALF_WORLD, cell)
    return _mvt(sql, (*grid, *hits.params, *_address(tile)))


def _address(tile: TileAddress) -> tuple[int, ...]:
    return (tile.z, tile.x, tile.y, BUFFER)


def _mvt(sql: str, params: tuple[Any, ...]) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return bytes(cursor.fetchone()[0] or b"")
