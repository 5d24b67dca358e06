"""What lists, facets, sheets and low zooms count is what is shown, on every day alike."""

import datetime as dt
import random
import unicodedata
from dataclasses import replace

import pytest
from django.http import QueryDict
from django.utils import timezone

from services import states
from services.actions import EditionHead, publish_edition, validate
from services.counts import counts_of
from services.filters import ServiceFilter
from services.models import CellCount, Service, ServiceState, SourceItem, StateCount
from services.views.facets import facets_of
from tests.services.catalogue import (
    DAY,
    FIRST,
    LEGNANO,
    MILANO,
    SESTO,
    Thing,
    on,
    other_source,
    publish,
    record,
    retype,
)

pytestmark = pytest.mark.django_db
KINDS = ("biblioteche", "teatri", "musei", "asilo-nido", None)
PLACES = (
    (SESTO, 9.235, 45.535),
    (MILANO, 9.19, 45.465),
    (LEGNANO, 8.91, 45.595),
    (SESTO, None, None),
)
QUERIES = (
    *("", "level=all", "zone=milano", "municipality=015209,015146", "category=culturali"),
    *("type=teatri", "status=previsto", "valence=metropolitana", "valence=non-dichiarata"),
    *("reading=1", "reading=entrambe", "reading=solo-2", "q=cosa", "q=co", "q=cosa+1"),
    *("bbox=9.1,45.4,9.3,45.6", "zone=nord-milano&type=musei&level=all&status=esistente"),
)


def thing(chance: random.Random) -> Thing:
    comune, lon, lat = chance.choice(PLACES)
    name, kind = f"Cosa {chance.randrange(40)}", chance.choice(KINDS)
    status = chance.choice(("esistente", "previsto", "dismesso"))
    return Thing(name, kind, lon, lat, municipality=comune, status=status)


def publish_by_chance(chance: random.Random, moment: dt.datetime) -> None:
    """New things, changed ones, and some that are gone, of either reading."""
    reading = chance.choice((1, 2))
    publish([thing(chance) for _ in range(chance.randrange(1, 9))], reading=reading, at=moment)
    items = list(SourceItem.objects.filter(source__reading=reading).values_list("pk", flat=True))
    chance.shuffle(items)
    changed = [record(thing(chance), item=item) for item in items[:3]]
    source = SourceItem.objects.get(pk=items[0]).source if items else other_source()
    with on(moment + dt.timedelta(minutes=1)):
        edition = publish_edition(EditionHead(source), changed, withdrawn=items[3:5])
        alive = Service.objects.published().order_by("?").first()
        if alive:
            validate(edition, alive, valence="metropolitana", reason="prova")


@pytest.fixture(params=[3, 11])
def history(request) -> list[dt.date]:
    """Ten days of publications by chance; the days that may be asked for."""
    chance = random.Random(request.param)
    for day in range(10):
        publish_by_chance(chance, FIRST + day * DAY)
    with on(FIRST + 11 * DAY):
        retype("teatri", level="local", category="istruzione")
    return [(FIRST + day * DAY).date() for day in (0, 3, 7, 9, 12)]


def chosen(query: str, day: dt.date | None) -> ServiceFilter:
    return replace(ServiceFilter.from_query(QueryDict(query)), al=day)


def test_every_count_is_that_of_the_states(history):
    for day in (*history, None):
        for query in QUERIES:
            asked = chosen(query, day)
            shown = list(asked.queryset().values("kind", "status", "in_reading_1", "category"))
            counts = counts_of(asked)
            assert (counts.matched, asked.matched()) == (len(shown), len(shown)), (day, query)
            plan = sum(row.counts.plan for row in counts.by_category())
            planned = sum(row.planned for row in counts.by_category())
            assert plan == sum(one["in_reading_1"] for one in shown)
            assert planned == sum(one["status"] == "previsto" for one in shown)


