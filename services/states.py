"""What is shown of services, from when to when: the only writer of the table of states.

Whoever changes what services are made of holds the moment first, names the services in the
temporary table `affected_service`, and has their states written; all in one transaction.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from services import criteria
from services.cells import BY_COMUNE, FINEST, HALF_WORLD
from services.criteria import Facts
from services.models import CellCount, CriteriaSet, Edition, ServiceState, StateCount
from services.statements import SQL

LOCK: Final = 0x53545433
#: `null`: as it was before.
_AFFECTED: Final = """
    CREATE TEMPORARY TABLE affected_service (
        service_id bigint PRIMARY KEY, confirmed_on date, validated text, override_reason text
    ) ON COMMIT DROP
"""
_PROPOSED: Final = """
    CREATE TEMPORARY TABLE proposed (
        kind_id text, area double precision, valence text, reasons jsonb
    ) ON COMMIT DROP
"""
#: The changes that `write` makes, and all there ever were.
_CHANGES: Final = "(SELECT %(at)s::timestamptz AS at, c.* FROM state_change c) change"
_ALL_CHANGES: Final = """(
    SELECT valid_from AS at, 1 AS n, s.* FROM services_servicestate s UNION ALL
    SELECT valid_to, -1, s.* FROM services_servicestate s WHERE valid_to IS NOT NULL
) change"""
#: Where they are counted.
_COUNTED: Final = {
    "state_counts": "services_statecount",
    "cell_counts": "services_cellcount",
    "words": "services_searchword",
}
#: Where they are counted once more, to be compared (services/sql/open_counts.sql).
_COUNTED_AGAIN: Final = {
    "state_counts": "counted_state",
    "cell_counts": "counted_cell",
    "words": "counted_word",
}
_FACTS: Final = "SELECT DISTINCT kind_id, level, default_valence, area FROM shown"


def hold_moment() -> dt.datetime:
    """The moment from which states may be written now, later than every one before it.

    One writer at a time until the end of the transaction, so that moments follow one another as
    what they say does, and a day gone by never changes afterwards.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    now: dt.datetime = timezone.now()
    begun = ServiceState.objects.aggregate(last=Max("valid_from"))["last"]
    published = Edition.objects.aggregate(last=Max("published_at"))["last"]
    earlier = (last + dt.timedelta(microseconds=1) for last in (begun, published) if last)
    moment: dt.datetime = max([now, *earlier])
    return moment


def current_criteria() -> CriteriaSet | None:
    """The set of criteria in use; None before any was loaded: then nothing is proposed."""
    return CriteriaSet.objects.order_by("-adopted_at", "-pk").first()


def terms_of(criteria_set: CriteriaSet | None) -> Sequence[Mapping[str, Any]]:
    """What a set of criteria asks; nothing where there is none."""
    return criteria_set.terms if criteria_set else ()


def open_affected() -> None:
    """Make the empty table of the services that are about to change."""
    with connection.cursor() as cursor:
        cursor.execute(_AFFECTED)


def write(at: dt.datetime) -> None:
    """Write the states of the affected services from that moment on, and forget which they
    were."""
    criteria_set = current_criteria()
    SQL.run("show_services", gaps={"shown": shown_sql()})
    _propose(criteria_set)
    SQL.run("write_states", at=at, criteria=criteria_set and criteria_set.pk)
    _count(_CHANGES, at=at)
    SQL.run("drop_edition_tables")


@transaction.atomic
def recount() -> None:
    """Count all states anew: after they were written by another way than `write`."""
    hold_moment()
    StateCount.objects.all().delete()
    CellCount.objects.all().delete()
    _count(_ALL_CHANGES)


def miscounted() -> list[str]:
    """What `recount` would count otherwise: day, comune or cell, type, and by how many. Nothing is
    changed, and nobody waits."""
    alone = not connection.in_atomic_block
    with transaction.atomic():
        if alone:
            with connection.cursor() as cursor:  # one moment, while others publish
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        SQL.run("open_counts")
        _count(_ALL_CHANGES, into=_COUNTED_AGAIN)
        found = [str(row[0]) for row in SQL.rows("verify_counts")]
        SQL.run("close_counts")
    return found


def _count(changes: str, *, into: Mapping[str, str] = _COUNTED, **params: Any) -> None:
    SQL.run(
        "count_changes",
        gaps={"changes": changes, **into},
        half=HALF_WORLD,
        cell=FINEST.width,
        finest=FINEST.zoom,
        by_comune=BY_COMUNE,
        **params,
    )


def shown_sql() -> str:
    """The statement of what is shown of services, over a relation `spoken` that the caller makes
    (services/sql/shown.sql)."""
    return SQL.text("shown")


def _propose(criteria_set: CriteriaSet | None) -> None:
    """What the criteria say, once for each type and area among what is shown."""
    terms = terms_of(criteria_set)
    with connection.cursor() as cursor:
        cursor.execute(_PROPOSED)
        cursor.execute(_FACTS)
        found = [Facts(*row) for row in cursor.fetchall()]
        with cursor.copy("COPY proposed FROM STDIN") as copy:
            for facts in found:
                said = criteria.propose(terms, facts)
                copy.write_row((facts.kind, facts.area, said.valence, json.dumps(said.reasons)))
        cursor.execute("ANALYZE proposed")
