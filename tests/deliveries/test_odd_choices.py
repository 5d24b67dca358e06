"""What a planner chooses or mends can be refused in
words; it never stops a check or costs the file."""

import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.errors import Invalid
from deliveries import tasks
from deliveries.actions import answers, intake
from deliveries.models import Delivery
from tests import builders
from validator.confined import client
from validator.reading.errors import Unreadable
from validator.reading.request import ReadOptions
from zones.management.reference import FIXTURES

pytestmark = pytest.mark.django_db
CONSEGNE = FIXTURES / "consegne"
BIG = 10**30


def post(cast, name: str, delivery: Delivery, body: object):
    browser = Client()
    browser.force_login(cast.operator)
    there = reverse(f"api-{name}", args=[delivery.pk])
    return browser.post(there, json.dumps(body), content_type="application/json")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"colore": "rosso"},
        {"geometry": "POINT (9.2 45.5)"},
        {"kind": "astronave"},
        {"lon": "nove", "lat": "45,5"},
        {"lon": "nan", "lat": "45.5"},
        {"lon": "1e999", "lat": "45.5"},
        {"lon": "9.2"},
        {"lon": "0", "lat": "0"},
    ],
    ids=str,
)
def test_a_mend_that_no_check_can_use_is_refused_at_once(cast, changes):
    delivery = builders.ready(cast)
    answer = post(cast, "rows", delivery, {"layer": "piano", "row": 1, "changes": changes})
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"]["changes"]
    delivery.refresh_from_db()
    assert delivery.status == "checked"


def test_a_place_in_degrees_may_have_decimal_commas(cast):
    delivery = builders.checked(cast, rows=2)
    row = {
        "layer": delivery.rows.first().layer,
        "row": 1,
        "changes": {"lon": "9,23", "lat": "45,53"},
    }
    assert post(cast, "rows", delivery, row).status_code == 202
    tasks.check_delivery(str(delivery.pk))
    moved = delivery.rows.get(row=1).point.transform(4326, clone=True)
    assert (round(moved.x, 4), round(moved.y, 4)) == (9.23, 45.53)


@pytest.mark.parametrize(
    "chosen",
    [
        {"layers": ["un altro"]},
        {"crs": {"un altro": 3003}},
        {"crs": {"piano": 0}},
        {"crs": {"piano": BIG}},
        {"crs": {"piano": 1999}},
        {"undone": ["tutto"]},
        {"accepted": [{"what": "repair", "layer": "piano", "row": BIG}]},
    ],
    ids=str,
)
def test_a_choice_that_no_check_can_use_is_refused_at_once(cast, chosen):
    delivery = builders.ready(cast)
    answer = post(cast, "recheck", delivery, chosen)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    delivery.refresh_from_db()
    assert delivery.status == "checked"
    assert delivery.options == {}


def test_choosing_a_layer_without_rows_does_not_cost_the_file(cast, tmp_path):
    sheet = (CONSEGNE / "sesto_buona.gpkg").read_bytes()
    delivery = builders.checked(cast, SimpleUploadedFile("piano.gpkg", sheet))
    read = [layer["name"] for layer in delivery.facts["layers"]]
    Delivery.objects.filter(pk=delivery.pk).update(facts={**delivery.facts, "others": ["vuoto"]})
    intake.recheck(delivery_of(delivery), user=cast.operator, options={"layers": ["vuoto"]})
    tasks.check_delivery(str(delivery.pk))
    again = delivery_of(delivery)
    assert again.status == "checked"
    with again.file.open("rb") as kept:
        assert kept.read() == sheet
    assert [layer["name"] for layer in again.facts["layers"]] == read
    assert not again.options["layers"]


def delivery_of(delivery: Delivery) -> Delivery:
    return Delivery.objects.get(pk=delivery.pk)


def test_of_two_layers_of_one_name_the_chosen_one_is_read(cast, tmp_path):
    path = tmp_path / "piano.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for folder, rows in (("nord", 2), ("sud", 3)):
            archive.writestr(f"{folder}/servizi.csv", builders.plan_file(rows).read())
    delivery = builders.checked(cast, SimpleUploadedFile("piano.zip", path.read_bytes()))
    assert {layer["name"] for layer in delivery.facts["layers"]} == {"nord/servizi", "sud/servizi"}
    intake.recheck(delivery, user=cast.operator, options={"layers": ["sud/servizi"]})
    tasks.check_delivery(str(delivery.pk))
    again = delivery_of(delivery)
    assert (again.status, again.row_count) == ("checked", 3)
    assert again.facts["others"] == ["nord/servizi"]


def test_a_text_file_without_the_layer_asked_for_is_refused_in_words(tmp_path):
    path = tmp_path / "piano.csv"
    path.write_text("ID;TIPOLOGIA\n1;Biblioteca\n")
    with pytest.raises(Unreadable) as refusal:
        client.read(path, name="piano.csv", options=ReadOptions(layers=("altro",)))
    assert (refusal.value.code, refusal.value.params["reason"]) == ("FIL-01", "no-such-layer")
    assert client.read(path, name="piano.csv", options=ReadOptions(layers=("piano",))).layers


def test_an_unknown_layer_is_named(cast):
    delivery = builders.ready(cast)
    with pytest.raises(Invalid, match="un altro"):
        intake.recheck(delivery, user=cast.operator, options={"layers": ["un altro"]})


def test_columns_that_a_colleague_confirmed_meanwhile_stay(cast):
    delivery = builders.ready(cast)
    mine, theirs = delivery_of(delivery), delivery_of(delivery)
    answers.confirm_columns(theirs, user=cast.colleague, mapping={"nord": {"A": "name"}})
    Delivery.objects.filter(pk=delivery.pk).update(status="checked")
    answers.confirm_columns(mine, user=cast.operator, mapping={"sud": {"B": "name"}})
    assert delivery_of(delivery).options["columns"] == {
        "nord": {"A": "name"},
        "sud": {"B": "name"},
    }


def test_retrying_asks_nothing_of_choices_made_before(cast):
    """What a colleague mended meanwhile stays, and an old choice does not stand in the way."""
    delivery = builders.ready(cast)
    Delivery.objects.filter(pk=delivery.pk).update(options={"layers": ["di prima"]})
    browser = Client()
    browser.force_login(cast.operator)
    answer = browser.post(reverse("deliveries:retry", args=[delivery.pk]))
    assert answer.status_code == 302
    again = delivery_of(delivery)
    assert (again.status, again.options) == ("checking", {"layers": ["di prima"]})
