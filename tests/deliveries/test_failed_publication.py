"""A publication that fails through our fault: tried again by itself, told, taken back, and no
comune is locked out."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.queue import PUBLICATIONS, app, waiting
from deliveries import leases, tasks
from deliveries.models import Delivery
from deliveries.publishing import acceptance
from deliveries.status import work
from notices.models import Event, Notice
from people.tokens import issue_token
from services.models import Edition
from tests import builders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_queues")]


@pytest.fixture
def decided(cast) -> Delivery:
    """Decided by the office, not yet published."""
    delivery = builders.in_review(cast)
    builders.review.decide_in_bulk(
        delivery, user=cast.reviewer, rule="all_pending", decision="accepted"
    )
    builders.review.close(delivery, user=cast.reviewer)
    return delivery


@pytest.fixture
def broken(monkeypatch):
    """Publishing breaks until the test mends it."""

    def breaks(*_args, **_kwargs):
        raise RuntimeError("disk full")

    monkeypatch.setattr(acceptance, "publish_edition", breaks)
    return monkeypatch


def later(delivery: Delivery, **ago: float) -> None:
    """As if the delivery's lease had been written so long ago."""
    delivery.refresh_from_db()
    past = delivery.lease_until - dt.timedelta(**ago)
    Delivery.objects.filter(pk=delivery.pk).update(lease_until=past)


def swept() -> list[str]:
    """The deliveries whose publication the sweeper enqueues, when nothing lies in the queue."""
    app.control.purge()
    tasks.sweep()
    return [message.split(":")[1] for message in waiting(PUBLICATIONS)]


def used_up(delivery: Delivery) -> Delivery:
    """All attempts have failed, each when its time had come."""
    for _attempt in range(leases.MAX_ATTEMPTS):
        later(delivery, hours=2)
        tasks.publish_delivery(str(delivery.pk))
    delivery.refresh_from_db()
    return delivery


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_failed_publication_is_tried_again_when_its_pause_is_over(decided, broken, cast):
    tasks.publish_delivery(str(decided.pk))
    decided.refresh_from_db()
    assert (decided.status, decided.attempts) == ("decided", 1)
    assert len(decided.error_reference) == 8
    tasks.publish_delivery(str(decided.pk))
    decided.refresh_from_db()
    assert decided.attempts == 1, "what still lies in the queue does not shorten the pause"
    assert swept() == []
    later(decided, minutes=3)
    assert swept() == [str(decided.pk)]
    assert swept() == [], "it is in the queue"
    broken.undo()
    tasks.publish_delivery(str(decided.pk))
    decided.refresh_from_db()
    assert (decided.status, decided.error_reference) == ("published", "")
    assert Edition.objects.count() == 1


def test_pauses_grow_with_the_attempts(decided, broken):
    waits = []
    for _attempt in range(3):
        later(decided, hours=2)
        tasks.publish_delivery(str(decided.pk))
        decided.refresh_from_db()
        waits.append(round((decided.lease_until - timezone.now()).total_seconds() / 60))
    assert waits == [1, 5, 25]


def test_after_the_last_attempt_the_office_is_told_and_it_is_tried_no_more(decided, broken, cast):
    tasks.publish_delivery(str(decided.pk))
    told = Notice.objects.filter(event__verb="fail_publication")
    assert not told.exists(), "what is tried again by itself is nobody's news"
    used_up(decided)
    assert {notice.person for notice in told} == {cast.reviewer, cast.manager}
    page = browser(cast.manager).get("/avvisi/").content.decode()
    assert f"Riferimento: {decided.error_reference}" in page
    later(decided, days=9)
    assert swept() == []


def test_what_was_given_up_is_no_work_of_the_workers(decided, broken, cast):
    lines = {line.label: line.value for line in work().lines}
    assert lines["Pubblicazioni"] != "nessuno in corso"
    used_up(decided)
    lines = {line.label: line.value for line in work().lines}
    assert lines["Pubblicazioni"] == "nessuno in corso"


def test_the_pages_say_what_happens_with_the_reference(decided, broken, cast):
    tasks.publish_delivery(str(decided.pk))
    decided.refresh_from_db()
    comune = browser(cast.operator)
    detail = reverse("deliveries:detail", args=[decided.pk])
    page = comune.get(detail).content.decode()
    assert "fra poco la riproviamo da soli" in page
    assert decided.error_reference in page
    used_up(decided)
    page = comune.get(detail).content.decode()
    assert "L&#x27;ufficio è avvisato" in page
    assert decided.error_reference in page
    assert "hx-get" not in page.split("Il file")[0], "it does not pretend to be at work"
    shown = comune.get(reverse("api-upload", args=[decided.pk])).json()
    assert (shown["turn"], shown["error_reference"]) == ("office", decided.error_reference)
    english = comune.get(f"/en/consegne/{decided.pk}/").content.decode()
    assert "The office has been told" in english


