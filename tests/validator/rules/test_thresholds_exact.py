"""Rules exactly at their thresholds, and what a layer without the column they need is told."""

import datetime as dt

import pytest

from tests.validator.rules.speaking import batches, said
from validator.findings import NotRun
from validator.rules import registry
from validator.rules.examples import TODAY, Example, row, rows

DAY = dt.timedelta(days=1)


def square(side: float, west: float = 501_000.0, south: float = 5_031_000.0) -> str:
    east, north = west + side, south + side
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return f"POLYGON (({', '.join(f'{x} {y}' for x, y in corners)}))"


def test_closed_services_of_a_layer_without_a_closing_date_are_one_finding():
    example = rows(
        {"name": "A", "status": "dismesso"},
        {"name": "B", "status": "esistente"},
        {"name": "C", "status": "dismesso"},
    )
    assert said("ATT-09", example) == [
        "2 righe hanno uno stato che non va d'accordo con la data (1, 3)."
    ]


@pytest.mark.parametrize(
    ("status", "field", "day", "speaks"),
    [
        ("esistente", "opening_date", TODAY, False),
        ("esistente", "opening_date", TODAY + DAY, True),
        ("esistente", "closing_date", TODAY, False),
        ("esistente", "closing_date", TODAY - DAY, True),
        ("dismesso", "closing_date", TODAY - DAY, False),
        ("previsto", "opening_date", TODAY + DAY, False),
    ],
)
def test_a_status_meets_a_date_on_the_very_day(status, field, day, speaks):
    example = row(name="Liceo", status=status, **{field: day})
    assert bool(said("ATT-09", example)) == speaks


@pytest.mark.parametrize(("area", "speaks"), [(4_999.0, True), (5_000.0, False)])
def test_green_reaches_its_threshold_at_the_metre(area, speaks):
    example = row(name="Giardino", kind="giardino", valence="intercomunale", area=area)
    assert bool(said("SEM-01", example)) == speaks


@pytest.mark.parametrize(
    ("declared", "speaks"),
    [(11_000.0, False), (11_000.1, True), (9_000.0, False), (8_999.9, True)],
)
def test_declared_and_drawn_areas_differ_by_more_than_their_share(declared, speaks):
    example = row(name="Parco", area=declared, geometry=square(100))
    assert bool(said("SEM-02", example)) == speaks


@pytest.mark.parametrize(("number", "speaks"), [(9, False), (10, True)])
def test_one_value_everywhere_is_told_from_ten_rows(number, speaks):
    example = rows(*({"name": f"Liceo {i}", "address": "Via Roma 1"} for i in range(number)))
    assert bool(said("ATT-12", example)) == speaks


@pytest.mark.parametrize(("number", "speaks"), [(4, False), (5, True)])
def test_a_point_is_generic_from_five_services(number, speaks):
    spot = "POINT (501000 5031000)"
    example = rows(*({"name": f"Scuola {i}", "geometry": spot} for i in range(number)))
    assert bool(said("GEO-12", example)) == speaks


@pytest.mark.parametrize(("kept", "speaks"), [(8, False), (7, True)])
def test_a_count_may_fall_by_a_fifth(kept, speaks):
    known = tuple({"key": f"A{i}", "name": f"Liceo {i}"} for i in range(10))
    sent = tuple({"identifier": f"A{i}", "name": f"Liceo {i}"} for i in range(kept))
    assert bool(said("CMP-02", Example(rows=sent, accepted=known))) == speaks


@pytest.mark.parametrize(("metres", "speaks"), [(100, False), (101, True)])
def test_a_service_may_move_a_hundred_metres(metres, speaks):
    known = {"key": "A1", "name": "Liceo", "x": 501_000.0, "y": 5_031_000.0}
    sent = {"identifier": "A1", "name": "Liceo", "geometry": f"POINT ({501_000 + metres} 5031000)"}
    assert bool(said("CMP-03", Example(rows=(sent,), accepted=(known,)))) == speaks


@pytest.mark.parametrize(("metres", "speaks"), [(20, True), (21, False)])
def test_two_rows_are_one_service_within_twenty_metres(metres, speaks):
    places = (501_000, 501_000 + metres)
    example = rows(
        *({"name": "Liceo", "kind": "superiori", "geometry": f"POINT ({x} 5031000)"}
          for x in places)
    )  # fmt: skip
    assert bool(said("UNI-02", example)) == speaks


RUN = [
    one.code
    for one in registry.registered()
    if not (one.outside or one.needs) and one.family in registry.STAGES
]
BARE = {
    "null": row(name=None),
    "nothing": row(name=None, geometry=None, type=None),
    "empty point": row(name="", geometry="POINT EMPTY"),
    "empty collection": row(name="Parco", geometry="GEOMETRYCOLLECTION EMPTY"),
    "collection": row(name="Parco", geometry="GEOMETRYCOLLECTION (POINT (501000 5031000))"),
}


@pytest.mark.parametrize("code", RUN)
@pytest.mark.parametrize("example", BARE.values(), ids=BARE)
def test_no_rule_breaks_on_a_row_without_anything(code, example):
    found = batches(code, example)
    assert isinstance(found, NotRun | list)
