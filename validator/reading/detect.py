"""Which format a file is, judged by its first bytes.
The extension is only used to tell plain texts apart.
"""

import codecs
import re
import sqlite3
import zipfile
from enum import StrEnum
from pathlib import Path, PurePosixPath

from validator.reading.errors import Unreadable


class Format(StrEnum):
    """The accepted formats, named as people call them."""

    ZIP = "ZIP"
    KMZ = "KMZ"
    SHAPEFILE = "Shapefile"
    DBF = "DBF"
    GEOPACKAGE = "GeoPackage"
    GEOJSON = "GeoJSON"
    CSV = "CSV"
    XLSX = "XLSX"
    XLS = "XLS"
    ODS = "ODS"
    KML = "KML"
    GML = "GML"
    FLATGEOBUF = "FlatGeobuf"


HEAD = 8192
REFUSED_MAGIC = (
    (b"%PDF", "PDF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"AC10", "DWG"),
    (b"AutoCAD Binary DXF", "DXF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"\x00\x01\x00\x00Standard", "Access"),
    (b"PAR1", "Parquet"),
    (b"{\\rtf", "RTF"),
    (b"!table", "MapInfo"),
    (b"Version ", "MapInfo"),
)
DBF_VERSIONS = {
    0x02,
    0x03,
    0x04,
    0x05,
    0x30,
    0x31,
    0x32,
    0x43,
    0x63,
    0x83,
    0x8B,
    0x8C,
    0xCB,
    0xF5,
    0xFB,
}
DXF_START = re.compile(rb"^\s*(999\r?\n[^\n]*\n\s*)*0\r?\n\s*SECTION\b")
TEXT_SUFFIXES = {".csv", ".tsv", ".txt", ".tab"}


def detect(path: Path, name: str) -> Format:
    """The format of `path`. Raises Unreadable FIL-01 (reason empty | unsupported | unknown)."""
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    if not head:
        raise Unreadable("FIL-01", file=name, format="", reason="empty")
    for magic, what in REFUSED_MAGIC:
        if head.startswith(magic):
            raise Unreadable("FIL-01", file=name, format=what, reason="unsupported")
    return _binary(path, name, head) or _text(name, head)


def _binary(path: Path, name: str, head: bytes) -> Format | None:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_family(path, name)
    if head.startswith(b"SQLite format 3\x00"):
        return _sqlite_family(path, name, head)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return Format.XLS
    if head.startswith(b"fgb"):
        return Format.FLATGEOBUF
    if head.startswith(b"\x00\x00\x27\x0a"):
        stem = PurePosixPath(name).stem
        raise Unreadable("FIL-04", file=name, name=stem, missing=".shx, .dbf", reason="lone-shp")
    if _is_dbf(head):
        return Format.DBF
    return None


def _zip_family(path: Path, name: str) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.namelist()
            if "mimetype" in members and archive.getinfo("mimetype").file_size < 200:
                mimetype = archive.read("mimetype")
            else:
                mimetype = b""
    except (
        zipfile.BadZipFile,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        EOFError,
    ) as error:
        raise Unreadable("FIL-01", file=name, format="ZIP", reason="damaged") from error
    if mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return Format.ODS
    if "[Content_Types].xml" in members:
        if any(m.startswith("xl/") for m in members):
            return Format.XLSX
        raise Unreadable("FIL-01", file=name, format="Office", reason="unsupported")
    roots = [m for m in members if "/" not in m]
    if any(m.lower().endswith(".kml") for m in roots):
        return Format.KMZ
    return Format.ZIP


def _sqlite_family(path: Path, name: str, head: bytes) -> Format:
    if head[68:72] in (b"GPKG", b"GP10", b"GP11"):
        return Format.GEOPACKAGE
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            found = connection.execute(
                "select 1 from sqlite_master where name = 'gpkg_contents'"
            ).fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise Unreadable("FIL-01", file=name, format="GeoPackage", reason="damaged") from error
    if not found:
        raise Unreadable("FIL-01", file=name, format="SQLite", reason="unsupported")
    return Format.GEOPACKAGE


def _is_dbf(head: bytes) -> bool:
    if len(head) < 33 or head[0] not in DBF_VERSIONS:
        return False
    header = int.from_bytes(head[8:10], "little")
    record = int.from_bytes(head[10:12], "little")
    plausible_date = 0 <= head[2] <= 12 and 0 <= head[3] <= 31
    return header >= 33 and (header - 1) % 32 in (0, 1, 7, 8) and record >= 1 and plausible_date


def _text(name: str, head: bytes) -> Format:
    text = _decode_head(head)
    if text is None:
        raise Unreadable("FIL-01", file=name, format="", reason="unknown")
    start = text.lstrip("\ufeff \t\r\n")
    if start[:1] == "<":
        return _markup(name, start)
    if DXF_START.match(head):
        raise Unreadable("FIL-01", file=name, format="DXF", reason="unsupported")
    if start[:1] == "{" or start[:2] in ("[{", "[\n", "[\r"):
        return Format.GEOJSON
    first = next((line for line in start.splitlines() if line.strip()), "")
    if PurePosixPath(name.lower()).suffix in TEXT_SUFFIXES or re.search(
        r"^[^{}]*[;,\t][^{}]*$", first
    ):
        return Format.CSV
    raise Unreadable("FIL-01", file=name, format="", reason="unknown")


def _decode_head(head: bytes) -> str | None:
    """The start of a text file, or None when the bytes are not a text."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", errors="ignore")
    if b"\x00" in head:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if max(even, odd) < 0.3 * len(head) / 2 or min(even, odd) > 0.1 * len(head) / 2:
            return None
        return head.decode("utf-16-le" if odd > even else "utf-16-be", errors="ignore")
    controls = sum(byte < 32 and byte not in (9, 10, 11, 12, 13, 26, 27) for byte in head)
    if controls > 0.01 * len(head):
        return None
    return (
        head.decode("latin-1")
        if not head.startswith(codecs.BOM_UTF8)
        else head[3:].decode("latin-1")
    )


def _markup(name: str, start: str) -> Format:
    lowered = start.lower()
    root = re.search(r"<(?![?!])([a-z0-9_.\-]+:)?([a-z0-9_.\-]+)", lowered)
    tag = root.group(2) if root else ""
    if tag == "kml":
        return Format.KML
    if tag == "featurecollection" or "opengis.net/gml" in lowered:
        return Format.GML
    if tag in ("html", "table", "meta", "head", "body") or "<!doctype html" in lowered:
        raise Unreadable("FIL-01", file=name, format="HTML", reason="unsupported")
    raise Unreadable("FIL-01", file=name, format="XML", reason="unsupported")
