"""Whole results as a stream of bytes, copied row by row: constant memory, first byte at once."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from psycopg import ClientCursor, sql

from services.statements import PROPERTIES, SQL, ServiceSelection, feature_text, features

CHUNK: Final = 1000
#: What opens right by a double click in an Italian Excel:
#: semicolons, decimal commas, and a mark of UTF-8.
BOM: Final = b"\xef\xbb\xbf"
#: A cell that a spreadsheet would take for a formula is told to be text by an apostrophe.
_HARMLESS: Final = "CASE WHEN {c} ~ '^[-=+@\t\r\n]' THEN '''' || {c} ELSE {c} END AS {c}"
#: COPY's csv quotes only what holds its marks: with marks that JSON text cannot hold, lines come
#: as they are.
_VERBATIM: Final = r"FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01'"
POINT: Final = ", ST_Transform(s.point, 4326) AS point"
_PATIENCE: Final = f"{settings.EXPORT_SECONDS}s"
_FREE_TEXT: Final = ("name", "address", "accuracy", "website")


def geojson(hits: ServiceSelection, *, site: str) -> Iterator[bytes]:
    """One FeatureCollection, a feature a line."""
    yield b'{"type":"FeatureCollection","features":[\n'
    between = b""
    for block in _copied(hits, site=site, columns=feature_text(), options=_VERBATIM):
        yield between + block.rstrip(b"\n").replace(b"\n", b",\n")
        between = b",\n"
    yield b"\n]}\n"


def ndjson(hits: ServiceSelection, *, site: str) -> Iterator[bytes]:
    """One feature a line (a GeoJSON text sequence without the record separators)."""
    return _copied(hits, site=site, columns=feature_text(), options=_VERBATIM)


def csv(
    hits: ServiceSelection, *, site: str, separator: str = ",", excel: bool = False
) -> Iterator[bytes]:
    """RFC 4180 with a header; lon and lat are of the representative point. `excel`: see BOM."""
    options = f"FORMAT csv, HEADER, DELIMITER '{';' if excel or separator == ';' else ','}'"
    if excel:
        yield BOM
    columns = _csv_columns(comma=excel)
    yield from _copied(hits, site=site, columns=columns, options=options, more=POINT)


def _csv_columns(*, comma: bool) -> str:
    cells = {name: _HARMLESS.format(c=name) for name in _FREE_TEXT}
    cells["demonstration"] = (
        "CASE WHEN demonstration THEN 'true' ELSE 'false' END AS demonstration"
    )
    harmless = (cells.get(name, name) for name in PROPERTIES)
    degrees = [f"round(ST_{axis}(point)::numeric, 7)" for axis in ("X", "Y")]
    if comma:
        degrees = [f"replace({number}::text, '.', ',')" for number in degrees]
    return ", ".join((*harmless, f"{degrees[0]} AS lon", f"{degrees[1]} AS lat"))


def _copied(
    hits: ServiceSelection, *, site: str, columns: str, options: str, more: str = ""
) -> Iterator[bytes]:
    """Blocks of whole lines, as COPY sends them: the server goes on while we write."""
    shown = features(f"({hits.rows()})", more)
    statement = SQL.filled("export", features=shown, columns=columns)
    params = (site, *hits.params, hits.day, hits.day)
    with transaction.atomic():
        _plan_for_streaming(whole=not hits.selective)
        bound = ClientCursor(connection.connection).mogrify(statement, params)
        copy = sql.SQL("COPY ({}) TO STDOUT ({})").format(sql.SQL(bound), sql.SQL(options))
        with connection.connection.cursor() as cursor, cursor.copy(copy) as lines:
            yield from _blocks(lines)


def _plan_for_streaming(*, whole: bool) -> None:
    """One process, and for a whole catalogue nothing
    sorted: rows come as the key's index gives them.

    The planner takes ST_Transform for dear and would
    gather and sort everything before the first byte.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        # One statement until the last byte has gone: it takes as long as who reads it.
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [_PATIENCE])
        if whole:
            cursor.execute("SET LOCAL enable_sort = off")


def _blocks(lines: Iterable[memoryview]) -> Iterator[bytes]:
    iterator = iter(lines)
    while block := b"".join(islice(iterator, CHUNK)):
        yield block
