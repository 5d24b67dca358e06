"""Return files sent back: odd values, numbers, columns and names of layers are what was sent, the
second time as the first."""

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook
from pyproj import Transformer

from deliveries import tasks
from deliveries.actions import answers, intake
from deliveries.models import Delivery
from deliveries.reports import geopackage, xlsx
from tests import builders

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize("sort", ["xlsx", "gpkg"])
ODD = (
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "'=1", "''@x", "'", "=", "-", "#N/A", "#REF!", "#1",
    "0001234", "1899-12-31", "12345678901234567890", "1e5", "007.50", "1,0", "a\nb", "NaN", "null",
)  # fmt: skip


def file_of(delivery: Delivery, sort: str, folder) -> bytes:
    if sort == "xlsx":
        with xlsx.workbook(delivery) as book:
            return book.read()
    path = folder / "rapporto.gpkg"
    path.unlink(missing_ok=True)
    geopackage.write(delivery, path)
    return path.read_bytes()


def sent_back(cast, delivery: Delivery, sort: str, folder) -> Delivery:
    body = file_of(delivery, sort, folder)
    intake.withdraw(delivery, user=cast.operator)
    return builders.checked(cast, SimpleUploadedFile(f"rapporto.{sort}", body))


def cells(delivery: Delivery, name: str) -> list:
    rows = delivery.rows.order_by("row").values_list("raw", flat=True)
    return [raw.get(name) for raw in rows]


def rows(delivery: Delivery) -> list:
    told = delivery.rows.order_by("row")
    return list(told.values_list("row", "identifier", "name", "kind", "fingerprint"))


def codes(delivery: Delivery) -> set[str]:
    return set(delivery.findings.values_list("code", flat=True))


@BOTH
def test_odd_texts_come_back_as_they_went(cast, tmp_path, sort):
    x, y = builders.places("015209", 1)[0]
    lines = ["ID;TIPOLOGIA;NOME;LIBERA;COORD_X;COORD_Y"]
    for number, text in enumerate(ODD):
        lines.append(f'B{number};Biblioteca;Pace {number};"{text}";{x + number * 30};{y}')
    first = builders.checked(cast, SimpleUploadedFile("p.csv", "\n".join(lines).encode()))
    before, known = cells(first, "LIBERA"), rows(first)
    again = sent_back(cast, first, sort, tmp_path)
    assert cells(again, "LIBERA") == before == list(ODD)
    assert rows(again) == known


@BOTH
def test_the_second_way_back_adds_no_column_and_no_finding(cast, tmp_path, sort):
    delivery = builders.checked(cast, rows=3, wrong_status=(2,))
    columns, known, said = list(delivery.rows.first().raw), rows(delivery), codes(delivery)
    for _turn in range(2):
        delivery = sent_back(cast, delivery, sort, tmp_path)
        assert list(delivery.rows.first().raw) == columns
        assert (rows(delivery), delivery.blocked_count) == (known, 1)
        assert codes(delivery) - {"FIL-06"} == said - {"FIL-09"}


@pytest.fixture
def registered(cast) -> Delivery:
    """A register with long numbers and columns called like ours."""
    x, y = builders.places("015209", 1)[0]
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [x + number * 40, y]},
            "properties": {
                "ID": 9007199254740993 + number * 2, "TIPOLOGIA": "Biblioteca",
                "NOME": f"N{number}",
                "ESITO": "positivo", "Riga": 7 + number, "LUNGO": 1234567890123456789,
            },
        }
        for number in range(2)
    ]  # fmt: skip
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32632"}}
    body = {"type": "FeatureCollection", "crs": crs, "features": features}
    return builders.checked(cast, SimpleUploadedFile("p.geojson", json.dumps(body).encode()))


@BOTH
def test_long_numbers_and_columns_called_like_ours_survive(cast, registered, tmp_path, sort):
    known = rows(registered)
    assert known[0][1] == "9007199254740993"
    again = sent_back(cast, registered, sort, tmp_path)
    assert [str(text) for text in cells(again, "LUNGO")] == ["1234567890123456789"] * 2
    assert cells(again, "ESITO") == ["positivo"] * 2
    assert [int(number) for number in cells(again, "Riga")] == [7, 8]
    assert rows(again) == known
    assert "STR-03" not in codes(again)


