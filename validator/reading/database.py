"""A SQLite file looked at before GDAL opens it: read only, for a bounded time, and refused where
something else than a table stands in a table's place."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from validator.limits import Limits
from validator.reading import bounds
from validator.reading.bounds import Excess

#: Instructions of SQLite's machine between two looks at the clock.
_STEPS: Final = 20_000
#: What is asked, by GDAL and by us, for what a GeoPackage says of itself.
_OWN: Final = ("gpkg_", "rtree_")
#: Tables by the name and kind under which SQLite itself knows them, whatever is written of them.
_KINDS: Final = """
    select lower(name), type from pragma_table_list where schema = 'main' limit 10001
"""
_MOST_TABLES: Final = 10_000
#: In place of a shape that is put aside: a point without coordinates, in a GeoPackage's blob.
_EMPTY: Final = b"GP\0\x11\0\0\0\0" + b"\x01\x01\0\0\0" + b"\0\0\0\0\0\0\xf8\x7f" * 2
_ENVELOPES: Final = (0, 32, 48, 48, 64)
_HEAD: Final = 8


class Endless(Exception):
    """A question about the file took longer than any real file's."""


@contextmanager
def looked_at(path: Path, seconds: float) -> Iterator[sqlite3.Connection]:
    """A connection that changes nothing and asks for `seconds` of work at the most. Raises Endless
    after them, or sqlite3.Error."""
    end = time.thread_time() + seconds
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        connection.set_progress_handler(lambda: time.thread_time() > end, _STEPS)
        connection.execute("pragma trusted_schema = off")
        connection.execute("pragma temp_store = memory")
        try:
            yield connection
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                raise Endless from error
            raise


def is_disguised(connection: sqlite3.Connection) -> bool:
    """Whether a table that a GeoPackage must have is a view, or made by a module: what it says
    then is computed, perhaps for ever."""
    kinds = connection.execute(_KINDS).fetchall()
    odd = any(
        name.startswith(_OWN) and kind not in ("table", "shadow")
        for name, kind in kinds
        if not (kind == "virtual" and name.startswith("rtree_"))
    )
    return odd or len(kinds) > _MOST_TABLES


def beyond(
    connection: sqlite3.Connection, table: str, limits: Limits
) -> tuple[dict[int, Excess], list[int]]:
    """Shapes of a table that are beyond the limits: row, from 0, -> what; and their rowids."""
    column = _geometry_column(connection, table)
    if column is None:
        return {}, []
    large = f"select rowid, {column} from {quoted(table)} where length({column}) > ?"  # noqa: S608
    before = f"select count(*) from {quoted(table)} where rowid < ?"  # noqa: S608
    found, rowids = dict[int, Excess](), list[int]()
    for rowid, blob in connection.execute(large, (_HEAD + 9 * limits.nesting,)):
        excess = _of_blob(blob, limits)
        if excess is not None:
            found[connection.execute(before, (rowid,)).fetchone()[0]] = excess
            rowids.append(rowid)
    return found, rowids


def put_aside(path: Path, table: str, rowids: list[int]) -> None:
    """Give rows of a private copy an empty shape. Raises sqlite3.Error."""
    with closing(sqlite3.connect(path)) as connection:
        drop_triggers(connection)
        column = _geometry_column(connection, table)
        change = f"update {quoted(table)} set {column} = ? where rowid = ?"  # noqa: S608
        connection.executemany(change, [(_EMPTY, rowid) for rowid in rowids])
        connection.commit()


def drop_triggers(connection: sqlite3.Connection) -> None:
    """Those of a private copy that is to be mended: they would need GDAL's functions, or run what
    somebody else wrote."""
    asked = "select cast(name as blob) from sqlite_master where type = 'trigger'"
    for (name,) in connection.execute(asked).fetchall():
        connection.execute(f"drop trigger {quoted(name.decode())}")


def _of_blob(blob: object, limits: Limits) -> Excess | None:
    if not isinstance(blob, bytes) or blob[:2] != b"GP" or len(blob) <= _HEAD:
        return None
    envelope = (blob[3] >> 1) & 0b111
    start = _HEAD + (_ENVELOPES[envelope] if envelope < len(_ENVELOPES) else 0)
    if bounds.is_plain(blob, limits, start=start):
        return None
    return bounds.of_wkb(blob, limits, start=start)


def _geometry_column(connection: sqlite3.Connection, table: str) -> str | None:
    asked = "select column_name from gpkg_geometry_columns where lower(table_name) = lower(?)"
    row = connection.execute(asked, (table,)).fetchone()
    return quoted(row[0]) if row and isinstance(row[0], str) else None


def quoted(name: str) -> str:
    """A name as SQL takes any."""
    return '"' + name.replace('"', '""') + '"'
