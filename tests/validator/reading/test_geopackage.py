"""GeoPackage: layers and tables, undefined systems, and nothing active."""

import sqlite3

import pytest

from tests.validator.reading.conftest import write_points
from validator.reading.errors import Unreadable

REGISTER = """insert into gpkg_contents (table_name, data_type, identifier)
 values (?1, 'attributes', ?1)"""


@pytest.fixture
def package(tmp_path):
    return write_points(tmp_path / "servizi.gpkg", ["Città", "Forlì"], layer="esistenti")


def test_every_layer_with_records_is_read_and_empty_ones_are_told(read, package):
    write_points(package, ["Museo"], layer="previsti", append=True)
    with sqlite3.connect(package) as db:
        db.execute("create table note (id integer primary key, testo text)")
        db.execute(REGISTER, ["note"])
    result = read(package)
    assert [(layer.name, layer.rows, layer.declared_crs) for layer in result.layers] == [
        ("esistenti", 2, 32632),
        ("previsti", 1, 32632),
    ]
    assert [(other.name, other.reason) for other in result.others] == [("note", "empty")]


def test_a_table_without_geometry_is_a_layer(read, package):
    with sqlite3.connect(package) as db:
        db.execute("create table elenco (id integer primary key, istat text)")
        db.execute("insert into elenco (istat) values ('015146')")
        db.execute(REGISTER, ["elenco"])
    layer = {layer.name: layer for layer in read(package).layers}["elenco"]
    assert layer.wkb is None
    assert layer.frame["istat"].to_list() == ["015146"]


@pytest.mark.parametrize("srs", [-1, 0])
def test_undefined_systems_are_no_declaration(read, package, srs):
    with sqlite3.connect(package) as db:
        db.execute("update gpkg_geometry_columns set srs_id = ?", [srs])
        db.execute("update gpkg_contents set srs_id = ?", [srs])
    layer = read(package).layers[0]
    assert (layer.declared_crs, layer.declared_wkt, layer.crs_origin) == (None, None, "")
    assert "crs-undefined" in [note.code for note in layer.notes]


def test_a_view_is_told_and_never_run(read, package):
    endless = (
        "with recursive r(n) as (select 1 union all select n + 1 from r) select n as fid, n from r"
    )
    with sqlite3.connect(package) as db:
        db.execute(f"create view infinita as {endless}")
        db.execute(REGISTER, ["infinita"])
    result = read(package)
    assert [(other.name, other.reason) for other in result.others] == [("infinita", "view")]
    assert [layer.name for layer in result.layers] == ["esistenti"]


def test_texts_that_are_not_utf8_are_read_letter_by_letter(read, package):
    with sqlite3.connect(package) as db:
        for (name,) in db.execute(
            "select name from sqlite_master where type = 'trigger'"
        ).fetchall():
            db.execute(f"drop trigger {name}")
        db.execute("update esistenti set NOME = cast(x'43697474e0' as text) where fid = 1")
    assert read(package).layers[0].frame["NOME"].to_list() == ["Città", "Forlì"]


def test_chosen_layers_only(read, package):
    write_points(package, ["Museo"], layer="previsti", append=True)
    result = read(package, layers=("previsti",))
    assert [layer.name for layer in result.layers] == ["previsti"]
    assert [(o.name, o.reason, o.rows) for o in result.others] == [("esistenti", "not-chosen", 2)]


def test_fil_01_a_layer_that_is_not_there_is_named(read, package):
    with pytest.raises(Unreadable) as refusal:
        read(package, layers=("altro",))
    assert (refusal.value.params["reason"], refusal.value.params["item"]) == (
        "no-such-layer",
        "altro",
    )


def test_fil_01_a_damaged_package_is_refused(read_text, package):
    raw = bytearray(package.read_bytes())
    raw[100:40_000] = b"\xff" * 39_900
    with pytest.raises(Unreadable) as refusal:
        read_text(bytes(raw), "servizi.gpkg")
    assert refusal.value.code == "FIL-01"


def test_fil_01_a_database_that_is_no_package_is_named(read, tmp_path):
    path = tmp_path / "x.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("create table a (b)")
    with pytest.raises(Unreadable) as refusal:
        read(path)
    assert refusal.value.params["format"] == "SQLite"


@pytest.mark.parametrize("srs", ["1,5", "testo", b"\0", 1e308, 2**62])
def test_a_system_that_is_no_number_is_no_declaration(read, package, srs):
    with sqlite3.connect(package) as db:
        db.execute("update gpkg_contents set srs_id = ?", [srs])
        db.execute("update gpkg_geometry_columns set srs_id = ?", [srs])
    layer = read(package).layers[0]
    assert (layer.declared_crs, layer.rows) == (None, 2)


@pytest.mark.parametrize(("code", "text"), [("tremila", "testo"), (b"\0", b"\0"), (-1, 7)])
def test_an_odd_definition_of_a_system_is_no_declaration(read, package, code, text):
    with sqlite3.connect(package) as db:
        db.execute(
            "update gpkg_spatial_ref_sys set organization_coordsys_id = ?, definition = ?"
            " where srs_id = 32632",
            [code, text],
        )
    assert read(package).layers[0].declared_crs is None
