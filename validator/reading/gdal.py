"""The one door to GDAL: an allow-list of drivers,
indirections off, a layer as polars columns and WKB.
"""

from __future__ import annotations

import ctypes
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from validator.libraries import pl, pyogrio
from validator.reading import encoding as encodings
from validator.reading import geometry

#: What GDAL itself works with in memory, under its old and its new name.
MEMORY_DRIVERS = frozenset({"MEM", "Memory"})
CONFIGURATION = {
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "CPL_VSIL_CURL_USE_HEAD": "NO",
    "GDAL_HTTP_TIMEOUT": "1",
    "GDAL_PAM_ENABLED": "NO",
    # Without a schema GDAL would guess: 007 would be the number 7.
    "GML_FIELDTYPES": "ALWAYS_STRING",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    "GML_SKIP_CORRUPTED_FEATURES": "YES",
    "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO",
    "OGR_GEOJSON_MAX_OBJ_SIZE": "100",
    "OGR_GEOMETRY_ACCEPT_UNCLOSED_RING": "YES",
    "OGR_GPKG_NUM_THREADS": "1",
}
#: An encoding in which every byte is a letter, so that GDAL gives texts whose bytes are not lost.
BYTES = "ISO-8859-1"
SCRUBBED = re.compile(r"^(GDAL|OGR|CPL|VSI|AWS|AZURE|GS|SQLITE|SHAPE|GML|LIBKML|PROJ)_")


class DriversNotConfined(RuntimeError):
    """GDAL still offers a driver outside the allow-list: nothing may be read."""


@dataclass(frozen=True, slots=True, eq=False)
class GdalLayer:
    """One layer as GDAL gives it. `crs` is "EPSG:n" or WKT, None when undefined;
    `curved` counts the records whose arcs were made straight."""

    frame: pl.DataFrame
    wkb: pl.Series | None
    crs: str | None
    curved: int = 0


@dataclass(frozen=True, slots=True)
class LayerInfo:
    """Name and size of a layer before it is read."""

    name: str
    rows: int
    columns: int


def scrub_environment() -> None:
    """Forget settings of GDAL and PROJ that the
    surrounding process may carry. Before the first read.
    """
    for name in [
        key for key in os.environ if SCRUBBED.match(key) and not key.endswith("LIBRARY_PATH")
    ]:
        del os.environ[name]


def crashes() -> tuple[type[BaseException], ...]:
    """What breaks in the libraries themselves; a declared system that is no text in UTF-8 does
    it."""
    return UnboundLocalError, pl.exceptions.PanicException


def faults() -> tuple[type[BaseException], ...]:
    """What reading a broken file raises."""
    kinds = pyogrio.errors
    return (
        *(kinds.DataSourceError, kinds.DataLayerError, kinds.FeatureError),
        *(kinds.FieldError, kinds.GeometryError),
        *(pl.exceptions.PolarsError, UnicodeError, *crashes()),
    )


def confine_drivers(allowed: frozenset[str]) -> None:
    """Deregister every driver but the allowed ones,
    for this whole process, and make sure of it."""
    allowed |= MEMORY_DRIVERS
    pyogrio.set_gdal_config_options(CONFIGURATION)
    library = _loaded_library()
    library.GDALGetDriver.restype = ctypes.c_void_p
    library.GDALGetDescription.restype = ctypes.c_char_p
    library.GDALGetDescription.argtypes = [ctypes.c_void_p]
    library.GDALDeregisterDriver.argtypes = [ctypes.c_void_p]
    drivers = [library.GDALGetDriver(i) for i in range(library.GDALGetDriverCount())]
    for driver in drivers:
        if library.GDALGetDescription(driver).decode() not in allowed:
            library.GDALDeregisterDriver(driver)
    if left := set(pyogrio.list_drivers()) - allowed:
        raise DriversNotConfined(", ".join(sorted(left)))


def list_layers(path: Path) -> list[str]:
    """Names of the layers of a data source. Raises one of `faults`."""
    return [str(name) for name, _ in pyogrio.list_layers(path)]


