"""What a client of the services' API notices: pages,
counts, filters, refusals, one service's story."""

import datetime as dt
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.actions import EditionHead, publish_edition, refresh_shown
from services.models import Service, SourceItem
from tests.services.catalogue import MILANO, Thing, grid, publish, publish_records, record

URL = "/api/v1/services/"
pytestmark = pytest.mark.django_db


def get(client, **query):
    answer = client.get(URL, query)
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


def names(collection):
    return sorted(feature["properties"]["name"] for feature in collection["features"])


def test_a_page_is_a_feature_collection_that_says_how_many_match(client):
    publish(grid(7, Thing("Biblioteca")))
    page = get(client, limit=3)
    assert page["type"] == "FeatureCollection"
    assert (page["numberMatched"], page["numberReturned"]) == (7, 3)
    assert [link["rel"] for link in page["links"]] == ["self", "next"]
    feature = page["features"][0]
    assert feature["id"] == feature["properties"]["id"]
    lon, lat = feature["geometry"]["coordinates"]
    assert abs(lon - 9.235) < 0.0002 and abs(lat - 45.535) < 0.0002
    assert feature["properties"]["municipality_name"] == "Sesto San Giovanni"
    assert feature["properties"]["zone"] == "nord-milano"
    assert feature["properties"]["readings"] == "1"


@pytest.mark.parametrize("limit", [1, 3, 10, 1000])
def test_following_next_meets_every_service_exactly_once(client, limit):
    publish(grid(11, Thing("Biblioteca")))
    seen, url = [], f"{URL}?limit={limit}"
    while url:
        page = client.get(url).json()
        seen += [feature["id"] for feature in page["features"]]
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert len(seen) == len(set(seen)) == 11


def test_filters_add_up_and_several_values_are_alternatives(client):
    publish(
        [
            Thing("Biblioteca civica"),
            Thing("Teatro", kind="teatri"),
            Thing("Museo previsto", kind="musei", status="previsto"),
            Thing("Duomo", kind="musei", municipality=MILANO, lon=9.19, lat=45.46),
        ]
    )
    assert names(get(client, type="teatri,musei")) == ["Duomo", "Museo previsto", "Teatro"]
    assert names(get(client, type="musei", status="previsto")) == ["Museo previsto"]
    assert names(get(client, municipality=MILANO)) == ["Duomo"]
    assert names(get(client, zone="milano")) == ["Duomo"]
    assert names(get(client, zone=["milano", "nord-milano"], type="teatri")) == ["Teatro"]
    assert names(get(client, bbox="9.18,45.45,9.20,45.47")) == ["Duomo"]
    assert names(get(client, bbox="9.18,45.45,9.20,45.47", type="teatri")) == []


def test_search_forgives_accents_case_and_a_slip_and_knows_types(client):
    publish(
        [
            Thing("Biblioteca dell'Università", address="via Cantù 3"),
            Thing("Rondinella", kind="teatri"),
        ]
    )
    assert names(get(client, q="UNIVERSITA")) == ["Biblioteca dell'Università"]
    assert names(get(client, q="universitá")) == ["Biblioteca dell'Università"]
    assert names(get(client, q="cantu")) == ["Biblioteca dell'Università"]
    assert names(get(client, q="bibliotca")) == ["Biblioteca dell'Università"]
    assert names(get(client, q="teatri")) == ["Rondinella"]
    assert names(get(client, q="biblioteca cantu")) == ["Biblioteca dell'Università"]
    assert names(get(client, q="biblioteca pizzeria")) == []


def test_local_services_are_hidden_unless_asked_for(client):
    publish([Thing("Biblioteca"), Thing("Nido", kind="asilo-nido"), Thing("Boh", kind=None)])
    assert names(get(client)) == ["Biblioteca"]
    assert names(get(client, level="all")) == ["Biblioteca", "Boh", "Nido"]
    assert names(get(client, locali="1")) == ["Biblioteca", "Boh", "Nido"]
    assert names(get(client, level="local")) == ["Boh", "Nido"]
    assert names(get(client, type="asilo-nido")) == ["Nido"]


