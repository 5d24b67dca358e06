"""Public pages as a reader gets them: sources, withheld contacts, redirects, past, mistakes."""

import datetime as dt
import json
import re

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from core.geo import METROPOLITAN_BOUNDS
from services.actions import EditionHead, NewRecord, plan_source, publish_edition
from services.filters import ServiceFilter
from services.models import Service, SourceItem
from services.views.days import service_on
from tests.services.catalogue import Thing, grid, publish, publish_records, record
from zones.models import Municipality

pytestmark = pytest.mark.django_db
SESTO = "015209"
MARCH = dt.datetime(2026, 3, 31, 21, 59, tzinfo=dt.UTC)  # 23:59 in Rome, summer time


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


def test_a_service_says_day_and_row_it_comes_from_and_no_file_name(client, hospital):
    text = page(client, f"/servizi/{hospital.public_id}/")
    assert "piano.zip" not in text
    for words in ("Consegna del ", "12", "DCC 12/2025", "Viale Matteotti 83", "300"):
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
    old = Service.objects.create(redirect_to=hospital)
    answer = client.get(f"/servizi/{old.public_id}/")
    assert answer.status_code == 301
    assert answer.url == f"/servizi/{hospital.public_id}/"


def test_a_retired_service_says_so_and_leaves_the_lists(client, hospital):
    item = hospital.items.get()
    publish_edition(EditionHead(item.source), [], withdrawn=[item.pk])
    assert "non più dichiarato" in page(client, f"/servizi/{hospital.public_id}/")
    assert hospital.shown.name not in page(client, "/servizi/")
    assert client.get(f"/servizi/{hospital.public_id}/riquadro/").status_code == 404


def test_filters_that_do_not_exist_are_explained_not_ignored(client):
    answer = client.get("/servizi/?category=astronavi")
    assert answer.status_code == 400
    assert "astronavi" in answer.content.decode()


def test_the_list_of_a_past_day_is_empty_before_anything_was_published(client, hospital):
    assert hospital.shown.name in page(client, "/servizi/")
    assert hospital.shown.name not in page(client, "/servizi/?al=2025-06-30")


def test_both_readings_are_counted_and_never_added(client, hospital):
    text = page(client, "/")
    row = re.search(r'id="m-c-sanita".*?</tr>', text, re.S).group(0)
    assert re.findall(r'<td class="num">(?:<strong>)?(\d+)', row) == ["1", "0", "0", "1"]


def test_a_list_costs_the_same_number_of_queries_however_long(client):
    costs = []
    for number in (1, 30):
        publish(grid(number, Thing("Biblioteca")))
        client.get("/servizi/")
        with CaptureQueriesContext(connection) as seen:
            shown = client.get("/servizi/").content.decode().count("/servizi/s-")
        costs.append(len(seen))
        assert shown >= min(number, 25), "25 to a page"
    assert costs[1] <= costs[0], costs
    assert costs[1] <= 30


def test_every_page_has_one_heading_and_says_the_language(client, hospital):
    for path in ("/", "/servizi/", "/zone/", "/dati/", "/atlante/", "/privacy/", "/contatti/"):
        text = page(client, f"/en{path}")
        assert text.count("<h1") == 1
        assert '<html lang="en">' in text


@pytest.fixture
def renamed(db) -> Service:
    """A theatre that became a museum, under another name and
    in another place, after 9 April; a library joined it."""
    publish([Thing("Vecchio nome", key="k1", kind="teatri", address="Via Antica 1")], at=MARCH)
    item = SourceItem.objects.get(key="k1")
    changed = record(Thing("Nome nuovo", kind="musei", lon=9.24), item=item.pk)
    added = record(Thing("Biblioteca aggiunta"))
    publish_records([changed, added], at=MARCH + dt.timedelta(days=10))
    return Service.objects.get(items=item)


