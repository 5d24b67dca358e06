"""The return files: GeoPackage, XLSX and PDF say every finding once, at the right row."""

import io
import re
import subprocess
import tracemalloc
import zlib
from collections import Counter
from shutil import which

import polars as pl
import pyogrio
import pyproj
import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from deliveries.models import Finding
from deliveries.reports import geopackage, pdf, xlsx
from tests import builders
from validator.reading import gdal


def returned(delivery, folder) -> dict[str, gdal.GdalLayer]:
    path = folder / "rapporto.gpkg"
    path.unlink(missing_ok=True)
    geopackage.write(delivery, path)
    return {name: gdal.read_layer(path, name) for name in gdal.list_layers(path)}


def file_of(delivery, folder) -> bytes:
    path = folder / "rapporto.gpkg"
    path.unlink(missing_ok=True)
    geopackage.write(delivery, path)
    return path.read_bytes()


def expected(delivery) -> Counter:
    """(code, row) of everything found; None where a finding names no row."""
    found = Finding.objects.filter(delivery=delivery)
    return Counter((one.code, row) for one in found for row in (one.rows or [None]))


def as_rows(delivery) -> list[tuple]:
    """What was understood of each row, without where it stood."""
    rows = delivery.rows.order_by("layer", "row")
    return sorted(rows.values_list("row", "identifier", "name", "kind", "fingerprint"))


def test_the_geopackage_has_the_layer_as_sent_and_every_finding_once(cast, tmp_path):
    delivery = builders.checked(cast, rows=6, wrong_status=(1, 4), without_act=(3,))
    layers = returned(delivery, tmp_path)
    sent, errors = layers["piano"].frame, layers["errori"]
    header = builders.HEADER.split(";")
    assert sent.columns == [*header, "esito"]
    assert sent["ID"].to_list() == [f"B{n:03d}" for n in range(1, 7)]
    assert sent["STATO"].to_list()[0] == "chissà"
    assert sent["esito"][0].startswith("da correggere: ATT-07")
    assert "ATT-08" in sent["esito"][2]
    told = Counter(zip(errors.frame["codice"], errors.frame["riga"], strict=True))
    assert told == expected(delivery)
    wrong = errors.frame.filter(codice="ATT-07")
    assert wrong["identificativo"].to_list() == ["B001", "B004"]
    assert "chissà" in wrong["che_cosa_non_va"][0]
    assert all(wrong["che_cosa_fare"])
    placed = shapely.from_wkb(errors.wkb.to_numpy())[wrong_places(errors.frame)]
    rows = {row.row: row.point for row in delivery.rows.all()}
    assert [(p.x, p.y) for p in placed] == [rows[1].coords, rows[4].coords]


def wrong_places(frame: pl.DataFrame) -> list[int]:
    return [i for i, code in enumerate(frame["codice"]) if code == "ATT-07"]


@pytest.mark.parametrize("sort", ["gpkg", "xlsx"])
def test_a_return_file_read_again_gives_the_same_rows(cast, tmp_path, sort):
    delivery = builders.checked(cast, rows=5, wrong_status=(2,), without_act=(4,))
    before = as_rows(delivery)
    if sort == "gpkg":
        body = file_of(delivery, tmp_path)
    else:
        with xlsx.workbook(delivery) as file:
            body = file.read()
    again = builders.checked(cast, SimpleUploadedFile(f"rapporto.{sort}", body))
    assert as_rows(again) == before
    assert {one.code for one in again.findings.filter(severity="error")} == {"ATT-07"}


@pytest.mark.parametrize("name", ["gpkg", "shapefile", "vast"])
def test_shapes_travel_in_the_workbook_in_the_system_as_sent(cast, tmp_path, name):
    x, y = builders.places("015209", 1)[0]
    corners = [(x + dx, y + dy) for dx, dy in ((0, 0), (90.123, 0), (90, 90), (0, 90))]
    shape = shapely.Polygon(corners)
    if name == "vast":  # more vertices than one cell of a sheet can say
        shape = shapely.Point(x, y).buffer(60, quad_segs=800)
    crs = "EPSG:3003" if name == "shapefile" else "EPSG:32632"
    if crs != "EPSG:32632":
        to_there = pyproj.Transformer.from_crs("EPSG:32632", crs, always_xy=True)
        shape = shapely.transform(shape, to_there.transform, interleaved=False)
    path = tmp_path / "aree.gpkg"
    frame = pl.DataFrame({"ID": ["P1"], "TIPOLOGIA": ["Parco"], "NOME": ["Parco Nord"]})
    geopackage.GeoPackage(path).add(
        "aree", frame, geopackage.np.array([shape.wkb], dtype=object), crs=crs
    )
    delivery = builders.checked(cast, SimpleUploadedFile("aree.gpkg", path.read_bytes()))
    with xlsx.workbook(delivery) as file:
        again = builders.checked(cast, SimpleUploadedFile("rapporto.xlsx", file.read()))
    assert as_rows(again) == as_rows(delivery)
    assert again.rows.get().geometry.equals_exact(delivery.rows.get().geometry, 0.001)
    assert again.facts["layers"][0]["crs"]["used"] == int(crs[5:])


