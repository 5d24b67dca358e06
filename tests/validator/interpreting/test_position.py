"""The reference system is recognised by place, axes are put right, and shapes come out valid."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from tests.validator.conftest import METROPOLIS, SESTO, TERRITORY
from tests.validator.interpreting.conftest import layer, read_file
from validator.interpreting.build import understand
from validator.interpreting.context import Accept, CellEdit, Context, Undo
from validator.interpreting.crs import PARITY, SenderOutlines, decide

OUTLINES = SenderOutlines(SESTO, METROPOLIS)
TOLD_APART = (32632, 4326, 3003, 3004, 3857, 32633)


def points_in(epsg, *, count=5, swapped=False, seed=1):
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(517_100, 521_400, count), rng.uniform(5_040_100, 5_044_400, count)
    east, north = Transformer.from_crs(32632, epsg, always_xy=True).transform(x, y)
    given_order = (north, east) if swapped else (east, north)
    return shapely.points(*given_order), shapely.points(x, y)


def types(rows):
    return {"NOME": [f"Museo {row}" for row in range(rows)], "TIPO": ["Museo"] * rows}


@settings(max_examples=40, deadline=None)
@given(
    epsg=st.sampled_from(TOLD_APART),
    swapped=st.booleans(),
    seed=st.integers(0, 10_000),
    declared=st.sampled_from([None, *TOLD_APART]),
)
def test_any_system_is_recognised_by_where_the_points_fall(epsg, swapped, seed, declared):
    sent, _ = points_in(epsg, swapped=swapped, seed=seed)
    decision = decide(sent, OUTLINES, declared=declared)
    assert decision.used == epsg
    assert decision.axes_exchanged == swapped
    assert decision.disagrees == (declared is not None and declared != epsg)


@settings(max_examples=30, deadline=None)
@given(epsg=st.sampled_from([*TOLD_APART, 25832, 7791]), seed=st.integers(0, 10_000))
def test_points_come_back_to_where_they_are(taxonomy, epsg, seed):
    sent, true = points_in(epsg, seed=seed)
    context = Context(taxonomy, TERRITORY, home=("015209",))
    dataset = understand(read_file(layer(types(5), sent, declared_crs=epsg)), context=context)
    assert shapely.distance(dataset.geometry, true).max() < 0.02
    assert dataset.layers[0].crs.used == epsg


def test_systems_that_place_cannot_tell_apart_are_taken_as_32632_and_named(context):
    sent, _ = points_in(25832)
    crs = understand(read_file(layer(types(5), sent)), context=context).layers[0].crs
    assert (crs.declared, crs.used, crs.why.code) == (None, 32632, "absent")
    assert set(crs.parity) == set(PARITY[32632]) == {32632, 25832, 7791, 6707}


def test_north_first_coordinates_are_put_right_and_counted(context):
    sent, true = points_in(32632, swapped=True)
    dataset = understand(read_file(layer(types(5), sent)), context=context)
    assert dataset.layers[0].crs.swapped == 5
    assert shapely.distance(dataset.geometry, true).max() < 0.001


def test_two_rows_with_exchanged_axes_among_good_ones_are_put_right(context):
    sent, true = points_in(4326)
    sent = sent.copy()
    sent[1] = shapely.Point(sent[1].y, sent[1].x)
    dataset = understand(read_file(layer(types(5), sent, declared_crs=4326)), context=context)
    assert dataset.layers[0].crs.swapped == 1
    assert shapely.distance(dataset.geometry, true).max() < 0.01


def test_a_wrong_declaration_is_put_aside_and_said(context):
    sent, _ = points_in(3003)
    crs = understand(read_file(layer(types(5), sent, declared_crs=32632)), context=context)
    decision = crs.layers[0].crs
    assert (decision.declared, decision.used, decision.disagrees) == (32632, 3003, True)
    assert decision.accuracy_m == 4


def test_a_layer_far_away_keeps_its_declaration_and_its_distance(context):
    palermo = shapely.points([13.35, 13.36], [38.11, 38.12])
    dataset = understand(read_file(layer(types(2), palermo, declared_crs=4326)), context=context)
    crs = dataset.layers[0].crs
    assert (crs.used, crs.why.code) == (4326, "far")
    assert crs.km == pytest.approx(890, abs=30)


def test_coordinates_that_fall_nowhere_are_not_guessed(context):
    local = shapely.points([100.0, 200.0], [300.0, 400.0])
    dataset = understand(read_file(layer(types(2), local)), context=context)
    assert dataset.layers[0].crs.used is None
    assert dataset.frame["position"].to_list() == ["no_crs", "no_crs"]
    assert dataset.geometry.tolist() == [None, None]


@pytest.mark.parametrize("swapped", [False, True])
def test_degrees_of_a_register_of_the_region_are_recognised_and_said_to_be_far(context, swapped):
    bergamo = shapely.points([9.67, 9.68, 10.22], [45.69, 45.70, 45.54])
    sent = shapely.points(shapely.get_coordinates(bergamo)[:, ::-1]) if swapped else bergamo
    dataset = understand(read_file(layer(types(3), sent)), context=context)
    crs = dataset.layers[0].crs
    assert (crs.used, crs.why.code, crs.axes_exchanged) == (4326, "absent_far", swapped)
    assert crs.km == pytest.approx(35, abs=5)
    assert (dataset.frame["position"] == "ok").all()


def test_metres_that_two_systems_bring_to_italy_are_not_guessed(context):
    ambiguous = shapely.points([500_000.0, 500_100.0], [4_700_000.0, 4_700_100.0])
    dataset = understand(read_file(layer(types(2), ambiguous)), context=context)
    assert dataset.layers[0].crs.used is None


@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")
def test_a_shape_with_one_vertex_that_is_no_number_has_no_place(context):
    good = shapely.box(519_000, 5_042_000, 519_100, 5_042_100)
    hurt = shapely.get_coordinates(good)
    hurt[2, 1] = np.nan
    sent = [shapely.transform(good, lambda _coordinates: hurt), good]
    for declared in (32632, 3003):
        dataset = understand(
            read_file(layer(types(2), sent, declared_crs=declared)), context=context
        )
        assert dataset.frame["position"].to_list()[0] == "not_finite"


def test_the_planner_may_say_which_system_it_is(context):
    sent, _ = points_in(32632)
    told = replace(context, crs={"servizi": 25832})
    crs = understand(read_file(layer(types(5), sent)), context=told).layers[0].crs
    assert (crs.used, crs.why.code) == (25832, "overridden")


def test_positions_come_from_columns_or_from_text(context):
    columns = {**types(2), "COORD_X": ["519000,50", "519100,50"], "COORD_Y": ["5042000", "-"]}
    by_columns = understand(read_file(layer(columns)), context=context)
    assert by_columns.frame["position"].to_list() == ["ok", "missing"]
    hexes = shapely.to_wkb(shapely.Point(9.24, 45.53), hex=True)
    text = {**types(4), "location": ["(45.53, 9.24)", "POINT (9.24 45.53)", hexes, "boh"]}
    by_text = understand(read_file(layer(text)), context=context)
    assert by_text.frame["position"].to_list() == ["ok", "ok", "ok", "unreadable"]
    assert shapely.distance(by_text.geometry[0], by_text.geometry[1:3]).max() < 0.01


def test_null_empty_and_unfinished_geometries_are_told_apart(context):
    huge = shapely.LineString([(-1.7e308, 0), (1.7e308, 1)])
    good = shapely.Point(519_000, 5_042_000)
    sent = [good, None, shapely.Point(0, 0), shapely.Point(), huge]
    dataset = understand(read_file(layer(types(5), sent, declared_crs=32632)), context=context)
    found = dataset.frame["position"].to_list()
    assert found == ["ok", "missing", "null_coordinates", "empty", "not_finite"]
    assert shapely.is_missing(dataset.geometry).tolist() == [False, True, True, True, True]


def test_height_is_dropped_and_kept_in_what_was_sent(context):
    sent = [shapely.Point(519_000, 5_042_000, 120)]
    dataset = understand(read_file(layer(types(1), sent, declared_crs=32632)), context=context)
    assert dataset.flattened.tolist() == [True]
    assert not dataset.geometry[0].has_z
    assert dataset.sent[0].has_z


def test_areas_become_multipolygons_and_points_stay_points(context):
    sent = [shapely.box(519_000, 5_042_000, 519_100, 5_042_100), shapely.Point(519_000, 5_042_000)]
    dataset = understand(read_file(layer(types(2), sent, declared_crs=32632)), context=context)
    assert [one.geom_type for one in dataset.geometry] == ["MultiPolygon", "Point"]
    assert dataset.areas.tolist() == [10_000, 0]


BOW_TIE = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
SPIKE = shapely.Polygon([(0, 0), (100, 0), (100, 100), (100, 130), (100, 100), (0, 100)])


def shifted(shape):
    return shapely.transform(shape, lambda xy: xy + np.array([519_000, 5_042_000]))


@pytest.fixture
def broken(context):
    sent = [shifted(BOW_TIE), shifted(SPIKE), shifted(shapely.box(0, 0, 10, 10))]
    return read_file(layer(types(3), sent, declared_crs=32632))


def test_a_small_repair_is_made_and_a_large_one_only_proposed(broken, context):
    dataset = understand(broken, context=context)
    assert dataset.invalid.tolist() == [True, True, False]
    assert dataset.repaired.tolist() == [False, True, False]
    assert shapely.is_valid(dataset.geometry).all()
    bow_tie = dataset.repairs.row(0, named=True)
    assert bow_tie["row"] == 1
    assert bow_tie["reason"] == "Self-intersection"
    assert (bow_tie["x"], bow_tie["y"]) == (519_050, 5_042_050)
    assert bow_tie["area_after"] == pytest.approx(5_000)


def test_a_proposed_repair_can_be_accepted_and_a_made_one_refused(broken, context):
    accepted = replace(context, accepted=(Accept("repair", "servizi", 1),))
    assert understand(broken, context=accepted).repaired.tolist() == [True, True, False]
    refused = replace(context, undone=(Undo("geometry", "servizi", 2),))
    assert understand(broken, context=refused).repaired.tolist() == [False, False, False]


def test_a_position_moved_by_hand_replaces_what_was_sent(context):
    moved = CellEdit("servizi", 1, "geometry", "POINT(9.24 45.53)")
    sent, true = points_in(32632, count=1)
    dataset = understand(
        read_file(layer(types(1), sent)), context=replace(context, edits=(moved,))
    )
    expected = Transformer.from_crs(4326, 32632, always_xy=True).transform(9.24, 45.53)
    assert shapely.distance(dataset.geometry[0], shapely.Point(expected)) < 0.01
    assert dataset.sent[0].equals(true[0])
