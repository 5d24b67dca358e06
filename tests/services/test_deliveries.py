"""The example deliveries: made again they are the same, each in the shape its tour needs."""

import csv
import json
import zipfile
from pathlib import Path

import openpyxl
import pyogrio
import pytest
import shapely

from services.management.deliveries import examples, write_all
from zones.management.reference import FIXTURES

CONSEGNE = FIXTURES / "consegne"


@pytest.fixture(scope="module")
def expected() -> dict[str, dict]:
    told = json.loads((CONSEGNE / "attesi.json").read_text(encoding="utf-8"))
    return {row["file"]: row for row in told}


def outline(istat: str) -> shapely.Geometry:
    collection = json.loads((FIXTURES / "territory/boundaries.geojson").read_text("utf-8"))
    for feature in collection["features"]:
        if feature["properties"]["istat"] == istat:
            return shapely.from_geojson(json.dumps(feature["geometry"]))
    raise KeyError(istat)


def test_the_committed_files_are_what_the_command_makes(tmp_path):
    write_all(tmp_path)
    for name in ("attesi.json", "legnano_buona.geojson", "rho_virgola_decimale.csv"):
        assert (tmp_path / name).read_bytes() == (CONSEGNE / name).read_bytes(), name
    for name in ("legnano_da_correggere.zip",):
        with zipfile.ZipFile(tmp_path / name) as made, zipfile.ZipFile(CONSEGNE / name) as kept:
            assert made.namelist() == kept.namelist()


def test_good_examples_lie_in_their_comune_and_have_different_identifiers():
    good = [example for example in examples() if example.expected.valid]
    assert len(good) > 3
    for example in good:
        assert example.rows
        comune = outline(example.expected.municipality)
        outside = [row.name for row in example.rows if not comune.covers(row.point())]
        assert outside == [], example.expected.file
        assert len({row.identifier for row in example.rows}) == len(example.rows)


def test_every_invented_row_says_that_it_is_one():
    known = {row["name"] for row in csv.DictReader(open_text(FIXTURES / "demo_services.csv"))}
    names = [row.name for example in examples() for row in example.rows]
    invented = [name for name in names if name not in {*known, "-"}]
    assert invented
    assert [name for name in invented if "(esempio)" not in name] == []


def open_text(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_the_geopackage_has_a_layer_of_points_and_one_of_areas(expected):
    path = CONSEGNE / "sesto_buona.gpkg"
    layers = dict(pyogrio.list_layers(path))
    assert layers == {"servizi_puntuali": "Point", "servizi_areali": "Polygon"}
    infos = [pyogrio.read_info(path, layer=name) for name in layers]
    assert {info["crs"] for info in infos} == {"EPSG:32632"}
    assert sum(info["features"] for info in infos) == expected["sesto_buona.gpkg"]["rows"]


def test_the_wrong_shapefile_is_nested_in_monte_mario_and_without_code_page(expected):
    path = CONSEGNE / "legnano_da_correggere.zip"
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert {Path(name).suffix for name in names} == {".shp", ".shx", ".dbf", ".prj"}
        assert all(len(Path(name).parts) == 3 for name in names)
        dbf = archive.read(next(name for name in names if name.endswith(".dbf")))
    assert "SANITÀ".encode("cp1252") in dbf
    shp = f"/vsizip/{path}/{names[2]}"
    assert pyogrio.read_info(shp)["crs"] == "EPSG:3003"
    families = {mistake["code"][:3] for mistake in expected[path.name]["mistakes"]}
    assert families == {"ATT", "GEO", "UNI"}


def test_the_csv_is_what_an_italian_spreadsheet_writes():
    text = (CONSEGNE / "rho_virgola_decimale.csv").read_bytes().decode("cp1252")
    header, first, *_rest = text.split("\r\n")
    assert header.endswith("COORD_X;COORD_Y")
    assert first.split(";")[-2].count(",") == 1


def test_the_workbook_has_its_values_under_their_headings():
    sheet = openpyxl.load_workbook(CONSEGNE / "rho_foglio.xlsx").active
    header, *rows = sheet.iter_rows(values_only=True)
    assert header[-2:] == ("LON", "LAT") and len(rows) == 24
    for row in rows:
        assert row[header.index("COD_ISTAT")] == 15182
        assert 8.9 < row[-2] < 9.2 < 45 < row[-1] < 46
        assert row[header.index("SUP_FOND")] is None or row[header.index("SUP_FOND")] > 0
