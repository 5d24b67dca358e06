"""A worker that lives keeps its job, also through one long statement; one that is dead loses it,
and a job that fails at every attempt ends."""

import time
import uuid

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from deliveries import leases, precheck, tasks, workflow
from deliveries.checks import pipeline, staging
from deliveries.models import Delivery
from deliveries.publishing import acceptance
from deliveries.states import Verb
from tests import builders


@pytest.fixture
def short(settings):
    """Leases of a second, so that a test sees them lapse."""
    settings.LEASE_SECONDS = 1


def slow(monkeypatch, module, name: str, seen: list) -> None:
    """Before the step the database works for three seconds, while another worker looks in."""
    step = getattr(module, name)

    def slowly(*args, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(3)")
        seen.append(_of_another())
        return step(*args, **kwargs)

    monkeypatch.setattr(module, name, slowly)


def _of_another() -> tuple[bool, float]:
    """Whether the lease still holds, and the seconds another worker waits to learn that it may not
    have the delivery, by a connection of its own."""
    other = connection.copy()
    try:
        began = time.monotonic()
        with other.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
            cursor.execute(
                "SELECT lease_until > clock_timestamp() FROM deliveries_delivery FOR NO KEY UPDATE"
            )
            (alive,) = cursor.fetchone()
        return alive, time.monotonic() - began
    finally:
        other.close()


@pytest.mark.worker
def test_a_long_statement_while_storing_keeps_the_lease(live_cast, short, monkeypatch):
    seen: list = []
    slow(monkeypatch, staging, "store_rows", seen)
    delivery = builders.checked(live_cast)
    assert delivery.status == "checked"
    [(alive, waited)] = seen
    assert alive
    assert waited < 1


@pytest.mark.worker
def test_a_long_publication_keeps_the_lease_and_holds_up_no_other_worker(
    live_cast, short, monkeypatch
):
    delivery = builders.in_review(live_cast)
    builders.review.decide_in_bulk(
        delivery, user=live_cast.reviewer, rule="all_pending", decision="accepted"
    )
    builders.review.close(delivery, user=live_cast.reviewer)
    seen: list = []
    slow(monkeypatch, acceptance, "publish_accepted", seen)
    tasks.publish_delivery(str(delivery.pk))
    delivery.refresh_from_db()
    assert delivery.status == "published"
    [(alive, waited)] = seen
    assert alive
    assert waited < 1
    assert delivery.events.filter(verb="resume_publication").count() == 0


@pytest.mark.django_db
def test_who_lost_the_lease_writes_nothing(cast, monkeypatch):
    delivery = builders.checked(cast)
    builders.intake.recheck(delivery, user=cast.operator)
    examine = pipeline.examine

    def while_another_takes_it(*args, **kwargs):
        Delivery.objects.filter(pk=delivery.pk).update(lease_token=uuid.uuid4())
        return examine(*args, **{**kwargs, "on_progress": lambda *_: None})

    monkeypatch.setattr(pipeline, "examine", while_another_takes_it)
    tasks.check_delivery(str(delivery.pk))
    delivery.refresh_from_db()
    assert delivery.status == "checking"
    assert not delivery.error_reference


@pytest.mark.django_db
def test_a_delivery_waits_in_the_queue_once(cast, monkeypatch):
    enqueued: list[str] = []
    monkeypatch.setattr(tasks.check_delivery, "delay", enqueued.append)
    delivery = builders.ready(cast, status="received")
    tasks.sweep()
    tasks.sweep()
    assert enqueued == [str(delivery.pk)]
    lease = workflow.take(delivery.pk, begin=Verb.BEGIN_CHECK, resume=Verb.RESUME_CHECK)
    assert lease.attempt == 1
    tasks.sweep()
    assert len(enqueued) == 1
    Delivery.objects.update(lease_until=timezone.now())
    tasks.sweep()
    assert len(enqueued) == 2


def test_a_lease_in_the_cache_is_held_by_one_and_forgotten_with_its_job():
    job = leases.Cached(f"test:{uuid.uuid4()}", 30)
    first = leases.take(job)
    assert (first.attempt, leases.take(job)) == (1, None)
    leases.beat(first, "read", 3, 9)
    assert job.progress() == leases.Progress("read", 3, 9)
    cache.delete(job._part("lease"))
    second = leases.take(job)
    assert second.attempt == 2
    with pytest.raises(leases.LostLease):
        leases.beat(first, "read")
    job.free(first.token)
    assert job.is_held()
    job.free(second.token)
    assert (job.is_held(), job.progress()) == (False, leases.Progress())


@pytest.mark.django_db
def test_a_check_without_account_is_done_by_one_worker_and_given_up_in_the_end(monkeypatch):
    done: list[str] = []
    until = time.time() + 99
    ticket = precheck.Ticket(uuid.uuid4().hex, "a.csv", "015209", "2026-01-01", {}, until)
    precheck._remember(ticket)
    monkeypatch.setattr(precheck, "_checked", lambda *_args: done.append("again"))
    lease = leases.take(ticket.job)
    precheck.run(ticket.token)
    assert not done, "somebody living is at it"
    for _attempt in range(leases.MAX_ATTEMPTS):
        cache.delete(ticket.job._part("lease"))
        lease = leases.take(ticket.job)
    cache.delete(ticket.job._part("lease"))
    assert lease.attempt > leases.MAX_ATTEMPTS
    precheck.run(ticket.token)
    ended = precheck.ticket_of(ticket.token)
    assert (ended.status, len(ended.reference), done) == ("failed", 8, [])
