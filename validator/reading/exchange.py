"""What GDAL reads whole (KML, GML, FlatGeobuf), once its text holds nothing active."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from validator.libraries import pl
from validator.reading import crs, depth, encoding, gdal
from validator.reading.errors import Unreadable
from validator.reading.job import Found, Job, check_size, geometry_of, text_notes
from validator.source_file import Note, OtherLayer, SourceLayer

DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.I)


@dataclass(frozen=True, slots=True)
class DriverSettings:
    """How one of the formats is opened; `tidy` takes away the columns of the driver's own."""

    format: str
    crs_origin: str
    options: Mapping[str, str] = field(default_factory=dict)
    is_text: bool = True
    tidy: Callable[[pl.DataFrame], pl.DataFrame] | None = None


def read(job: Job, dialect: DriverSettings) -> Found:
    """Every layer with records. Raises Unreadable
    FIL-01 (damaged, DTD or entities inside, nested too deep), FIL-02.
    """
    if dialect.is_text:
        _refuse_what_is_active(job, dialect)
    found = Found()
    try:
        names = gdal.list_layers(job.path)[: job.limits.layers]
        for name in names:
            found.add(_read_layer(job, dialect, name))
    except gdal.faults() as error:
        raise job.damaged(dialect.format, error) from error
    return found


def _refuse_what_is_active(job: Job, dialect: DriverSettings) -> None:
    """A planner's export never declares entities, nor nests without end:
    whoever does wants something else from the parser.
    """
    raw = job.path.read_bytes()
    if b"\x00" in raw[:4096]:
        raw = raw.replace(b"\x00", b"")
    if DECLARATION.search(raw):
        raise Unreadable("FIL-01", file=job.name, format=dialect.format, reason="entities")
    if depth.is_too_deep(raw, job.limits):
        raise Unreadable("FIL-01", file=job.name, format=dialect.format, reason="deep")


def _read_layer(job: Job, dialect: DriverSettings, name: str) -> Found:
    info = gdal.layer_info(job.path, name, dialect.options)
    shown = job.stem if name == job.path.stem else name
    if not info.rows:
        return Found(others=[OtherLayer(shown, "empty", 0)])
    if not job.wants(shown):
        return Found(others=[OtherLayer(shown, "not-chosen", info.rows)])
    check_size(job, rows=info.rows, columns=info.columns)
    layer = gdal.read_layer(job.path, name, options=dialect.options)
    if layer.frame.height < info.rows and not dialect.is_text:
        raise Unreadable(
            "FIL-01", file=job.source or job.name, format=dialect.format, reason="cut-short",
            records=info.rows,
        )  # fmt: skip
    return Found(layers=[_layer(job, dialect, shown, layer)])


def _layer(job: Job, dialect: DriverSettings, name: str, layer: gdal.GdalLayer) -> SourceLayer:
    frame = dialect.tidy(layer.frame) if dialect.tidy else layer.frame
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
