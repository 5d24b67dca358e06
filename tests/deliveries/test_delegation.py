"""A consultant acts within what the comune delegated, until it ends, under their own name."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from core.errors import NotAllowed
from deliveries.actions import answers, intake, review
from deliveries.models import Delivery
from tests import builders

pytestmark = pytest.mark.django_db


def delegated(cast, *scope: str) -> None:
    cast.consultant.mandates.update(scope=list(scope))


def test_who_may_mend_but_not_deliver(cast):
    delegated(cast, "mend")
    with pytest.raises(NotAllowed) as told:
        intake.receive(cast.consultant, sender=cast.comune, file=builders.plan_file(3))
    assert told.value.code == "outside-delegation"
    client = Client()
    client.force_login(cast.consultant)
    sent = {"file": builders.plan_file(3), "sender": cast.comune.pk}
    shown = client.post("/consegne/nuova/", sent)
    assert "La tua delega non comprende la consegna di file." in shown.content.decode()
    assert not Delivery.objects.exists()
    delivery = builders.ready(cast)
    answers.answer(delivery, user=cast.consultant, code="ATT-08", reason="Va bene")
    assert delivery.answers.get().by == delivery.events.get(verb="answer").by == cast.consultant


def test_who_may_deliver_but_not_mend(cast):
    delegated(cast, "deliver")
    received = intake.receive(cast.consultant, sender=cast.comune, file=builders.plan_file(3))
    assert received.delivery.by == received.delivery.events.get().by == cast.consultant
    Delivery.objects.update(status="withdrawn")
    delivery = builders.ready(cast)
    with pytest.raises(NotAllowed):
        answers.answer(delivery, user=cast.consultant, code="ATT-08", reason="Va bene")
    with pytest.raises(NotAllowed):
        answers.edit_row(
            delivery, user=cast.consultant, layer="piano", row=1, changes={"status": "esistente"}
        )


@pytest.mark.parametrize("scope", [(), ("deliver",), ("mend",), ("deliver", "mend")])
def test_sending_and_withdrawing_are_never_delegated(cast, scope):
    delegated(cast, *scope)
    delivery = builders.ready(cast)
    with pytest.raises(NotAllowed):
        review.submit(delivery, user=cast.consultant, statement=builders.statement())
    with pytest.raises(NotAllowed):
        intake.withdraw(delivery, user=cast.consultant)


@pytest.mark.parametrize("options", [{"crs": {"": 32632}}, {"layers": ["piano"]}])
def test_who_may_not_mend_tries_a_failed_check_again_but_chooses_nothing(cast, options):
    delegated(cast, "deliver")
    delivery = builders.ready(cast, status="failed")
    client = Client()
    client.force_login(cast.consultant)
    address = f"/api/v1/uploads/{delivery.pk}/recheck/"
    told = client.post(address, options, content_type="application/json")
    assert (told.status_code, told.json()["code"]) == (403, "not-editable")
    page = {"crs_layer": ["piano"], "crs": ["3003"]}
    client.post(f"/consegne/{delivery.pk}/colonne/scelte/", page)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.options) == ("failed", {})
    assert client.post(address, {}, content_type="application/json").status_code == 202


def test_who_may_mend_chooses_after_a_failed_check(cast):
    delegated(cast, "mend")
    delivery = builders.ready(cast, status="failed")
    intake.recheck(delivery, user=cast.consultant, options={"crs": {"": 32632}})
    assert delivery.options == {"crs": {"": 32632}}


@pytest.mark.parametrize("end", ["expired", "revoked", "not yet"])
def test_a_delegation_that_does_not_hold_opens_nothing(cast, end):
    delivery, today = builders.ready(cast), timezone.localdate()
    day = dt.timedelta(days=1)
    ended = {
        "expired": {"valid_from": today - 9 * day, "valid_to": today - day},
        "revoked": {"revoked_at": timezone.now()},
        "not yet": {"valid_from": today + day},
    }[end]
    cast.consultant.mandates.update(**ended)
    client = Client()
    client.force_login(cast.consultant)
    assert client.get(f"/consegne/{delivery.pk}/").status_code == 404
    assert client.get(f"/consegne/pacchetto/{cast.comune.pk}.xlsx").status_code == 404
    with pytest.raises(NotAllowed):
        intake.receive(cast.consultant, sender=cast.comune, file=builders.plan_file(3))
    with pytest.raises(NotAllowed):
        answers.answer(delivery, user=cast.consultant, code="ATT-08", reason="Va bene")
