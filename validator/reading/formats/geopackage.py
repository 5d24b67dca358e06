"""GeoPackage: feature and attribute tables; views,
system tables and everything active stay closed.
"""

import sqlite3
from dataclasses import dataclass, replace

from validator.limits import DEFAULT
from validator.reading import bounds, crs, database, encoding, gdal
from validator.reading.errors import Unreadable
from validator.reading.format import Format
from validator.reading.job import Found, Job, check_size, geometry_of, text_notes
from validator.reading.sample import SQLITE, Sample
from validator.source_file import ERRORS, OUTCOME, Note, OtherLayer, SourceLayer

FORMAT = "GeoPackage"
SYSTEM = {"layer_styles", "qgis_projects", "qgis_layer_metadata", "data_licenses", "styles"}
CONTENTS = """
    select c.table_name, c.data_type, coalesce(m.type, ''), coalesce(m.sql, ''),
           g.srs_id, s.organization, s.organization_coordsys_id, s.definition
      from gpkg_contents c
      left join sqlite_master m on lower(m.name) = lower(c.table_name)
      left join gpkg_geometry_columns g on lower(g.table_name) = lower(c.table_name)
      left join gpkg_spatial_ref_sys s on s.srs_id = g.srs_id
"""


@dataclass(frozen=True, slots=True)
class GeopackageTable:
    """One entry of gpkg_contents: readable or not (`closed` says why), and its declared system."""

    name: str
    closed: str
    declared: crs.DeclaredCrs


def read(job: Job) -> Found:
    """Every readable table with records. Raises Unreadable FIL-01, FIL-02."""
    found = Found()
    tables = _contents(job)
    if len(tables) > job.limits.layers:
        limit = job.limits.layers
        raise Unreadable(
            "FIL-02", file=job.name, size=len(tables), limit=limit, unit="layers", reason="layers"
        )
    for table in tables:
        if table.closed:
            found.others.append(OtherLayer(table.name, table.closed))
        else:
            found.add(_read_table(job, table))
    if _is_return_file(job):
        found.layers = [_without_outcome(layer) for layer in found.layers]
    return found


def _is_return_file(job: Job) -> bool:
    """Whether the portal wrote this file: only its layer of findings says what is wrong so."""
    query = "select 1 from pragma_table_info(?) where name = 'che_cosa_non_va'"
    with database.looked_at(job.path, job.limits.look_seconds) as known:
        return any(known.execute(query, (name,)).fetchone() for name in ERRORS)


def _without_outcome(layer: SourceLayer) -> SourceLayer:
    """A layer of our own return file without the column that we had added: it is no data."""
    ours = [name for name in reversed(OUTCOME) if name in layer.frame.columns][:1]
    return replace(layer, frame=layer.frame.drop(ours)) if ours else layer


def _contents(job: Job) -> list[GeopackageTable]:
    """What the file says that it holds, one more than may be at the most."""
    try:
        with database.looked_at(job.path, job.limits.look_seconds) as connection:
            if database.is_disguised(connection):
                raise _refusal(job, "disguised")
            rows = connection.execute(CONTENTS).fetchmany(job.limits.layers + 1)
    except database.Endless as error:
        raise _refusal(job, "endless") from error
    except (sqlite3.Error, UnicodeError, OverflowError) as error:
        raise job.damaged(FORMAT, error) from error
    return [
        GeopackageTable(
            str(r[0]), _closed(str(r[0]), str(r[1]), str(r[2]), str(r[3])), _declared(r[4:])
        )
        for r in rows
    ]


def _refusal(job: Job, reason: str) -> Unreadable:
    return Unreadable("FIL-01", file=job.source or job.name, format=FORMAT, reason=reason)


def _closed(name: str, data_type: str, kind: str, sql: str) -> str:
    """Why a table is not read: "" when it is."""
    if name.lower() in SYSTEM or name.lower().startswith(("gpkg_", "sqlite_", "rtree_")):
        return "system"
    if data_type not in ("features", "attributes", "aspatial"):
        return "not-a-layer"
    if kind == "view":
        return "view"
    if kind != "table" or sql.lower().lstrip().startswith("create virtual"):
        return "not-a-layer"
    return ""


def _declared(row: tuple[object, object, object, object]) -> crs.DeclaredCrs:
    """SQLite keeps anything in any column: what is no number or text says nothing."""
    srs_id, code = _whole(row[0]), _whole(row[2])
    definition = row[3] if isinstance(row[3], str) else None
    if srs_id is None or srs_id in (-1, 0):
        return crs.NOTHING
    if str(row[1] or "").upper() == "EPSG" and code and code > 0:
        return crs.DeclaredCrs(code, definition)
    return crs.from_text(definition)


