"""How the portal writes files for planners: tables of a GeoPackage, cells of a spreadsheet.

What goes into them is `reports/`'s and `packages.py`'s.
"""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from validator.libraries import openpyxl, pl, pyogrio

DRIVER = "GPKG"
GPKG = "application/geopackage+sqlite3"
MAX_CELL = 32_000
#: What a spreadsheet would run (STR-06) or take for an error; a number with its sign is neither.
#: One that begins with apostrophes gets one more, for the reader takes one away.
_FORMULA = re.compile(r"^'*(?:[=+\-@\t\r]|#(?:N/A|NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!)$)")
#: From here on a spreadsheet, which holds fifteen digits, would change the number.
_EXACT = 10**15
_NUMBER = re.compile(r"^[+-]?\d+([.,]\d+)*$")
_LETTER_NUMBER = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_BAD_IN_TITLE = re.compile(r"[\[\]:*?/\\']")
_TITLE = 28
#: Tables that belong to the format itself.
_RESERVED = ("gpkg_", "sqlite_", "rtree_")
#: What GDAL allows no table's name to begin with.
_NO_BEGINNING = "`~!@#$%^&*()+-={}|[]\\:\";'<>?,./"
Shapes = NDArray[np.object_]


def writable(text: str) -> str:
    """The text without the characters that no workbook can hold."""
    return _not_in_xml().sub("", text)


@cache
def _not_in_xml() -> re.Pattern[str]:
    return re.compile(openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.pattern + r"|[\ufffe\uffff]")


def harmless(value: Any) -> Any:
    """A value that no spreadsheet runs as a formula and every one can hold; the reader takes the
    apostrophe away again.

    What a workbook would read as the number of a letter (`_x0041_`), or as another end of line, is
    written so that it is read as it was.
    """
    if isinstance(value, int) and abs(value) >= _EXACT:
        return str(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    text = writable(str(value))[:MAX_CELL]
    text = f"'{text}" if _FORMULA.match(text) and not _NUMBER.match(text) else text
    return _LETTER_NUMBER.sub("_x005F_", text).replace("\r", "_x000D_")


def pieces(text: str | None, count: int) -> list[str | None]:
    """A text too long for one cell of a sheet, in so many cells."""
    cut = [(text or "")[n * MAX_CELL : (n + 1) * MAX_CELL] for n in range(count)]
    return [piece or None for piece in cut]


def opened(write_to: Callable[[Path], None]) -> IO[bytes]:
    """What a function writes into a path, open at its beginning; nothing is left on the disk."""
    with tempfile.TemporaryDirectory(prefix="sttm2-file-") as folder:
        path = Path(folder) / "file.gpkg"
        write_to(path)
        # The open handle outlives the folder, whatever happens to the answer.
        return path.open("rb")


def sheet_title(name: str, taken: Sequence[str], *, fallback: str) -> str:
    """A title that spreadsheets accept and that no other sheet has."""
    title = _BAD_IN_TITLE.sub(" ", writable(name)).strip()[:_TITLE] or fallback
    known = {one.lower() for one in taken}
    return title if title.lower() not in known else f"{title[: _TITLE - 3]} {len(known)}"


@dataclass
class GeoPackage:
    """A GeoPackage being written, a chunk of a layer at a time; memory is that of a chunk."""

    path: Path
    _tables: dict[str, str] = field(default_factory=dict)

    def add(
        self, layer: str, frame: pl.DataFrame, shapes: Shapes | None, *, crs: str | None
    ) -> None:
        """Append records to a layer, made at its first chunk.

        frame: the columns in order, the same types in every chunk. shapes: WKB per record (None:
        no geometry), or None for a table without geometry. crs: "EPSG:n"; None: undefined.
        """
        begun = layer in self._tables
        table = self._tables.setdefault(layer, self._free(layer))
        with warnings.catch_warnings():
            # An undefined reference system is what was sent: it is said in the report.
            warnings.simplefilter("ignore", UserWarning)
            self._write(table, frame, shapes, crs=crs, append=begun)

    def _write(
        self, table: str, frame: pl.DataFrame, shapes: Shapes | None, *, crs: str | None,
        append: bool,
    ) -> None:  # fmt: skip
        pyogrio.raw.write(
            str(self.path),
            shapes,
            [_values(column) for column in frame.get_columns()],
            np.array(column_names(frame.columns), dtype=object),
            field_mask=[column.is_null().to_numpy() for column in frame.get_columns()],
            layer=table,
            driver=DRIVER,
            geometry_type="Unknown" if shapes is not None else None,
            crs=crs,
            encoding="UTF-8",
            append=append,
            layer_options=_own_columns(frame.columns),
        )

    def _free(self, layer: str) -> str:
        bare = not layer or layer.lower().startswith(_RESERVED) or layer[0] in _NO_BEGINNING
        name = f"strato_{layer}" if bare else layer
        taken = {table.lower() for table in self._tables.values()}
        return name if name.lower() not in taken else f"{name}_{len(taken)}"


def _values(column: pl.Series) -> NDArray[Any]:
    if column.dtype.is_float():
        return column.fill_null(float("nan")).to_numpy()
    if column.dtype.is_integer() or column.dtype == pl.Boolean:
        return column.fill_null(0).to_numpy() if column.dtype != pl.Boolean else _booleans(column)
    return column.cast(pl.String).to_numpy().astype(object)


def _booleans(column: pl.Series) -> NDArray[Any]:
    return column.fill_null(value=False).to_numpy()


def column_names(columns: Sequence[str]) -> list[str]:
    """The columns' own names; SQLite does not tell
    «Nome» from «NOME», so a second one is numbered."""
    taken: set[str] = set()
    names = []
    for column in columns:
        name, turn = column or "colonna", 1
        while name.lower() in taken:
            turn += 1
            name = f"{column}_{turn}"
        taken.add(name.lower())
        names.append(name)
    return names


def _own_columns(columns: Sequence[str]) -> dict[str, str]:
    """Names of the format's own columns, which must not be those of the planner."""
    taken = {column.lower() for column in columns}

    def free(name: str) -> str:
        return name if name not in taken else free(f"{name}_sttm")

    return {"FID": free("fid"), "GEOMETRY_NAME": free("geom"), "SPATIAL_INDEX": "YES"}
