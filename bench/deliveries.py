"""Deliveries to measure with: GeoPackages of one comune, clean or wrong in every row."""

from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely

import bench.portal  # noqa: F401  # sets Django up: must come first
from services.models import ServiceType
from zones.models import Municipality

COMUNE = "015146"
COLUMNS = ("ID", "TIPOLOGIA", "DENOMINAZIONE", "INDIRIZZO", "STATO", "VALENZA")
_SITE = {"SITO": "www.esempio .it/{n}"}
#: Columns in which every row has a mistake of its own.
MISTAKES = {
    "each": _SITE,
    "three": {**_SITE, "SUPERFICIE": "-{n}1", "E_MAIL": "nessuno {n} presso"},
}


def places(rows: int, comune: str = COMUNE) -> Any:
    """So many points inside the comune, on a grid (so none stands on another), slightly shaken."""
    area = Municipality.objects.get(pk=comune).geometry
    if area is None:
        raise RuntimeError("the comune has no outline")
    outline = shapely.buffer(shapely.from_wkb(bytes(area.wkb)), -300)
    west, south, east, north = outline.bounds
    step = (outline.area / rows) ** 0.5 * 0.95
    grid = np.meshgrid(np.arange(west, east, step), np.arange(south, north, step))
    x, y = grid[0].ravel(), grid[1].ravel()
    shapely.prepare(outline)
    inside = shapely.contains_xy(outline, x, y)
    draw = np.random.default_rng(7)
    x, y = x[inside][:rows], y[inside][:rows]
    shaken = draw.uniform(-step / 8, step / 8, (2, len(x)))
    if len(x) < rows:
        raise RuntimeError(f"only {len(x)} places for {rows} rows")
    return shapely.points(x + shaken[0], y + shaken[1])


def geopackage(
    path: Path,
    rows: int,
    *,
    wrong: str = "",
    areas: bool = False,
    seed: int = 0,
    comune: str = COMUNE,
) -> Path:
    """Write it. `wrong`: `same` (a status nobody knows in every row, told as one mistake), `each`
    (an address of its own that is none: a finding per row), `three` (three such findings per
    row); `areas`: polygons of 12 vertices.
    """
    shapes = places(rows, comune)
    if areas:
        shapes = shapely.buffer(shapes, 8, quad_segs=3)
    kinds = list(ServiceType.objects.filter(level="supra").values_list("name", flat=True))
    number = np.arange(rows)
    draw = np.random.default_rng(seed).integers(0, 10**9)
    columns = [
        np.array([f"M{n:06d}" for n in number], dtype=object),
        np.array([kinds[n % len(kinds)] for n in number], dtype=object),
        np.array([f"{kinds[n % len(kinds)]} numero {n} ({draw})" for n in number], dtype=object),
        np.array([f"Via Roma {n}" for n in number], dtype=object),
        np.array([f"boh {n}" if wrong == "same" else "esistente" for n in number], dtype=object),
        np.array(["intercomunale"] * rows, dtype=object),
    ]
    more = MISTAKES.get(wrong, {})
    columns += [np.array([say.format(n=n) for n in number], dtype=object) for say in more.values()]
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapes),
        columns,
        (*COLUMNS, *more),
        layer="servizi",
        driver="GPKG",
        geometry_type="Polygon" if areas else "Point",
        crs="EPSG:32632",
    )
    return path
