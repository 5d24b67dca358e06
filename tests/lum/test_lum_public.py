"""Where LUM are shown: candidates nowhere but in the administration, nodes to be identified
counted and never drawn."""

import json
import re

import pghistory
import pytest
from django.contrib.gis.geos import Point

from lum.management.reference import load_lum
from lum.models import Lum
from lum.rule_data import hubs
from lum.selectors import lum_per_zone
from sttm2.layers import BY_ID
from tests.validator.rules import small_world
from validator.rules import examples, registry
from validator.rules.context import RuleContext
from validator.rules.sem.lum import NAME

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loaded(db):
    load_lum()


def test_a_candidate_is_on_no_page_nor_in_the_api(client):
    assert client.get("/lum/bussero/").status_code == 404
    assert client.get("/api/v1/lum/bussero/").status_code == 404
    for page in ("/lum/", "/lum/?zone=adda-martesana", "/lum/?q=Bussero", "/en/lum/"):
        text = client.get(page).content.decode()
        assert ">Bussero<" not in text and "/lum/bussero/" not in text, page
    told = client.get("/api/v1/lum/").content.decode()
    assert "bussero" not in told.lower() and "escluso" not in told
    for sheet in ("/comuni/015040/", "/zone/adda-martesana/"):
        assert "/lum/bussero/" not in client.get(sheet).content.decode(), sheet


def test_the_map_holds_the_50_known_nodes_alone():
    codes = set(BY_ID["lum"].rows(None).values_list("code", flat=True))
    assert len(codes) == 50
    assert "bussero" not in codes and "gaggiano" not in codes


def test_the_list_counts_62_and_says_which_are_to_be_identified(client):
    text = client.get("/lum/").content.decode()
    assert "62 in tutto, di cui 50 individuati" in text
    assert "<strong>62</strong> LUM" in text
    waiting = client.get("/lum/?state=da-individuare").content.decode()
    assert "<strong>12</strong> LUM" in waiting and "Gaggiano" in waiting
    assert "da verificare" not in text


def test_the_english_list_says_it_in_english(client):
    text = client.get("/en/lum/").content.decode()
    assert "62 in all, of which 50 are identified" in text
    assert "to be identified" in text and "da individuare</span>" not in text


def lum_section(client, address):
    """The part of a sheet about LUM, without the white space beside its tags."""
    text = client.get(address).content.decode()
    return re.sub(r"\s*([<>])\s*", r"\1", text[text.index('id="lum"') :].split("</section>")[0])


def test_a_zone_s_sheet_counts_what_is_to_be_identified(client):
    section = lum_section(client, "/zone/adda-martesana/")
    assert '<dt>da individuare</dt><dd class="big-figure">5</dd>' in section
    assert '<dt>LUM</dt><dd class="big-figure">16</dd>' in section


def test_what_is_in_doubt_is_shown_as_not_stated_and_nothing_says_to_be_verified(client):
    section = lum_section(client, "/comuni/015032/")
    assert '<dt>con stato non dichiarato</dt><dd class="big-figure">1</dd>' in section
    assert '<dt>da individuare</dt><dd class="big-figure">0</dd>' in section
    assert '<dt>esistenti</dt><dd class="big-figure">0</dd>' in section
    assert client.get("/api/v1/lum/bresso-parco-nord/").json()["properties"]["state"] == ""
    found = client.get("/lum/?state=non-dichiarato").content.decode()
    assert "<strong>1</strong> LUM" in found and "Bresso / Parco Nord" in found
    page = client.get("/lum/bresso-parco-nord/").content.decode()
    assert page.count("non dichiarato") >= 2 and "la metrotranvia non è in esercizio" in page
    for hub in Lum.objects.public():
        for address in (f"/lum/{hub.code}/", f"/api/v1/lum/{hub.code}/"):
            assert "da verificare" not in client.get(address).content.decode(), address


def test_a_comune_s_sheet_has_its_own_lum_only(client):
    section = lum_section(client, "/comuni/015103/")
    assert "Gaggiano" in section and '<dt>LUM</dt><dd class="big-figure">1</dd>' in section


@pytest.mark.parametrize("code", ["gaggiano", "da-individuare-sud-est-1"])
def test_a_lum_to_be_identified_has_a_page_without_map(client, code):
    text = client.get(f"/lum/{code}/").content.decode()
    assert "nodo da individuare" in text and "non è sulla mappa" in text
    assert "map.js" not in text


def test_the_api_gives_62_features_of_which_12_without_geometry(client):
    told = client.get("/api/v1/lum/").json()
    assert told["numberMatched"] == 62
    lost = [one for one in told["features"] if one["geometry"] is None]
    assert len(lost) == 12
    assert all(one["properties"]["state"] == "" for one in lost)
    zones = {one["properties"]["zone"] for one in lost if not one["properties"]["municipalities"]}
    assert zones == {
        "adda-martesana",
        "sud-est",
        "sud-ovest",
        "magentino-abbiatense",
        "nord-ovest",
    }
    assert client.get("/api/v1/lum/gaggiano/").json()["geometry"] is None


def test_rules_know_neither_candidates_nor_nodes_to_be_identified():
    register = hubs()
    assert len(register.hubs) == 50 and not register.official
    assert not {"bussero", "gaggiano", ""} & set(register.place_of())
    row = {"name": "Liceo", "lum": "Bussero", "geometry": "POINT (503000 5031000)"}
    dataset = small_world.dataset(examples.Example(rows=(row,)))
    context = RuleContext(today=examples.TODAY, extra={NAME: register})
    check = registry.get("SEM-07").check
    assert sum(len(found.index) for found in check(dataset, {"lum_m": 500.0}, context)) == 0


def test_the_list_is_official_only_when_every_row_is():
    Lum.objects.public().update(certainty="ufficiale")
    assert hubs().official
    Lum.objects.filter(code="gaggiano").update(certainty="certo")
    assert not hubs().official


def test_the_administration_sees_candidates_and_can_publish_one(client, administrator):
    client.force_login(administrator)
    listed = client.get("/admin/lum/lum/?certainty__exact=escluso").content.decode()
    assert "Bussero" in listed and "12" in listed
    hub = Lum.objects.get(code="bussero")
    page = client.get(f"/admin/lum/lum/{hub.pk}/change/")
    assert page.status_code == 200
    form = page.context["adminform"].form
    said = {name: value for name, value in form.initial.items() if value is not None}
    said |= {"certainty": "ufficiale", "municipalities": ["015040"]}
    with pghistory.context(user="capo"):  # in one transaction the loader's would hold on
        answer = client.post(f"/admin/lum/lum/{hub.pk}/change/", said)
    assert answer.status_code == 302, answer.context["errors"]
    assert client.get("/lum/bussero/").status_code == 200
    assert load_lum()[0].kept == 1


def test_a_lum_on_the_border_of_two_zones_counts_in_both_and_once_in_all():
    before = lum_per_zone()
    hub = Lum.objects.get(code="sesto-marelli")
    hub.municipalities.add("015146")
    after = lum_per_zone()
    assert after[""] == before[""]
    assert (after["milano"], after["nord-milano"]) == (1, before["nord-milano"])


def test_a_node_that_is_found_is_drawn(client):
    hub = Lum.objects.get(code="gaggiano")
    hub.point, hub.state = Point(500000, 5028000, srid=32632), "esistente"
    hub.save()
    assert "map.js" in client.get("/lum/gaggiano/").content.decode()
    geometry = client.get("/api/v1/lum/gaggiano/").json()["geometry"]
    assert json.dumps(geometry).startswith('{"type": "Point"')
