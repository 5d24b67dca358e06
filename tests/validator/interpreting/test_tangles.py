"""Outlines that cross themselves too often to be mended are told without mending them."""

import numpy as np
import pytest
import shapely

from validator.interpreting.tangles import tangled


def star(vertices: int) -> shapely.Polygon:
    angles = np.arange(vertices) * (2 * np.pi * (vertices // 2) / vertices)
    return shapely.Polygon(np.column_stack([np.cos(angles), np.sin(angles)]) * 500)


def round_with_a_bow(vertices: int) -> shapely.Polygon:
    angles = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    ring = np.column_stack([np.cos(angles), np.sin(angles)]) * 500
    ring[[10, 15]] = ring[[15, 10]]
    return shapely.Polygon(ring)


@pytest.mark.parametrize("vertices", [101, 6_001, 60_001])
def test_a_star_crosses_itself_too_often(vertices):
    shapes = [star(vertices), shapely.MultiPolygon([star(vertices)]), star(11)]
    assert list(tangled(np.array(shapes, dtype=object))) == [True, True, False]


def test_many_vertices_with_a_few_crossings_are_mended():
    assert list(tangled(np.array([round_with_a_bow(60_000)], dtype=object))) == [False]


def test_all_the_shapes_of_a_delivery_have_so_many_crossings_together():
    """Each of them is mended in less than a second, a thousand of them are not."""
    found = tangled(np.array([star(45)] * 1_000, dtype=object))
    assert not found[0]
    assert found[-1]