def test_a_service_of_a_past_day_is_what_was_said_then(client, renamed):
    path = f"/servizi/{renamed.public_id}/"
    now, then = page(client, path), page(client, f"{path}?al=2026-04-09")
    assert "<h1><span" in now and "Nome nuovo</h1>" in now
    assert "Vecchio nome</h1>" in then and "Via Antica 1" in then
    assert "Nome nuovo" not in then
    assert "09/04/2026" in then and f'href="{path}"' in then
    facts = then.partition("facts-title")[2].partition("</section>")[0]
    assert facts.count("Piano dei Servizi di Sesto San Giovanni, edizione 1") >= 4
    assert page(client, f"{path}?al=2026-04-10").count("Nome nuovo") >= 2


def test_the_page_of_a_past_day_leads_to_that_day(client, renamed):
    then = page(client, f"/servizi/{renamed.public_id}/?al=2026-04-09")
    assert f'href="/comuni/{SESTO}/?al=2026-04-09"' in then
    assert f'href="/api/v1/services/{renamed.public_id}/?al=2026-04-09"' in then
    told = re.search(r'<script id="map-settings"[^>]*>(.*?)</script>', then, re.S).group(1)
    drawn = json.loads(told)
    assert drawn["query"] == "al=2026-04-09" and drawn["card"].endswith("?al=2026-04-09")
    home = page(client, "/?al=2026-04-09")
    editions = home.partition("editions-title")[2].partition("</section>")[0]
    assert "edizione 1" in editions and "edizione 2" not in editions
    body = client.get(f"/api/v1/services/{renamed.public_id}/", {"al": "2026-04-09"}).json()
    assert [one["to_edition"] for one in body["properties"]["records"]] == [None]
    now = client.get(f"/api/v1/services/{renamed.public_id}/").json()
    assert now["properties"]["past_records"][0]["to_edition"].startswith("2026-04-10")
    old = Service.objects.create(redirect_to=renamed)
    led = client.get(f"/api/v1/services/{old.public_id}/?al=2026-04-09")
    assert led["Location"].endswith(f"/{renamed.public_id}/?al=2026-04-09")


def test_a_service_that_was_not_published_yet_says_so(client, renamed):
    for tail in ("", "riquadro/"):
        answer = client.get(f"/servizi/{renamed.public_id}/{tail}?al=2026-03-30")
        assert answer.status_code == 404
    text = client.get(f"/servizi/{renamed.public_id}/?al=2026-03-30").content.decode()
    assert "30/03/2026" in text
    assert client.get(f"/servizi/{renamed.public_id}/?al=ieri").status_code == 400


def test_a_merged_service_keeps_the_day_on_its_way(client, renamed):
    old = Service.objects.create(redirect_to=renamed)
    answer = client.get(f"/servizi/{old.public_id}/?al=2026-04-09")
    assert answer.url == f"/servizi/{renamed.public_id}/?al=2026-04-09"


def test_origins_of_the_past_follow_the_rule_of_the_present(renamed):
    """Plans first; an attribute that the plan leaves empty comes from elsewhere, since the day
    that it does."""
    publish([Thing("Altro nome", key="r1")], reading=2)
    other = SourceItem.objects.get(key="r1")
    SourceItem.objects.filter(pk=other.pk).update(service=renamed)
    changed = record(Thing("Altro nome", address="Via Nuova 2"), item=other.pk)
    publish_records([changed], reading=2)
    plan = renamed.items.get(source__reading=1).pk
    now, then = renamed.shown.origins, service_on(renamed.public_id, dt.date(2026, 4, 9)).origins
    assert (now["address"], now["name"]) == (other.pk, plan)
    assert (then["address"], then["name"]) == (plan, plan)


def facet(text: str, name: str, value: str) -> int | None:
    select = re.search(rf'<select id="[a-z]-{name}".*?</select>', text, re.S).group(0)
    found = re.search(rf'<option value="{value}"[^>]*>[^<(]*(?:\((\d+)\))?\s*</option>', select)
    return found and int(found[1] or 1)


def totals(text: str) -> tuple[int, ...]:
    """The counts of both readings, from the list's figures or from the legend's last row."""
    row = re.search(r'<tr class="total">.*?</tr>', text, re.S)
    cells = (
        row.group(0) if row else re.search(r'<dl class="figures">.*?</dl>', text, re.S).group(0)
    )
    found = re.findall(r'(?:class="num"|big-figure")>(?:<strong>)?(\d+)', cells)
    return tuple(map(int, found))


