"""Files that attack whoever parses them, made anew each time: what each is, by its name.

The kinds of the real attacks (nested WKT and WKB, views without end) and variants of our own.
`HELD` have a good row beside the bad ones, which alone are held; `REFUSED` are refused whole.
"""

import io
import os
import sqlite3
import struct
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyogrio.raw
import shapely

Make = Callable[[], bytes]
#: In EPSG:32632, inside Sesto San Giovanni.
X, Y = 521_000, 5_042_500
GOOD = f"B1;Biblioteca;Biblioteca centrale;esistente;POINT ({X} {Y})"
HEAD = "ID;TIPOLOGIA;DENOMINAZIONE;STATO;WKT"
LISTED = "ID;TIPOLOGIA;DENOMINAZIONE;STATO;NOTE;SUP_FOND;DATA_APERTURA;COORD_X;COORD_Y"


def nested(depth: int, inner: str = f"POINT ({X} {Y})") -> str:
    return "GEOMETRYCOLLECTION (" * depth + inner + ")" * depth


def nested_wkb(depth: int, *, order: str = "<", code: int = 7) -> bytes:
    level = struct.pack(f"{order}BII", order == "<", code, 1)
    point = struct.pack(f"{order}BIdd", order == "<", 1, X, Y)
    return level * depth + point


def csv(*rows: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *rows]).encode()


def with_shapes(*shapes: str) -> bytes:
    bad = [f"A{n};Parco;Parco {n};esistente;{shape}" for n, shape in enumerate(shapes)]
    return csv(GOOD, *bad)


def zipped(name: str, body: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, body)
    return buffer.getvalue()


def many_vertices() -> bytes:
    angles = np.linspace(0, 2 * np.pi, 120_000)
    ring = ", ".join(f"{X + np.cos(a):.3f} {Y + np.sin(a):.3f}" for a in angles)
    return with_shapes(f"POLYGON (({ring}, {X + 1:.3f} {Y:.3f}))")


