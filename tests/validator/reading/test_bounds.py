"""Shapes are counted before a library sees them: nesting, parts, vertices, what they announce."""

import struct

import polars as pl
import pytest
import shapely

from tests.hostile_files import nested, nested_geojson, nested_wkb
from validator.interpreting.position import sent_geometry
from validator.limits import DEFAULT, Limits
from validator.reading import bounds, depth
from validator.reading.bounds import Excess

SHAPES = [
    "POINT (1 2)",
    "POINT Z (1 2 3)",
    "LINESTRING (0 0, 1 1)",
    "POLYGON ((0 0, 4 0, 4 4, 0 0), (1 1, 2 1, 2 2, 1 1))",
    "MULTIPOINT ((1 1), (2 2))",
    "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5)))",
    "MULTIPOLYGON EMPTY",
    "GEOMETRYCOLLECTION (POINT (1 1), LINESTRING (0 0, 1 1))",
    "GEOMETRYCOLLECTION EMPTY",
]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("flavour", ["extended", "iso"])
@pytest.mark.parametrize("text", SHAPES)
def test_a_real_shape_is_within_the_limits_however_it_is_written(text, order, flavour):
    shape = shapely.from_wkt(text)
    written = shapely.to_wkb(shape, byte_order=order == "<", flavor=flavour)
    assert bounds.of_wkb(written) is None
    assert bounds.of_wkt(text) is None
    marked = shapely.to_wkb(
        shapely.set_srid(shape, 32632), include_srid=True, byte_order=order == "<"
    )
    assert bounds.of_wkb(marked) is None


@pytest.mark.parametrize(("levels", "found"), [(31, None), (32, Excess.DEEP), (9_000, "too_deep")])
def test_thirty_two_levels_are_the_most(levels, found):
    """A point in so many collections; the libraries are never given the deeper ones."""
    assert bounds.of_wkb(nested_wkb(levels)) == found
    assert bounds.of_wkb(nested_wkb(levels, order=">", code=0x80000007)) == found
    assert bounds.of_wkb(nested_wkb(levels, code=1006)) == found
    assert bounds.of_wkt(nested(levels)) == found
    column = pl.Series([nested_wkb(1), None, nested_wkb(levels)], dtype=pl.Binary)
    assert bounds.of_column(column) == ({2: found} if found else {})
    texts = pl.Series(["x", None, nested(levels), nested_wkb(levels).hex()])
    assert bounds.of_texts(texts) == ({2: found, 3: found} if found else {})


def test_lists_in_lists_are_deep_too():
    assert bounds.of_wkt("POLYGON " + "(" * 40 + "0 0" + ")" * 40) == Excess.DEEP


CURVES = [
    "CIRCULARSTRING (0 0, 1 1, 2 0)",
    "circularstring z (0 0 0, 1 1 1, 2 0 1)",
    "CURVEPOLYGONZ((0 0 1, 1 0 1, 1 1 1, 0 0 1))",
    "GEOMETRYCOLLECTION (POINT (1 1), COMPOUNDCURVE ((0 0, 1 1)))",
    *(struct.pack("<BII", 1, kind, 0).hex() + "00" * 20 for kind in range(8, 13)),
    struct.pack("<BIIII", 1, 8 | 0xA0000000, 32632, 0, 0).hex() + "00" * 20,
    struct.pack(">BII", 0, 1008, 0).hex() + "00" * 20,
    struct.pack("<BIIBII", 1, 7, 1, 1, 8, 0).hex() + "00" * 20,
]


@pytest.mark.parametrize("text", CURVES)
def test_a_curve_in_a_cell_is_put_aside_and_the_others_are_read(text):
    """GEOS fails on it, and with it would all the rows of the file."""
    sent = sent_geometry(None, pl.DataFrame({"wkt": ["POINT (1 2)", f"SRID=32632;{text}", text]}))
    assert sent.geometry[0] == shapely.Point(1, 2)
    assert list(sent.unreadable) == [False, True, True]
    assert sent.beyond[2] == Excess.CURVED


