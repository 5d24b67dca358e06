"""Figures that decide are parameters of the rule set, also those that understanding uses."""

import json

import pytest
from django.utils import timezone

from deliveries.checks import examination
from services.actions import plan_source
from validator.interpreting.repair import Tolerance
from validator.rules import registry

# A hundred metres by a hundred near Sesto San Giovanni, with a bow of some m² at a corner.
RING = [[518000, 5043000], [518100, 5043000], [518100, 5043100], [518102, 5043102],
        [518102, 5043100], [518100, 5043102], [518000, 5043100], [518000, 5043000]]  # fmt: skip


@pytest.fixture
def request_(cast, tmp_path):
    feature = {
        "type": "Feature",
        "properties": {"NOME": "Parco Nord", "TIPO": "Parco"},
        "geometry": {"type": "Polygon", "coordinates": [RING]},
    }
    crs = {"type": "name", "properties": {"name": "EPSG:32632"}}
    path = tmp_path / "parchi.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]}))
    source, day = plan_source(cast.comune), timezone.localdate()
    return examination.CheckRequest(path, path.name, source, day, {})


def codes(found: examination.Examination) -> set[str]:
    return {batch.code for batch in found.report.batches if batch.code.startswith("GEO-0")}


def test_how_much_a_repair_may_change_is_a_threshold_of_geo_04(request_):
    assert codes(examination.examine(request_)) == {"GEO-03"}
    none = registry.declared_thresholds().but(repair_pct=0, repair_m2=0)
    assert codes(examination.examine(request_, thresholds=none)) == {"GEO-04"}


def test_understanding_alone_has_the_tolerance_of_the_rule_set():
    declared = registry.declared_thresholds()
    assert Tolerance().share == declared["repair_pct"] / 100
    assert Tolerance().square_metres == declared["repair_m2"]
