"""What somebody who downloads the services notices:
the same number as on the map, files that open."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services.catalogue import MILANO, Thing, grid, publish

EXPORT = "/api/v1/services/export."
SQUARE = "MULTIPOLYGON(((9.23 45.53,9.24 45.53,9.24 45.54,9.23 45.54,9.23 45.53)))"
pytestmark = pytest.mark.django_db


def download(client, extension, **query):
    answer = client.get(EXPORT + extension, query)
    assert answer.status_code == 200
    return answer, b"".join(answer.streaming_content)


def read_back(folder: Path, name: str, data: bytes) -> dict:
    """What GDAL finds in the file, read by another process as a user's QGIS would be."""
    path = folder / name
    path.write_bytes(data)
    code = (
        "import json, sys, pyogrio; i = pyogrio.read_info(sys.argv[1], force_feature_count=True);"
        "print(json.dumps({'n': int(i['features']), 'crs': i['crs'], 'type': i['geometry_type'],"
        " 'fields': list(i['fields']), 'bounds': list(i['total_bounds'] or [])}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_gdal_reads_both_files_and_counts_what_the_list_counts(client, tmp_path):
    publish(
        [*grid(40, Thing("Biblioteca")), Thing("Parco", kind="aree-a-verde-pubblico", wkt=SQUARE)]
    )
    matched = client.get("/api/v1/services/").json()["numberMatched"]
    _answer, geojson = download(client, "geojson")
    _answer, table = download(client, "csv")
    found = read_back(tmp_path, "servizi.geojson", geojson)
    assert found["n"] == read_back(tmp_path, "servizi.csv", table)["n"] == matched == 41
    assert "4326" in found["crs"]
    assert 9.2 < found["bounds"][0] < 9.3 and 45.5 < found["bounds"][1] < 45.6
    assert {"id", "name", "category", "municipality"} <= set(found["fields"])


def test_every_form_of_file_holds_the_features_of_the_list(client):
    publish([*grid(5, Thing("Biblioteca")), Thing("Duomo", kind="musei", municipality=MILANO)])
    listed = client.get("/api/v1/services/?limit=1000").json()["features"]
    _answer, geojson = download(client, "geojson")
    _answer, lines = download(client, "ndjson")
    assert json.loads(geojson)["features"] == listed
    assert [json.loads(line) for line in lines.splitlines()] == listed
    _answer, one = download(client, "ndjson", type="musei")
    assert [json.loads(line)["properties"]["name"] for line in one.splitlines()] == ["Duomo"]


def test_a_table_opens_right_in_an_italian_spreadsheet(client):
    publish([Thing("Città; «mercato»", address="via Cantù, 3")])
    answer, data = download(client, "csv", excel="1")
    assert data.startswith(b"\xef\xbb\xbf")
    row = next(csv.DictReader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    assert row["name"] == "Città; «mercato»"
    assert row["lon"].startswith("9,23")
    assert answer["Content-Disposition"].endswith('.csv"')
    _answer, plain = download(client, "csv")
    assert next(csv.DictReader(io.StringIO(plain.decode())))["lat"].startswith("45.53")


@pytest.mark.parametrize("cell", ["=1+1", "+39 02", "-2", "@SUM(A1)", "\t=1"])
def test_a_cell_that_looks_like_a_formula_is_text(client, cell):
    publish([Thing(cell, address=cell)])
    _answer, data = download(client, "csv")
    row = next(csv.DictReader(io.StringIO(data.decode())))
    assert row["name"] == row["address"] == f"'{cell}"


def test_an_empty_result_is_a_valid_file(client):
    _answer, geojson = download(client, "geojson")
    assert json.loads(geojson)["features"] == []
    _answer, table = download(client, "csv")
    assert table.decode().startswith("id,name,") and table.count(b"\n") == 1
    _answer, lines = download(client, "ndjson")
    assert lines == b""


def test_a_wrong_filter_or_separator_is_refused_before_the_download(client):
    assert client.get(EXPORT + "csv", {"sep": "|"}).status_code == 400
    assert client.get(EXPORT + "geojson", {"zone": "boh"}).status_code == 400
    assert client.get(EXPORT + "shp", follow=True).status_code == 404
