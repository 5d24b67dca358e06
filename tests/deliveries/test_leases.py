"""A worker that lives keeps its job, also through one long statement; one that is dead loses it,
and a job that fails at every attempt ends."""

import datetime as dt
import time
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.queue import CHECKS, app, waiting
from deliveries import errands, leases, precheck, tasks, workflow, works
from deliveries.checks import examination, pipeline, staging
from deliveries.models import Delivery, Errand
from deliveries.publishing import acceptance
from deliveries.states import Verb
from notices.models import Notice
from sttm2 import celery
from tests import builders
from validator.reading.errors import ReaderDied


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
def test_a_delivery_waits_in_the_queue_once_however_long(cast, empty_queues):
    delivery = builders.ready(cast, status="received")
    messages = [works.CHECK.message_id(delivery.pk, turn) for turn in range(4)]
    for _again in range(3):
        tasks.sweep()
        Delivery.objects.update(lease_until=timezone.now() - dt.timedelta(hours=1))
    assert waiting(CHECKS) == {messages[1]}
    app.control.purge()
    tasks.sweep()
    assert waiting(CHECKS) == {messages[2]}, "the broker lost the first"
    app.control.purge()
    tasks.check_delivery(str(delivery.pk), 1)
    delivery.refresh_from_db()
    assert delivery.status == "received", "a message of another turn does nothing"
    lease = take(delivery, turn=2)
    assert (lease.attempt, lease.deaths) == (1, 0)
    tasks.sweep()
    assert waiting(CHECKS) == set(), "it is in living hands"
    Delivery.objects.update(lease_until=timezone.now())
    tasks.sweep()
    assert waiting(CHECKS) == {messages[3]}
    assert Delivery.objects.get().deaths == 1


def take(delivery: Delivery, turn: int | None = None):
    return workflow.take(delivery.pk, begin=Verb.BEGIN_CHECK, resume=Verb.RESUME_CHECK, turn=turn)


@pytest.mark.django_db
def test_a_lease_of_a_clock_that_jumped_is_none(cast, settings):
    delivery = builders.ready(cast, status="received")
    assert take(delivery).attempt == 1
    assert take(delivery) is None
    ahead = timezone.now() + dt.timedelta(seconds=2 * settings.LEASE_SECONDS + 9)
    Delivery.objects.update(lease_until=ahead)
    assert take(delivery).attempt == 2


@pytest.mark.django_db
def test_a_check_that_kills_its_worker_twice_ends_in_words_and_is_never_begun_again(
    cast, operator, monkeypatch, empty_queues
):
    tries = []

    def dies(*_args):
        tries.append(1)
        raise SystemExit

    delivery = builders.ready(cast, status="received")
    monkeypatch.setattr(pipeline, "_check", dies)
    for _death in range(leases.MAX_DEATHS):
        with pytest.raises(SystemExit):
            tasks.check_delivery(str(delivery.pk))
        delivery.refresh_from_db()
        assert delivery.status == "checking", "the sender sees no failure before the last"
        Delivery.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    for _again in range(3):
        tasks.sweep()
        tasks.check_delivery(str(delivery.pk))
    delivery.refresh_from_db()
    assert (delivery.status, len(tries)) == ("failed", leases.MAX_DEATHS)
    page = operator.get(reverse("deliveries:detail", args=[delivery.pk])).content.decode()
    assert delivery.error_reference in page
    assert "non lo riproviamo" in page
    assert reverse("deliveries:retry", args=[delivery.pk]) not in page
    again = operator.post(reverse("api-recheck", args=[delivery.pk]))
    assert (again.status_code, again.json()["code"]) == (409, "given-up")
    told = Notice.objects.filter(event__verb="worker_died")
    assert {notice.person for notice in told} == {cast.reviewer, cast.manager}
    office = Client()
    office.force_login(cast.reviewer)
    assert delivery.error_reference in office.get(reverse("notices:list")).content.decode()