def test_the_comune_can_withdraw_what_cannot_be_published(decided, broken, cast):
    used_up(decided)
    comune = browser(cast.operator)
    page = comune.get(reverse("deliveries:detail", args=[decided.pk])).content.decode()
    assert reverse("deliveries:withdraw", args=[decided.pk]) in page
    comune.post(reverse("deliveries:withdraw", args=[decided.pk]))
    decided.refresh_from_db()
    assert decided.status == "withdrawn"
    tasks.publish_delivery(str(decided.pk))
    assert not Edition.objects.exists()


def test_the_office_tries_again_from_its_desk(decided, broken, cast):
    used_up(decided)
    desk = browser(cast.reviewer)
    url = reverse("deliveries:publish-again", args=[decided.pk])
    page = desk.get(reverse("deliveries:review", args=[decided.pk])).content.decode()
    assert url in page
    assert decided.error_reference in page
    broken.undo()
    assert desk.post(url).status_code == 302
    tasks.publish_delivery(str(decided.pk))
    decided.refresh_from_db()
    assert (decided.status, decided.error_reference) == ("published", "")
    assert desk.post(url).status_code == 409


def test_the_office_takes_its_decision_back_and_may_send_it_back(decided, broken, cast):
    used_up(decided)
    desk = browser(cast.reviewer)
    url = reverse("deliveries:undecide", args=[decided.pk])
    assert url in desk.get(reverse("deliveries:review", args=[decided.pk])).content.decode()
    assert desk.post(url).status_code == 302
    decided.refresh_from_db()
    assert (decided.status, decided.error_reference, decided.attempts) == ("in_review", "", 0)
    assert set(decided.proposals.values_list("decision", flat=True)) == {"accepted"}
    assert Notice.objects.filter(event__verb="undecide", person=cast.operator).exists()
    desk.post(reverse("deliveries:send-back", args=[decided.pk]), {"note": "Riprova"})
    decided.refresh_from_db()
    assert decided.status == "returned"


def test_both_by_api_for_the_office_alone(decided, broken, cast):
    used_up(decided)
    key = issue_token(cast.reviewer, name="x", scopes=["read", "review"])
    office = Client(headers={"authorization": f"Bearer {key}"})
    links = office.get(reverse("api-upload", args=[decided.pk])).json()["links"]
    assert browser(cast.operator).post(links["undecide"]).status_code == 403
    assert browser(cast.operator).post(links["publish-again"]).status_code == 403
    again = office.post(links["publish-again"])
    assert (again.status_code, again.json()["status"]) == (202, "decided")
    assert office.post(links["publish-again"]).status_code == 409, "it waits in the queue already"
    back = office.post(links["undecide"])
    assert (back.status_code, back.json()["status"]) == (200, "in_review")


def test_after_a_failure_the_office_may_send_it_back_at_once(decided, broken, cast):
    desk = browser(cast.reviewer)
    back = reverse("deliveries:send-back", args=[decided.pk])
    early = desk.post(back, {"note": "Riprova"})
    assert early.status_code == 302 or early.status_code == 409
    decided.refresh_from_db()
    assert decided.status == "decided", "it is about to be published"
    tasks.publish_delivery(str(decided.pk))
    decided.refresh_from_db()
    turn = decided.turn
    assert back in desk.get(reverse("deliveries:review", args=[decided.pk])).content.decode()
    desk.post(back, {"note": "Mandate un altro file"})
    decided.refresh_from_db()
    assert (decided.status, decided.error_reference) == ("returned", "")
    tasks.publish_delivery(str(decided.pk), turn)
    assert not Edition.objects.exists()


def test_a_stale_message_does_nothing(decided, broken, cast):
    """One delivery got eight failures and eight letters from messages of earlier attempts."""
    turn = decided.turn
    for _again in range(8):
        later(decided, hours=2)
        tasks.publish_delivery(str(decided.pk), turn)
    decided.refresh_from_db()
    assert decided.attempts == 1
    assert Event.objects.filter(verb="fail_publication").count() == 1
    tasks.publish_delivery(str(decided.pk), decided.turn)
    decided.refresh_from_db()
    assert decided.attempts == 2


def test_a_publication_that_kills_its_worker_twice_is_given_up(decided, cast, monkeypatch):
    """The worker dies without a word: no attempt ever says that it failed."""
    tries = []

    def dies(_lease):
        tries.append(1)
        raise SystemExit

    monkeypatch.setattr(acceptance, "publish", dies)
    for _death in range(leases.MAX_DEATHS):
        with pytest.raises(SystemExit):
            tasks.publish_delivery(str(decided.pk))
        later(decided, hours=2)
    for _again in range(3):
        tasks.publish_delivery(str(decided.pk))
        assert swept() == []
    decided.refresh_from_db()
    assert (decided.status, len(decided.error_reference)) == ("decided", 8)
    assert len(tries) == leases.MAX_DEATHS
    assert Event.objects.filter(verb="fail_publication").count() == 1
    assert Notice.objects.filter(event__verb="fail_publication", person=cast.reviewer).exists()
    page = browser(cast.operator).get(reverse("deliveries:detail", args=[decided.pk]))
    assert "L&#x27;ufficio è avvisato" in page.content.decode()
