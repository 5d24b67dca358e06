"""The statements that join many rows with what is in force: no plan compares each with each,
whether the database knows the tables or not, or knows them as they were."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import shapely
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.bounds import joined_at_once
from deliveries.checks import similar, surroundings
from deliveries.models import Delivery, StagedRow
from deliveries.publishing import compare
from deliveries.querysets import SQL
from services.actions import EditionHead, NewRecord, plan_source, publish_edition
from tests import builders

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ROWS = 3_000
#: Tables in which many rows may stand.
LARGE = {
    *("services_record", "services_sourceitem", "services_service", "services_servicestate"),
    *("deliveries_stagedrow", "deliveries_proposal"),
}


_NO_STATISTICS = """
    DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM pg_class WHERE relname = ANY (%s))
"""
_NEVER_SEEN = "UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE relname = ANY (%s)"


def point(number: int, moved: float = 0) -> str:
    """A place of its own on a grid, as hexadecimal EWKB."""
    place = shapely.Point(521_000 + number % 60 * 20 + moved, 5_042_000 + number // 60 * 20)
    return str(shapely.to_wkb(shapely.set_srid(place, 32632), hex=True, include_srid=True))


@pytest.fixture(params=["fresh", "stale"])
def delivery(request, cast) -> Delivery:
    """As many rows as are in force, all called alike, each moved by five metres; the statistics
    are none, or those of the tables when they were empty."""
    with connection.cursor() as cursor:
        if request.param == "stale":
            cursor.execute(f"ANALYZE {', '.join(sorted(LARGE))}")
        else:  # whatever an earlier test's rows left, as of tables that nobody has looked at
            asked = [sorted(LARGE)]
            cursor.execute(_NO_STATISTICS, asked)
            cursor.execute(_NEVER_SEEN, asked)
    source = plan_source(cast.comune)
    publish_edition(
        EditionHead(source),
        [
            NewRecord(
                fingerprint=f"old{n}",
                name="Parcheggio",
                kind="biblioteche",
                municipality="015209",
                geometry=(place := point(n)),
                point=place,
            )
            for n in range(ROWS)
        ],
    )
    found = builders.ready(cast, rows=3, status="checked")
    found.rows.all().delete()
    StagedRow.objects.bulk_create(
        StagedRow(
            delivery=found, layer="piano", row=n, fingerprint=f"new{n}", name="Parcheggio",
            kind="biblioteche", municipality="015209", point=point(n, 5), geometry=point(n, 5),
        )
        for n in range(ROWS)
    )  # fmt: skip
    Delivery.objects.update(row_count=ROWS, blocked_count=0)
    found.refresh_from_db()
    return found


def plan_of(statement: str, params: Any = None) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", params)
        told = cursor.fetchone()[0]
    plans = told if isinstance(told, list) else json.loads(told)
    plan: dict[str, Any] = plans[0]["Plan"]
    return plan


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


def each_with_each(plan: dict[str, Any]) -> list[str]:
    """Loops that go through many rows for each of many."""
    found = []
    for node in nodes(plan):
        inner = node["Plans"][1] if node["Node Type"] == "Nested Loop" else None
        for one in nodes(inner) if inner else ():
            scanned = one["Node Type"] == "Seq Scan" and one["Relation Name"] in LARGE
            if scanned or one["Node Type"] == "CTE Scan":
                found.append(one.get("Relation Name") or one["CTE Name"])
        if any("SubPlan" in str(node.get(key)) and "hashed" not in str(node.get(key))
               for key in ("Filter", "Join Filter")):  # fmt: skip
            found.append(str(node.get("Filter") or node.get("Join Filter")))
    return found


def test_the_comparison_joins_all_at_once(delivery):
    statement = SQL.filled("difference_kinds", **compare.gaps())
    params = {"delivery": delivery.pk, "source": delivery.source_id}
    with joined_at_once(delivery.row_count):
        assert each_with_each(plan_of(statement, params)) == []
    began = time.monotonic()
    compare.propose(delivery)
    assert time.monotonic() - began < 30
    kinds = delivery.proposals.values_list("kind", "linked_by")
    assert set(kinds) == {("moved", "place")}, "each row is taken for the one it lies beside"
    assert delivery.proposals.count() == ROWS
    compare.propose(delivery)
    assert delivery.proposals.count() == ROWS


def test_what_a_check_asks_of_what_is_in_force_is_indexed(delivery):
    with CaptureQueriesContext(connection) as asked:
        surroundings.accepted(delivery.source)
        surroundings.others(delivery.source)
        similar.expected(delivery.source)
    statements = [one["sql"] for one in asked.captured_queries]
    assert any("services_record" in sql for sql in statements)
    found = {sql: each_with_each(plan_of(sql)) for sql in statements if sql.startswith("SELECT")}
    assert {sql: loops for sql, loops in found.items() if loops} == {}
