"""Findings are read some at a time, counted by the rows they name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliveries.models import Finding
from tests import builders
from validator import findings


@given(st.lists(st.integers(0, 200_000), max_size=60), st.integers(1, 12))
def test_findings_that_name_every_row_are_not_held_together(weights, most):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(findings, "MOST_FINDINGS", most)
        some = list(findings.together(enumerate(weights), lambda one: one[1]))
    assert [one for part in some for one in part] == list(enumerate(weights))
    for part in some:
        assert 0 < len(part) <= most
        assert len(part) == 1 or sum(rows for _key, rows in part) <= findings.MOST_ROWS


def test_all_are_read_in_their_own_order(cast, monkeypatch):
    monkeypatch.setattr(findings, "MOST_ROWS", 3)
    delivery = builders.checked(cast, rows=9, wrong_status=(0, 2, 4, 6, 8))
    found = Finding.objects.of(delivery).order_by("-code", "pk")
    assert found.count() == 5
    assert list(found.light()) == list(found)