@pytest.mark.django_db
def test_a_check_without_account_that_kills_is_given_up_and_told(cast, client, monkeypatch):
    done: list[str] = []
    ticket = precheck.receive(builders.plan_file(), municipality=cast.comune)
    monkeypatch.setattr(precheck, "_checked", lambda *_args: done.append("again"))
    for _death in range(leases.MAX_DEATHS):
        assert leases.take(errands.open_errands("precheck"))
        precheck.run(ticket.token)
        assert not done, "somebody living is at it"
        Errand.objects.update(lease_until=timezone.now())
    precheck.run(ticket.token)
    ended = precheck.ticket_of(ticket.token)
    assert (ended.status, len(ended.reference), done) == ("failed", 8, [])
    page = client.get(reverse("deliveries:precheck-report", args=[ticket.token]))
    assert ended.reference in page.content.decode()
    told = Notice.objects.filter(event__verb="worker_died", event__note=ended.reference)
    assert {notice.person for notice in told} == {cast.reviewer, cast.manager}
    Errand.objects.update(until=timezone.now() - dt.timedelta(days=1))
    precheck.sweep()
    assert Errand.objects.get().asked == {}, "the office's news stays, what was asked goes"


@pytest.mark.django_db
def test_a_reader_that_goes_away_once_is_nobodys_news(cast, monkeypatch):
    interpret, asked = examination.client.interpret, []

    def goes_away(*args, **kwargs):
        asked.append(1)
        if len(asked) == 1:
            raise ReaderDied("the reader server went away")
        return interpret(*args, **kwargs)

    monkeypatch.setattr(examination, "AGAIN_AFTER", 0)
    monkeypatch.setattr(examination.client, "interpret", goes_away)
    assert builders.checked(cast).status == "checked"
    assert len(asked) == 2


@pytest.mark.worker
def test_a_row_that_somebody_is_writing_is_not_waited_for(live_cast):
    """The second task once waited for the first's row and won it: the first's end was lost."""
    delivery = builders.ready(live_cast, status="received")
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM deliveries_delivery FOR UPDATE")
        began = time.monotonic()
        assert take(delivery) is None
        assert time.monotonic() - began < 5
    finally:
        other.close()
    assert take(delivery).attempt == 1


def cut_off() -> None:
    """End our connection to the database, as it does when it is started again."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            ours = connection.connection.info.backend_pid
            cursor.execute("SELECT pg_terminate_backend(%s)", [ours])
    finally:
        other.close()


@pytest.mark.worker
def test_a_database_that_restarts_is_neither_a_failure_nor_a_death(
    live_cast, monkeypatch, empty_queues
):
    store = staging.store_rows
    delivery = builders.intake.receive(
        live_cast.operator, sender=live_cast.comune, file=builders.plan_file(4)
    ).delivery

    def while_it_restarts(*args, **kwargs):
        cut_off()
        return store(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(staging, "store_rows", while_it_restarts)
        tasks.check_delivery(str(delivery.pk))
    delivery.refresh_from_db()
    assert (delivery.status, delivery.error_reference, delivery.deaths) == ("checking", "", 0)
    assert delivery.lease_token is None
    assert not Notice.objects.exists()
    tasks.check_delivery(str(delivery.pk))
    delivery.refresh_from_db()
    assert (delivery.status, delivery.deaths) == ("checked", 0)


@pytest.mark.worker
def test_a_job_in_which_the_connection_always_breaks_is_given_up(live_cast, monkeypatch):
    monkeypatch.setattr(pipeline, "_check", lambda *_args: (cut_off(), Delivery.objects.count()))
    delivery = builders.ready(live_cast, status="received")
    for _attempt in range(leases.MAX_ATTEMPTS + 1):
        tasks.check_delivery(str(delivery.pk))
    delivery.refresh_from_db()
    assert (delivery.status, delivery.deaths, len(delivery.error_reference)) == ("failed", 0, 8)


@pytest.mark.worker
def test_a_statement_that_takes_too_long_ends_in_words(live_cast, settings, monkeypatch):
    settings.STATEMENT_SECONDS = 1
    seen: list = []
    slow(monkeypatch, staging, "store_rows", seen)
    delivery = builders.checked(live_cast)
    assert (delivery.status, len(delivery.error_reference), seen) == ("failed", 8, [])
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",), "what others do afterwards has no such limit"


def test_every_task_has_a_soft_and_a_hard_limit():
    celery.app.loader.import_default_modules()
    ours = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}
    assert len(ours) > 10
    unlimited = [
        name for name, task in ours.items() if not 0 < task.soft_time_limit < task.time_limit
    ]
    assert unlimited == []
    given_again = app.conf.broker_transport_options["visibility_timeout"]
    longest = max(task.time_limit for task in ours.values())
    assert longest < given_again, "the broker gives nothing out a second time that is being done"
