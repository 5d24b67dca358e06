"""The system that the check works with puts the rows of every real file where they belong."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from tests.real_files import SHARED_DATA
from validator.confined import client
from validator.interpreting.build import understand
from validator.interpreting.context import Context
from validator.reading.errors import Unreadable

pytestmark = pytest.mark.real_data

FILES = [
    path for folder in ("piani", "servizi") for path in sorted((SHARED_DATA / folder).glob("*"))
    if path.name != "README.md"
]  # fmt: skip
MILANO = "015146"
SENDERS = {"sesto": "015209", "legnano": "015118", "rho": "015182"}
#: Boxes in degrees of the places that the files are of, by the beginning of their names.
HERE = shapely.box(8.95, 45.33, 9.45, 45.65)
LOMBARDY = shapely.box(8.45, 44.65, 11.45, 46.7)
PLACES = {
    "palermo_": shapely.box(13.2, 38.0, 13.5, 38.3),
    "cdu_demo": shapely.box(12.7, 45.9, 12.95, 46.05),
    "istituti_penitenziari": shapely.box(6.6, 36.5, 18.6, 47.1),
    "pds_costruito_legnano": shapely.box(8.85, 45.55, 8.97, 45.63),
    **dict.fromkeys(
        ("milano_", "pds_", "aree_", "impianti_sportivi_milano", "metro_", "tpl_", "scuole_miur"),
        HERE,
    ),
}
#: A register has a few points of its own that are wrong: a school of Milano in China.
RIGHT = 0.995
#: Metres: the accuracy of the generalised outlines, and a service beside the boundary.
OUTLINE = 500


@pytest.fixture(scope="module")
def delivered(shared_data, taxonomy, territory, reader):
    """The file as its comune would deliver it, Milano where it is of nobody's; None if refused."""

    @cache
    def understood(path: Path):
        found = [istat for word, istat in SENDERS.items() if f"_{word}" in path.name]
        comune = found[0] if found else MILANO
        context = Context(taxonomy, territory, home=(comune,))
        try:
            return understand(
                client.read(path, name=path.name, socket_path=reader.socket), context=context
            )
        except Unreadable:
            return None

    return understood


def degrees(dataset):
    """Longitude and latitude of the middles of the placed rows."""
    placed = dataset.geometry[~shapely.is_missing(dataset.geometry)]
    middles = shapely.centroid(placed)
    move = Transformer.from_crs(32632, 4326, always_xy=True)
    return move.transform(shapely.get_x(middles), shapely.get_y(middles))


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_the_rows_of_a_file_lie_where_they_are_known_to_be(delivered, path):
    dataset = delivered(path)
    if dataset is None or shapely.is_missing(dataset.geometry).all():
        return
    longitude, latitude = degrees(dataset)
    box = next((box for name, box in PLACES.items() if path.name.startswith(name)), LOMBARDY)
    assert shapely.contains_xy(box, longitude, latitude).mean() >= RIGHT


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_rows_that_name_their_comune_lie_in_it(delivered, outlines, path):
    dataset = delivered(path)
    if dataset is None or "istituti" in path.name:
        return
    away = [
        shapely.distance(outlines[istat], shape)
        for istat, shape in zip(dataset.frame["istat"], dataset.geometry, strict=True)
        if istat in outlines and shape is not None
    ]
    if away:
        # Two registers of schools have one point in a hundred in another comune.
        assert (np.array(away) <= OUTLINE).mean() >= 0.98


@pytest.mark.parametrize("name", ["sesto_san_giovanni.zip", "legnano.gpkg", "rho.csv"])
def test_the_services_of_a_plan_lie_in_its_comune(delivered, outlines, shared_data, name):
    dataset = delivered(shared_data / "piani" / f"pds_costruito_{name}")
    home = outlines[dataset.home[0]]
    assert shapely.distance(home, dataset.geometry).max() <= OUTLINE


def test_gauss_boaga_east_and_degrees_of_one_layer_agree(delivered, shared_data):
    """The same 229 areas of Palermo, in EPSG:3004 and in EPSG:4326."""
    sent = delivered(shared_data / "piani" / "palermo_zone_IC_epsg3004_cp1252.zip")
    known = delivered(shared_data / "piani" / "palermo_prg2004_zone_IC_interesse_comune.geojson")
    assert [facts.crs.used for facts in (*sent.layers, *known.layers)] == [3004, 4326]
    apart = shapely.distance(shapely.centroid(sent.geometry), shapely.centroid(known.geometry))
    # In Sicily another operation holds (ten metres); ours is that of the mainland.
    assert 0.01 < apart.max() < 10


def test_a_station_is_where_everybody_knows_it_is(delivered, shared_data):
    dataset = delivered(shared_data / "servizi" / "metro_fermate_milano.geojson")
    names = dataset.layers[0].frame["nome"]
    [index, *_] = np.flatnonzero(names.str.to_uppercase() == "TRE TORRI")
    place = shapely.Point(
        *Transformer.from_crs(4326, 32632, always_xy=True).transform(9.1565, 45.478)
    )
    assert shapely.distance(dataset.geometry[index], place) < 200
