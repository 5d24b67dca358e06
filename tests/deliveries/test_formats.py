"""Every accepted format as a delivery: written for real, read in the confined process."""

import json
import sqlite3
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pyproj import Transformer

from deliveries import tasks
from deliveries.actions import answers, intake
from deliveries.checks import examination
from deliveries.models import Delivery, StagedRow
from services.actions import plan_source
from tests.validator.reading.conftest import write_points

#: Made by LibreOffice Calc 7.4 from one table: two rows, a sheet without any.
SHEETS = Path(__file__).resolve().parents[1] / "validator" / "reading" / "files"
NAMES = ["Città di Sesto", "Forlì"]
PLACEMARK = (
    "<Placemark><name>{}</name><Point><coordinates>{},{},0</coordinates></Point></Placemark>"
)
KML = '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
EAST, NORTH = 514_000.0, 5_034_000.0


def degrees(count: int = 2) -> list[tuple[float, float]]:
    move = Transformer.from_crs(32632, 4326, always_xy=True)
    return [move.transform(EAST + 100 * i, NORTH + 100 * i) for i in range(count)]


def kml() -> str:
    pairs = zip(NAMES, degrees(), strict=True)
    return KML.format("".join(PLACEMARK.format(name, *place) for name, place in pairs))


def written(folder: Path, suffix: str) -> Path:
    path = folder / f"servizi.{suffix}"
    if suffix in ("gml", "fgb", "gpkg", "geojson"):
        write_points(path, NAMES)
    elif suffix == "kml":
        path.write_text(kml())
    elif suffix == "kmz":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("doc.kml", kml())
    elif suffix in ("xls", "ods"):
        path = SHEETS / path.name
    else:
        rows = [f"{n}\tBiblioteca\t{EAST}\t{NORTH}" for n in NAMES]
        text = "\n".join(["DENOMINAZIONE\tTIPOLOGIA\tX\tY", *rows])
        path.write_bytes(text.encode(suffix.removesuffix(".txt")))
    return path


@pytest.fixture
def examined(cast):
    def through_the_reader(path: Path, **options) -> examination.Examination:
        source, day = plan_source(cast.comune), timezone.localdate()
        return examination.examine(examination.CheckRequest(path, path.name, source, day, options))

    return through_the_reader


@pytest.fixture
def delivered(cast):
    def received_and_checked(path: Path, name: str = "") -> Delivery:
        file = SimpleUploadedFile(name or path.name, path.read_bytes())
        delivery = intake.receive(cast.operator, sender=cast.comune, file=file).delivery
        tasks.check_delivery(str(delivery.pk))
        return Delivery.objects.get(pk=delivery.pk)

    return received_and_checked


@pytest.mark.parametrize(
    "suffix", ["gml", "fgb", "gpkg", "geojson", "kml", "kmz", "xls", "ods", "utf-16.txt"]
)
def test_each_format_gives_names_and_places(examined, tmp_path, suffix):
    dataset = examined(written(tmp_path, suffix)).dataset
    assert sorted(dataset.frame["name"].to_list()) == NAMES
    assert shapely.distance(dataset.geometry, shapely.Point(EAST, NORTH)).max() < 20_000


def test_a_sheet_of_excel_97_keeps_codes_dates_and_decimals(examined):
    layer = examined(SHEETS / "servizi.xls").dataset.layers[0]
    assert layer.frame.row(0) == (
        "007", "Città di Sesto", "Biblioteca", "518000.5", "5043000.25", "2025-06-30",
    )  # fmt: skip


def test_one_of_several_layers_may_be_chosen_under_a_name_that_was_cut(delivered, cast, tmp_path):
    path = tmp_path / "servizi.gpkg"
    long = "y" * 300
    write_points(path, ["Museo"], layer=f"{long}1")
    write_points(path, NAMES, layer=f"{long}2", append=True)
    delivery = delivered(path)
    # Without a column of types the larger layer is read and the other one offered.
    assert (delivery.status, delivery.row_count) == ("checked", 2)
    cut = [delivery.facts["layers"][0]["name"], *delivery.facts["others"]]
    assert len(set(cut)) == 2
    assert all(len(name) <= 200 for name in cut)
    intake.recheck(delivery, user=cast.operator, options={"layers": [cut[1]]})
    tasks.check_delivery(str(delivery.pk))
    delivery.refresh_from_db()
    assert delivery.row_count == 1
    shown = page(cast, delivery)
    assert "Il nome dello strato ha 301 caratteri: ne teniamo 200." in shown


def page(cast, delivery: Delivery) -> str:
    browser = Client()
    browser.force_login(cast.operator)
    return browser.get(reverse("deliveries:columns", args=[delivery.pk])).content.decode()


