"""Files that arrived by half, and cells longer than
any text: refused in words, never read by half."""

import io
import struct
import zipfile

import numpy as np
import pytest
import shapely
from pyogrio.raw import write

from validator.confined import client
from validator.limits import Limits
from validator.reading.errors import Unreadable
from validator.rules import registry

BOX = struct.pack("<ii8d", 1000, 1, 518000, 5043000, 518009, 5043000, 0, 0, 0, 0)


def head(length: int) -> bytes:
    return struct.pack(">7i", 9994, 0, 0, 0, 0, 0, length // 2) + BOX


def shp(rows: int) -> bytes:
    shapes = (struct.pack("<idd", 1, 518000.0 + i, 5043000.0) for i in range(rows))
    body = b"".join(struct.pack(">ii", i + 1, 10) + s for i, s in enumerate(shapes))
    return head(100 + len(body)) + body


def shx(rows: int) -> bytes:
    body = b"".join(struct.pack(">ii", 50 + i * 14, 10) for i in range(rows))
    return head(100 + len(body)) + body


def dbf(rows: int, *, declared: int | None = None, gone: tuple[int, ...] = ()) -> bytes:
    field = b"TIPO".ljust(11, b"\0") + b"C" + bytes(4) + bytes([10, 0]) + bytes(14)
    records = (b"*" if i in gone else b" " for i in range(rows))
    body = b"".join(mark + b"Bibl%06d" % i for i, mark in enumerate(records))
    number = rows if declared is None else declared
    return struct.pack("<4BIHH20x", 3, 124, 1, 1, number, 65, 11) + field + b"\r" + body


def read(folder, name: str, body: bytes, limits: Limits | None = None):
    path = folder / name
    path.write_bytes(body)
    return client.read(path, name=name, limits=limits or Limits())


def shapefile(folder, **members: bytes):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for suffix, body in members.items():
            archive.writestr(f"piano.{suffix}", body)
    return read(folder, "piano.zip", packed.getvalue())


def words(refusal: Unreadable) -> str:
    return registry.render(refusal.code, refusal.params).message


@pytest.mark.parametrize(
    ("shapes", "table"),
    [(10, dbf(4, declared=10)), (10, dbf(3)), (3, dbf(10))],
    ids=["table cut", "fewer rows", "fewer shapes"],
)
def test_shapes_and_rows_that_do_not_go_together_are_refused(tmp_path, shapes, table):
    with pytest.raises(Unreadable) as refusal:
        shapefile(tmp_path, shp=shp(shapes), shx=shx(shapes), dbf=table)
    assert refusal.value.code == "FIL-01"
    assert f"le forme sono {shapes} e le righe della tabella" in words(refusal.value)


def test_rows_marked_as_deleted_are_not_missed(tmp_path):
    found = shapefile(tmp_path, shp=shp(5), shx=shx(5), dbf=dbf(5, gone=(1, 3)))
    assert found.layers[0].rows == 3


def test_a_whole_shapefile_without_index_is_read(tmp_path):
    assert shapefile(tmp_path, shp=shp(5), dbf=dbf(5)).layers[0].rows == 5


def test_a_flatgeobuf_cut_short_is_refused(tmp_path):
    path = tmp_path / "whole.fgb"
    points = shapely.to_wkb(shapely.points(518000 + np.arange(20), 5043000))
    kinds = [np.array(["Biblioteca"] * 20, dtype=object)]
    write(path, points, kinds, np.array(["TIPO"], dtype=object), layer="a", driver="FlatGeobuf",
          geometry_type="Point", crs="EPSG:32632")  # fmt: skip
    body = bytearray(path.read_bytes())
    struct.pack_into("<Q", body, body.index(struct.pack("<Q", 20)), 400_000)
    with pytest.raises(Unreadable) as refusal:
        read(tmp_path, "piano.fgb", bytes(body))
    assert "400.000" in words(refusal.value)


def test_one_endless_line_is_refused_in_words(tmp_path):
    limits = Limits(cell_characters=100_000)
    with pytest.raises(Unreadable) as refusal:
        read(tmp_path, "piano.csv", b"ID;TIPO\n" + b"x" * 1_000_000, limits)
    assert refusal.value.code == "FIL-02"
    assert "caratteri in una cella" in words(refusal.value)


def test_a_cell_too_long_is_refused_in_every_format(tmp_path):
    body = b'{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null,'
    body += b'"properties":{"TIPO":"' + b"x" * 300_000 + b'"}}]}'
    with pytest.raises(Unreadable) as refusal:
        read(tmp_path, "piano.geojson", body, Limits(cell_characters=100_000))
    assert (refusal.value.code, refusal.value.params["size"]) == ("FIL-02", 300_000)


def test_a_shape_of_many_vertices_fits_into_a_cell(tmp_path):
    ring = ", ".join(f"{518000 + i * 0.01:.6f} 5043000.123456" for i in range(60_000))
    text = f'ID;TIPO;WKT\n1;Parco;"LINESTRING ({ring})"\n'
    assert len(text) > 1_500_000
    assert read(tmp_path, "piano.csv", text.encode()).layers[0].rows == 1


def test_a_long_shape_does_not_hide_the_separator(tmp_path):
    ring = ", ".join(f"{518000 + i * 0.01:.2f} 5043000.12" for i in range(8_000))
    lines = ["ID;TIPO;WKT", f"1;Parco;LINESTRING ({ring})", "2;Parco;POINT (1 2)"]
    assert len(lines[1]) > 131_072
    layer = read(tmp_path, "piano.csv", "\n".join(lines).encode()).layers[0]
    assert layer.frame.columns == ["ID", "TIPO", "WKT"]
    assert layer.rows == 2


def test_a_quote_that_never_closes_swallows_no_row_of_a_small_file(tmp_path):
    text = 'ID;NOME;VIA\n1;"Pace;Roma\n2;Musei;Po\n3;Scuole;Adda\n'
    layer = read(tmp_path, "piano.csv", text.encode()).layers[0]
    assert layer.frame["ID"].to_list() == ["1", "2", "3"]
    assert "quotes-unbalanced" in {note.code for note in layer.notes}


def test_a_last_cell_of_two_lines_is_one_cell(tmp_path):
    text = 'ID;NOME;VIA\n1;Pace;"via Roma\n12"\n'
    layer = read(tmp_path, "piano.csv", text.encode()).layers[0]
    assert layer.frame.row(0) == ("1", "Pace", "via Roma\n12")
    assert "quotes-unbalanced" not in {note.code for note in layer.notes}
