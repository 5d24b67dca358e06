"""What a client of the territory's API notices."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lum.management.reference import load_lum
from sttm2.layers import LAYERS
from zones.models import ZoneMembership

pytestmark = pytest.mark.django_db
SESTO, LEFT, BEFORE = "015209", dt.date(2026, 3, 10), {"al": "2026-03-05"}


@pytest.fixture
def moved() -> None:
    """Sesto leaves Nord Milano for Adda Martesana on a day gone by."""
    ZoneMembership.objects.filter(municipality=SESTO).update(valid_to=LEFT)
    ZoneMembership.objects.create(municipality_id=SESTO, zone_id="adda-martesana", valid_from=LEFT)


def test_the_eight_zones_come_as_features_with_their_outlines(client):
    zones = client.get("/api/v1/zones/").json()
    assert (zones["type"], zones["numberMatched"]) == ("FeatureCollection", 8)
    assert sum(zone["properties"]["municipalities"] for zone in zones["features"]) == 133
    lon, lat = zones["features"][0]["geometry"]["coordinates"][0][0][0]
    assert 8.6 < lon < 9.7 and 45.1 < lat < 45.7


def test_a_zone_tells_official_beside_computed_figures(client):
    zone = client.get("/api/v1/zones/milano/").json()["properties"]
    figures = {figure["figure"]: figure for figure in zone["figures"]}
    assert figures["abitanti"]["official"] == 1371498
    assert figures["abitanti"]["computed"] is not None
    assert figures["abitanti"]["difference"] != 0
    assert zone["comuni"] == ["015146"]


def test_the_133_comuni_and_those_of_a_zone(client):
    assert client.get("/api/v1/municipalities/").json()["numberMatched"] == 133
    some = client.get("/api/v1/municipalities/?zone=nord-milano").json()
    assert {feature["properties"]["zone"] for feature in some["features"]} == {"nord-milano"}
    assert client.get("/api/v1/municipalities/?zone=boh").status_code == 400


def test_a_comune_by_its_istat_code_with_residents_by_age_and_year(client):
    comune = client.get("/api/v1/municipalities/015209/").json()
    assert comune["id"] == "015209"
    assert comune["properties"]["name"] == "Sesto San Giovanni"
    years = {row["year"] for row in comune["properties"]["indicators"]}
    assert {2022, 2023} <= years
    assert client.get("/api/v1/municipalities/15209/").status_code == 404


@pytest.mark.parametrize(("query", "comuni"), [("", 133), ("?zone=nord-milano", 6)])
def test_the_comuni_cost_one_query_however_many(client, query, comuni):
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(f"/api/v1/municipalities/{query}")
    assert answer.json()["numberReturned"] == comuni
    assert len([one for one in queries if "zones_municipality" in one["sql"]]) == 1
    assert len(queries) == (2 if query else 1), "the zone is looked for by its name"


def test_a_zone_of_a_day_gone_by_has_the_comuni_and_figures_of_that_day(client, moved):
    def zone(**query: str) -> dict:
        return client.get("/api/v1/zones/nord-milano/", query).json()["properties"]

    def computed(zone: dict, figure: str) -> float:
        return next(one["computed"] for one in zone["figures"] if one["figure"] == figure)

    def listed(**query: str) -> int:
        zones = client.get("/api/v1/zones/", query).json()["features"]
        return next(z["properties"]["municipalities"] for z in zones if z["id"] == "nord-milano")

    past, today = zone(**BEFORE), zone()
    assert SESTO in past["comuni"] and SESTO not in today["comuni"]
    assert past["municipalities"] == len(past["comuni"]) == today["municipalities"] + 1
    assert (listed(**BEFORE), listed()) == (past["municipalities"], today["municipalities"])
    for figure in ("comuni", "abitanti", "superficie"):
        assert computed(past, figure) > computed(today, figure)
    assert client.get("/api/v1/zones/?al=ieri").status_code == 400


def test_a_comune_of_a_day_gone_by_is_in_the_zone_of_that_day(client, moved):
    def of_zone(zone: str, **query: str) -> set[str]:
        found = client.get("/api/v1/municipalities/", {"zone": zone, **query}).json()
        return {feature["id"] for feature in found["features"]}

    one = f"/api/v1/municipalities/{SESTO}/"
    assert client.get(one).json()["properties"]["zone"] == "adda-martesana"
    assert client.get(one, BEFORE).json()["properties"]["zone"] == "nord-milano"
    assert SESTO in of_zone("nord-milano", **BEFORE) and SESTO in of_zone("adda-martesana")
    assert SESTO not in of_zone("nord-milano") | of_zone("adda-martesana", **BEFORE)


def test_the_tiles_of_comuni_and_the_map_of_a_past_page_are_of_that_day(client, moved):
    address = "/tiles/comuni/9/269/183.mvt"
    past, today = client.get(address, BEFORE), client.get(address)
    assert past.status_code == today.status_code == 200
    assert past.content != today.content
    page = client.get("/zone/nord-milano/", BEFORE).content.decode()
    assert "/tiles/comuni/{z}/{x}/{y}.mvt?al=2026-03-05" in page
    assert "/tiles/zone/{z}/{x}/{y}.mvt?al" not in page
    refused = client.get("/tiles/comuni/9/269/183.mvt?zone=milano&al=2026-03-05")
    assert refused.status_code == 400 and refused.json()["parameter"] == "zone"
    undated = [layer.id for layer in LAYERS if not (layer.dated or layer.filters)]
    for layer in undated:
        assert client.get(f"/tiles/{layer}/9/269/183.mvt", BEFORE).status_code == 400


def test_the_lum_of_a_zone_are_counted_over_the_comuni_of_that_day(client, moved):
    load_lum()

    def counted(**query: str) -> tuple[int, int]:
        zone = client.get("/zone/nord-milano/", query)
        compared = next(f for f in zone.context["summary"].figures if f.figure == "lum")
        own = next(s for s in zone.context["sections"] if s.slug == "lum").facts[0]
        return int(compared.computed), int(own.value)

    past, today = counted(**BEFORE), counted()
    assert past[0] == past[1] and today[0] == today[1]
    assert past[0] > today[0]


@pytest.mark.parametrize(
    "collection", ["lum", "programmes", "projects", "categories", "types", "sources", "editions"]
)
def test_what_is_not_dated_refuses_a_day_in_words(client, collection):
    answer = client.get(f"/api/v1/{collection}/", BEFORE)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["parameter"] == "al"
    assert "non hanno un giorno" in answer.json()["detail"]
