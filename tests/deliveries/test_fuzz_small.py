"""Spoilt and odd files through the whole check: a report or a refusal, the same when stored.

The large run is `bin/fuzz`; its ways of spoiling are used here for a few files.
"""

import json
import random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.mutations import spoil
from deliveries import tasks
from deliveries.actions import intake
from deliveries.checks.examination import CheckRequest, examine
from deliveries.models import Delivery
from deliveries.reports import document
from services.actions import plan_source
from validator.reading.errors import Unreadable
from validator.rules import registry
from zones.management.reference import FIXTURES
from zones.models import Municipality

CONSEGNE = FIXTURES / "consegne"
EXAMPLES = sorted(path for path in CONSEGNE.iterdir() if path.suffix != ".json")
small = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    [
        "",
        "-",
        "1e308",
        "nan",
        "-0.0",
        "9,5",
        "1.234,5",
        "=1+1",
        "\0",
        '"',
        "POINT(1 2)",
        "31/02/2025",
    ]
)
numbers = st.floats() | st.integers() | st.none() | st.text(max_size=3)


def judged(body: bytes, name: str, folder) -> bytes:
    """The report, also of a refusal; whatever else is raised is a fault."""
    path = folder / "delivery"
    path.write_bytes(body)
    comune = Municipality.objects.get(pk="015209")
    request = CheckRequest(path, name, plan_source(comune), timezone.localdate(), {})
    try:
        found = examine(request)
    except Unreadable as refusal:
        assert registry.render(refusal.code, refusal.params).message
        return document.as_bytes(document.refused(refusal, name))
    assert not found.report.crashed
    assert len(found.dataset) == sum(layer.rows for layer in found.dataset.layers)
    return document.as_bytes(document.of_examination(found, name))


@small
@given(
    header=st.lists(cells, min_size=1, max_size=4),
    rows=st.lists(st.lists(cells, min_size=1, max_size=5), max_size=6),
)
def test_any_table_of_text_ends_in_words(db, tmp_path_factory, header, rows):
    lines = [["TIPOLOGIA", "COORD_X", "COORD_Y", *header], *rows]
    text = "\n".join(";".join(cell.replace("\n", " ") for cell in line) for line in lines)
    judged(text.encode(), "piano.csv", tmp_path_factory.mktemp("fuzz"))


@small
@given(
    features=st.lists(
        st.tuples(
            st.sampled_from(["Point", "LineString", "Polygon", "MultiPoint", "?", None]),
            st.recursive(numbers, lambda inner: st.lists(inner, max_size=4), max_leaves=12),
            st.dictionaries(cells, cells | numbers, max_size=3),
        ),
        max_size=4,
    )
)
def test_any_collection_of_features_ends_in_words(db, tmp_path_factory, features):
    told = [
        {
            "type": "Feature",
            "geometry": {"type": kind, "coordinates": coordinates},
            "properties": {"TIPOLOGIA": "Biblioteche", **properties},
        }
        for kind, coordinates, properties in features
    ]
    body = json.dumps({"type": "FeatureCollection", "features": told}).encode()
    judged(body, "piano.geojson", tmp_path_factory.mktemp("fuzz"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_spoilt_examples_end_in_words(db, tmp_path, path):
    for number in range(3):
        body = spoil(random.Random(f"{path.name}:{number}"), path.name, path.read_bytes())
        judged(body, path.name, tmp_path)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_a_spoilt_delivery_tells_the_same_once_stored(cast, tmp_path, path):
    body = spoil(random.Random(path.name), path.name, path.read_bytes())
    file = SimpleUploadedFile(path.name, body or b" ")
    delivery = intake.receive(cast.operator, sender=cast.comune, file=file).delivery
    tasks.check_delivery(str(delivery.pk))
    delivery = Delivery.objects.get(pk=delivery.pk)
    assert delivery.status in ("checked", "unreadable"), delivery.error_reference
    assert document.as_bytes(document.of_delivery(delivery)) == judged(body, path.name, tmp_path)


def test_the_same_draw_spoils_the_same_way():
    for path in EXAMPLES:
        body = path.read_bytes()
        first, second = (spoil(random.Random(1), path.name, body) for _ in range(2))
        assert first == second
