"""A store that takes longer than its lease: the check ends once, whatever lies in the queue, and
nobody else waits for it."""

import datetime as dt
import time
from collections.abc import Iterator

import pytest
from django.db import connection
from django.utils import timezone

from deliveries import tasks, works
from deliveries.actions import intake
from deliveries.models import Delivery
from tests import builders
from tests.processes import wait_for

pytestmark = [pytest.mark.worker, pytest.mark.slow]
#: Three times the lease of the tests' worker.
SECONDS = 9
SLOW = f"""
    CREATE FUNCTION slow_store() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep({SECONDS}); RETURN NEW; END $$;
    CREATE TRIGGER slow_store BEFORE INSERT ON deliveries_stagedrow FOR EACH ROW
    WHEN (NEW.layer = 'lento' AND NEW."row" = 1) EXECUTE FUNCTION slow_store();
"""
AS_BEFORE = "DROP TRIGGER slow_store ON deliveries_stagedrow; DROP FUNCTION slow_store()"


@pytest.fixture
def slow_store(committed_db) -> Iterator[None]:
    """Rows of a file called `lento` are stored slowly."""
    with connection.cursor() as cursor:
        cursor.execute(SLOW)
    yield
    with connection.cursor() as cursor:
        cursor.execute(AS_BEFORE)


def test_a_store_slower_than_its_lease_ends_once_and_nobody_waits(live_cast, worker, slow_store):
    file = builders.plan_file(3, name="lento.csv")
    slow = intake.receive(live_cast.operator, sender=live_cast.comune, file=file).delivery
    storing = Delivery.objects.filter(pk=slow.pk, status="checking", progress_stage="store")
    wait_for(storing.exists)
    began = time.monotonic()
    other = intake.receive(
        live_cast.neighbour,
        sender=live_cast.neighbour_comune,
        file=builders.plan_file(3, comune="015077"),
    ).delivery
    tasks.check_delivery(str(other.pk))  # the second process of a portal with two
    other.refresh_from_db()
    assert (other.status, storing.exists()) == ("checked", True)
    while storing.exists():
        tasks.sweep()
        works.CHECK.send(slow.pk, slow.turn)
        time.sleep(0.3)
    assert time.monotonic() - began > SECONDS / 2
    slow.refresh_from_db()
    assert slow.status == "checked"
    told = [event.verb for event in slow.events if event.verb != "receive"]
    assert told == ["begin_check", "finish_check"]
    assert slow.rows.count() == 3


def test_a_worker_that_is_told_to_end_gives_back_what_it_does(live_cast, worker, slow_store):
    """It is killed soon after, which was counted as the work's doing."""
    file = builders.plan_file(3, name="lento.csv")
    slow = intake.receive(live_cast.operator, sender=live_cast.comune, file=file).delivery
    mine = Delivery.objects.filter(pk=slow.pk)
    wait_for(mine.filter(progress_stage="store").exists)
    worker.process.terminate()
    wait_for(mine.filter(status="checking", lease_token=None).exists, SECONDS - 2)
    worker.kill()
    mine.update(lease_until=timezone.now() - dt.timedelta(hours=1))
    tasks.sweep()
    slow.refresh_from_db()
    assert (slow.deaths, slow.status, slow.turn) == (0, "checking", 2)
