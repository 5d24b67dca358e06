"""KML, KMZ, GML and FlatGeobuf; markup that declares entities is refused unread."""

import pytest

from tests.validator.reading.conftest import write_points, zipped
from validator.reading.errors import CRASHED, Unreadable

POINT = "<Point><coordinates>9.19,45.46,0</coordinates></Point>"
PLACEMARK = f"<Placemark><name>Città</name>{POINT}</Placemark>"
KML = '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'


@pytest.mark.parametrize("suffix", ["gml", "fgb"])
def test_texts_and_system_come_back(read, tmp_path, suffix):
    layer = read(write_points(tmp_path / f"servizi.{suffix}", ["Città", "Forlì"])).layers[0]
    assert sorted(layer.frame["NOME"].to_list()) == ["Città", "Forlì"]
    assert layer.declared_crs == 32632


def test_kml_folders_are_layers_without_the_drivers_dress(read_text):
    folders = (
        f"<Folder><name>esistenti</name>{PLACEMARK}</Folder><Folder><name>vuota</name></Folder>"
    )
    result = read_text(KML.format(folders), "servizi.kml")
    assert [(layer.name, layer.rows, layer.declared_crs) for layer in result.layers] == [
        ("esistenti", 1, 4326)
    ]
    assert set(result.layers[0].frame.columns) <= {"Name", "description"}
    assert result.layers[0].frame["Name"].to_list() == ["Città"]


def test_a_kmz_is_read_like_its_document(read_text):
    result = read_text(
        zipped({"doc.kml": KML.format(PLACEMARK).encode(), "files/a.png": b"x"}), "s.kmz"
    )
    assert result.format == "KMZ"
    assert result.layers[0].frame["Name"].to_list() == ["Città"]


@pytest.mark.parametrize(
    "trick",
    [
        '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE k [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!doctype k PUBLIC "x" "http://127.0.0.1/x.dtd">',
    ],
)
@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_fil_01_entities_are_refused_unread(read_text, trick, codec):
    sent = KML.format(PLACEMARK).replace('<?xml version="1.0"?>', '<?xml version="1.0"?>' + trick)
    with pytest.raises(Unreadable) as refusal:
        read_text(sent.encode(codec), "servizi.kml")
    assert refusal.value.params["reason"] == "entities"


def test_network_links_are_not_followed(read_text):
    link = "<NetworkLink><Link><href>http://127.0.0.1:9/x.kml</href></Link></NetworkLink>"
    assert read_text(KML.format(PLACEMARK + link), "servizi.kml").layers[0].rows == 1


def test_fil_01_a_declared_system_that_is_no_text_is_refused(read_text, tmp_path):
    wkt = 'LOCAL_CS["Catasto XYZ",UNIT["metre",1]]'
    path = write_points(tmp_path / "servizi.fgb", ["Citta"], crs=wkt)
    spoilt = path.read_bytes().replace(b"Catasto XYZ", b"Catasto\x9b\xff\xfeZ")
    assert spoilt != path.read_bytes()
    with pytest.raises(Unreadable) as refusal:
        read_text(spoilt, "servizi.fgb")
    assert refusal.value.params["reason"] == CRASHED
