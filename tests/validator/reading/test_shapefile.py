"""Shapefiles: declared system, encoding by evidence, repeated and cut names, lost companions."""

import numpy as np
import pyogrio.raw
import pytest
import shapely

from tests.validator.reading.conftest import shapefile_members, zipped
from validator.reading.errors import Unreadable

NAMES = ["Biblioteca civica", "Università «Bocconi»", "Là – Città…"]


def notes(layer):
    return {note.code: dict(note.params) for note in layer.notes}


@pytest.mark.parametrize("codec", ["CP1252", "UTF-8", "ISO-8859-15"])
@pytest.mark.parametrize("label", [True, False])
def test_texts_come_back_with_and_without_cpg(read_text, tmp_path, codec, label):
    names = [n.encode(codec, errors="ignore").decode(codec) for n in NAMES]
    members = shapefile_members(tmp_path / "s", names, encoding=codec)
    if not label:
        members.pop("servizi.cpg", None)
    layer = read_text(zipped(members), "s.zip").layers[0]
    assert layer.frame["NOME"].to_list() == names


@pytest.mark.parametrize("epsg", [3003, 3004, 32632, 25832, 7791, 6707, 4326])
def test_italian_systems_are_recognised_from_the_prj(read_text, tmp_path, epsg):
    members = shapefile_members(tmp_path / "s", NAMES, crs=f"EPSG:{epsg}")
    layer = read_text(zipped(members), "s.zip").layers[0]
    assert (layer.declared_crs, layer.crs_origin) == (epsg, "prj")


def test_a_prj_that_is_no_utf_8_is_read_all_the_same(read_text, tmp_path):
    members = shapefile_members(tmp_path / "s", ["Città"])
    members["servizi.prj"] = members["servizi.prj"].replace(b"WGS_1984", b"Citt\xe0\x9b", 1)
    assert read_text(zipped(members), "s.zip").layers[0].frame["NOME"].to_list() == ["Città"]


def test_fil_05_a_missing_prj_and_one_that_is_a_web_page_are_told(read_text, tmp_path):
    members = shapefile_members(tmp_path / "s", NAMES)
    members["servizi.prj"] = b"<!DOCTYPE html><html>404 Not Found</html>"
    layer = read_text(zipped(members), "s.zip").layers[0]
    assert (layer.declared_crs, notes(layer)["FIL-05"]["reason"]) == (None, "unreadable")
    del members["servizi.prj"]
    layer = read_text(zipped(members), "s.zip").layers[0]
    assert notes(layer)["FIL-05"] == {"name": "servizi", "reason": "missing"}


def test_fil_04_a_lost_index_is_rebuilt_and_told(read_text, tmp_path):
    members = shapefile_members(tmp_path / "s", NAMES)
    del members["servizi.shx"]
    layer = read_text(zipped(members), "s.zip").layers[0]
    assert layer.rows == 3
    assert notes(layer)["FIL-04"] == {"name": "servizi", "missing": ".shx"}


def test_fil_04_without_table_there_is_nothing_to_read(read_text, tmp_path):
    members = shapefile_members(tmp_path / "s", NAMES)
    del members["servizi.dbf"]
    with pytest.raises(Unreadable) as refusal:
        read_text(zipped(members), "s.zip")
    assert (refusal.value.code, refusal.value.params["missing"]) == ("FIL-04", ".dbf")


def test_str_03_repeated_field_names_are_told_and_kept_apart(read_text, tmp_path):
    members = shapefile_members(tmp_path / "s", NAMES)
    table = bytearray(members["servizi.dbf"])
    field = bytes(table[32:64])
    width = field[16]
    header = int.from_bytes(table[8:10], "little") + 32
    record = int.from_bytes(table[10:12], "little") + width
    rows = [bytes(table[65 + i * (width + 1) :][: width + 1]) for i in range(3)]
    table[8:10], table[10:12] = header.to_bytes(2, "little"), record.to_bytes(2, "little")
    doubled = (
        bytes(table[:32]) + field + field + b"\r" + b"".join(r + r[1:] for r in rows) + b"\x1a"
    )
    members["servizi.dbf"] = doubled
    layer = read_text(zipped(members), "s.zip").layers[0]
    assert layer.frame.columns == ["NOME", "NOME_2"]
    assert layer.frame["NOME_2"].to_list() == NAMES
    assert notes(layer)["STR-03"] == {"column": "NOME", "n": 2}


def test_str_05_texts_that_fill_the_whole_width_are_told(read_text, tmp_path):
    members = shapefile_members(tmp_path / "s", ["x" * 254, "breve"])
    layer = read_text(zipped(members), "s.zip").layers[0]
    assert notes(layer)["STR-05"] == {"column": "NOME", "n": 1, "len": 254}


def test_field_names_with_accents_come_back(read_text, tmp_path):
    members = shapefile_members(tmp_path / "s", NAMES, encoding="CP1252")
    table = bytearray(members["servizi.dbf"])
    table[32:43] = "QUALITÀ".encode("cp1252").ljust(11, b"\x00")
    members["servizi.dbf"] = bytes(table)
    layer = read_text(zipped(members), "s.zip").layers[0]
    assert layer.frame.columns == ["QUALITÀ"]


def test_geo_05_heights_are_counted_and_kept_as_sent(read_text, tmp_path):
    folder = tmp_path / "z"
    folder.mkdir()
    geometry = shapely.to_wkb(shapely.points([(514000.0, 5034000.0, 120.0)]))
    pyogrio.raw.write(
        folder / "z.shp",
        geometry=geometry,
        field_data=[np.array(["a"], dtype=object)],
        fields=np.array(["NOME"]),
        geometry_type="Point Z",
        crs="EPSG:32632",
    )
    members = {p.name: p.read_bytes() for p in folder.iterdir()}
    layer = read_text(zipped(members), "z.zip").layers[0]
    assert notes(layer)["GEO-05"] == {"n": 1}
    assert shapely.from_wkb(layer.wkb[0]).z == 120.0


def test_a_table_of_codes_beside_a_shapefile_is_told_and_read_when_asked_for(read_text, tmp_path):
    members = shapefile_members(tmp_path / "s", NAMES)
    members["D_TIPO.dbf"] = members["servizi.dbf"]
    result = read_text(zipped(members), "s.zip")
    assert [(o.name, o.reason) for o in result.others] == [("D_TIPO", "table")]
    asked = read_text(zipped(members), "s.zip", layers=("D_TIPO",))
    assert [(layer.name, layer.wkb) for layer in asked.layers] == [("D_TIPO", None)]