def _whole(value: object) -> int | None:
    try:
        return int(value) if isinstance(value, int | float | str) else None
    except (ValueError, OverflowError):
        return None


def _read_table(job: Job, table: GeopackageTable) -> Found:
    aside = _put_aside(job, table.name)
    try:
        info = gdal.layer_info(job.path, table.name)
    except gdal.faults() as error:
        raise job.damaged(FORMAT, error) from error
    if not info.rows:
        return Found(others=[OtherLayer(table.name, "empty", 0)])
    if not job.wants(table.name):
        return Found(others=[OtherLayer(table.name, "not-chosen", info.rows)])
    check_size(job, rows=info.rows, columns=info.columns)
    return Found(layers=[_layer(job, table, aside)])


def _put_aside(job: Job, table: str) -> list[Note]:
    """Take out of the private copy the shapes that no library may parse; which they were."""
    try:
        with database.looked_at(job.path, job.limits.seconds) as connection:
            found, rowids = database.beyond(connection, table, job.limits)
        if found:
            database.put_aside(job.path, table, rowids)
    except database.Endless as error:
        raise _refusal(job, "endless") from error
    except (sqlite3.Error, UnicodeError, OverflowError):
        return []  # GDAL says what is the matter with the table, and counts shapes by itself
    return bounds.notes(found)


def _layer(job: Job, table: GeopackageTable, aside: list[Note]) -> SourceLayer:
    repaired = [*aside]
    try:
        layer = gdal.read_layer(job.path, table.name)
    except gdal.faults() as error:
        mended = _mend_texts(job, table.name)
        if not mended:
            raise job.damaged(FORMAT, error) from error
        repaired.append(Note("mixed-encoding", {"n": mended}))
        layer = _second_try(job, table.name)
    wkb, facts = geometry_of(job, layer)
    declared = table.declared if wkb is not None else crs.NOTHING
    damaged = encoding.damaged_cells(layer.frame)
    notes = repaired + facts + text_notes(layer.frame) + ([damaged] if damaged else [])
    if wkb is not None and declared.epsg is None and declared.wkt is None:
        notes.append(Note("crs-undefined"))
    return SourceLayer(
        name=table.name,
        frame=layer.frame,
        wkb=wkb,
        declared_crs=declared.epsg,
        declared_wkt=declared.wkt,
        crs_origin="gpkg" if declared is not crs.NOTHING else "",
        notes=tuple(notes),
        source=job.source,
    )


def _second_try(job: Job, table: str) -> gdal.GdalLayer:
    try:
        return gdal.read_layer(job.path, table)
    except gdal.faults() as error:
        raise job.damaged(FORMAT, error) from error


def _mend_texts(job: Job, table: str) -> int:
    """Rewrite, in the private copy, texts that are not UTF-8 as what CP1252 says; how many."""
    quoted = database.quoted(table)
    try:
        connection = sqlite3.connect(job.path)
        connection.text_factory = bytes
        try:
            return sum(
                _mend_column(connection, quoted, name) for name in _columns(connection, quoted)
            )
        finally:
            connection.commit()
            connection.close()
    except sqlite3.Error as error:
        raise job.damaged(FORMAT, error) from error


def _columns(connection: sqlite3.Connection, quoted: str) -> list[str]:
    database.drop_triggers(connection)
    rows = connection.execute(f"pragma table_info({quoted})").fetchall()
    return ['"' + row[1].decode().replace('"', '""') + '"' for row in rows]


def _mend_column(connection: sqlite3.Connection, table: str, column: str) -> int:
    query = f"select rowid, {column} from {table} where typeof({column}) = 'text'"  # noqa: S608
    bad = [
        (raw.decode("utf-8", errors=encoding.HANDLER), rowid)
        for rowid, raw in connection.execute(query)
        if not _is_utf8(raw)
    ]
    connection.executemany(f"update {table} set {column} = ? where rowid = ?", bad)  # noqa: S608
    return len(bad)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def recognises(sample: Sample) -> bool:
    """A database that says so in its head, or that has the table of contents."""
    if sample.head[68:72] in (b"GPKG", b"GP10", b"GP11"):
        return True
    query = "select 1 from sqlite_master where name = 'gpkg_contents'"
    try:
        with database.looked_at(sample.path, DEFAULT.look_seconds) as connection:
            return connection.execute(query).fetchone() is not None
    except (sqlite3.Error, database.Endless) as error:
        raise Unreadable("FIL-01", file=sample.name, format=FORMAT, reason="damaged") from error


GEOPACKAGE = Format(
    name=FORMAT,
    it="GeoPackage",
    en="GeoPackage",
    suffixes=(".gpkg",),
    magic=SQLITE,
    recognises=recognises,
    driver="GPKG",
    read=read,
    order=2,
)
