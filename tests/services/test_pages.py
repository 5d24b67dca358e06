"""Public pages as a reader gets them: sources, withheld contacts, redirects, past, mistakes."""

import re

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone

from services.actions import EditionHead, NewRecord, plan_source, publish_edition
from services.models import Service
from zones.models import Municipality

pytestmark = pytest.mark.django_db
SESTO = "015209"


def hex_point(x: float, y: float) -> str:
    return Point(x, y, srid=32632).hexewkb.decode()


@pytest.fixture
def hospital(db) -> Service:
    """One hospital of Sesto's plan, with a phone and an e-mail that nobody may read."""
    head = EditionHead(
        plan_source(Municipality.objects.get(pk=SESTO)), file_name="piano.zip", act="DCC 12/2025"
    )
    record = NewRecord(
        fingerprint="a",
        name="Ospedale Città di Sesto",
        kind="ospedali",
        municipality=SESTO,
        key="S-01",
        valence="metropolitana",
        geometry=hex_point(518500, 5042500),
        point=hex_point(518500, 5042500),
        attributes={
            "address": "Viale Matteotti 83",
            "capacity": 300,
            "phone": "0212345678",
            "email": "primario@posta.example",
        },
        layer="servizi",
        row=12,
    )
    publish_edition(head, [record])
    return Service.objects.get(items__key="S-01")


def page(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_a_service_says_file_layer_and_row_it_comes_from(client, hospital):
    text = page(client, f"/servizi/{hospital.public_id}/")
    for words in ("piano.zip", "servizi", "12", "DCC 12/2025", "Viale Matteotti 83", "300"):
        assert words in text
    assert text.count("Piano dei Servizi di Sesto San Giovanni") > 3


@pytest.mark.parametrize(
    "path", ["/servizi/{id}/", "/servizi/{id}/riquadro/", "/en/servizi/{id}/"]
)
def test_contacts_are_withheld(client, hospital, path):
    text = page(client, path.format(id=hospital.public_id))
    assert "0212345678" not in text
    assert "primario@" not in text


def test_a_merged_service_leads_to_the_one_it_became(client, hospital):
    old = Service.objects.create(name="Ospedale vecchio", redirect_to=hospital)
    answer = client.get(f"/servizi/{old.public_id}/")
    assert answer.status_code == 301
    assert answer.url == f"/servizi/{hospital.public_id}/"


def test_a_retired_service_says_so_and_leaves_the_lists(client, hospital):
    Service.objects.filter(pk=hospital.pk).update(
        retired_at=timezone.now(), retired_reason="non più dichiarato"
    )
    assert "non più dichiarato" in page(client, f"/servizi/{hospital.public_id}/")
    assert hospital.name not in page(client, "/servizi/")
    assert client.get(f"/servizi/{hospital.public_id}/riquadro/").status_code == 404


def test_filters_that_do_not_exist_are_explained_not_ignored(client):
    answer = client.get("/servizi/?category=astronavi")
    assert answer.status_code == 400
    assert "astronavi" in answer.content.decode()


def test_the_list_of_a_past_day_is_empty_before_anything_was_published(client, hospital):
    assert hospital.name in page(client, "/servizi/")
    assert hospital.name not in page(client, "/servizi/?al=2025-06-30")


def test_both_readings_are_counted_and_never_added(client, hospital):
    text = page(client, "/")
    row = re.search(r'id="m-c-sanita".*?</tr>', text, re.S).group(0)
    assert re.findall(r'<td class="num">(?:<strong>)?(\d+)', row) == ["1", "0", "0", "1"]


def test_a_list_costs_the_same_number_of_queries_however_long(
    client, hospital, django_assert_max_num_queries
):
    client.get("/servizi/")
    with django_assert_max_num_queries(30):
        client.get("/servizi/")


def test_every_page_has_one_heading_and_says_the_language(client, hospital):
    for path in ("/", "/servizi/", "/zone/", "/dati/", "/atlante/", "/privacy/", "/contatti/"):
        text = page(client, f"/en{path}")
        assert text.count("<h1") == 1
        assert '<html lang="en">' in text