def test_every_facet_says_what_a_click_would_show(history):
    names = {"municipality": ("zone", "municipality"), "category": ("category",)}
    names |= {"kind": ("type",), "status": ("status",), "valence": ("valence",)}
    for day in (history[2], None):
        for query in QUERIES:
            asked = chosen(query, day)
            for facet, own in names.items():
                rest = asked.but(**dict.fromkeys(own, ())).queryset()
                found: dict[str, int] = {}
                for value in rest.values_list(facet, flat=True):
                    found[value or ""] = found.get(value or "", 0) + 1
                assert counts_of(asked).facets[facet] == found, (day, query, facet)


CLICKS = (
    "",
    "zone=milano",
    f"municipality={LEGNANO}",
    f"zone=nord-milano&municipality={LEGNANO}",
    f"municipality={LEGNANO},{SESTO}&type=teatri",
    "type=teatri&category=culturali",
)


@pytest.mark.parametrize("query", CLICKS)
def test_every_choice_of_the_form_says_what_choosing_it_shows(history, query):
    asked = chosen(query, None)
    facets = facets_of(asked)
    for name in ("zone", "municipality", "category", "type", "valence", "status"):
        for choice in getattr(facets, name):
            shown = asked.but(**{name: (choice.value,)}).queryset().count()
            assert choice.count == shown, (name, choice)
    named = {choice.value for choice in facets.municipality if choice.chosen}
    assert named == set(asked.municipality)


def test_counting_anew_finds_the_same(history):
    def sums(model, *columns):
        found: dict = {}
        for row in model.objects.values_list("at", *columns, "n"):
            found[row[:-1]] = found.get(row[:-1], 0) + row[-1]
        return {key: n for key, n in found.items() if n}

    by_comune = ("municipality", "category", "kind", "level", "status", "valence", "in_reading_1")
    by_cell = ("zoom", "cell_x", "cell_y", "category", "kind", "municipality")
    before = sums(StateCount, *by_comune), sums(CellCount, *by_cell)
    states.recount()
    assert (sums(StateCount, *by_comune), sums(CellCount, *by_cell)) == before
    assert sum(before[0].values()) == ServiceState.objects.at(None).count()


def test_short_words_begin_words_and_a_word_that_nothing_holds_is_taken_for_one_like_it(client):
    hall = Thing("Palazzetto", kind="palazzetti", address="Via Bari 2")
    publish([Thing("Biblioteca Ezio Vanoni"), hall])

    def found(words: str) -> set[str]:
        body = client.get("/api/v1/services/", {"q": words}).json()
        return {one["properties"]["name"] for one in body["features"]}

    assert found("b") == {"Biblioteca Ezio Vanoni", "Palazzetto"}
    assert found("io") == set()
    assert found("blio") == {"Biblioteca Ezio Vanoni"}
    assert found("bibliotca") == {"Biblioteca Ezio Vanoni"}
    assert found("pa ba") == {"Palazzetto"}
    answer = client.get("/api/v1/services/", {"q": "a b c d e f g h i"})
    assert answer.status_code == 400
    assert "8 parole" in answer.json()["detail"]


@pytest.mark.parametrize(
    "name",
    [
        *("Biblioteca – Sede centrale", "Scuola 5ª nº 3 m²", "L‘Aquila «Rosa» “Blu”"),
        *("Østre Łódź Straße Œuvre", "PERCHÉ è così", "Palestra ½ İstanbul"),
    ],
)
def test_a_name_is_found_by_all_its_own_words(client, name):
    publish([Thing(name)])
    for words in (name, name.upper(), unicodedata.normalize("NFD", name)):
        body = client.get("/api/v1/services/", {"q": words}).json()
        assert [one["properties"]["name"] for one in body["features"]] == [name], words


def test_a_type_is_found_by_its_name_in_either_language(client):
    publish([Thing("Vanoni"), Thing("Manzoni", kind="teatri")])
    for words in ("biblioteche", "libraries", "Librar"):
        body = client.get("/api/v1/services/", {"q": words}).json()
        assert [one["properties"]["name"] for one in body["features"]] == ["Vanoni"]


def test_today_is_what_no_day_asks_for(history):
    assert chosen("", timezone.localdate()).matched() == chosen("", None).matched()
