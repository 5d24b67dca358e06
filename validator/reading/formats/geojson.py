"""GeoJSON, also the careless kinds: trailing commas,
coordinates written as texts, no crs, wrong encoding.
"""

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

from validator.reading import bounds, crs, depth, encoding, gdal
from validator.reading.errors import Unreadable
from validator.reading.format import Format
from validator.reading.job import (
    Found,
    Job,
    check_size,
    geometry_of,
    looks_metric,
    text_notes,
)
from validator.reading.sample import Sample
from validator.source_file import Note, OtherLayer, SourceLayer

FORMAT = "GeoJSON"
OPTIONS = {"DATE_AS_STRING": "YES", "ARRAY_AS_STRING": "YES", "NATIVE_DATA": "NO"}
CRS_MEMBER = re.compile(rb'"crs"\s*:\s*(null|\{[^{}]*(?:\{[^{}]*\})?[^{}]*\})')
CRS_NAME = re.compile(rb'"(?:name|code)"\s*:\s*"?([^",}\s]+)"?')
# Two steps, so that no input makes the search slow: where coordinates begin, how far they reach.
COORDINATES = re.compile(rb'"coordinates"\s*:\s*(\[[\[\]\s\d.,eE+\-"]*)')
GEOJSON_TYPE = re.compile(
    rb'"type"\s*:\s*"(Feature|FeatureCollection|(Multi)?(Point|LineString|Polygon)|GeometryCollection)"'
)
QUOTED_NUMBER = re.compile(rb'"\s*([+-]?\d+)(?:[.,](\d+))?((?:[eE][+-]?\d+)?)\s*"')
# A number beside "type": "Feature" is the record's identifier; a text there GDAL keeps itself.
FEATURE_ID = re.compile(rb'"type"\s*:\s*"Feature"\s*,\s*"id"\s*:\s*\d')
# A letter beyond the basic plane written as two escapes, some of which GDAL takes for none
# (U+1D8D8); escaped backslashes before it are passed over.
PAIR = re.compile(rb"(?:\\\\)+|(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})")
HEAD = 1 << 16
NAME = re.compile(rb'"name"\s*:\s*("(?:[^"\\]|\\.)*")')
SPARE_COMMA = re.compile(rb'("(?:[^"\\]|\\.)*")|,(?=\s*[\]}])', re.S)


@dataclass(frozen=True, slots=True)
class Opened:
    """The layer as GDAL gave it, and what had to be mended for it."""

    layer: gdal.GdalLayer
    notes: tuple[Note, ...] = ()


def read(job: Job) -> Found:
    """The layer of one GeoJSON file. Raises Unreadable FIL-01, FIL-02."""
    raw = job.path.read_bytes()
    found = encoding.of_bytes(raw)
    sound = found.name == "utf-8" and not found.misfits
    text = raw if sound else raw.decode(found.name, errors=encoding.handler_for(found)).encode()
    text = PAIR.sub(_letter, text) if b"\\u" in text else text
    text, aside = _bounded(job, text)
    if text != raw:
        job.path.write_bytes(text)
    raw = text
    if not GEOJSON_TYPE.search(raw):
        raise Unreadable(
            "FIL-01", file=job.source or job.name, format="JSON", reason="unsupported"
        )
    notes = aside + _rescue_texts(job.path, raw)
    declared, crs_origin = _declared(raw)
    name = _layer_name(raw) or job.stem
    numbered = FEATURE_ID.search(raw, 0, HEAD) is not None
    del raw
    opened = _opened(job, numbered=numbered)
    layer = opened.layer
    notes += opened.notes
    if not layer.frame.height:
        return Found(others=[OtherLayer(name, "empty", 0)])
    if not job.wants(name):
        return Found(others=[OtherLayer(name, "not-chosen", layer.frame.height)])
    wkb, facts = geometry_of(job, layer)
    notes += facts + text_notes(layer.frame)
    if damaged := encoding.damaged_cells(layer.frame):
        notes.append(damaged)
    if crs_origin == "geojson-default" and looks_metric(wkb):
        declared, crs_origin = crs.NOTHING, ""
        notes.append(Note("geojson-metric"))
    result = SourceLayer(
        name=name,
        frame=layer.frame,
        wkb=wkb,
        declared_crs=declared.epsg,
        declared_wkt=declared.wkt,
        crs_origin=crs_origin,
        encoding=found.name,
        encoding_origin="format" if sound else found.origin,
        notes=tuple(notes),
        source=job.source,
    )
    return Found(layers=[result])


