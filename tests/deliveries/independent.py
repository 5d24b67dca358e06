"""Delivered files read a second time by ways that share nothing with the readers: `csv`, `json`,
`sqlite3` and the bytes of a .dbf. What both readings hold is what was sent.
"""

import csv
import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from charset_normalizer import from_bytes

Row = dict[str, Any]
#: Texts of .dbf files that say nothing of their encoding, as their README does.
DBF_ENCODING = "cp1252"


def layers(path: Path) -> dict[str, list[Row]]:
    """Layer name -> rows, each column name -> value as the file has it. Empty cells are None.

    Python's own values: numbers, booleans, lists and objects of JSON stay what they are.
    """
    return {
        ".csv": _delimited, ".tsv": _delimited, ".geojson": _geojson, ".gpkg": _geopackage,
        ".zip": _shapefiles,
    }[path.suffix](path)  # fmt: skip


def text_of(raw: bytes) -> str:
    """The text of a file: UTF-8 if it fits, else as charset-normalizer votes."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = from_bytes(raw, cp_isolation=["cp1252", "mac_roman", "cp850", "utf_16"]).best()
        assert best is not None
        return raw.decode(best.encoding)


def _delimited(path: Path) -> dict[str, list[Row]]:
    text = text_of(path.read_bytes())
    first = text.splitlines()[0]
    separator = max(";,\t|", key=first.count)
    # Strict: a quote in the wrong place would raise here instead of being dropped.
    table = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    names, *rows = table
    assert {len(row) for row in rows if row} == {len(names)}, "ragged rows: say how they compare"
    # The reader names a column without a name by its place.
    names = [" ".join(n.split()) or f"colonna_{i}" for i, n in enumerate(names, 1)]
    return {
        path.stem: [
            {n: cell or None for n, cell in zip(names, row, strict=True)} for row in rows if row
        ]
    }


def _geojson(path: Path) -> dict[str, list[Row]]:
    told = json.loads(path.read_bytes())
    rows = [
        ({"id": one["id"]} if "id" in one else {}) | (one["properties"] or {})
        for one in told["features"]
    ]
    return {told.get("name") or path.stem: rows}


def _geopackage(path: Path) -> dict[str, list[Row]]:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        tables = connection.execute(
            "select c.table_name, g.column_name from gpkg_contents c"
            " left join gpkg_geometry_columns g using (table_name)"
        ).fetchall()
        return {name: list(_table(connection, name, shape)) for name, shape in tables}
    finally:
        connection.close()


def _table(connection: sqlite3.Connection, name: str, shape: str | None) -> Iterator[Row]:
    cursor = connection.execute(f'select * from "{name}"')
    described = connection.execute(f'pragma table_info("{name}")').fetchall()
    keys = {column[1] for column in described if column[5]}
    names = [one[0] for one in cursor.description]
    for row in cursor:
        yield {n: v for n, v in zip(names, row, strict=True) if n not in keys and n != shape}


def _shapefiles(path: Path) -> dict[str, list[Row]]:
    with zipfile.ZipFile(path) as archive:
        tables = [
            name for name in archive.namelist()
            if name.lower().endswith(".dbf") and not name.startswith("__MACOSX")
        ]  # fmt: skip
        return {Path(name).stem: list(_dbf(archive.read(name))) for name in tables}


def _dbf(raw: bytes) -> Iterator[Row]:
    records, head, width = (
        int.from_bytes(raw[start:stop], "little") for start, stop in ((4, 8), (8, 10), (10, 12))
    )
    fields, at = [], 32
    while raw[at] != 0x0D:
        fields.append(
            (raw[at : at + 11].split(b"\0")[0].decode(), chr(raw[at + 11]), raw[at + 16])
        )
        at += 32
    for number in range(records):
        record = raw[head + number * width : head + (number + 1) * width]
        row, start = {}, 1
        for name, kind, length in fields:
            row[name] = _dbf_cell(record[start : start + length], kind)
            start += length
        yield row


def _dbf_cell(raw: bytes, kind: str) -> Any:
    if kind in "NF":
        text = raw.decode("ascii").strip()
        return float(text) if text else None
    # The blanks that fill a cell of a .dbf are no part of its text.
    return raw.decode(DBF_ENCODING).rstrip(" \0") or None
