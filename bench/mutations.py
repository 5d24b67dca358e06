"""Ways to spoil a delivery: its bytes, or what its format is made of. Same draw, same file."""

import csv
import io
import json
import random
import sqlite3
import struct
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: Larger members are left out: the spoiling is to cost less than the reading.
MEMBER = 5_000_000
Mutation = Callable[[random.Random, bytes], bytes]

BYTES = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\x80\x81\xfe", b"PK\x03\x04", b"SQLite format 3\0",
    b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>&a;", b"\r\n", b'"', b";;;;", b"{[",
    b"\x7f\xff\xff\xff", b"\0\0\0\0\0\0\xf0\x7f", b"\0\0\0\0\0\0\xf8\x7f", b"%s%n",
    b"\xc3\x83\xc2\xa8",
)  # fmt: skip
#: Shapes that overflow a parser's stack, or announce more than they hold.
DEEP_WKB = struct.pack("<BII", 1, 7, 1) * 9_000 + struct.pack("<BIdd", 1, 1, 9.2, 45.5)
LYING_WKB = struct.pack("<BIII", 1, 3, 0x7FFFFFFF, 0x7FFFFFFF) + b"\0" * 400
SHAPES = (
    *("GEOMETRYCOLLECTION(" * deep + "POINT(9.2 45.5)" + ")" * deep for deep in (31, 33, 40_000)),
    "SRID=4326;" + "GEOMETRYCOLLECTION(" * 900, "MULTIPOLYGON" + "(" * 5_000 + ")" * 5_000,
    "POINT(" + "9" * 100_000 + " 1)", DEEP_WKB.hex(), LYING_WKB.hex(),
    '{"type":"GeometryCollection","geometries":[' * 5_000,
)  # fmt: skip
CELLS = (
    *SHAPES,
    "", " ", "-", "NULL", "nan", "inf", "-inf", "1e308", "-1e-308", "0", "-0.0", "9" * 400, "1,5",
    "1.234.567,89", "=1+1", "@SUM(A1)", "\0", "a\0b", "\ufeff", "\u202eabc", "x" * 5_000,
    "è" * 200,
    "POINT(1 2)", "POLYGON((0 0,1 1,1 0,0 0))", "POINT(nan nan)", "MULTIPOINT EMPTY",
    "GEOMETRYCOLLECTION(POINT(1 2))", "SRID=4326;POINT(9.2 45.5)", "01/13/2025", "31/02/2025",
    "RSSMRA85T10A562S", "'; DROP TABLE x;--", "<b>", "{{ 7*7 }}", "%(rows)s", "{rows}",
    "🏛", "\ud7ff",
)  # fmt: skip
BLOBS = (
    b"GP\0\1", b"\0",
    *(b"GP\0\1" + struct.pack("<i", 32632) + wkb for wkb in (DEEP_WKB, LYING_WKB)),
)  # fmt: skip
NUMBERS: tuple[Any, ...] = (
    0, -0.0, 1e308, -1e308, 1e22, 1e-320, 2**63, -(2**63), 2**31, 45.5, 9.2, 180.0001, 90.0001,
    512345.6, 5040000.1, float("nan"), float("inf"), None, "9,2", "testo", [], {}, True,
)  # fmt: skip
NAMES = (
    "../fuori.shp", "/etc/passwd", "C:\\x\\y.shp", "a/" * 15 + "b.shp", "x" * 300 + ".dbf",
    "con\0nul.shp",
    "MAIUSCOLO.SHP", "dentro.zip", "è.dbf", ".hidden", "a.shp.xml", "doc.kml", "__MACOSX/._a.shp",
)  # fmt: skip


def flip(draw: random.Random, body: bytes) -> bytes:
    """Some bytes become others."""
    spoilt = bytearray(body)
    for _ in range(draw.choice((1, 2, 8, 64))):
        if spoilt:
            spoilt[draw.randrange(len(spoilt))] = draw.randrange(256)
    return bytes(spoilt)


def truncate(draw: random.Random, body: bytes) -> bytes:
    """The end, or the beginning, is missing."""
    at = draw.randrange(len(body) + 1)
    return body[:at] if draw.random() < 0.8 else body[at:]