def test_parts_and_vertices_are_counted():
    few = Limits(parts=10, vertices=10)
    points = shapely.MultiPoint([(i, i) for i in range(11)])
    line = shapely.LineString([(i, i) for i in range(11)])
    holes = shapely.Polygon(
        [(0, 0), (99, 0), (99, 99)], [[(i, 1), (i, 2), (i + 0.5, 2)] for i in range(1, 11)]
    )
    for shape, found in ((points, "too_many_parts"), (line, "too_many_vertices")):
        assert bounds.of_wkb(shapely.to_wkb(shape), few) == found
        assert bounds.of_wkt(shape.wkt, few) in {found, "too_many_vertices"}
    assert bounds.of_wkb(shapely.to_wkb(holes), Limits(parts=10)) == Excess.PARTS


@pytest.mark.parametrize(
    "written",
    [
        struct.pack("<BII", 1, 2, 0xFFFFFFFF) + b"\0" * 400,
        struct.pack("<BIII", 1, 3, 1, 0x7FFFFFFF) + b"\0" * 400,
        struct.pack("<BII", 1, 7, 9) + b"\0" * 2,
        struct.pack("<BI", 1, 99) + b"\0" * 400,
        b"\x07" * 400,
        b"",
    ],
)
def test_what_announces_more_than_it_holds_is_not_parsed(written):
    assert bounds.of_wkb(written) in {Excess.COUNTS, Excess.VERTICES}


def test_a_plain_column_is_not_walked_and_a_large_one_is_told_row_by_row():
    areas = [shapely.Point(i, i).buffer(5, quad_segs=64) for i in range(3)]
    multi = [shapely.MultiPolygon([area]) for area in areas]
    column = pl.Series([*map(shapely.to_wkb, [*areas, *multi])], dtype=pl.Binary)
    assert all(bounds.is_plain(value) for value in column)
    assert not bounds.is_plain(nested_wkb(99))
    assert bounds.of_column(column) == {}
    few = Limits(vertices=100, parts=1_000)
    assert bounds.of_column(column, few) == dict.fromkeys(range(6), Excess.VERTICES)
    kept, notes = bounds.put_aside(
        pl.Series("wkb", [column[0], nested_wkb(99), None], dtype=pl.Binary), DEFAULT
    )
    assert kept.to_list() == [column[0], None, None]
    assert bounds.noted(notes) == {1: Excess.DEEP}


def a_file(*geometries: str) -> bytes:
    features = [
        f'{{"type": "Feature", "properties": {{"n": "] }} \\" [["}}, "geometry": {one}}}'
        for one in geometries
    ]
    return f'{{"type": "FeatureCollection", "features": [{", ".join(features)}]}}'.encode()


def test_deep_shapes_of_geojson_become_null_and_the_others_stay():
    point = '{"type": "Point", "coordinates": [1, 2]}'
    whole = a_file(point, nested_geojson(20))
    assert depth.without_deep_shapes(whole, DEFAULT) == (whole, [])
    mended, rows = depth.without_deep_shapes(
        a_file(point, nested_geojson(5_000), point, nested_geojson(70)), DEFAULT
    )
    assert rows == [1, 3]
    assert len(mended) == len(a_file(point, nested_geojson(5_000), point, nested_geojson(70)))
    meant = a_file(point, "null", point, "null")
    assert mended.replace(b" ", b"") == meant.replace(b" ", b"")


def test_what_else_is_deep_in_json_is_no_file_for_us():
    deep = "[" * 999 + "]" * 999
    assert depth.without_deep_shapes(b"[" * 100_000, DEFAULT) is None
    assert depth.without_deep_shapes(a_file(f'null, "more": {deep}'), DEFAULT) is None


@pytest.mark.parametrize(
    ("text", "deep"),
    [
        (b"<a><b/><b>x</b></a>" * 500, False),
        (b"<a><b/>" + b"<b/>" * 500 + b"</a>", False),
        (b"<a>" * 200, True),
        (b"<a x='/>'>" * 200, True),
        (b"<a><!-- </a></a> -->" * 200, True),
        (b"<a><![CDATA[</a></a>]]>" * 200, True),
        (b"<a>" + b"<![CDATA[<br><p>]]>" * 500 + b"</a>", False),
        (b"<a>" + b"<!-- <b> -->" * 500 + b"</a>", False),
    ],
)
def test_elements_are_counted_as_a_parser_sees_them(text, deep):
    assert depth.is_too_deep(text, DEFAULT) is deep
