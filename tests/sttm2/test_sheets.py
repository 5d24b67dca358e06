"""Every registered section stands on its sheets: those of zones, of comuni and of LUM."""

import re

import pytest
from django.conf import settings
from django.contrib.gis.geos import Point
from django.utils.module_loading import import_string

from lum.models import Lum, TransportNode
from zones.models import Municipality, Zone
from zones.selectors import municipality_territory, zone_territory

pytestmark = pytest.mark.django_db
PLACE = Point(518_000, 5_042_000, srid=32632)


def sections_on(client, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200
    return re.findall(r'<section class="section" id="([^"]+)"', answer.content.decode())


def registered(sheet: str, subject: object) -> list[str]:
    """The sections that the apps make of a subject, by slug."""
    made = [import_string(path)(subject) for path in settings.SHEET_SECTIONS[sheet]]
    return [section.slug for section in made if section]


@pytest.fixture
def hub() -> Lum:
    said = {"state": "esistente", "source": "Elenco"}
    lum = Lum.objects.create(code="prova", name="Prova", certainty="certo", point=PLACE, **said)
    where = Municipality.objects.get(pk="015209")
    TransportNode.objects.create(
        code="nodo",
        name="Sesto 1° Maggio",
        mode="metropolitana",
        municipality=where,
        lum=lum,
        **said,
    )
    return lum


def test_those_of_a_territory_stand_on_the_sheets_of_zones_and_comuni(client):
    zone, comune = (
        Zone.objects.get(pk="nord-milano"),
        Municipality.objects.with_zone().get(pk="015209"),
    )
    of_zone = registered("territory", zone_territory(zone))
    assert sections_on(client, "/zone/nord-milano/") == of_zone
    of_comune = registered("territory", municipality_territory(comune))
    assert sections_on(client, "/comuni/015209/") == of_comune
    assert len(of_zone) >= 3


def test_those_of_a_lum_stand_on_its_sheet(client, hub):
    assert sections_on(client, "/lum/prova/") == registered("lum", hub) != []


def test_the_nodes_of_a_lum_are_told_with_their_source(client, hub):
    page = client.get("/lum/prova/").content.decode()
    nodes = page[page.index('id="nodi"') :].split("</section>")[0]
    for words in (
        "Sesto 1° Maggio",
        "esistente",
        '<span lang="it">metropolitana</span>',
        "Elenco",
    ):
        assert words in nodes


def test_a_lum_without_known_nodes_has_no_section_about_them(client, hub):
    hub.nodes.all().delete()
    assert "nodi" not in sections_on(client, "/lum/prova/")
