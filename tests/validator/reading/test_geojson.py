"""GeoJSON as it is really sent: commas too many, numbers as texts, old crs members, metres."""

import json

import pytest
import shapely

from validator.reading.errors import Unreadable


def collection(*features, **more):
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more})


def point(x, y, **properties):
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Point", "coordinates": [x, y]},
    }


def notes(layer):
    return {note.code: dict(note.params) for note in layer.notes}


def test_coordinates_written_as_texts_are_rescued_and_told(read_text):
    sent = collection(point("9,19", "45.46", ID="007"), point(9.2, 45.5, ID="008"))
    layer = read_text(sent, "servizi.geojson").layers[0]
    assert [g.wkt for g in shapely.from_wkb(layer.wkb.to_numpy())] == [
        "POINT (9.19 45.46)",
        "POINT (9.2 45.5)",
    ]
    assert notes(layer)["coordinates-as-text"] == {"n": 1}
    assert layer.frame["ID"].to_list() == ["007", "008"]


def test_trailing_commas_are_tolerated(read_text):
    sent = collection(point(9.1, 45.4, NOME="Città")).replace("}]}", "},]}")
    assert read_text(sent, "servizi.geojson").layers[0].frame["NOME"].to_list() == ["Città"]


def test_missing_geometries_are_kept_as_rows(read_text):
    sent = collection(
        point(9.1, 45.4, n=1), {"type": "Feature", "properties": {"n": 2}, "geometry": None}
    )
    layer = read_text(sent, "servizi.geojson").layers[0]
    assert (layer.rows, layer.wkb.null_count()) == (2, 1)


@pytest.mark.parametrize(
    ("name", "epsg"),
    [
        ("urn:ogc:def:crs:OGC:1.3:CRS84", 4326),
        ("urn:ogc:def:crs:EPSG::3003", 3003),
        ("EPSG:32632", 32632),
    ],
)
def test_the_old_crs_member_is_a_declaration(read_text, name, epsg):
    sent = collection(
        point(514000.0, 5034000.0), crs={"type": "name", "properties": {"name": name}}
    )
    layer = read_text(sent, "servizi.geojson").layers[0]
    assert (layer.declared_crs, layer.crs_origin) == (epsg, "geojson-member")


def test_metres_without_a_crs_member_are_no_declaration(read_text):
    layer = read_text(collection(point(514000.0, 5034000.0)), "servizi.geojson").layers[0]
    assert (layer.declared_crs, layer.crs_origin) == (None, "")
    assert "geojson-metric" in notes(layer)


def test_degrees_without_a_crs_member_are_the_standard(read_text):
    layer = read_text(collection(point(9.1, 45.4)), "servizi.geojson").layers[0]
    assert (layer.declared_crs, layer.crs_origin) == (4326, "geojson-default")


def test_windows_texts_are_read(read_text):
    sent = json.dumps(
        json.loads(collection(point(9.1, 45.4, NOME="Città – Forlì"))), ensure_ascii=False
    )
    layer = read_text(sent.encode("cp1252"), "servizi.geojson").layers[0]
    assert layer.frame["NOME"].to_list() == ["Città – Forlì"]
    assert (layer.encoding, layer.encoding_origin) == ("cp1252", "guess")


def test_an_open_ring_is_closed_and_told(read_text):
    ring = [[9.0, 45.0], [9.1, 45.0], [9.1, 45.1]]
    feature = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    layer = read_text(collection(feature), "servizi.geojson").layers[0]
    assert shapely.from_wkb(layer.wkb[0]).is_valid
    assert notes(layer)["rings-closed"] == {"n": 1, "rows": [1]}


def test_a_layer_of_pure_geometry_has_rows_without_columns(read_text):
    layer = read_text(json.dumps({"type": "Point", "coordinates": [9.1, 45.4]}), "p.json").layers[
        0
    ]
    assert (layer.rows, layer.frame.width) == (1, 0)


@pytest.mark.parametrize("identifier", [17, "A-17"])
def test_the_identifier_beside_the_properties_is_a_column(read_text, identifier):
    feature = {"type": "Feature", "id": identifier, "properties": {"NOME": "Museo"}}
    feature["geometry"] = {"type": "Point", "coordinates": [9.1, 45.4]}
    layer = read_text(collection(feature), "servizi.geojson").layers[0]
    assert layer.frame["id"].to_list() == [identifier]
    assert layer.frame["NOME"].to_list() == ["Museo"]


def test_str_03_names_that_differ_only_in_case_are_told(read_text):
    layer = read_text(collection(point(9.1, 45.4, Nome="a", NOME="b")), "servizi.geojson").layers[
        0
    ]
    assert notes(layer)["STR-03"]["n"] == 2


def test_fil_07_a_collection_of_nothing_is_told(read_text):
    with pytest.raises(Unreadable) as refusal:
        read_text(collection(), "servizi.geojson")
    assert refusal.value.code == "FIL-07"


def test_fil_01_cut_in_the_middle_is_told(read_text):
    with pytest.raises(Unreadable) as refusal:
        read_text(collection(point(9.1, 45.4))[:-30], "servizi.geojson")
    assert refusal.value.code == "FIL-01"


@pytest.mark.parametrize("odd", [{"a": 1}, [], [1, "due"], {}])
def test_values_of_mixed_kinds_are_texts(read_text, odd):
    sent = collection(point(9.2, 45.5, ID="007"), point(9.2, 45.5, ID=odd), point(9.2, 45.5, ID=3))
    column = read_text(sent, "servizi.geojson").layers[0].frame["ID"]
    assert str(column.dtype).startswith("String")
    assert column.to_list()[0] == "007"
