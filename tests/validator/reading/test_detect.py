"""Detection: the content decides, and what is not accepted is named."""

import pytest

from tests.validator.reading.conftest import write_points, zipped
from validator.reading.detect import detect
from validator.reading.errors import Unreadable


@pytest.mark.parametrize(
    ("content", "name", "what"),
    [
        (b"%PDF-1.7 ...", "piano.pdf", "PDF"),
        (b"Rar!\x1a\x07\x00", "piano.zip", "RAR"),
        (b"7z\xbc\xaf\x27\x1c", "piano.zip", "7z"),
        (b"AC1027\x00\x00", "tavola.dwg", "DWG"),
        (b"  0\nSECTION\n  2\nHEADER\n", "tavola.dxf", "DXF"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "servizi.csv", "HTML"),
        (b"<?xml version='1.0'?><note/>", "servizi.gml", "XML"),
        (b'{"elements": [{"type": "node"}]}', "osm.geojson", "JSON"),
    ],
)
def test_fil_01_what_is_not_accepted_is_named(read_text, content, name, what):
    with pytest.raises(Unreadable) as refusal:
        read_text(content, name)
    assert refusal.value.code == "FIL-01"
    assert refusal.value.params["format"] == what
    assert refusal.value.params["reason"] == "unsupported"


@pytest.mark.parametrize("content", [b"", b"   \n", bytes(range(256)) * 8])
def test_fil_01_nothing_and_noise_are_refused(read_text, content):
    with pytest.raises(Unreadable) as refusal:
        read_text(content, "servizi.bin")
    assert refusal.value.code == "FIL-01"


def test_a_geopackage_named_zip_is_read_as_what_it_is(read, tmp_path):
    path = write_points(tmp_path / "servizi.gpkg", ["Biblioteca"])
    result = read(path, "servizi.zip")
    assert result.format == "GeoPackage"
    assert [dict(n.params) for n in result.notes if n.code == "extension-differs"] == [
        {"suffix": ".zip", "format": "GeoPackage"}
    ]


def test_a_lone_shp_says_what_is_missing(read_text):
    with pytest.raises(Unreadable) as refusal:
        read_text(b"\x00\x00\x27\x0a" + bytes(96), "servizi.shp")
    assert (refusal.value.code, refusal.value.params["missing"]) == ("FIL-04", ".shx, .dbf")


def test_an_office_text_is_not_a_workbook(read_text):
    with pytest.raises(Unreadable) as refusal:
        read_text(zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), "a.docx")
    assert refusal.value.params["format"] == "Office"


def test_a_kmz_is_told_by_its_root_document(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(zipped({"doc.kml": b"<kml/>"}))
    assert detect(path, "x.kmz").name == "KMZ"
