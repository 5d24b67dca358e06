"""What a map notices: tiles hold exactly what the list
holds, at every zoom, and change with a publication."""

import gzip
import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from django.contrib.gis.geos import Point
from django.utils import timezone

from lum.models import Lum
from services.tilesets import MANY
from tests.services.catalogue import MILANO, Thing, grid, publish

LON, LAT = 9.235, 45.535
pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Read:
    """What GDAL finds in a tile: attributes by name and points inside the tile proper (0 to
    4096)."""

    columns: dict[str, np.ndarray]

    def within(self, name: str) -> list:
        return list(self.columns[name])

    @property
    def names(self) -> set[str]:
        return set(self.columns)


def place(zoom: int, lon: float = LON, lat: float = LAT) -> str:
    across = 2**zoom
    x = int((lon + 180) / 360 * across)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * across)
    return f"{zoom}/{x}/{y}"


def url(layer: str, zoom: int, query: str = "") -> str:
    return f"/tiles/{layer}/{place(zoom)}.mvt{query}"


def read(client, address: str, folder: Path) -> Read:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/vnd.mapbox-vector-tile"
    path = folder / "tile.mvt"
    path.write_bytes(answer.content)
    meta, _ids, shapes, values = pyogrio.raw.read(path)
    centres = shapely.centroid(shapely.from_wkb(shapes))
    x, y = shapely.get_x(centres), shapely.get_y(centres)
    inside = (x >= 0) & (x < 4096) & (y >= 0) & (y < 4096)
    return Read(
        {name: column[inside] for name, column in zip(meta["fields"], values, strict=True)}
    )


def test_a_tile_holds_the_services_that_the_list_gives_for_its_box(client, tmp_path):
    publish([*grid(60, Thing("Biblioteca")), Thing("Lontano", lon=9.6, lat=45.4)])
    found = read(client, url("servizi", 14), tmp_path)
    z, x, y = (int(part) for part in place(14).split("/"))
    west, east = (x / 2**z * 360 - 180, (x + 1) / 2**z * 360 - 180)
    south, north = (
        math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (y + d) / 2**z)))) for d in (1, 0)
    )
    listed = client.get(f"/api/v1/services/?bbox={west},{south},{east},{north}").json()
    assert sorted(found.within("id")) == sorted(f["id"] for f in listed["features"])
    assert set(found.within("category")) == {"culturali"}
    assert {"type", "status", "valence", "readings", "approx", "n"} <= found.names


def test_filters_of_the_list_are_filters_of_the_tile(client, tmp_path):
    publish(
        [Thing("Biblioteca"), Thing("Teatro", kind="teatri"), Thing("Nido", kind="asilo-nido")]
    )
    assert set(read(client, url("servizi", 14), tmp_path).within("type")) == {
        "biblioteche",
        "teatri",
    }
    assert read(client, url("servizi", 14, "?type=teatri"), tmp_path).within("type") == ["teatri"]
    assert read(client, url("servizi", 14, "?level=local"), tmp_path).within("type") == [
        "asilo-nido"
    ]
    refused = client.get(url("servizi", 14, "?zona=milano"))
    assert refused.status_code == 400
    assert json.loads(refused.content)["parameter"] == "zona"


def test_few_services_are_single_points_at_every_zoom(client, tmp_path):
    publish(grid(30, Thing("Biblioteca")))
    assert sum(read(client, url("servizi", 7), tmp_path).within("n")) == 30
    assert "id" in read(client, url("servizi", 7), tmp_path).names


def test_many_services_are_cells_whose_counts_add_up_to_the_list(client, tmp_path):
    publish(
        [
            *grid(MANY, Thing("Biblioteca", lon=9.1, lat=45.4)),
            *grid(55, Thing("Palazzetto", kind="palazzetti")),
            *grid(10, Thing("Nido", kind="asilo-nido")),
        ]
    )
    queries = ("", "?category=culturali", "?category=culturali,sport-e-tempo-libero")
    for query in (*queries, "?zone=nord-milano", "?q=biblioteca", "?status=esistente&q=bibl"):
        matched = client.get(f"/api/v1/services/{query}").json()["numberMatched"]
        for zoom in (0, 3, 6, 8):
            tile = read(client, url("servizi", zoom, query), tmp_path)
            assert sum(tile.within("n")) == matched
            assert len(tile.within("n")) < 200 or matched <= MANY


def test_a_deep_tile_with_too_many_services_is_cells_too(client, tmp_path):
    publish(grid(MANY + 1, Thing("Biblioteca", lon=LON + 0.001, lat=LAT)), at=None)
    one_place = [Thing(f"Sportello {i}", lon=LON, lat=LAT) for i in range(MANY + 1)]
    publish(one_place, reading=2)
    tile = read(client, url("servizi", 15, "?reading=solo-2"), tmp_path)
    assert sum(tile.within("n")) == MANY + 1
    assert len(tile.within("n")) == 1


def test_an_unchanged_tile_is_told_by_its_etag_and_a_publication_changes_it(client):
    publish([Thing("Biblioteca")])
    tag = client.get(url("servizi", 14))["ETag"]
    unchanged = client.get(url("servizi", 14), headers={"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    publish([Thing("Altra")])
    assert client.get(url("servizi", 14), headers={"If-None-Match": tag}).status_code == 200


def test_a_tile_is_compressed_for_who_can_read_it(client):
    publish(grid(50, Thing("Biblioteca")))
    plain = client.get(url("servizi", 12))
    packed = client.get(url("servizi", 12), headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert plain["Access-Control-Allow-Origin"] == "*"


def test_where_nothing_stands_the_tile_is_empty_and_says_so(client):
    answer = client.get("/tiles/servizi/10/0/0.mvt")
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize(
    "address",
    [
        "/tiles/boh/1/0/0.mvt",
        "/tiles/servizi/2/4/0.mvt",
        "/tiles/servizi/2/0/4.mvt",
        "/tiles/servizi/23/0/0.mvt",
        "/tiles/comuni/99/0/0.mvt",
        "/tiles/servizi/999999/0/0.mvt",
        "/tiles/servizi/2/-1/0.mvt",
    ],
)
def test_a_place_that_is_not_there_is_not_found(client, address):
    assert client.get(address).status_code == 404


def test_zones_comuni_and_lum_are_layers_too(client, tmp_path):
    comuni = read(client, url("comuni", 11), tmp_path)
    assert "Sesto San Giovanni" in comuni.within("name")
    assert {"istat", "zone_slug"} <= comuni.names
    assert "nord-milano" in read(client, url("zone", 10), tmp_path).within("slug")
    centre = Point(LON, LAT, srid=4326)
    centre.transform(32632)
    before = client.get(url("lum", 12))
    assert before.status_code == 204
    told = {"point": centre, "source": "test", "state": "previsto"}
    Lum.objects.create(code="prova", name="Prova", certainty="certo", **told)
    Lum.objects.create(code="candidato", name="Candidato", certainty="escluso", **told)
    assert read(client, url("lum", 12), tmp_path).within("name") == ["Prova"]
    again = client.get(url("lum", 12), headers={"If-None-Match": before["ETag"]})
    assert again.status_code == 200


def test_the_past_has_tiles_too(client, tmp_path):
    edition = publish([Thing("Biblioteca")])
    day = timezone.localdate(edition.published_at).isoformat()
    assert read(client, url("servizi", 14, f"?al={day}"), tmp_path).within("n") == [1]
    assert client.get(url("servizi", 14, "?al=2020-01-01")).status_code == 204
    assert client.get(url("servizi", 14, f"?municipality={MILANO}")).status_code == 204