def insert(draw: random.Random, body: bytes) -> bytes:
    """Something interesting in the middle."""
    at = draw.randrange(len(body) + 1)
    return body[:at] + draw.choice(BYTES) * draw.choice((1, 1, 1, 50)) + body[at:]


def repeat(draw: random.Random, body: bytes) -> bytes:
    """A piece comes again."""
    at, length = draw.randrange(len(body) + 1), draw.choice((1, 16, 512, 4096))
    return body[:at] + body[at : at + length] * draw.choice((2, 3, 20)) + body[at + length :]


def cut(draw: random.Random, body: bytes) -> bytes:
    """A piece is missing."""
    at = draw.randrange(len(body) + 1)
    return body[:at] + body[at + draw.choice((1, 16, 512, 4096)) :]


def recode(draw: random.Random, body: bytes) -> bytes:
    """The same text in another encoding, right or twice."""
    text = body.decode("utf-8", errors="replace")
    coding = draw.choice(
        ("utf-16", "utf-16-be", "cp1252", "cp850", "utf-8-sig", "utf-32", "utf-7")
    )
    return text.encode(coding, errors="replace")


def spoil_csv(draw: random.Random, body: bytes) -> bytes:
    """Cells, columns, separators, headers."""
    text = body.decode("utf-8", errors="replace")
    separator = max(";,\t|", key=text[:2000].count)
    rows = list(csv.reader(io.StringIO(text.replace("\0", " ")), delimiter=separator))
    rows = [row for row in rows if row][: draw.choice((1, 2, 30, 2000))]
    for _ in range(draw.choice((1, 3, 12))):
        if not rows:
            break
        row = rows[draw.choice((0, draw.randrange(len(rows))))]
        act, at = draw.randrange(6), draw.randrange(len(row) + 1)
        if act < 3 and at < len(row):
            row[at] = draw.choice(CELLS)
        elif act == 3:
            row.insert(at, draw.choice(CELLS))
        elif act == 4 and at < len(row):
            del row[at]
        else:
            rows.insert(draw.randrange(len(rows)), list(rows[0]))
    out = io.StringIO()
    wanted = draw.choice((separator, separator, ",", "\t", "|"))
    csv.writer(out, delimiter=wanted, quotechar=draw.choice('""\'')).writerows(rows)
    return out.getvalue().encode("utf-8", errors="surrogatepass")


def spoil_json(draw: random.Random, body: bytes) -> bytes:
    """Numbers, keys and nesting of a JSON document; a geometry of another type or depth."""
    whole = json.loads(body)
    if isinstance(whole, dict) and isinstance(whole.get("features"), list):
        whole["features"] = whole["features"][: draw.choice((0, 1, 20, 400))]
    for _ in range(draw.choice((1, 2, 6))):
        _spoil_node(draw, whole)
    if draw.random() < 0.05:
        return b"[" * draw.choice((100, 5_000, 100_000))
    return json.dumps(whole, ensure_ascii=draw.random() < 0.5).encode("utf-8", errors="replace")


def _spoil_node(draw: random.Random, whole: Any) -> None:
    node = whole
    for _ in range(draw.randrange(1, 12)):
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = draw.choice(keys)
        if isinstance(node[key], dict | list) and draw.random() < 0.85:
            node = node[key]
            continue
        act = draw.random()
        if act < 0.15:
            del node[key]
        elif act < 0.3:
            node[key] = [node[key]] * draw.choice((1, 2, 50))
        elif key == "type":
            node[key] = draw.choice(
                ("Point", "Polygon", "MultiPolygon", "GeometryCollection", "?")
            )
        else:
            node[key] = draw.choice((*NUMBERS, *CELLS))
        return


