"""Reference systems that a comune may send, declared, undeclared and mislabelled: where the rows
end, how far from the truth, and what is said of it.

The truth is in EPSG:32632; the operation from Monte Mario that PROJ takes is the one for the
mainland (EPSG:1660), four metres accurate: IGM's grids are not free and not used.
"""

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from tests.validator.interpreting.conftest import layer, read_file
from validator.interpreting.build import understand

ROWS = 10
ROME = 12.452333333333334
"""Degrees of Monte Mario's meridian, from which EPSG:4806 counts."""


@pytest.fixture
def true():
    draw = np.random.default_rng(7)
    return draw.uniform(517_100, 521_400, ROWS), draw.uniform(5_040_100, 5_044_400, ROWS)


@pytest.fixture
def received(context):
    """The delivery of rows with these coordinates, as points or as two columns."""

    def understood(x, y, *, columns=False, **facts):
        cells = {"NOME": [f"Museo {n}" for n in range(ROWS)], "TIPO": ["Museo"] * ROWS}
        if columns:
            cells |= {"X": [f"{one:.7f}" for one in x], "Y": [f"{one:.7f}" for one in y]}
        sent = None if columns else shapely.points(x, y)
        return understand(read_file(layer(cells, sent, **facts)), context=context)

    return understood


def sent_in(epsg, true):
    return Transformer.from_crs(32632, epsg, always_xy=True).transform(*true)


def off(dataset, true):
    """Metres between where each row was put and where it is."""
    return shapely.distance(dataset.geometry, shapely.points(*true))


@pytest.mark.parametrize(
    "epsg", [3003, 3004, 4265, 23032, 25832, 7791, 6707, 3857, 4326, 4258, 6706, 32633]
)
def test_a_declared_system_is_used_as_declared(received, true, epsg):
    dataset = received(*sent_in(epsg, true), declared_crs=epsg)
    crs = dataset.layers[0].crs
    assert (crs.used, crs.why.code, crs.swapped, crs.km) == (epsg, "declared", 0, 0)
    assert off(dataset, true).max() < 0.01


def test_gauss_boaga_without_the_grid_is_gauss_boaga_some_metres_off(received, true):
    """A file transformed with the grid and one without it differ by metres: both are EPSG:3003."""
    east, north = sent_in(3003, true)
    for given in ({"declared_crs": 3003}, {}):
        exact = received(east, north, **given)
        shifted = received(east + 2.6, north - 1.9, **given)
        for dataset in (exact, shifted):
            crs = dataset.layers[0].crs
            assert (crs.used, crs.accuracy_m) == (3003, 4)
        assert off(exact, true).max() < 0.01
        assert 1 < off(shifted, true).max() < exact.layers[0].crs.accuracy_m


@pytest.mark.parametrize("label", [32632, 4326, 3004, 7791])
def test_gauss_boaga_under_a_wrong_label_is_recognised_and_told(received, true, label):
    dataset = received(*sent_in(3003, true), declared_crs=label)
    crs = dataset.layers[0].crs
    assert (crs.declared, crs.used, crs.disagrees) == (label, 3003, True)
    assert off(dataset, true).max() < 0.01


@pytest.mark.parametrize(("code", "same"), [(26591, 3003), (26592, 3004)])
def test_gauss_boaga_counted_from_rome_has_the_same_coordinates(received, true, code, same):
    dataset = received(*sent_in(same, true), declared_crs=code)
    crs = dataset.layers[0].crs
    assert (crs.used, crs.why.code, crs.accuracy_m) == (code, "declared", 4)
    assert off(dataset, true).max() < 0.01


def test_degrees_counted_from_rome_are_monte_mario_not_wgs84(received, true):
    east, north = sent_in(4265, true)
    dataset = received(east - ROME, north, declared_crs=4806)
    assert (dataset.layers[0].crs.used, dataset.layers[0].crs.accuracy_m) == (4806, 4)
    assert off(dataset, true).max() < 0.01


@pytest.mark.parametrize(
    ("epsg", "taken", "metres", "near"),
    [
        (23032, 32632, 215, "EPSG:23032"),
        (4265, 4326, 80, "EPSG:4265"),
        (4230, 4326, 150, "EPSG:4230"),
    ],
)
def test_an_undeclared_neighbour_is_taken_for_the_usual_one_and_that_is_said(
    received, true, epsg, taken, metres, near
):
    """ED50 and the degrees of Monte Mario lie too near for any outline to tell."""
    dataset = received(*sent_in(epsg, true))
    facts = dataset.layers[0]
    assert (facts.crs.used, facts.crs.why.code) == (taken, "absent")
    assert off(dataset, true).max() == pytest.approx(metres, abs=60)
    [note] = [note for note in facts.notes if note.code == "crs-alike"]
    assert near in note.params["others"]


def test_a_declared_system_needs_no_such_word(received, true):
    dataset = received(*sent_in(32632, true), declared_crs=32632)
    assert "crs-alike" not in {note.code for note in dataset.layers[0].notes}


@pytest.mark.parametrize("given", [{"declared_crs": 4326}, {}, {"columns": True}])
def test_latitude_first_is_put_right_and_counted(received, true, given):
    longitude, latitude = sent_in(4326, true)
    dataset = received(latitude, longitude, **given)
    crs = dataset.layers[0].crs
    assert (crs.used, crs.swapped) == (4326, ROWS)
    assert off(dataset, true).max() < 0.1


@pytest.mark.parametrize("unit", [1000, 100, 1 / 0.3048, 0.001])
def test_other_units_are_never_taken_for_metres(received, true, unit):
    """Millimetres, centimetres, feet and kilometres fall nowhere: unrecognised, or said far."""
    x, y = (axis * unit for axis in true)
    crs = received(x, y).layers[0].crs
    assert (crs.used, crs.why.code) == (None, "unrecognised")
    crs = received(x, y, declared_crs=32632).layers[0].crs
    assert (crs.used, crs.why.code) == (32632, "far")
    assert crs.km > 100


@pytest.mark.parametrize("stray", [3003, 4326, 3857])
@pytest.mark.parametrize("declared", [32632, None])
def test_rows_of_another_system_among_good_ones_do_not_pass_for_good(
    received, true, stray, declared
):
    """Three rows of ten: the others stay right, the three are not inside the comune."""
    x, y = (np.array(axis) for axis in true)
    x[:3], y[:3] = (axis[:3] for axis in sent_in(stray, true))
    dataset = received(x, y, declared_crs=declared)
    assert dataset.layers[0].crs.used == 32632
    assert off(dataset, true)[3:].max() < 0.01
    assert off(dataset, true)[:3].min() > 100_000