def test_readings_are_never_added_together(client):
    publish([Thing("Solo piano"), Thing("Entrambe")])
    publish([Thing("Solo altro"), Thing("Doppione")], reading=2)
    both = Service.objects.get(states__name="Entrambe")
    twin = Service.objects.get(states__name="Doppione")
    SourceItem.objects.filter(service=twin).update(service=both)
    twin.redirect_to = both
    twin.save(update_fields=["redirect_to"])
    refresh_shown()
    publish([Thing("Nuovo")], reading=2)
    assert names(get(client, reading="1")) == ["Entrambe", "Solo piano"]
    assert names(get(client, reading="2")) == ["Entrambe", "Nuovo", "Solo altro"]
    assert names(get(client, reading="entrambe")) == ["Entrambe"]
    assert names(get(client, reading="solo-1")) == ["Solo piano"]
    assert get(client, reading="unione")["numberMatched"] == 4
    merged = client.get(f"{URL}{twin.public_id}/")
    assert (merged.status_code, merged["Location"]) == (308, f"{URL}{both.public_id}/")


def test_al_shows_what_was_published_at_the_end_of_that_day_in_rome(client):
    late = dt.datetime(2026, 3, 31, 21, 59, tzinfo=dt.UTC)  # 23:59 in Rome, summer time
    publish([Thing("Vecchio nome", key="k1", kind="teatri")], at=late)
    item = SourceItem.objects.get(key="k1")
    changed = record(Thing("Nome nuovo", kind="musei"), item=item.pk)
    publish_records([changed, record(Thing("Aggiunto"))], at=late + dt.timedelta(days=10))
    assert names(get(client)) == ["Aggiunto", "Nome nuovo"]
    assert names(get(client, al="2026-03-30")) == []
    assert names(get(client, al="2026-03-31")) == ["Vecchio nome"]
    assert names(get(client, al="2026-04-09")) == ["Vecchio nome"]
    assert names(get(client, al="2026-04-10")) == ["Aggiunto", "Nome nuovo"]
    assert names(get(client, al="2026-03-31", type="teatri", q="vecchio")) == ["Vecchio nome"]
    assert names(get(client, al="2026-03-31", type="musei")) == []
    past = get(client, al="2026-03-31")
    assert past["numberMatched"] == past["numberReturned"] == 1
    one = f"{URL}{item.service.public_id}/"
    then, now = (
        client.get(one, query).json()["properties"] for query in ({"al": "2026-04-09"}, {})
    )
    assert (then["name"], now["name"]) == ("Vecchio nome", "Nome nuovo")
    assert [len(then["records"]), len(then["past_records"]), len(now["past_records"])] == [1, 0, 1]
    assert then["origins"] == {**now["origins"]}
    assert client.get(one, {"al": "2026-03-30"}).status_code == 404
    assert client.get(one, {"al": "ieri"}).status_code == 400


@pytest.mark.parametrize(
    ("query", "parameter", "word"),
    [
        ({"pippo": "1"}, "pippo", "zone, municipality"),
        ({"zone": "atlantide"}, "zone", "atlantide"),
        ({"municipality": "999999"}, "municipality", "999999"),
        ({"category": "x\x00"}, "category", "x?"),
        ({"type": "astronavi"}, "type", "astronavi"),
        ({"reading": "3"}, "reading", "entrambe"),
        ({"valence": "galattica"}, "valence", "metropolitana"),
        ({"status": "boh"}, "status", "in-attuazione"),
        ({"level": "x"}, "level", "supra"),
        ({"bbox": "1,2,3"}, "bbox", "quattro"),
        ({"bbox": "9,45,nan,46"}, "bbox", "gradi"),
        ({"bbox": "10,45,9,46"}, "bbox", "gradi"),
        ({"bbox": "500000,5030000,501000,5031000"}, "bbox", "gradi"),
        ({"al": "ieri"}, "al", "2026-06-30"),
        ({"al": "2999-01-01"}, "al", "trascorsa"),
        ({"limit": "0"}, "limit", "1000"),
        ({"limit": "1001"}, "limit", "1000"),
        ({"limit": "dieci"}, "limit", "1000"),
        ({"after": "s-nessuno0"}, "after", "next"),
        ({"q": "x" * 121}, "q", "120"),
    ],
)
def test_a_wrong_parameter_is_refused_by_name_with_what_is_allowed(client, query, parameter, word):
    answer = client.get(URL, query)
    body = json.loads(answer.content)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert body["parameter"] == parameter
    assert word in body["detail"]


