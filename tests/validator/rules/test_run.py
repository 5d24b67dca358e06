"""The whole catalogue over a delivery: order, crashes, blocking, and findings ready to be
stored.
"""

import json
from dataclasses import replace

import numpy as np
import pytest

from tests.validator.rules import small_world
from validator.dataset import Reason
from validator.rules import registry
from validator.rules.examples import Example, SentCell, rows
from validator.rules.run import run_all

GOOD = {"identifier": "A1", "name": "Liceo Rebora", "type": "Liceo", "kind": "superiori",
        "geometry": "POINT (501000 5031000)"}  # fmt: skip
BAD = {**GOOD, "identifier": "A2", "name": "Liceo Verdi", "status": SentCell("boh"),
       "geometry": "POINT (502000 5031000)"}  # fmt: skip


def check(example: Example, **more):
    return run_all(small_world.dataset(example), small_world.context(example), **more)


def test_a_clean_delivery_is_valid_and_blocks_nothing():
    report = check(rows(GOOD))
    assert report.counts == {}
    assert report.valid
    assert not report.file_blocked
    assert report.blocked_count == 0


def test_an_error_of_a_row_holds_that_row_only():
    report = check(rows(GOOD, BAD))
    assert report.counts == {"ATT-07": 1}
    assert report.blocked.tolist() == [False, True]
    assert not report.valid
    assert not report.file_blocked


def test_an_error_of_the_file_leaves_the_later_stages_not_run():
    report = check(
        Example(rows=(GOOD,), notes=(Reason("FIL-01", {"file": "x", "reason": "damaged"}),))
    )
    assert report.file_blocked
    assert set(report.counts) == {"FIL-01"}
    assert {item.reason for item in report.not_run} == {"stage"}
    assert not report.valid


def test_a_rule_that_raises_is_our_fault_and_never_the_datas(monkeypatch, caplog):
    def broken(dataset, thresholds, context):
        raise RuntimeError("broken on purpose")

    crashing = replace(registry.get("GEO-10"), check=broken)
    monkeypatch.setitem(registry._RULES, "GEO-10", crashing)
    report = check(rows(GOOD))
    assert report.crashed == ("GEO-10",)
    assert report.counts == {"SYS-01": 1}
    assert report.severities["system"] == 1
    assert report.severities["error"] == 0
    assert not report.valid
    assert not report.file_blocked
    assert "rule GEO-10 failed" in caplog.text


def test_what_ends_the_check_is_no_rules_failure_and_tries_none_again(monkeypatch):
    tries = []

    def is_caught_by_it(dataset, thresholds, context):
        tries.append(1)
        raise TimeoutError

    slow = replace(registry.get("GEO-10"), check=is_caught_by_it)
    monkeypatch.setitem(registry._RULES, "GEO-10", slow)
    with pytest.raises(TimeoutError):
        check(rows(GOOD), ends=(TimeoutError,))
    assert len(tries) == 1


def test_stages_come_in_order_and_say_so():
    seen = []
    check(rows(GOOD), on_progress=lambda stage, done, total: seen.append((stage, done, total)))
    assert [stage for stage, _, _ in seen] == list(registry.STAGES)
    assert seen[-1] == ("CMP", 7, 8)


def test_findings_are_ready_to_be_stored():
    report = check(rows(GOOD, BAD))
    (frame,) = report.frames()
    row = frame.row(0, named=True)
    assert (row["code"], row["severity"], row["layer"]) == ("ATT-07", "error", "servizi")
    assert row["rows"] == [2]
    assert row["column"] == "STATUS"
    assert json.loads(row["params"])["value"] == "boh"


def test_the_same_input_gives_the_same_findings():
    many = rows(*(registry.get("GEO-12").fails.rows), GOOD, BAD)
    first, second = check(many), check(many)
    assert [f.rows() for f in first.frames()] == [f.rows() for f in second.frames()]


def test_thresholds_can_be_changed_by_name():
    tight = registry.declared_thresholds().but(generic_services=3)
    same = rows(*({**GOOD, "identifier": str(i), "name": f"S {i}"} for i in range(3)))
    assert "GEO-12" not in check(same).counts
    found = check(same, thresholds=tight.but(shared_site_services=1))
    assert found.counts["GEO-12"] == 1
    with pytest.raises(KeyError):
        tight.but(no_such_threshold=1)


def test_a_finding_on_every_row_stays_columns():
    many = rows(*({**BAD, "identifier": str(i), "name": f"Liceo {i}"} for i in range(50)))
    report = check(many)
    batch = next(batch for batch in report.batches if batch.code == "ATT-07")
    assert len(batch) == 50
    assert isinstance(batch.index, np.ndarray)
    assert report.blocked.all()