def star(vertices: int = 6_001) -> bytes:
    """Each side crosses nearly all the others: eighteen million crossings."""
    angles = np.arange(vertices + 1) % vertices * (2 * np.pi * (vertices // 2) / vertices)
    ring = ", ".join(f"{X + 500 * np.cos(a):.3f} {Y + 500 * np.sin(a):.3f}" for a in angles)
    return with_shapes(f"POLYGON (({ring}))")


def many_parts() -> bytes:
    part = f"(({X} {Y}, {X} {Y + 9}, {X + 9} {Y}, {X} {Y}))"
    return with_shapes(f"MULTIPOLYGON ({', '.join([part] * 30_000)})")


def geopackage(*spoil: str, shape: bytes | None = None) -> bytes:
    """Two libraries; the statements are run over it, the shape becomes that of the second."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.gpkg"
        columns = {"ID": ["B1", "A0"], "TIPOLOGIA": ["Biblioteca"] * 2, "STATO": ["esistente"] * 2}
        columns["DENOMINAZIONE"] = ["Biblioteca centrale", "Biblioteca nuova"]
        pyogrio.raw.write(
            path,
            geometry=shapely.to_wkb(shapely.points([(X, Y), (X + 50, Y)])),
            field_data=[np.array(cells, dtype=object) for cells in columns.values()],
            fields=np.array(list(columns)),
            geometry_type="Unknown",
            crs="EPSG:32632",
            layer="servizi",
        )
        base = sqlite3.connect(path)
        if shape is not None or spoil:
            triggers = base.execute("select name from sqlite_master where type = 'trigger'")
            for (name,) in triggers.fetchall():
                base.execute(f'drop trigger "{name}"')
        if shape is not None:
            head = b"GP\0\x01" + struct.pack("<i", 32632)
            base.execute("update servizi set geom = ? where ID = 'A0'", (head + shape,))
        for statement in spoil:
            base.execute(statement)
        base.commit()
        base.close()
        return path.read_bytes()


def disguised(table: str) -> bytes:
    """The table as a view that never comes to its end."""
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select {} from n"
    columns = {
        "gpkg_contents": "'t' || i as table_name, 'features' as data_type, '' as identifier, '' as"
        " description, '' as last_change, 0 as min_x, 0 as min_y, 0 as max_x, 0 as max_y, 0 as"
        " srs_id",
        "gpkg_spatial_ref_sys": "'' as srs_name, i as srs_id, 'EPSG' as organization, i as"
        " organization_coordsys_id, '' as definition, '' as description",
        "gpkg_geometry_columns": "'t' || i as table_name, 'geom' as column_name, 'POINT' as"
        " geometry_type_name, 0 as srs_id, 0 as z, 0 as m",
    }
    return geopackage(
        "pragma foreign_keys = off",
        "pragma legacy_alter_table = on",
        f"alter table {table} rename to kept",
        f"create view {table} as {endless.format(columns[table])}",
    )


def endless_triggers() -> bytes:
    """What runs when a row is changed, and a layer that is a view without end."""
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n)"
    return geopackage(
        "create trigger always after update on servizi begin"
        " delete from servizi where exists (select 1 from senza_fine where fid < 0); end",
        f"create view senza_fine as {endless} select i as fid, null as geom from n",
        "insert into gpkg_contents (table_name, data_type, identifier, srs_id) values"
        " ('senza_fine', 'features', 'senza_fine', 32632)",
        "insert into gpkg_geometry_columns values ('senza_fine', 'geom', 'POINT', 32632, 0, 0)",
        shape=nested_wkb(200),
    )


def geojson(geometry: str, properties: str = '"DENOMINAZIONE": "Biblioteca nuova"') -> bytes:
    good = '{"type": "Feature", "properties": {"ID": "B1", "TIPOLOGIA": "Biblioteca", "STATO": '
    good += '"esistente", "DENOMINAZIONE": "Biblioteca centrale"}, "geometry": {"type": "Point", '
    good += '"coordinates": [9.267, 45.534]}}'
    bad = '{"type": "Feature", "properties": {"ID": "A0", "TIPOLOGIA": "Biblioteca", "STATO": '
    bad += f'"esistente", {properties}}}, "geometry": {geometry}}}'
    return f'{{"type": "FeatureCollection", "features": [{good}, {bad}]}}'.encode()


def nested_geojson(depth: int) -> str:
    level = '{"type": "GeometryCollection", "geometries": ['
    return level * depth + '{"type": "Point", "coordinates": [9.2, 45.5]}' + "]}" * depth


def deep_list(depth: int) -> str:
    return '{"type": "Polygon", "coordinates": ' + "[" * depth + "9" + "]" * depth + "}"


LAUGHS = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "ha">' for n in range(10)
)


def bomb_in_a_sheet() -> bytes:
    buffer = io.BytesIO()
    spread = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    members = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{spread}" xmlns:r="{office}"><sheets><sheet '
        'name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/s.xml"/>'
        f'<Relationship Id="r2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/>'
        "</Relationships>",
        "xl/sharedStrings.xml": f'<!DOCTYPE sst [{LAUGHS}]><sst xmlns="{spread}"><si><t>&l9;</t>'
        "</si></sst>",
        "xl/worksheets/s.xml": f'<worksheet xmlns="{spread}"><sheetData><row r="1"><c r="A1" '
        't="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>0</v></c></row></sheetData>'
        "</worksheet>",
    }
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def kml(shape: str) -> bytes:
    space = "http://www.opengis.net/kml/2.2"
    return (
        f'<kml xmlns="{space}"><Document><Placemark>{shape}</Placemark></Document></kml>'.encode()
    )


def gml(inside: str, before: str = "") -> bytes:
    space = 'xmlns:gml="http://www.opengis.net/gml" xmlns:a="urn:a"'
    member = f"<gml:featureMember><a:s><a:geom>{inside}</a:geom></a:s></gml:featureMember>"
    return f"{before}<gml:FeatureCollection {space}>{member}</gml:FeatureCollection>".encode()


def lying_dbf() -> bytes:
    """Two thousand million records of one byte, a field wider than its record."""
    head = struct.pack("<B3BIHH20x", 3, 126, 1, 1, 2_000_000_000, 65, 1)
    field = b"NOME".ljust(11, b"\0") + b"C" + b"\0" * 4 + bytes([255]) + b"\0" * 15
    return zipped("tavola.dbf", head + field + b"\r" + b"x" * 40)


def random_lines() -> bytes:
    """One line of fifty megabytes that no compression makes smaller."""
    return b"ID;NOME;" + os.urandom(25_000_000).hex().encode()


ROW = "A0;Biblioteca;Biblioteca nuova;esistente;{};{};{};521000;5042500"
HELD: dict[str, Make] = {
    "wkt_senza_fine.zip": lambda: zipped("p.csv", with_shapes(nested(60_000))),
    "wkt_venti_celle.zip": lambda: zipped("p.csv", with_shapes(*[nested(20_000)] * 20)),
    "wkb_profondo.gpkg": lambda: geopackage(shape=nested_wkb(5_000)),
    "ewkt.csv": lambda: with_shapes(f"SRID=32632;{nested(30_000)}", nested(33)),
    "wkb_in_cella.csv": lambda: with_shapes(
        nested_wkb(20_000, order=">", code=0x80000007).hex(), nested_wkb(100, code=6).hex()
    ),
    "vertici.csv": many_vertices,
    "parti.csv": many_parts,
    "conteggi.gpkg": lambda: geopackage(
        shape=struct.pack("<BIII", 1, 3, 1, 0x7FFFFFFF) + b"\0" * 400
    ),
    "conteggi_multipli.gpkg": lambda: geopackage(
        shape=struct.pack("<BII", 1, 6, 0xFFFFFFFF) + b"\0" * 400
    ),
    "annidato.geojson": lambda: geojson(nested_geojson(20_000)),
    "liste.geojson": lambda: geojson(deep_list(100_000)),
    "geojson_in_cella.csv": lambda: with_shapes(
        '"' + nested_geojson(20_000).replace('"', '""') + '"'
    ),
    "cifre.csv": lambda: csv(ROW.format("", "9" * 1_000_000, "2020-01-01"), head=LISTED),
    "date.csv": lambda: csv(
        *(
            ROW.format("", 1200, day)
            for day in ("99999999-12-31", "0000-00-00", "1" * 100_000, "2020-13-99T" + "9" * 5000)
        ),
        head=LISTED,
    ),
    "testo.csv": lambda: csv(ROW.format("parola " * 20_000, 1200, "2020-01-01"), head=LISTED),
    "stella.csv": star,
    "grilletti.gpkg": endless_triggers,
}
REFUSED: dict[str, Make] = {
    "contenuti.gpkg": lambda: disguised("gpkg_contents"),
    "sistemi.gpkg": lambda: disguised("gpkg_spatial_ref_sys"),
    "colonne.gpkg": lambda: disguised("gpkg_geometry_columns"),
    "proprieta.geojson": lambda: geojson(
        '{"type": "Point", "coordinates": [9.2, 45.5]}', f'"a": {"[" * 50_000}{"]" * 50_000}'
    ),
    "parentesi.geojson": lambda: b'{"type": "FeatureCollection", "features": ' + b"[" * 200_000,
    "risate.xlsx": bomb_in_a_sheet,
    "risate.gml": lambda: gml("&l9;", f"<!DOCTYPE a [{LAUGHS}]>"),
    "profondo.gml": lambda: gml("<gml:MultiGeometry><gml:geometryMember>" * 20_000),
    "profondo.kml": lambda: kml("<MultiGeometry>" * 50_000 + "</MultiGeometry>" * 50_000),
    "tavola.zip": lying_dbf,
    "bomba.zip": lambda: zipped("p.csv", b"0" * 300_000_000),
    "riga.csv": random_lines,
}