NAMES = (
    "(copia) servizi", "=cmd()", "<img src=x>", "a\x01b", "errori", "Cosa fare", "'q'", "esito",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_layer_of_any_name_has_both_files(cast, tmp_path, name):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"{name}.csv", builders.plan_file(2, wrong_status=(2,)).read())
    delivery = builders.checked(cast, SimpleUploadedFile("p.zip", packed.getvalue()))
    known = rows(delivery)
    for sort in ("gpkg", "xlsx", "gpkg"):
        delivery = sent_back(cast, delivery, sort, tmp_path)
        assert rows(delivery) == known, sort


def test_comments_hold_no_sign_that_would_spoil_the_workbook(cast, tmp_path):
    text = "ID;TIPOLOGIA;NOME;STATO;SUP_FOND;COORD_X;COORD_Y\n"
    filler = "1;Biblioteca;Biblioteca comunale di quartiere;esistente;1200;518000;5043000\n" * 40
    odd = "2;Biblioteca;B\x0b\uffff;=st\x0bato\uffff;x\x01y;518000;5043000\n"
    delivery = builders.checked(cast, SimpleUploadedFile("p.csv", (text + filler + odd).encode()))
    assert delivery.status == "checked"
    sheet = load_workbook(io.BytesIO(file_of(delivery, "xlsx", tmp_path)))["p"]
    said = [cell.comment.text for row in sheet for cell in row if cell.comment]
    assert any("=stato" in one for one in said)


#: Reference system of a file, and whether its axes are exchanged.
GIVEN_IN = ((3003, False), (4326, False), (4326, True), (32632, False), (6707, False))


def placed_by_hand(cast, system: int, *, exchanged: bool = False) -> Delivery:
    """Three libraries in a reference system; the third has no position, and is given one."""
    there = Transformer.from_crs(32632, system, always_xy=True)
    places = [there.transform(*place) for place in builders.places("015209", 2)]
    places = [place[::-1] for place in places] if exchanged else places
    features = [
        {
            "type": "Feature",
            "geometry": place and {"type": "Point", "coordinates": place},
            "properties": {"ID": f"B{n}", "TIPOLOGIA": "Biblioteca", "STATO": "esistente"},
        }
        for n, place in enumerate([*places, None], 1)
    ]
    crs = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{system}"}}
    body = {"type": "FeatureCollection", "crs": crs, "features": features}
    file = SimpleUploadedFile("p.geojson", json.dumps(body).encode())
    delivery = builders.checked(cast, file)
    layer = delivery.rows.first().layer
    place = {"lon": 9.24, "lat": 45.53}
    answers.edit_row(delivery, user=cast.operator, layer=layer, row=3, changes=place)
    tasks.check_delivery(str(delivery.pk))
    return Delivery.objects.get(pk=delivery.pk)


@pytest.mark.parametrize(
    ("sort", "system", "exchanged"),
    [
        *(("gpkg", *place) for place in GIVEN_IN),
        *(("xlsx", *place) for place in (*GIVEN_IN, (26591, False))),
    ],
)
def test_a_position_given_in_the_browser_comes_back_where_it_is(
    cast, tmp_path, sort, system, exchanged
):
    delivery = placed_by_hand(cast, system, exchanged=exchanged)
    (layer,) = delivery.facts["layers"]
    assert layer["crs"]["used"] == system
    known = dict(delivery.rows.values_list("row", "point"))
    assert round(known[3].transform(4326, clone=True).x, 5) == 9.24
    again = sent_back(cast, delivery, sort, tmp_path)
    found = dict(again.rows.values_list("row", "point"))
    assert {row: round(point.distance(known[row]), 1) for row, point in found.items()} == {
        1: 0, 2: 0, 3: 0,
    }  # fmt: skip
