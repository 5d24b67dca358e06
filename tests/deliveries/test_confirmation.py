"""«Nothing changed»: sent, reviewed and published, it moves the day and nothing else."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.errors import NotAllowed, WrongState
from deliveries.actions import intake, review
from deliveries.models import Delivery
from services import corrections
from services.corrections import NewCorrection
from services.models import Edition, Record, Service, ServiceEvent, ServiceState
from tests import builders

CONTACT = {"contact_name": "Ufficio di piano", "contact_email": "piano@comune.example"}
YEAR_AGO = timezone.localdate() - dt.timedelta(days=365)


def in_force() -> list[tuple]:
    return list(Record.objects.current().order_by("pk").values_list("pk", "from_edition", "raw"))


def test_a_confirmation_is_published_without_changing_a_record(cast):
    builders.published(cast, rows=5)
    ServiceState.objects.update(confirmed_on=YEAR_AGO)
    before = in_force()
    client = Client()
    client.force_login(cast.operator)
    client.post(reverse("deliveries:confirm"), {"sender": cast.comune.pk})
    delivery = Delivery.objects.get(kind="confirmation")
    answer = client.post(reverse("deliveries:submit", args=[delivery.pk]), CONTACT)
    assert answer.url == reverse("deliveries:receipt", args=[delivery.pk])
    delivery.refresh_from_db()
    assert delivery.receipts.count() == 1
    assert set(delivery.proposals.values_list("kind", flat=True)) == {"unchanged"}
    done = builders.publish(delivery, cast)
    assert done.status == "published"
    assert in_force() == before
    shown = ServiceState.objects.at(None).values_list("confirmed_on", flat=True)
    assert set(shown) == {timezone.localdate()}
    edition = Edition.objects.order_by("-number").first()
    assert done.edition == edition
    assert edition.counts == {"withdrawn": 0, "confirmed": 5}
    events = ServiceEvent.objects.filter(edition=edition)
    assert set(events.values_list("verb", flat=True)) == {"confirmed"}
    assert events.count() == 5


def test_a_comune_without_anything_in_force_has_nothing_to_confirm(cast):
    with pytest.raises(WrongState):
        intake.confirm_unchanged(cast.operator, sender=cast.comune)


def test_a_consultant_prepares_a_confirmation_that_only_an_operator_sends(cast):
    builders.published(cast, rows=2)
    delivery = intake.confirm_unchanged(cast.consultant, sender=cast.comune)
    with pytest.raises(NotAllowed):
        review.submit(delivery, user=cast.consultant, statement=builders.statement())
    review.submit(delivery, user=cast.operator, statement=builders.statement(act=""))
    assert Delivery.objects.get(pk=delivery.pk).status == "submitted"


def test_a_confirmation_overtaken_by_another_edition_is_looked_at_again(cast):
    builders.published(cast, rows=2)
    delivery = intake.confirm_unchanged(cast.operator, sender=cast.comune)
    review.submit(delivery, user=cast.operator, statement=builders.statement())
    review.take(delivery, user=cast.reviewer)
    builders.decide(delivery, cast)
    service = Service.objects.get(states__name="Biblioteca 1")
    corrected = NewCorrection("Telefonata del Comune", {"name": "Biblioteca civica"})
    corrections.correct(service, user=cast.reviewer, correction=corrected)
    back = builders.publish_decided(delivery)
    assert back.status == "in_review"
    assert "L'edizione in vigore è cambiata" in back.events.last().note
    assert Edition.objects.count() == 2, "the plan and the correction"
    pending = back.proposals.get(decision="pending")
    assert pending.item.service == service
    assert back.proposals.get(decision="accepted").by == cast.reviewer, "the same as it was"
    builders.decide(back, cast)
    assert builders.publish_decided(back).edition.counts["confirmed"] == 2
    names = ServiceState.objects.at(None).values_list("name", flat=True)
    assert "Biblioteca civica" in names, "what the office corrected stays"


def test_the_rest_of_a_confirmation_is_published_after_its_base_moved(cast):
    builders.published(cast, rows=4)
    delivery = intake.confirm_unchanged(cast.operator, sender=cast.comune)
    review.submit(delivery, user=cast.operator, statement=builders.statement())
    review.take(delivery, user=cast.reviewer)
    called = dict(delivery.proposals.values_list("item__records__name", "pk"))
    held = [called[f"Biblioteca di quartiere {number}"] for number in (2, 3)]
    hold = [review.Decision(pk, "held", "not_enough") for pk in held]
    review.decide(delivery, user=cast.reviewer, decisions=hold)
    builders.decide(delivery, cast)
    partly = builders.publish_decided(delivery)
    assert (partly.status, partly.edition.counts["confirmed"]) == ("in_review", 2)
    service = Service.objects.get(states__name="Biblioteca 1")
    corrected = NewCorrection("Telefonata del Comune", {"name": "Biblioteca civica"})
    corrections.correct(service, user=cast.reviewer, correction=corrected)
    accept = [review.Decision(held[0], "accepted")]
    review.decide(partly, user=cast.reviewer, decisions=accept)
    review.close(partly, user=cast.reviewer)
    again = builders.publish_decided(partly)
    assert (again.status, again.edition.counts["confirmed"]) == ("in_review", 1)
    rest = again.proposals.get(published_in__isnull=True)
    assert (rest.pk, rest.decision, rest.reason_code) == (held[1], "held", "not_enough")
    review.decide(again, user=cast.reviewer, decisions=[review.Decision(rest.pk, "accepted")])
    review.close(again, user=cast.reviewer)
    assert builders.publish_decided(again).status == "published"
    assert again.proposals.count() == 4


@pytest.mark.parametrize("status", ["checked", "returned"])
def test_a_confirmation_is_not_checked_again(cast, operator, status):
    builders.published(cast, rows=2)
    delivery = intake.confirm_unchanged(cast.operator, sender=cast.comune)
    if status == "returned":
        review.submit(delivery, user=cast.operator, statement=builders.statement())
        review.take(delivery, user=cast.reviewer)
        review.send_back(delivery, user=cast.reviewer, note="Due servizi sono chiusi")
    shown = operator.get(reverse("api-upload", args=[delivery.pk])).json()
    assert "recheck" not in shown["links"]
    refused = operator.post(reverse("api-recheck", args=[delivery.pk]))
    assert (refused.status_code, refused.json()["code"]) == (409, "no-file")
    answer = operator.post(reverse("deliveries:retry", args=[delivery.pk]), follow=True)
    assert "In una conferma non c" in answer.content.decode()
    delivery.refresh_from_db()
    assert delivery.status == status
    intake.confirm_unchanged(cast.operator, sender=cast.comune)
    delivery.refresh_from_db()
    assert delivery.status == "superseded"


def test_another_comune_cannot_confirm(cast):
    builders.published(cast, rows=2)
    with pytest.raises(NotAllowed):
        intake.confirm_unchanged(cast.neighbour, sender=cast.comune)
