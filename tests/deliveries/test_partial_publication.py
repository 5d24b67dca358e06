"""Held rows from the first edition to the second: what is published stays, with its file and its
decisions, whatever comes after."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliveries import leases, tasks
from deliveries.actions import review
from deliveries.models import Delivery
from deliveries.publishing import acceptance
from notices.models import Notice
from people import retention
from services.models import Edition, Record
from tests import builders

pytestmark = pytest.mark.django_db


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def partly(cast) -> Delivery:
    """Six rows: four accepted and published, two held."""
    delivery = builders.in_review(cast)
    held = list(delivery.proposals.order_by("pk").values_list("pk", flat=True))[:2]
    review.decide(
        delivery,
        user=cast.reviewer,
        decisions=[review.Decision(pk, "held", "not_enough") for pk in held],
    )
    review.decide_in_bulk(delivery, user=cast.reviewer, rule="all_pending", decision="accepted")
    review.close(delivery, user=cast.reviewer)
    tasks.publish_delivery(str(delivery.pk))
    return Delivery.objects.get(pk=delivery.pk)


def published(delivery: Delivery) -> set[tuple[int, str, int]]:
    """Row, decision and edition of the proposals that are published."""
    found = delivery.proposals.filter(published_in__isnull=False)
    return set(found.values_list("staged_row__row", "decision", "published_in__number"))


def test_the_held_rows_become_a_second_edition(partly, cast):
    assert (partly.status, partly.edition.number) == ("in_review", 1)
    assert Record.objects.current().count() == 4
    first = published(partly)
    assert len(first) == 4
    desk = browser(cast.reviewer)
    waiting = partly.proposals.filter(published_in__isnull=True)
    asked = {"p": list(waiting.values_list("pk", flat=True)), "decision": "accepted"}
    desk.post(reverse("deliveries:decide", args=[partly.pk]), asked)
    desk.post(reverse("deliveries:close", args=[partly.pk]))
    tasks.publish_delivery(str(partly.pk))
    partly.refresh_from_db()
    assert (partly.status, partly.edition.number) == ("published", 2)
    assert Record.objects.current().count() == 6
    assert first < published(partly)


def test_refusing_the_rest_ends_it_and_leaves_the_first_edition(partly, cast):
    waiting = partly.proposals.filter(published_in__isnull=True).values_list("pk", flat=True)
    decisions = [review.Decision(pk, "refused", "not_enough") for pk in waiting]
    review.decide(partly, user=cast.reviewer, decisions=decisions)
    review.close(partly, user=cast.reviewer)
    tasks.publish_delivery(str(partly.pk))
    partly.refresh_from_db()
    assert (partly.status, partly.edition.number) == ("published", 1)
    assert Edition.objects.count() == 1
    assert Record.objects.current().count() == 4


def test_nothing_published_is_withdrawn(partly, cast):
    comune = browser(cast.operator)
    withdraw = reverse("deliveries:withdraw", args=[partly.pk])
    page = comune.get(reverse("deliveries:detail", args=[partly.pk])).content.decode()
    assert withdraw not in page
    refused = comune.post(reverse("api-withdraw", args=[partly.pk]))
    assert (refused.status_code, refused.json()["code"]) == (409, "partly-published")
    assert "già pubblicata" in refused.json()["detail"]
    partly.refresh_from_db()
    assert partly.status == "in_review"


def test_sent_back_it_is_answered_by_a_new_file_and_keeps_its_own(partly, cast, settings):
    before = published(partly)
    review.send_back(partly, user=cast.reviewer, note="Manca l'atto di due servizi")
    comune = browser(cast.operator)
    page = comune.get(reverse("deliveries:detail", args=[partly.pk])).content.decode()
    assert "pubblicato una parte e restituito il resto" in page
    assert reverse("deliveries:new") in page
    assert "Correggi qui" not in page
    for name in ("api-recheck", "api-rows"):
        body = {"layer": "piano", "row": 1, "changes": {"name": "x"}}
        url = reverse(name, args=[partly.pk])
        answer = comune.post(url, body, content_type="application/json")
        assert answer.status_code in (403, 409), name
    again = builders.checked(cast, builders.plan_file(6, first_name="Biblioteca centrale"))
    assert again.supersedes == partly
    age(partly, settings.ROWS_KEPT_DAYS["replaced"] + 9)
    assert partly.status == "superseded"
    assert published(partly) == before
    age(partly, settings.RETENTION_DAYS_UNPUBLISHED + 9)
    assert Record.objects.current().count() == 4
    assert partly.file.storage.exists(partly.file.name)


def age(delivery: Delivery, days: int) -> None:
    """Nobody has touched it for so long, and the night's deletion has run."""
    past = timezone.now() - dt.timedelta(days=days)
    Delivery.objects.filter(pk=delivery.pk).update(updated_at=past)
    retention.forget_expired()
    delivery.refresh_from_db()