@pytest.mark.parametrize("path", ["/servizi/", "/"])
def test_counts_of_a_past_day_are_that_day_s(client, renamed, path):
    now, then = page(client, path), page(client, f"{path}?al=2026-04-09")
    assert facet(now, "type", "musei") == 1
    assert facet(then, "type", "teatri") == 1
    assert facet(then, "type", "musei") is None
    assert totals(now) == (2, 0, 0, 2)
    assert totals(then) == (1, 0, 0, 1)
    assert totals(page(client, f"{path}?al=2026-03-30")) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("query", "chip"),
    [
        ("bbox=9.2,45.5,9.3,45.6", "nel riquadro della mappa"),
        ("level=local", "solo servizi comunali"),
        ("id=s-aaaaaaaa,s-bbbbbbbb", "2 servizi scelti"),
        ("zone=milano,nord-milano", "Milano"),
        ("status=dismesso,previsto&valence=comunale,metropolitana", "dismesso"),
    ],
)
@pytest.mark.parametrize("path", ["/servizi/", "/"])
def test_a_form_keeps_the_choice_that_its_page_was_opened_with(client, path, query, chip):
    text = page(client, f"{path}?{query}")
    form = next(one for one in re.findall("<form.*?</form>", text, re.S) if 'name="zone"' in one)
    sent = QueryDict(mutable=True)
    for field in re.findall(r'<input[^>]*type="hidden"[^>]*>', form):
        sent.appendlist(*re.search(r'name="([^"]*)" value="([^"]*)"', field).groups())
    for name, options in re.findall(r'<select[^>]*name="([^"]*)">(.*?)</select>', form, re.S):
        sent.appendlist(name, "".join(re.findall(r'value="([^"]*)" selected', options)))
    again = ServiceFilter.from_query(sent, others=None)
    asked = ServiceFilter.from_query(QueryDict(query))
    # The box of the home page is what its map looks at.
    assert again == (asked if path == "/servizi/" else asked.but(bbox=None))
    chips = text.split('class="chips"')[-1].split("</ul>")[0]
    assert ("riquadro" in chip and path == "/") or chip in chips


def looked_at(client, query: str) -> list[float]:
    text = page(client, f"/?{query}")
    settings = re.search(r'<script id="map-settings"[^>]*>(.*?)</script>', text, re.S).group(1)
    return json.loads(settings)["bounds"]


def test_the_map_looks_at_what_the_filter_names(client):
    sesto, milano, zone = (
        looked_at(client, query)
        for query in ("municipality=015209", "municipality=015146", "zone=nord-milano")
    )
    both = looked_at(client, "municipality=015209,015146")
    assert sesto[2] - sesto[0] < 0.1
    sides = [min(sesto[0], milano[0]), *both[1:3], max(sesto[3], milano[3])]
    assert both == pytest.approx(sides, abs=0.005)
    assert zone[0] <= sesto[0] and zone[2] >= sesto[2]
    assert looked_at(client, "zone=nord-milano&municipality=015209") == sesto
    assert looked_at(client, "municipality=015209&bbox=9,45,9.2,45.1") == [9, 45, 9.2, 45.1]
    assert looked_at(client, "") == list(METROPOLITAN_BOUNDS)


def test_a_closed_service_is_not_planned(client):
    stages = ("esistente", "previsto", "in attuazione", "dismesso")
    publish([Thing(f"Ospedale {stage}", kind="ospedali", status=stage) for stage in stages])
    page = client.get(f"/comuni/{SESTO}/").content.decode()
    table = page.split("Servizi per categoria e lettura")[-1].split("</table>")[0]
    rows = [re.sub(r"<[^>]+>", " ", row).split() for row in table.split("<tr")]
    (health,) = (row for row in rows if row[-5:-1] == ["4", "0", "0", "4"])
    assert health[-1] == "2"
