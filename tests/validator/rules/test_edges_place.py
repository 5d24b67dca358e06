"""Where rows and layers lie, at the edges: beside the boundary, elsewhere by declaration, chosen
systems, thin areas, shapes that fall apart.
"""

from dataclasses import replace
from string import Formatter

import pytest

from tests.validator.rules import small_world
from tests.validator.rules.speaking import said, silent
from validator.dataset import CrsDecision, Reason
from validator.rules import examples, registry
from validator.rules.crs.example_layers import with_crs
from validator.rules.examples import HOME, NEIGHBOUR, Example, row
from validator.rules.run import run_all

DECLARED = Reason("declared")


def box(west: float, south: float, east: float, north: float) -> str:
    ring = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
    return f"POLYGON (({ring}))"


def codes(example: Example) -> set[str]:
    return set(run_all(small_world.dataset(example), small_world.context(example)).counts)


def test_geo_08_speaks_of_an_area_that_begins_just_outside_and_goes_on():
    beside = row(name="Parco", geometry=box(505_100, 5_031_000, 507_000, 5_031_100))
    assert said("GEO-08", beside) == [
        "Riga 1: il 100% dell'area ricade fuori dal Comune (Comune vicino)."
    ]
    assert silent("GEO-07", beside)


def test_geo_08_is_silent_about_an_area_within_the_accuracy_of_the_outline():
    assert silent("GEO-08", row(geometry=box(505_010, 5_031_000, 505_200, 5_031_100)))


def test_geo_08_says_in_words_that_no_comune_of_the_city_is_there():
    out = row(name="Parco", geometry=box(499_000, 5_031_000, 501_000, 5_031_100))
    assert said("GEO-08", out) == [
        "Riga 1: il 50% dell'area ricade fuori dal Comune (fuori dalla Città metropolitana)."
    ]
    assert said("GEO-08", out, "en") == [
        "Row 1: 50% of the area lies outside the municipality (outside the metropolitan city)."
    ]


def test_geo_08_names_first_where_most_of_what_is_outside_lies():
    corner = row(name="Parco", geometry=box(504_000, 5_034_000, 506_000, 5_038_000))
    assert said("GEO-08", corner) == [
        "Riga 1: il 87,5% dell'area ricade fuori dal Comune "
        "(fuori dalla Città metropolitana, Comune vicino)."
    ]


def test_geo_08_does_not_name_a_comune_that_an_area_hardly_touches():
    mostly_north = row(name="Parco", geometry=box(503_000, 5_034_000, 505_020, 5_038_000))
    assert said("GEO-08", mostly_north)[0].endswith("(fuori dalla Città metropolitana).")


def test_geo_07_leaves_an_area_farther_away_to_itself_and_not_to_geo_08():
    away = row(name="Parco", geometry=box(506_000, 5_031_000, 507_000, 5_031_100))
    assert silent("GEO-08", away)
    assert len(said("GEO-07", away)) == 1


@pytest.mark.parametrize(("elsewhere", "speaks"), [("Comune vicino", False), (None, True)])
def test_crs_05_is_silent_about_services_declared_in_another_municipality(elsewhere, speaks):
    service = {"name": "Liceo", "geometry": "POINT (509000 5031000)"}
    far = Example(
        rows=({**service, "other_municipality": elsewhere},),
        crs=CrsDecision(32632, 32632, DECLARED, km=4.0),
    )
    assert bool(said("CRS-05", far)) == speaks
    assert silent("GEO-07", far)


def test_a_row_that_does_not_say_why_it_lies_elsewhere_is_told_among_those_that_do():
    service = {"name": "Liceo", "geometry": "POINT (509000 5031000)"}
    said_so = {**service, "other_municipality": "Comune vicino"}
    far = Example(
        rows=(said_so, said_so, service), crs=CrsDecision(32632, 32632, DECLARED, km=4.0)
    )
    assert silent("CRS-05", far)
    assert said("GEO-07", far) == ["Riga 3: fuori dal Comune di 4.000 m."]


def test_crs_02_does_not_promise_what_no_transformation_has():
    near = with_crs(25832, 25832, "declared", accuracy_m=0.0)
    assert said("CRS-02", near)[0].endswith("precisione attesa: entro 1 m.")
    assert said("CRS-02", near, "en")[0].endswith("expected accuracy: within 1 m.")