def judged(delivery: Delivery) -> set[tuple[int, str, str]]:
    found = delivery.proposals.values_list("staged_row__row", "decision", "reason_code")
    return set(found)


def sent(comune: Client, file) -> int:
    """Upload a file on the page; how many deliveries there are then."""
    comune.post(reverse("deliveries:new"), {"sender": "015209", "file": file})
    return Delivery.objects.count()


def test_a_new_file_takes_the_place_of_what_is_held(partly, cast):
    before, decisions = published(partly), judged(partly)
    comune = browser(cast.operator)
    detail = reverse("deliveries:detail", args=[partly.pk])
    assert "un nuovo file ne prende il posto" in comune.get(detail).content.decode()
    assert sent(comune, builders.plan_file(6, first_name="Biblioteca nuova")) == 2
    again = Delivery.objects.latest("created_at")
    assert again.supersedes == partly
    partly.refresh_from_db()
    assert (partly.status, partly.edition.number) == ("superseded", 1)
    assert (published(partly), judged(partly)) == (before, decisions)
    assert Record.objects.current().count() == 4
    told = Notice.objects.filter(event__verb="supersede")
    assert [notice.person for notice in told] == [cast.reviewer]
    news = browser(cast.reviewer).get("/avvisi/").content.decode()
    assert "Un nuovo file prende il posto del resto della consegna" in news
    desk = browser(cast.reviewer)
    assert desk.get(reverse("deliveries:review", args=[partly.pk])).status_code == 200
    assert desk.post(reverse("deliveries:close", args=[partly.pk])).status_code == 409


def test_confirming_takes_the_place_of_what_is_held(partly, cast):
    answer = browser(cast.operator).post(reverse("deliveries:confirm"), {"sender": "015209"})
    assert answer.status_code == 302
    partly.refresh_from_db()
    assert partly.status == "superseded"
    assert Record.objects.current().count() == 4


def test_a_second_publication_that_is_given_up_locks_nobody_out(partly, cast, monkeypatch):
    def breaks(*_args, **_kwargs):
        raise RuntimeError("disk full")

    decisions = [
        review.Decision(pk, "accepted")
        for pk in partly.proposals.filter(published_in__isnull=True).values_list("pk", flat=True)
    ]
    review.decide(partly, user=cast.reviewer, decisions=decisions)
    review.close(partly, user=cast.reviewer)
    comune, file = browser(cast.operator), builders.plan_file(6, first_name="Biblioteca nuova")
    refused = comune.post(reverse("api-uploads"), {"municipality": "015209", "file": file})
    assert refused.status_code == 409
    assert "riprova fra qualche minuto" in refused.json()["detail"]
    monkeypatch.setattr(acceptance, "publish_edition", breaks)
    for _attempt in range(leases.MAX_ATTEMPTS):
        Delivery.objects.filter(pk=partly.pk).update(lease_until=timezone.now())
        tasks.publish_delivery(str(partly.pk))
    partly.refresh_from_db()
    assert (partly.status, partly.attempts) == ("decided", leases.MAX_ATTEMPTS)
    assert sent(comune, builders.plan_file(6, first_name="Biblioteca nuova")) == 2
    partly.refresh_from_db()
    assert (partly.status, partly.edition.number) == ("superseded", 1)
    monkeypatch.undo()
    tasks.publish_delivery(str(partly.pk))
    assert Record.objects.current().count() == 4


def test_what_is_wholly_on_the_desk_is_withdrawn_and_not_replaced(cast):
    delivery = builders.in_review(cast)
    comune = browser(cast.operator)
    assert sent(comune, builders.plan_file(6, first_name="Biblioteca nuova")) == 1
    comune.post(reverse("deliveries:withdraw", args=[delivery.pk]))
    assert sent(comune, builders.plan_file(6, first_name="Biblioteca nuova")) == 2


def test_when_nothing_was_accepted_nothing_is_said_to_be_published(cast):
    delivery = builders.in_review(cast)
    review.decide_in_bulk(
        delivery, user=cast.reviewer, rule="all_pending", decision="held", reason_code="not_enough"
    )
    review.close(delivery, user=cast.reviewer)
    tasks.publish_delivery(str(delivery.pk))
    delivery.refresh_from_db()
    assert (delivery.status, delivery.edition) == ("in_review", None)
    browser(cast.operator).post(reverse("deliveries:withdraw", args=[delivery.pk]))
    delivery.refresh_from_db()
    assert delivery.status == "withdrawn"
