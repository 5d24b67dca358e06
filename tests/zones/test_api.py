"""What a client of the territory's API notices."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.django_db


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
    assert client.get("/api/v1/municipalities/?zone=boh").status_code == 404


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