@pytest.mark.parametrize(("why", "speaks"), [("absent", True), ("overridden", False)])
def test_fil_05_is_silent_once_a_person_has_chosen_the_system(why, speaks):
    shapefile = replace(with_crs(None, 32632, why), notes=(Reason("FIL-05", {"name": "servizi"}),))
    assert bool(said("FIL-05", shapefile)) == speaks


def test_geo_06_writes_a_coordinate_with_all_its_digits():
    half = row(geometry=None, sent="POINT (0 5031000.5)", position="null_coordinates")
    assert said("GEO-06", half) == ["Riga 1: coordinate nulle (0, 5031000.5)."]


@pytest.mark.parametrize(("across", "speaks"), [(1.9, True), (2.0, False), (2.2, False)])
def test_geo_09_measures_the_width_of_a_strip(across, speaks):
    strip = row(geometry=box(501_000, 5_031_000, 501_030, 5_031_000 + across))
    assert bool(said("GEO-09", strip)) == speaks


def test_geo_09_says_how_wide_a_long_strip_is():
    strip = row(geometry=box(501_000, 5_031_000, 502_000, 5_031_001))
    assert said("GEO-09", strip) == [
        "Riga 1: area di 1.000 m², larga in media 1 m: forse un residuo."
    ]


def test_an_area_that_falls_into_a_line_is_one_mistake():
    flat = {
        "index": 0, "layer": examples.LAYER, "row": 1,
        "reason": "Too few points in geometry component",
        "x": 501_000.0, "y": 5_031_000.0, "area_before": 0.0, "area_after": 0.0, "refused": True,
    }  # fmt: skip
    line = "LINESTRING (501000 5031000, 501100 5031000)"
    found = codes(Example(rows=({"name": "Parco", "geometry": line},), repairs=(flat,)))
    assert "GEO-04" in found
    assert "GEO-02" not in found


def test_fil_08_says_that_letters_are_lost_where_none_can_be_proposed():
    lost = examples.noting("FIL-08", rows=[1], n=1, sample="Qualit\ufffd", guess="")
    assert said("FIL-08", lost) == [
        "Caratteri accentati forse corrotti in una cella "
        "(«Qualit\ufffd» → «lettere perdute: vanno riscritte»)."
    ]


def test_cmp_06_knows_two_sources_that_tell_one_service():
    found = registry.get("CMP-06").passes
    (one,) = found.known
    twice = replace(
        found, known=(one, {**one, "service": "s-00000010", "source": "Altro registro"})
    )
    assert silent("CMP-06", twice)
    plan = {**one, "reading": 1, "plan": True, "municipality": NEIGHBOUR, "x": 501_000.0}
    assert silent("CMP-06", replace(found, known=(one, plan)))
    assert one["municipality"] == HOME


def test_cmp_03_follows_the_key_of_the_return_file_too():
    moved = registry.get("CMP-03").fails
    (sent,) = moved.rows
    keyed = {key: value for key, value in sent.items() if key != "identifier"}
    assert "CMP-03" in codes(replace(moved, rows=({**keyed, "portal_key": "A1"},)))
    assert "CMP-03" not in codes(replace(moved, rows=(keyed,)))


def places_in(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(text) if name}


FAR = {"name": "Liceo", "geometry": "POINT (512000 5031000)"}
ACROSS = {"name": "Parco", "geometry": box(509_000, 5_031_000, 513_000, 5_031_100)}
STRANGER = {"name": "Liceo", "istat": "015146"}


@pytest.mark.parametrize(
    ("code", "example", "words"),
    [
        ("GEO-07", Example((FAR,)), "Riga 1: fuori dal territorio della fonte di 2.000 m."),
        ("GEO-08", Example((ACROSS,)), "fuori dal territorio della fonte (fuori"),
        ("ATT-05", Example((STRANGER,)), "015146 non è di un Comune di cui parla la fonte."),
        ("CRS-05", registry.get("CRS-05").fails, "km dal territorio della fonte."),
    ],
)
def test_a_source_of_several_comuni_is_told_of_its_own_territory(code, example, words):
    (sentence,) = said(code, replace(example, home=(HOME, NEIGHBOUR)))
    assert words in sentence
    assert all("della fonte" not in plain for plain in said(code, example))


def test_the_wide_words_ask_for_no_more_than_the_others():
    wordings = [one for found in registry.registered() for one in (found.it, found.en)]
    wide = [(one, form, text) for one in wordings for form, text in one.wide.items()]
    assert wide
    for wording, form, text in wide:
        assert places_in(text) <= places_in(getattr(wording, form)), wording.title