def layer_info(
    path: Path, layer: str | None = None, options: Mapping[str, str] | None = None
) -> LayerInfo:
    """Name and exact size of one layer. Raises one of `faults`."""
    info = pyogrio.read_info(path, layer=layer, force_feature_count=True, **(options or {}))
    return LayerInfo(str(info["layer_name"]), int(info["features"]), len(info["fields"]))


def read_layer(
    path: Path,
    layer: str | None = None,
    *,
    encoding: str | None = None,
    options: Mapping[str, str] | None = None,
    identifiers: bool = False,
) -> GdalLayer:
    """All records of a layer, columns untouched, curves linearised. Raises one of `faults`."""
    arguments: dict[str, Any] = {"layer": layer, "encoding": encoding, "datetime_as_string": True}
    arguments["return_fids"] = identifiers
    with pyogrio.raw.open_arrow(path, **arguments, **(options or {})) as (meta, stream):
        frame = pl.DataFrame(stream)
    if identifiers:
        frame = frame.rename({meta["fid_column"] or "OGC_FID": "id"}, strict=False)
    column = meta["geometry_name"] or "wkb_geometry"
    if column not in frame.columns:
        return GdalLayer(as_sent(frame), None, meta["crs"])
    wkb = plain_binary(frame[column]).alias("wkb")
    frame = as_sent(frame.drop(column))
    curved = geometry.count_curved(wkb)
    if curved:
        # Only this slower way of GDAL makes arcs straight; records come in the same order.
        asked = {"layer": layer, "encoding": encoding, **(options or {})}
        straight = pyogrio.raw.read(path, columns=[], **asked)[2]
        wkb = pl.Series("wkb", list(straight), dtype=pl.Binary)
    return GdalLayer(frame, wkb, meta["crs"], curved)


def plain_binary(series: pl.Series) -> pl.Series:
    """A Binary series without the Arrow extension type that GDAL puts around geometry."""
    if series.dtype == pl.Binary:
        return series
    return series.ext.storage().cast(pl.Binary)


def plain_storage(series: pl.Series) -> pl.Series:
    """A series without an Arrow extension type, which GDAL puts around JSON in mixed columns."""
    return series.ext.storage() if isinstance(series.dtype, pl.BaseExtension) else series


def as_sent(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists become JSON-like texts and blobs are left out: the portal has no use for either."""
    keep = []
    for series in map(plain_storage, frame.get_columns()):
        if series.dtype == pl.String:
            keep.append(sound_texts(series))
        elif isinstance(series.dtype, pl.List):
            keep.append(series.cast(pl.List(pl.String)).list.join("; "))
        elif series.dtype != pl.Binary:
            keep.append(series)
    return pl.DataFrame(keep) if keep else pl.DataFrame(height=frame.height)


def sound_texts(series: pl.Series) -> pl.Series:
    """The same texts, those that are not UTF-8 (a file may hold anything) read as CP1252."""
    raw = series.cast(pl.Binary)
    texts = raw.cast(pl.String, strict=False)
    if texts.null_count() == series.null_count():
        return series
    values = texts.to_list()
    for i in (texts.is_null() & series.is_not_null()).arg_true():
        values[i] = raw[i].decode("utf-8", errors=encodings.HANDLER)
    return pl.Series(series.name, values, dtype=pl.String)


def decoded(frame: pl.DataFrame, encoding: encodings.Encoding) -> pl.DataFrame:
    """Texts read as `BYTES` in the encoding that they were written in."""
    handler = encodings.handler_for(encoding)

    def text(letters: str) -> str:
        return letters.encode("latin-1").decode(encoding.name, errors=handler)

    columns = []
    for series in frame.get_columns():
        accented = series.str.contains(r"[^\x00-\x7F]") if series.dtype == pl.String else None
        if accented is not None and accented.any():
            values = series.filter(accented.fill_null(value=False)).unique().to_list()
            series = series.replace({value: text(value) for value in values})
        columns.append(series)
    return pl.DataFrame(columns) if columns else frame


def _loaded_library() -> ctypes.CDLL:
    """The very GDAL that pyogrio has loaded into this process."""
    for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
        path = line.rpartition(" ")[2]
        if "libgdal" in path and ".so" in path:
            return ctypes.CDLL(path)
    raise DriversNotConfined("libgdal not found in this process")