def test_empty_values_of_a_form_are_no_filters(client):
    publish([Thing("Biblioteca")])
    empty = {"zone": "", "municipality": "", "q": " ", "bbox": "", "al": "", "reading": ""}
    assert get(client, **empty)["numberMatched"] == 1


def test_an_unchanged_catalogue_is_told_by_its_etag_and_a_publication_changes_it(client):
    publish([Thing("Biblioteca")])
    tag = client.get(URL)["ETag"]
    assert client.get(URL, headers={"If-None-Match": tag}).status_code == 304
    publish([Thing("Altra")])
    again = client.get(URL, headers={"If-None-Match": tag})
    assert again.status_code == 200
    assert again.json()["numberMatched"] == 2


def test_other_sites_may_read_but_not_with_cookies(client):
    assert client.get(URL)["Access-Control-Allow-Origin"] == "*"
    asked = {"Access-Control-Request-Method": "GET", "Origin": "https://altro.example"}
    preflight = client.options(URL, headers=asked)
    assert preflight.status_code == 204
    assert "Access-Control-Allow-Credentials" not in preflight


def queries_of(client, services: int) -> list[int]:
    """What the first and the second page of the list ask, so many to a page."""
    counts = []
    for _turn in range(2):
        with CaptureQueriesContext(connection) as seen:
            assert len(get(client, zone="nord-milano", limit=services)["features"]) == services
        counts.append(len(seen))
    return counts


def test_a_page_costs_as_few_queries_for_many_services_and_a_second_one_fewer(client):
    publish(grid(30, Thing("Biblioteca")))
    few, many = queries_of(client, 2), queries_of(client, 30)
    assert many[0] <= few[0] <= 7  # the comuni of the zone, and which merged into them: one each
    assert few[1] < few[0]
    assert many[1] <= few[1]


def test_a_service_tells_its_records_history_and_withholds_contacts(client):
    publish([Thing("Biblioteca", email="mario.rossi@example.org", address="via Roma 1")])
    service = Service.objects.get()
    body = client.get(f"{URL}{service.public_id}/").json()
    properties = body["properties"]
    assert properties["records"][0]["attributes"] == {"address": "via Roma 1"}
    assert properties["records"][0]["reading"] == 1
    assert [event["verb"] for event in properties["events"]] == ["created"]
    assert properties["assessment"]["criteria"]
    assert "mario.rossi" not in json.dumps(body)


def test_a_retired_service_is_gone_and_an_unknown_one_not_found(client):
    edition = publish([Thing("Biblioteca", key="k")])
    service = Service.objects.get()
    item = SourceItem.objects.get(key="k")
    publish_edition(EditionHead(edition.source), [], withdrawn=[item.pk])
    gone = client.get(f"{URL}{service.public_id}/")
    assert (gone.status_code, gone.json()["code"]) == (410, "service-retired")
    assert client.get(f"{URL}s-nessuno0/").status_code == 404
    assert get(client)["numberMatched"] == 0


def test_names_with_quotes_and_controls_stay_json(client):
    nasty = 'Il "Centro" \\ di\tvia\nRoma \x01 – ’«»'
    publish([Thing(nasty, address='a"b\\c')])
    assert names(get(client)) == [nasty]
    assert get(client)["features"][0]["properties"]["address"] == 'a"b\\c'


def test_services_without_a_position_have_a_null_geometry(client):
    publish([Thing("Senza posto", lon=None)])
    assert get(client)["features"][0]["geometry"] is None


finite = st.floats(allow_nan=True, allow_infinity=True)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.tuples(finite, finite, finite, finite))
def test_any_four_numbers_are_a_box_or_a_refusal(client, sides):
    text = ",".join(repr(side) for side in sides)
    west, south, east, north = sides
    good = -180 <= west < east <= 180 and -90 <= south < north <= 90
    assert client.get(URL, {"bbox": text}).status_code == (200 if good else 400)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from(["zone", "q", "after", "id", "al", "limit"]), st.text()))
def test_no_text_whatever_makes_the_list_fail(client, query):
    assert client.get(URL, query).status_code in (200, 400)
