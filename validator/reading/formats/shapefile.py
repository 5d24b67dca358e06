"""Shapefiles and lone .dbf tables, from files already in the private directory."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from validator.libraries import pyogrio
from validator.reading import crs, dbf, encoding, gdal
from validator.reading.errors import Unreadable
from validator.reading.format import Format
from validator.reading.job import Found, Job, check_size, geometry_of
from validator.source_file import Note, OtherLayer, SourceLayer

FORMAT = "Shapefile"
#: The files of one name that make up a shapefile.
SET = (".shp", ".shx", ".dbf", ".prj", ".qpj", ".cpg")


@dataclass(frozen=True, slots=True)
class _Reference:
    """What the .prj beside the shapes declares, and what is to be told of it."""

    declared: crs.DeclaredCrs = crs.NOTHING
    origin: str = ""
    notes: list[Note] = field(default_factory=list)


def read(job: Job) -> Found:
    """The layer of `job.path` (a .shp or .dbf with its
    companions beside it, extensions in lower case).

    Raises Unreadable: FIL-01 (damaged), FIL-02 (limits), FIL-04 (companions missing).
    """
    notes = _companions(job)
    table = job.path.with_suffix(".dbf")
    head = dbf.header(table)
    if head is None:
        raise job.damaged("DBF")
    check_size(job, rows=head.records, columns=len(head.fields))
    if not head.records:
        return Found(others=[OtherLayer(job.stem, "empty", 0)])
    if not job.wants(job.stem):
        return Found(others=[OtherLayer(job.stem, "not-chosen", head.records)])
    notes += dbf.repeated_names(head)
    found = _encoding(job, table, head)
    names = dbf.neutral_names(table, head, found.name)
    reference = _reference(job)
    shapes, deleted = _shapes(job), dbf.deleted(table, head)
    layer = _through_gdal(job)
    frame = gdal.decoded(layer.frame, found).rename(names, strict=False)
    layer = replace(layer, frame=frame)
    _must_be_whole(job, shapes=shapes, records=head.records, read=frame.height + deleted)
    if not layer.frame.height:
        return Found(others=[OtherLayer(job.stem, "empty", 0)])
    notes += reference.notes + dbf.full_cells(table, head)
    return Found(layers=[_layer(job, layer, found, reference=reference, notes=notes)])


def _layer(
    job: Job,
    layer: gdal.GdalLayer,
    found: encoding.Encoding,
    *,
    reference: _Reference,
    notes: list[Note],
) -> SourceLayer:
    wkb, facts = geometry_of(job, layer)
    notes = notes + facts + _cut_names(layer)
    if damaged := encoding.damaged_cells(layer.frame):
        notes.append(damaged)
    return SourceLayer(
        name=job.stem,
        frame=layer.frame,
        wkb=wkb,
        declared_crs=reference.declared.epsg,
        declared_wkt=reference.declared.wkt,
        crs_origin=reference.origin,
        encoding=found.name,
        encoding_origin=found.origin,
        notes=tuple(notes),
        source=job.source,
    )


def _shapes(job: Job) -> int:
    """How many shapes the index lists; 0 where there is none."""
    index = job.path.with_suffix(".shx")
    if job.path.suffix == ".dbf" or not index.exists():
        return 0
    return max(0, index.stat().st_size - 100) // 8


def _must_be_whole(job: Job, *, shapes: int, records: int, read: int) -> None:
    """Raise FIL-01 when shapes and table do not go together: some would be left out in silence."""
    if job.path.suffix == ".shp" and read < max(shapes, records):
        raise Unreadable(
            "FIL-01", file=job.source or job.name, format=FORMAT, reason="rows-differ",
            shapes=shapes or read, records=records,
        )  # fmt: skip


def _companions(job: Job) -> list[Note]:
    """FIL-04: without .dbf nothing can be read; a lost .shx is rebuilt, and told."""
    if job.path.suffix == ".dbf":
        return []
    missing = [suffix for suffix in (".shx", ".dbf") if not job.path.with_suffix(suffix).exists()]
    if ".dbf" in missing:
        raise Unreadable("FIL-04", file=job.name, name=job.stem, missing=", ".join(missing))
    return [Note("FIL-04", {"name": job.stem, "missing": ".shx"})] if missing else []


def _encoding(job: Job, table: Path, head: dbf.DbfHeader) -> encoding.Encoding:
    if job.options.encoding and (chosen := encoding.known(job.options.encoding)):
        return encoding.Encoding(chosen, "given")
    label = table.with_suffix(".cpg")
    cpg = label.read_bytes()[:64].decode("ascii", errors="ignore") if label.exists() else None
    return dbf.encoding_of(table, head, cpg)


def _through_gdal(job: Job) -> gdal.GdalLayer:
    """The layer, each byte of its texts as one letter:
    GDAL drops what an encoding does not define.
    """
    pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": "YES"})
    # GDAL looks for its own name of the encoding beside the table; ours is already decided.
    job.path.with_suffix(".cpg").unlink(missing_ok=True)
    # The .prj has been read by us; one that is no text in UTF-8 would stop GDAL's bindings.
    job.path.with_suffix(".prj").unlink(missing_ok=True)
    try:
        return gdal.read_layer(job.path, encoding=gdal.BYTES)
    except gdal.faults() as error:
        format = FORMAT if job.path.suffix == ".shp" else "DBF"
        raise job.damaged(format, error) from error
    finally:
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": None})


def _reference(job: Job) -> _Reference:
    prj = job.path.with_suffix(".prj")
    if job.path.suffix == ".dbf":
        return _Reference()
    if not prj.exists():
        return _Reference(notes=[Note("FIL-05", {"name": job.stem, "reason": "missing"})])
    declared = crs.from_prj(prj)
    twin = job.path.with_suffix(".qpj")
    if twin.exists() and (declared is None or declared.epsg is None):
        # QGIS 2 wrote the same system beside the .prj, with its EPSG code.
        declared = crs.from_prj(twin) or declared
    if declared is None:
        return _Reference(notes=[Note("FIL-05", {"name": job.stem, "reason": "unreadable"})])
    return _Reference(declared, "prj")


def _cut_names(layer: gdal.GdalLayer) -> list[Note]:
    cut = [name for name in layer.frame.columns if len(name) == 10]
    return [Note("names-cut", {"columns": cut})] if cut else []


SHAPEFILE = Format(
    name=FORMAT,
    it="Shapefile in uno .zip",
    en="Zipped shapefile",
    suffixes=(".shp",),
    magic=(b"\x00\x00\x27\x0a",),
    driver="ESRI Shapefile",
    read=read,
    order=1,
)
