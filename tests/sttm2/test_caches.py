"""The cache while its server is away: locks can be had, and had once."""

import uuid

import pytest

from core.caches import CountingCache, ForgivingCache


@pytest.fixture(params=[ForgivingCache, CountingCache])
def away(request, tmp_path):
    """Of a server that does not answer."""
    return request.param(f"unix://{tmp_path}/nobody.sock?db=0", {"KEY_PREFIX": uuid.uuid4().hex})


def test_a_lock_is_had_by_the_first_and_again_when_it_was_left(away):
    """Who signs in waits for one (allauth's limits), and was refused where none can be had."""
    assert away.add("lock", 1, timeout=10)
    assert not away.add("lock", 1, timeout=10)
    away.delete("lock")
    assert away.add("lock", 1, timeout=10)


def test_what_was_added_is_found_in_no_answer():
    kept = ForgivingCache("unix:///nowhere/nobody.sock?db=0", {"KEY_PREFIX": uuid.uuid4().hex})
    kept.add("page", "old", timeout=10)
    kept.set("page", "old", timeout=10)
    assert kept.get("page") is None
