"""The cells in which the map counts services: squares of Web Mercator, CELLS to a tile's side,
numbered from the north-west corner of the world."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

HALF_WORLD: Final = 20037508.342789244
#: Cells along a tile's side: 64 CSS pixels each where a tile is drawn at 512.
CELLS: Final = 8
#: The coarsest zoom whose counts tell comuni apart.
BY_COMUNE: Final = 9


@dataclass(frozen=True)
class CellGrid:
    """The cells of one zoom."""

    zoom: int

    @property
    def width(self) -> float:
        """Metres of EPSG:3857."""
        return float(2 * HALF_WORLD / 2**self.zoom / CELLS)


#: Those whose counts tell comuni apart, coarsest first, and the finest that is counted.
COUNTED: Final = tuple(CellGrid(zoom) for zoom in range(BY_COMUNE, 12))
FINEST: Final = COUNTED[-1]


@dataclass(frozen=True)
class CellRange:
    """Columns and rows of cells, all of them included."""

    west: int
    north: int
    east: int
    south: int

    def finer(self) -> "CellRange":
        """The same as cells of the next zoom."""
        return CellRange(self.west * 2, self.north * 2, self.east * 2 + 1, self.south * 2 + 1)

    def sides(self, grid: CellGrid) -> tuple[float, float, float, float]:
        """West, south, east, north in metres of EPSG:3857."""
        return (
            self.west * grid.width - HALF_WORLD,
            HALF_WORLD - (self.south + 1) * grid.width,
            (self.east + 1) * grid.width - HALF_WORLD,
            HALF_WORLD - self.north * grid.width,
        )


def cells_within(box: Sequence[float], grid: CellGrid) -> CellRange | None:
    """The cells that lie whole in west, south, east, north (EPSG:3857 metres); None without
    any."""
    west, south, east, north = box
    found = CellRange(
        west=math.ceil((west + HALF_WORLD) / grid.width),
        north=math.ceil((HALF_WORLD - north) / grid.width),
        east=math.floor((east + HALF_WORLD) / grid.width) - 1,
        south=math.floor((HALF_WORLD - south) / grid.width) - 1,
    )
    return found if found.west <= found.east and found.north <= found.south else None