def spoil_zip(draw: random.Random, body: bytes) -> bytes:
    """Members missing, renamed, doubled, spoilt, nested."""
    with zipfile.ZipFile(io.BytesIO(body)) as given:
        small = [i for i in given.infolist()[:60] if i.file_size <= MEMBER]
        members = [(i.filename, given.read(i)) for i in small]
    for _ in range(draw.choice((1, 1, 2, 4))):
        if not members:
            break
        at = draw.randrange(len(members))
        name, content = members[at]
        made = (
            None,
            (draw.choice(NAMES), content),
            (name, draw.choice(members)[1]),
            (draw.choice(NAMES), b"\0" * draw.choice((0, 10, 3_000_000))),
            ("dentro.zip", body[:100_000]),
            *[(name, draw.choice(_PLAIN)(draw, content))] * 3,
        )[draw.randrange(8)]
        members[at : at + 1] = [
            one for one in (made, *members[at : at + 1][: draw.randrange(2)]) if one
        ]
    out = io.BytesIO()
    kind = draw.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", kind) as archive:
        warnings.simplefilter("ignore")  # the same name twice is meant
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, kind)
    return out.getvalue()


def spoil_gpkg(draw: random.Random, body: bytes) -> bytes:
    """Tables, reference systems, cells and geometry blobs of a GeoPackage."""
    with tempfile.NamedTemporaryFile(prefix="fuzz-", suffix=".gpkg") as file:
        file.write(body)
        file.flush()
        base = sqlite3.connect(file.name)
        try:
            for _ in range(draw.choice((1, 2, 4))):
                _spoil_table(draw, base)
            base.commit()
        finally:
            base.close()
        return Path(file.name).read_bytes()


def _spoil_table(draw: random.Random, base: sqlite3.Connection) -> None:
    tables = [r[0] for r in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    table = draw.choice(sorted(tables)).replace('"', '""')
    columns = [r[1].replace('"', '""') for r in base.execute(f'PRAGMA table_info("{table}")')]
    column, act = draw.choice(columns), draw.randrange(10)
    if act == 0:
        base.execute(f'DROP TABLE "{table}"')
    elif act == 1:
        base.execute(f'DELETE FROM "{table}"')
    elif act == 2:
        base.execute(f'ALTER TABLE "{table}" RENAME TO "{draw.choice(("x" * 250, "è", "a b"))}"')
    elif act == 3:
        base.execute(
            f'ALTER TABLE "{table}" ADD COLUMN "{draw.choice(("c" * 200, "=x", "geom2"))}" TEXT'
        )
    else:
        _spoil_cells(draw, base, table, column)


def _spoil_cells(draw: random.Random, base: sqlite3.Connection, table: str, column: str) -> None:
    rows = base.execute(f'SELECT rowid, "{column}" FROM "{table}" LIMIT 50').fetchall()
    for rowid, old in draw.sample(rows, min(len(rows), draw.choice((1, 3, 50)))):
        new: Any = draw.choice((*CELLS, None, 0, 3003, 4326, 2**62, 1e308, *BLOBS))
        if isinstance(old, bytes) and draw.random() < 0.8:
            new = draw.choice((flip, truncate, insert))(draw, old)
        base.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?', (new, rowid))


_PLAIN: tuple[Mutation, ...] = (flip, truncate, insert, repeat, cut)
_BY_FORMAT: tuple[tuple[tuple[str, ...], Mutation], ...] = (
    ((".csv", ".tsv", ".txt"), spoil_csv),
    ((".json", ".geojson"), spoil_json),
    ((".zip", ".xlsx", ".ods", ".kmz"), spoil_zip),
    ((".gpkg",), spoil_gpkg),
)


def spoil(draw: random.Random, name: str, body: bytes) -> bytes:
    """A spoilt copy of the file: by its structure where it still has one, else by its bytes."""
    by_format = [act for ends, act in _BY_FORMAT if name.lower().endswith(ends)]
    text = (
        [recode]
        if name.lower().endswith((".csv", ".tsv", ".json", ".geojson", ".kml", ".gml"))
        else []
    )
    for _ in range(draw.choice((1, 1, 2, 3))):
        acts = by_format if by_format and draw.random() < 0.75 else [*_PLAIN, *text]
        try:
            body = draw.choice(acts)(draw, body)
        except (ValueError, LookupError, RecursionError, zipfile.BadZipFile, sqlite3.Error,
                NotImplementedError, OSError, RuntimeError, csv.Error, zlib.error):  # fmt: skip
            body = draw.choice(_PLAIN)(draw, body)  # it has no structure any more
    return body