def test_an_address_without_coordinates_is_kept_told_and_placed_by_hand(delivered, cast, tmp_path):
    path = tmp_path / "indirizzi.csv"
    path.write_text(
        "DENOMINAZIONE;TIPOLOGIA;INDIRIZZO\nMuseo;Museo;Via Po 1\nTeatro;Teatro;Via Po 2"
    )
    delivery = delivered(path)
    told = delivery.findings.filter(code="GEO-01")
    assert (delivery.row_count, set(told.values_list("severity", flat=True))) == (2, {"warning"})
    layer = delivery.facts["layers"][0]["name"]
    place = {"lon": 9.235, "lat": 45.534}
    answers.edit_row(delivery, user=cast.operator, layer=layer, row=1, changes=place)
    tasks.check_delivery(str(delivery.pk))
    rows = StagedRow.objects.filter(delivery=delivery).order_by("row")
    assert [row.point is not None for row in rows] == [True, False]
    assert {row for rows in told.all().values_list("rows", flat=True) for row in rows} == {2}


def circle() -> bytes:
    """A disc of 50 m as a CurvePolygon in a GeoPackage blob."""
    ring = [(0, 0), (50, 50), (100, 0), (50, -50), (0, 0)]
    places = b"".join(struct.pack("<2d", EAST + x, NORTH + y) for x, y in ring)
    arc = struct.pack("<BII", 1, 8, len(ring)) + places
    return b"GP\0\1" + struct.pack("<i", 32632) + struct.pack("<BII", 1, 10, 1) + arc


def test_arcs_are_made_straight_and_this_is_told(delivered, cast, tmp_path):
    path = write_points(tmp_path / "parchi.gpkg", ["Parco tondo"], SPATIAL_INDEX="NO")
    with sqlite3.connect(path) as package:
        package.execute("update parchi set geom = ?", [circle()])
        package.execute("update gpkg_geometry_columns set geometry_type_name = 'CURVEPOLYGON'")
    delivery = delivered(path)
    row = StagedRow.objects.get(delivery=delivery)
    assert row.geometry.area == pytest.approx(np.pi * 50**2, rel=0.01)
    assert "Curve rese linee spezzate in 1 geometrie" in page(cast, delivery)


def test_heights_and_several_parts_are_kept_in_plan(examined, tmp_path):
    parts = shapely.multipolygons([
        shapely.force_3d(shapely.box(EAST + a, NORTH, EAST + a + 50, NORTH + 50), 120)
        for a in (0, 200)
    ])  # fmt: skip
    feature = {"type": "Feature", "properties": {"NOME": "Parco", "TIPO": "Parco"},
               "geometry": shapely.geometry.mapping(parts)}  # fmt: skip
    crs = {"type": "name", "properties": {"name": "EPSG:32632"}}
    path = tmp_path / "parco.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]}))
    found = examined(path)
    assert found.dataset.areas.tolist() == [5_000]
    assert found.report.counts["GEO-05"] == 1


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("{x:.6f};{y:.6f}", "LON;LAT"),
        ("{x:.6f};{y:.6f}", "LAT;LON"),  # exchanged
        ("{x_it};{y_it}", "Longitudine;Latitudine"),
        ("{x_dms};{y_dms}", "LONGITUDINE;LATITUDINE"),
        ("{y:.6f}, {x:.6f}", "Coordinate"),
        ("({y:.6f} {x:.6f})", "Posizione"),
        ("{y_it} - {x_it}", "Coordinate"),
        ("{y_it}, {x_it}", "Coordinate"),
        ("SRID=4326;POINT({x:.6f} {y:.6f})", "geom"),
        ("{y_dms} {x_dms}", "Coordinate"),
    ],
)
def test_coordinates_as_people_write_them(examined, tmp_path, text, columns):
    lines = [f"DENOMINAZIONE|TIPOLOGIA|{columns.replace(';', '|')}"]
    for name, (x, y) in zip(NAMES, degrees(), strict=True):
        spelt = {"x": x, "y": y, "x_it": comma(x), "y_it": comma(y), "x_dms": dms(x, "E"),
                 "y_dms": dms(y, "N")}  # fmt: skip
        cells = (
            text.format(**spelt).replace(";", "|") if "POINT" not in text else text.format(**spelt)
        )
        lines.append(f"{name}|Biblioteca|{cells}")
    path = tmp_path / "posizioni.csv"
    path.write_text("\n".join(lines))
    dataset = examined(path).dataset
    assert dataset.frame["position"].to_list() == ["ok", "ok"]
    assert shapely.distance(dataset.geometry, shapely.Point(EAST, NORTH)).max() < 200


def comma(value: float) -> str:
    return f"{value:.6f}".replace(".", ",")


def dms(value: float, side: str) -> str:
    minutes = (value % 1) * 60
    return f"{int(value)}°{int(minutes)}'{(minutes % 1) * 60:.2f}\"{side}"
