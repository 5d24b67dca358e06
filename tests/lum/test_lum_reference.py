"""The 62 LUM that the STTM 2 counts: by zone, placed where known, candidates kept apart."""

import pghistory
import pytest
from django.contrib.gis.db.models.functions import Distance
from django.db.models import F

from lum.management.reference import load_lum
from lum.models import Lum, TransportNode
from lum.selectors import lum_per_zone
from zones.models import OfficialFigure

#: A stop may lie just beyond the generalised outline (250 m) of its comune.
TOLERANCE_M = 500

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loaded(db):
    load_lum()


def test_each_zone_has_the_number_of_lum_the_deck_states():
    official = OfficialFigure.objects.filter(figure="lum")
    counted = lum_per_zone()
    assert counted[""] == 62
    for figure in official:
        assert counted[figure.zone_id or ""] == figure.value, figure.zone_id


def test_the_list_of_2023_keeps_50_nodes_and_makes_12_candidates():
    assert Lum.objects.public().located().count() == 50
    candidates = Lum.objects.filter(certainty="escluso")
    assert sorted(candidates.values_list("name", flat=True)) == [
        "Bussero",
        "Cassina de' Pecchi",
        "Cesate",
        "Corbetta-Santo Stefano Ticino",
        "Pozzuolo Martesana",
        "San Zenone al Lambro",
        "Trecella",
        "Turbigo",
        "Vanzago-Pogliano",
        "Vignate",
        "Villamaggiore",
        "Vittuone-Arluno",
    ]


def test_what_the_list_does_not_name_waits_to_be_identified():
    waiting = Lum.objects.public().filter(point__isnull=True)
    named = waiting.exclude(name="")
    assert sorted(named.values_list("name", flat=True)) == ["Gaggiano", "Lainate", "Nerviano"]
    assert all(hub.municipalities.count() == 1 and hub.zone is None for hub in named)
    nameless = waiting.filter(name="")
    zones = [hub.zone_id for hub in nameless]
    assert sorted(zones) == [
        *["adda-martesana"] * 5,
        "magentino-abbiatense",
        "nord-ovest",
        "sud-est",
        "sud-ovest",
    ]
    assert not waiting.exclude(state="").exists()


def test_every_lum_lies_in_or_beside_its_comune():
    far = Lum.objects.located().annotate(away=Distance("point", F("municipalities__geometry")))
    assert far.count() == 62
    assert {hub.name: hub.away.m for hub in far if hub.away.m > TOLERANCE_M} == {}


def test_what_nobody_has_said_stays_empty():
    assert not Lum.objects.exclude(rank="", setting="").exists()
    assert not Lum.objects.filter(radius_m__isnull=False).exists()
    assert not Lum.objects.filter(certainty="ufficiale").exists()
    assert not Lum.objects.located().exclude(position_accuracy="approssimata").exists()


def test_every_lum_stands_on_a_node_in_the_same_state():
    assert TransportNode.objects.count() == 62
    for node in TransportNode.objects.select_related("lum"):
        assert node.lum is not None and node.state == node.lum.state


def test_loading_again_writes_nothing():
    assert [(loaded.created, loaded.updated) for loaded in load_lum()] == [(0, 0), (0, 0)]


def test_a_lum_edited_by_a_person_keeps_what_the_person_wrote():
    hub = Lum.objects.get(code="rho-fiera")
    hub.rank, hub.name = Lum.Rank.METROPOLITAN, "Rho Fieramilano"
    with pghistory.context(user="una persona"):
        hub.save()
    assert load_lum()[0].kept == 1
    hub.refresh_from_db()
    assert (hub.rank, hub.name) == ("metropolitano", "Rho Fieramilano")


@pytest.mark.real_data
def test_existing_stops_are_within_half_a_kilometre_of_the_operators_lists(shared_data):
    import csv
    import json

    from zones.management.reference import position

    stops = []
    with (shared_data / "servizi/stazioni_viaggiatreno_lombardia.tsv").open() as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            if row["lat"] and row["lon"]:
                stops.append(position(row["lon"], row["lat"]))
    metro = json.loads((shared_data / "servizi/metro_fermate_milano.geojson").read_text())
    stops += [position(*feature["geometry"]["coordinates"][:2]) for feature in metro["features"]]
    # Lines of FerrovieNord, trams and the stops of two side lines are in neither list.
    absent = {
        "Albairate-Vermezzo",
        "Bollate Centro",
        "Castano Primo",
        "Cesano Boscone",
        "Cesate",
        "Cormano-Cusano Milanino",
        "Garbagnate Milanese",
        "Novate Milanese",
        "Paderno Dugnano",
        "Palazzolo Milanese",
        "Pieve Emanuele",
        "Rescaldina",
        "Rozzano",
        "San Donato Milanese",
        "Turbigo",
    }
    listed = Lum.objects.filter(state="esistente").exclude(name__in=absent)
    assert listed.exists()
    for hub in listed:
        assert min(hub.point.distance(stop) for stop in stops) < TOLERANCE_M, hub.name