SQUARE = [(0, 0), (90, 0), (90, 90), (0, 90)]
#: Repaired it would change too much: what is stored is a proposal, and it has the same bounds.
BOW_TIE = [(0, 0), (90, 90), (90, 0), (0, 40)]


@pytest.mark.parametrize("ring", [SQUARE, BOW_TIE])
def test_areas_come_back_as_they_were_sent_in_their_own_system(cast, tmp_path, ring):
    x, y = builders.places("015209", 1)[0]
    from_32632 = shapely.Polygon([(x + east, y + north) for east, north in ring])
    path = tmp_path / "aree.gpkg"
    writer = geopackage.GeoPackage(path)
    frame = pl.DataFrame({"ID": ["P1"], "TIPOLOGIA": ["Parco"], "NOME": ["=1+1"], "N": [7]})
    writer.add(
        "aree", frame, geopackage.np.array([from_32632.wkb], dtype=object), crs="EPSG:32632"
    )
    delivery = builders.checked(cast, SimpleUploadedFile("aree.gpkg", path.read_bytes()))
    layer = returned(delivery, tmp_path)["aree"]
    assert shapely.from_wkb(layer.wkb[0]).equals_exact(from_32632, 1e-6)
    assert shapely.from_wkb(layer.wkb[0]).geom_type == "Polygon"
    assert layer.crs == "EPSG:32632"
    assert layer.frame["NOME"].to_list() == ["=1+1"]
    assert layer.frame["N"].to_list() == [7]


def test_gdal_opens_the_return_file(cast, tmp_path):
    delivery = builders.checked(cast, rows=3, wrong_status=(1,))
    file_of(delivery, tmp_path)
    info = pyogrio.read_info(tmp_path / "rapporto.gpkg", layer="piano")
    assert info["features"] == 3
    assert info["crs"] == "EPSG:32632"


def numbers(said) -> list:
    """The rows that a cell such as «1-4, 7» names; [None] when it is empty."""
    spans = [part.split("-") for part in str(said).split(", ")] if said else []
    return [n for s in spans for n in range(int(s[0]), int(s[-1]) + 1)] or [None]


def test_the_workbook_tells_every_finding_once_at_its_row(cast):
    delivery = builders.checked(cast, rows=6, wrong_status=(1, 4), without_act=(3,))
    with xlsx.workbook(delivery) as file:
        book = load_workbook(io.BytesIO(file.read()))
    told: Counter = Counter()
    for code, _severity, _layer, rows, *_rest in list(book["Rilievi"].values)[1:]:
        told.update((code, row) for row in numbers(rows))
    assert told == expected(delivery)
    sheet = book["piano"]
    names = [cell.value for cell in sheet[1]]
    wrong = sheet.cell(row=2, column=names.index("STATO") + 1)
    assert wrong.value == "chissà"
    assert wrong.fill.fgColor.rgb.endswith("F5B7B1")
    assert "chissà" in wrong.comment.text
    todo = list(book["Cosa fare"].values)
    assert todo[0][3] == "Che cosa fare"
    assert {line[4] for line in todo[2:]} == {code for code, _row in expected(delivery)}


def inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def test_the_paper_is_tagged_and_says_the_verdict(cast, operator):
    delivery = builders.checked(cast, rows=6, wrong_status=(1, 4))
    paper = pdf.document(delivery)
    assert paper.startswith(b"%PDF-")
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", paper, re.DOTALL)
    told = b"".join(inflated(one) for one in streams)
    assert b"pdfuaid" in told
    assert b"/StructTreeRoot" in told + paper
    answer = operator.get(reverse("deliveries:report-pdf", args=[delivery.pk]))
    assert answer["Content-Type"] == "application/pdf"


def test_the_report_page_links_its_files_and_only_its_people_get_them(cast, operator):
    delivery = builders.checked(cast, rows=3)
    shown = operator.get(reverse("deliveries:checks", args=[delivery.pk])).content.decode()
    names = ("report-gpkg", "report-pdf", "api-report-gpkg", "api-report-pdf")
    stranger = Client()
    stranger.force_login(cast.neighbour)
    for name in names:
        space = "" if name.startswith("api") else "deliveries:"
        url = reverse(f"{space}{name}", args=[delivery.pk])
        got = operator.get(url)
        assert got.status_code == 200, name
        assert b"".join(got)
        assert stranger.get(url).status_code == 404, name
        if not name.startswith("api"):
            assert url in shown


@pytest.mark.slow
@pytest.mark.skipif(which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_workbook(cast, tmp_path):
    delivery = builders.checked(cast, rows=4, wrong_status=(1,))
    with xlsx.workbook(delivery) as file:
        (tmp_path / "rapporto.xlsx").write_bytes(file.read())
    home = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", home, "--headless", "--convert-to", "ods", "rapporto.xlsx"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=120, capture_output=True)
    again = (tmp_path / "rapporto.ods").read_bytes()
    before = as_rows(delivery)
    assert as_rows(builders.checked(cast, SimpleUploadedFile("rapporto.ods", again))) == before


def test_memory_does_not_grow_with_the_delivery(cast, tmp_path):
    delivery = builders.checked(cast, rows=2000, wrong_status=tuple(range(1, 2000, 3)))
    tracemalloc.start()
    geopackage.write(delivery, tmp_path / "rapporto.gpkg")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60 * 1024 * 1024
