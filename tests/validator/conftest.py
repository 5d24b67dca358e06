"""A taxonomy and a territory, made without a database."""

import json
from pathlib import Path

import pytest
import shapely

from validator.interpreting.context import Context
from validator.interpreting.lexicon import Lexicon
from validator.taxonomy import Taxonomy
from validator.territory import Territory

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
SESTO = shapely.box(517_000, 5_040_000, 521_500, 5_044_500)
METROPOLIS = shapely.box(476_000, 5_005_000, 551_000, 5_056_000)
TERRITORY = Territory(
    codes=("015209", "015000"),
    names=("Sesto San Giovanni", "Altrove"),
    outlines=(SESTO, shapely.difference(METROPOLIS, SESTO)),
)


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return Taxonomy.from_json(FIXTURES / "taxonomy.json")


@pytest.fixture(scope="session")
def lexicon(taxonomy: Taxonomy) -> Lexicon:
    return Lexicon.of(taxonomy)


@pytest.fixture(scope="session")
def outlines() -> dict[str, shapely.Geometry]:
    """Outlines of the comuni by ISTAT code, EPSG:32632."""
    path = FIXTURES / "territory" / "boundaries.geojson"
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return {
        feature["properties"]["istat"]: shapely.from_geojson(json.dumps(feature["geometry"]))
        for feature in features
    }


@pytest.fixture(scope="session")
def territory(outlines) -> Territory:
    """The comuni of the metropolitan city, by ISTAT code alone."""
    return Territory(tuple(outlines), tuple(outlines), tuple(outlines.values()))


@pytest.fixture
def context(taxonomy: Taxonomy) -> Context:
    return Context(taxonomy=taxonomy, territory=TERRITORY, home=("015209",))