def _bounded(job: Job, text: bytes) -> tuple[bytes, list[Note]]:
    """The text without shapes in collections in collections beyond the limit; which they were."""
    bounded = depth.without_deep_shapes(text, job.limits)
    if bounded is None:
        raise Unreadable("FIL-01", file=job.source or job.name, format=FORMAT, reason="deep")
    mended, features = bounded
    return mended, bounds.notes(dict.fromkeys(features, bounds.Excess.DEEP))


def _opened(job: Job, *, numbered: bool) -> Opened:
    """The layer; a second time without superfluous commas when GDAL does not take the first."""
    try:
        return _through_gdal(job, numbered=numbered)
    except gdal.faults() as error:
        raw = job.path.read_bytes()
        mended = SPARE_COMMA.sub(lambda match: match.group(1) or b"", raw)
        if len(mended) == len(raw):
            raise job.damaged(FORMAT, error) from error
    job.path.write_bytes(mended)
    try:
        opened = _through_gdal(job, numbered=numbered)
    except gdal.faults() as error:
        raise job.damaged(FORMAT, error) from error
    return replace(opened, notes=(Note("trailing-commas", {"n": len(raw) - len(mended)}),))


def _through_gdal(job: Job, *, numbered: bool) -> Opened:
    """One pass only: GDAL walks a GeoJSON whole to count it, as long as reading takes."""
    layer = gdal.read_layer(job.path, options=OPTIONS, identifiers=numbered)
    check_size(job, rows=layer.frame.height, columns=layer.frame.width)
    return Opened(layer)


def _layer_name(raw: bytes) -> str:
    """The `name` member that stands before the features, "" without one."""
    head = CRS_MEMBER.sub(b"", raw[: raw.find(b'"features"', 0, HEAD) + 1])
    match = NAME.search(head)
    if match is None:
        return ""
    try:
        return str(json.loads(match.group(1)))[:200]
    except ValueError:
        return ""


def _rescue_texts(path: Path, raw: bytes) -> list[Note]:
    """Rewrite coordinates given as texts into numbers (in the private copy), and tell how many."""
    count = 0

    def numbers(match: re.Match[bytes]) -> bytes:
        nonlocal count
        if b'"' not in match.group(1):
            return match.group()
        mended, texts = QUOTED_NUMBER.subn(_number, match.group(1))
        count += texts > 0
        return match.group()[: match.start(1) - match.start()] + mended

    mended = COORDINATES.sub(numbers, raw)
    if not count:
        return []
    path.write_bytes(mended)
    return [Note("coordinates-as-text", {"n": count})]


def _letter(match: re.Match[bytes]) -> bytes:
    pair = match.group(1)
    return str(json.loads(b'"' + pair + b'"')).encode() if pair else match.group()


def _number(match: re.Match[bytes]) -> bytes:
    whole, decimals, exponent = match.groups()
    return whole.lstrip(b"+") + (b"." + decimals if decimals else b"") + exponent


def _declared(raw: bytes) -> tuple[crs.DeclaredCrs, str]:
    """The system of the (old) crs member; without it degrees, as the standard says."""
    member = CRS_MEMBER.search(raw)
    if member is None:
        return crs.DeclaredCrs(4326, None), "geojson-default"
    name = CRS_NAME.findall(member.group(1))
    if not name:
        return crs.NOTHING, ""
    text = name[-1].decode("utf-8", errors="replace")
    declared = crs.from_text(f"EPSG:{text}" if text.isdigit() else text)
    return declared, "geojson-member"


def recognises(sample: Sample) -> bool:
    """Any JSON: what it holds is looked at by reading it."""
    return (sample.text or "").startswith(("{", "[{", "[\n", "[\r"))


GEOJSON = Format(
    name=FORMAT,
    it="GeoJSON",
    en="GeoJSON",
    suffixes=(".geojson",),
    shared=(".json",),
    recognises=recognises,
    driver="GeoJSON",
    read=read,
    order=3,
)
