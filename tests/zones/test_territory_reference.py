"""The territory fixtures say what the sources say, and loading them twice changes nothing."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.gis.db.models.functions import Area, Transform
from django.core.management import call_command
from django.db.models import Sum

from zones.management.territory import load_territory
from zones.models import (
    IndicatorValue,
    Municipality,
    OfficialFigure,
    Zone,
    ZoneMembership,
)
from zones.selectors import zone_summaries

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"

#: zone: comuni, residents on 1.1.2022 and on 1.1.2023, km² measured on the outlines
DOMAIN = {
    "milano": (1, 1_349_930, 1_354_196, 180.75),
    "adda-martesana": (29, 390_863, 391_382, 274.17),
    "sud-est": (15, 176_082, 176_519, 180.14),
    "sud-ovest": (16, 239_769, 239_338, 179.17),
    "magentino-abbiatense": (28, 217_470, 218_160, 360.89),
    "alto-milanese": (22, 256_801, 256_613, 213.54),
    "nord-milano": (6, 266_200, 265_720, 50.04),
    "nord-ovest": (16, 317_515, 317_463, 136.32),
}

pytestmark = pytest.mark.django_db


def residents(zone: str, year: int) -> int:
    comuni = Municipality.objects.in_zone(zone)
    values = IndicatorValue.objects.filter(municipality__in=comuni, year=year)
    return int(values.filter(indicator="popolazione").aggregate(total=Sum("value"))["total"])


def test_there_are_133_comuni_in_8_zones():
    assert Municipality.objects.count() == 133
    assert set(Zone.objects.values_list("slug", flat=True)) == set(DOMAIN)
    assert ZoneMembership.objects.in_force().count() == 133


@pytest.mark.parametrize("zone", DOMAIN)
def test_a_zone_has_the_comuni_residents_and_area_of_the_research(zone):
    comuni, people_2022, people_2023, area = DOMAIN[zone]
    assert Municipality.objects.in_zone(zone).count() == comuni
    assert residents(zone, 2022) == people_2022
    assert residents(zone, 2023) == people_2023
    drawn = Zone.objects.annotate(area=Area("geometry")).get(slug=zone).area.sq_m / 1e6
    assert drawn == pytest.approx(area, abs=0.05)


def test_every_membership_names_its_source_and_the_doubtful_ones_say_so():
    assert not ZoneMembership.objects.filter(source="").exists()
    doubtful = ZoneMembership.objects.filter(certainty="da verificare")
    assert {m.municipality.name for m in doubtful} == {"Noviglio", "Vernate"}


def test_codes_keep_their_leading_zero_and_are_all_different():
    for comune in Municipality.objects.all():
        assert len(comune.istat) == 6 and comune.istat.startswith("015")
        assert len(comune.cadastral_code) == 4


def test_boundaries_are_valid_two_dimensional_and_declare_their_accuracy():
    for comune in Municipality.objects.all():
        assert comune.geometry.valid and not comune.geometry.hasz
        assert comune.boundary_accuracy_m == 250
        assert "CC BY 4.0" in comune.boundary_source
    milano = Municipality.objects.annotate(lonlat=Transform("geometry", 4326)).get(istat="015146")
    assert milano.lonlat.centroid.x == pytest.approx(9.18, abs=0.03)
    assert milano.lonlat.centroid.y == pytest.approx(45.465, abs=0.03)


def test_the_zones_cover_the_comuni_without_gaps_or_overlaps():
    zones = Zone.objects.annotate(area=Area("geometry"))
    comuni = Municipality.objects.annotate(area=Area("geometry"))
    total = sum(m.area.sq_m for m in comuni)
    assert sum(z.area.sq_m for z in zones) == pytest.approx(total, rel=1e-9)


def test_classes_of_age_and_sexes_add_up_to_the_residents():
    with (FIXTURES / "territory/population.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            classes = sum(int(value) for name, value in row.items() if name.startswith("p_"))
            assert classes == int(row["total"]) == int(row["women"]) + int(row["men"]), row[
                "istat"
            ]


def test_poli_and_citta_centrale_are_those_of_the_list_of_2023():
    def named(rank):
        rows = Municipality.objects.filter(polo_attrattore=rank)
        return sorted(rows.values_list("name", flat=True))

    assert Municipality.objects.filter(citta_centrale=True).count() == 25
    assert named("metropolitano") == ["Legnano", "Magenta", "Melzo", "Rho"]
    assert named("sovracomunale") == [
        "Abbiategrasso",
        "Binasco",
        "Bollate",
        "Cassano d'Adda",
        "Castano Primo",
        "Melegnano",
        "Paullo",
        "Pioltello",
        "San Giuliano Milanese",
    ]
    assert not Municipality.objects.exclude(role_year=2023).exists()


def test_poli_and_citta_centrale_are_as_many_in_each_zone_as_the_deck_states():
    compared = [
        (summary.name, figure)
        for summary in zone_summaries()
        for figure in summary.figures
        if figure.figure in ("comuni-polo", "comuni-citta-centrale")
    ]
    assert len(compared) > 8
    assert [(name, f) for name, f in compared if f.computed != f.official] == []


def test_the_deck_is_stored_with_its_contradictions():
    def whole(figure):
        return OfficialFigure.objects.get(zone=None, figure=figure).value

    boxes = OfficialFigure.objects.filter(zone__isnull=False)

    def summed(figure):
        return boxes.filter(figure=figure).aggregate(total=Sum("value"))["total"]

    assert whole("zone") == 9 and boxes.filter(figure="comuni").count() == 8
    assert whole("superficie") == Decimal("1576.56") and summed("superficie") == Decimal("1576.55")
    for figure, value in (
        ("abitanti", 3_237_101),
        ("comuni", 133),
        ("comuni-polo", 13),
        ("comuni-citta-centrale", 25),
        ("lum", 62),
    ):
        assert whole(figure) == summed(figure) == value
    assert (whole("punti-da-pgt"), whole("punti-da-pgt-con-previsioni")) == (1300, 1503)
    assert whole("punti-da-altre-fonti") == 2453
    assert "8" in OfficialFigure.objects.get(figure="zone").note


def test_loading_again_writes_nothing():
    written = {(one.created, one.updated, one.kept) for one in load_territory()}
    assert written == {(0, 0, 0)}


def test_a_membership_changed_by_a_person_is_left_alone():
    membership = ZoneMembership.objects.get(municipality__name="Noviglio")
    membership.source = "Atto del Consiglio metropolitano"
    membership.save()
    memberships = load_territory()[2]
    assert memberships.kept == 1
    membership.refresh_from_db()
    assert membership.source == "Atto del Consiglio metropolitano"


def test_the_command_says_in_italian_what_it_did(capsys):
    call_command("load_territory")
    assert "comuni: 133 (133 invariati)" in capsys.readouterr().out
