"""Which format a file is, judged by its content: the accepted ones are asked in turn, and what is
known but not accepted is refused by its name.
"""

import re
from collections.abc import Callable
from pathlib import Path

from validator.reading.errors import Unreadable
from validator.reading.format import Format
from validator.reading.registry import FORMATS
from validator.reading.sample import SQLITE, Sample

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
DXF_START = re.compile(rb"^\s*(999\r?\n[^\n]*\n\s*)*0\r?\n\s*SECTION\b")
HTML = ("html", "table", "meta", "head", "body")


def _is_html(sample: Sample) -> bool:
    return bool(sample.tag) and (
        sample.tag in HTML or "<!doctype html" in (sample.text or "").lower()
    )


REFUSED_CONTENT: tuple[tuple[Callable[[Sample], bool], str], ...] = (
    (lambda sample: "[Content_Types].xml" in sample.members, "Office"),
    (lambda sample: sample.head.startswith(SQLITE), "SQLite"),
    (_is_html, "HTML"),
    (lambda sample: bool(sample.tag), "XML"),
    (lambda sample: bool(DXF_START.match(sample.head)), "DXF"),
)


def detect(path: Path, name: str) -> Format:
    """The format of `path`. Raises Unreadable: FIL-01 (reason empty | unsupported | unknown |
    damaged)."""
    sample = Sample(path, name)
    if not sample.head:
        raise Unreadable("FIL-01", file=name, format="", reason="empty")
    own = [one for one in FORMATS if not one.fallback]
    found = _first([one for one in own if one.magic], sample)
    if found is None:
        _refuse(name, next((what for m, what in REFUSED_MAGIC if sample.head.startswith(m)), ""))
        found = _first([one for one in own if not one.magic], sample)
    if found is None:
        _refuse(name, next((what for is_so, what in REFUSED_CONTENT if is_so(sample)), ""))
        found = _first([one for one in FORMATS if one.fallback], sample)
    if found is None:
        raise Unreadable("FIL-01", file=name, format="", reason="unknown")
    return found


def _first(asked: list[Format], sample: Sample) -> Format | None:
    return next((one for one in asked if one.takes(sample)), None)


def _refuse(name: str, what: str) -> None:
    if what:
        raise Unreadable("FIL-01", file=name, format=what, reason="unsupported")
