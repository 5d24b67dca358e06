"""KML, GML and FlatGeobuf: formats that GDAL reads whole, once their text holds nothing active."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from validator.libraries import pl
from validator.reading import crs, encoding, gdal
from validator.reading.detect import Format
from validator.reading.errors import Unreadable
from validator.reading.job import Found, Job, check_size, geometry_of, text_notes
from validator.source_file import Note, OtherLayer, SourceLayer

# Columns that the KML driver adds for the look of a
# placemark; kept only where somebody filled them.
KML_DRESS = {
    "id", "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility",
    "drawOrder", "icon", "snippet", "gx_media_links",
}  # fmt: skip
# What GDAL's own GML export writes for each record's envelope.
GML_CORNERS = ("lowerCorner", "upperCorner")
DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.I)
PLAIN_DOCTYPE_LIMIT = 1 << 16


@dataclass(frozen=True, slots=True)
class DriverSettings:
    """How one of the formats is opened."""

    format: Format
    options: Mapping[str, str]
    crs_origin: str


KML = DriverSettings(Format.KML, {}, "kml")
GML = DriverSettings(Format.GML, {"DOWNLOAD_SCHEMA": "NO", "WRITE_GFS": "NO"}, "gml")
FLATGEOBUF = DriverSettings(Format.FLATGEOBUF, {"VERIFY_BUFFERS": "YES"}, "flatgeobuf")
DIALECTS = {dialect.format: dialect for dialect in (KML, GML, FLATGEOBUF)}


def read(job: Job, format: Format) -> Found:
    """Every layer with records. Raises Unreadable
    FIL-01 (damaged, DTD or entities inside), FIL-02.
    """
    dialect = DIALECTS[format]
    if format is not Format.FLATGEOBUF:
        _refuse_declarations(job, dialect)
    found = Found()
    try:
        names = gdal.list_layers(job.path)[: job.limits.layers]
        for name in names:
            found.add(_read_layer(job, dialect, name))
    except gdal.GDAL_FAULTS as error:
        raise job.damaged(format, error) from error
    return found


def _refuse_declarations(job: Job, dialect: DriverSettings) -> None:
    """A planner's export never declares entities:
    whoever does wants something else from the parser.
    """
    raw = job.path.read_bytes()
    if b"\x00" in raw[:4096]:
        raw = raw.replace(b"\x00", b"")
    if DECLARATION.search(raw):
        raise Unreadable("FIL-01", file=job.name, format=dialect.format, reason="entities")


def _read_layer(job: Job, dialect: DriverSettings, name: str) -> Found:
    info = gdal.layer_info(job.path, name, dialect.options)
    shown = job.stem if name == job.path.stem else name
    if not info.rows:
        return Found(others=[OtherLayer(shown, "empty", 0)])
    if not job.wants(shown):
        return Found(others=[OtherLayer(shown, "not-chosen", info.rows)])
    check_size(job, rows=info.rows, columns=info.columns)
    layer = gdal.read_layer(job.path, name, options=dialect.options)
    if layer.frame.height < info.rows and dialect is FLATGEOBUF:
        raise Unreadable(
            "FIL-01", file=job.source or job.name, format=dialect.format, reason="cut-short",
            records=info.rows,
        )  # fmt: skip
    return Found(layers=[_layer(job, dialect, shown, layer)])


def _layer(job: Job, dialect: DriverSettings, name: str, layer: gdal.GdalLayer) -> SourceLayer:
    frame = layer.frame.drop(GML_CORNERS, strict=False)
    frame = _undressed(frame) if dialect is KML else frame
    wkb, facts = geometry_of(job, layer)
    declared = crs.from_text(layer.crs) if wkb is not None else crs.NOTHING
    damaged = encoding.damaged_cells(frame)
    notes: list[Note] = facts + text_notes(frame) + ([damaged] if damaged else [])
    return SourceLayer(
        name=name,
        frame=frame,
        wkb=wkb,
        declared_crs=declared.epsg,
        declared_wkt=declared.wkt,
        crs_origin=dialect.crs_origin if declared.wkt else "",
        notes=tuple(notes),
        source=job.source,
    )


def _undressed(frame: pl.DataFrame) -> pl.DataFrame:
    """Without the driver's own columns where every row has the same or no value."""
    empty = [c for c in frame.columns if c in KML_DRESS and frame[c].drop_nulls().n_unique() <= 1]
    return frame.drop(empty)
