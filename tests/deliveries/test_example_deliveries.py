"""The example deliveries of the tour say on checking what `attesi.json` says of them."""

import json

import pytest
from django.utils import timezone

from deliveries.checks.examination import CheckRequest, Examination, examine
from services.actions import plan_source
from zones.management.reference import FIXTURES
from zones.models import Municipality

CONSEGNE = FIXTURES / "consegne"
EXPECTED = json.loads((CONSEGNE / "attesi.json").read_text(encoding="utf-8"))

pytestmark = pytest.mark.django_db


def examined(file: str, istat: str) -> Examination:
    comune = Municipality.objects.get(pk=istat)
    return examine(
        CheckRequest(
            path=CONSEGNE / file,
            name=file,
            source=plan_source(comune),
            day=timezone.localdate(),
            options={},
        )
    )


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda row: row["file"])
def test_an_example_is_judged_as_announced_and_every_row_gets_a_type(expected):
    found = examined(expected["file"], expected["municipality"])
    assert found.dataset.frame.height == expected["rows"]
    assert found.dataset.frame["type"].null_count() == 0
    assert found.report.valid is expected["valid"], found.report.counts
    missing = set(expected["codes"]) - set(found.report.counts)
    assert missing == set()
    rows = {
        (batch.code, row)
        for batch in found.report.batches
        for rows in batch.rows.to_list()
        for row in rows or ()
    }
    for mistake in expected["mistakes"]:
        assert (mistake["code"], mistake["row"]) in rows, mistake
