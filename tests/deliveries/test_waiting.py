"""Who waits reads how many are before it and how long that usually takes; what is read is true in
every state."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliveries import leases, tasks, waiting, workflow
from deliveries.actions import intake
from deliveries.models import Delivery
from deliveries.states import Verb
from services.actions import plan_source
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(cast) -> list[Delivery]:
    """Two that were just sent, in their order."""
    theirs = builders.plan_file(3, comune="015077")
    return [
        intake.receive(cast.operator, sender=cast.comune, file=builders.plan_file(3)).delivery,
        intake.receive(cast.neighbour, sender=cast.neighbour_comune, file=theirs).delivery,
    ]


def page_of(delivery: Delivery) -> str:
    browser = Client()
    browser.force_login(delivery.by)
    return browser.get(reverse("deliveries:detail", args=[delivery.pk])).content.decode()


def place_by_api(delivery: Delivery):
    browser = Client()
    browser.force_login(delivery.by)
    return browser.get(reverse("api-upload", args=[delivery.pk])).json()["progress"]["queue"]


def test_the_place_in_the_queue_is_told_by_page_and_api(queue):
    first, second = queue
    assert "È il prossimo" in page_of(first)
    assert "Davanti c'è 1 file" in page_of(second).replace("&#x27;", "'")
    assert place_by_api(second) == {"ahead": 1, "minutes": None, "late_since": None}
    tasks.check_delivery(str(first.pk))
    assert place_by_api(second)["ahead"] == 0
    lease = workflow.take(second.pk, begin=Verb.BEGIN_CHECK, resume=Verb.RESUME_CHECK)
    assert lease is not None
    assert place_by_api(second) is None
    assert "È il prossimo" not in page_of(second)


def test_the_estimate_goes_by_what_was_done_last(queue, cast, settings):
    settings.CHECK_SLOTS = 1
    first, _second = queue
    tasks.check_delivery(str(first.pk))
    with connection.cursor() as cursor:  # the log itself lets nobody change it
        cursor.execute(
            "UPDATE notices_event b SET at = e.at - interval '150 seconds' FROM notices_event e"
            " WHERE b.verb = 'begin_check' AND e.verb = 'finish_check'"
        )
    first.refresh_from_db()
    intake.recheck(first, user=cast.operator)
    first.refresh_from_db()
    assert waiting.place_of(first) == waiting.Place(1, 3), "two and a half minutes for one"
    assert "Di solito tocca entro 3 minuti" in page_of(first)
    settings.CHECK_SLOTS = 2
    assert waiting.place_of(first) == waiting.Place(1, 0), "the second process takes it at once"


def test_a_decided_delivery_waits_for_its_publication_and_a_failed_one_does_not(cast):
    delivery = builders.in_review(cast)
    builders.decide(delivery, cast)
    delivery.refresh_from_db()
    assert waiting.place_of(delivery) == waiting.Place(0, None)
    assert "È il prossimo" in page_of(delivery)
    Delivery.objects.update(error_reference="abcd1234", attempts=1)
    delivery.refresh_from_db()
    assert waiting.place_of(delivery) is None
    assert "hx-get" not in page_of(delivery).split("Il file")[0]


def test_a_publication_that_was_given_up_is_before_nobody(cast):
    given_up = builders.on_desk(cast, status="decided", error_reference="abcd1234")
    past = timezone.now() - dt.timedelta(hours=3)
    Delivery.objects.filter(pk=given_up.pk).update(attempts=leases.MAX_ATTEMPTS, lease_until=past)
    theirs = Delivery.objects.create(
        source=plan_source(cast.neighbour_comune),
        by=cast.neighbour,
        status="decided",
        **leases.queued(0),
    )
    assert waiting.place_of(theirs) == waiting.Place(0, None)
    assert "È il prossimo" in page_of(theirs)
    Delivery.objects.filter(pk=given_up.pk).update(attempts=leases.MAX_ATTEMPTS - 1)
    assert waiting.place_of(theirs) == waiting.Place(1, None), "its next attempt is due"


def test_a_check_that_waits_again_shows_no_step_of_the_last_one(cast):
    delivery = builders.checked(cast)
    intake.recheck(delivery, user=cast.operator)
    Delivery.objects.update(progress_total=8, progress_done=7)
    page = page_of(delivery)
    assert "in coda" in page
    assert "passo" not in page
