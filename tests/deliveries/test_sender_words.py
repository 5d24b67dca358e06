"""What is said to and of a sender that is no comune is true of it."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliveries.actions import intake, review
from people.models import Mandate, Role
from services.models import Service
from tests.deliveries.bodies import checked, client_of, published, submitted, union_file
from tests.deliveries.pages import TYPED, page, text


@pytest.mark.parametrize("by_api", [True, False])
def test_a_register_is_sent_without_an_act(cast, ats, by_api):
    delivery, operator = checked(ats, union_file()), client_of(ats.operator)
    asked = text(operator.get(page("submit", delivery)))
    assert "Atto, se ce n&#x27;è uno" in asked and "Atto di approvazione del piano" not in asked
    said = {**TYPED, "act": "", "act_date": None if by_api else ""}
    if by_api:
        address = reverse("api-submit", args=[delivery.pk])
        operator.post(address, {**said, "act": None}, content_type="application/json")
    else:
        operator.post(page("submit", delivery), said)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.act) == ("submitted", "")
    receipt = text(operator.get(page("receipt", delivery)))
    assert "None" not in receipt


def test_a_body_s_delivery_is_never_spoken_of_as_a_comune_s(cast, ats):
    delivery, operator = submitted(cast, ats, union_file()), client_of(ats.operator)
    office = client_of(cast.reviewer)

    def pages() -> str:
        own = (page("detail", delivery), page("submit", delivery), reverse("deliveries:list"))
        desk = (page("review", delivery), reverse("deliveries:reviews"))
        shown = [text(operator.get(address)) for address in own]
        return " ".join([*shown, *(text(office.get(address)) for address in desk)])

    said = [pages()]
    review.take(delivery, user=cast.reviewer)
    said.append(pages())
    review.send_back(delivery, user=cast.reviewer, note="Manca una sede")
    said.append(pages())
    intake.withdraw(delivery, user=ats.operator, note="")
    said.append(pages() + text(office.get(reverse("notices:list"))))
    assert re.findall(r"[^.<>]*\b(?:al|dal|del|il) Comune\b[^.<>]*", " ".join(said)) == []
    assert "restituita a chi l&#x27;ha consegnata" in said[2]
    assert "Ritirata da chi l&#x27;ha consegnata." in said[3]


def test_a_consultant_of_a_body_is_told_that_an_operator_sends(cast, ats):
    delivery = checked(ats, union_file())
    Mandate.objects.filter(user=ats.operator).update(
        role=Role.CONSULTANT, valid_to=timezone.localdate() + dt.timedelta(days=9)
    )
    consultant = client_of(ats.operator)
    told = consultant.post(
        reverse("api-submit", args=[delivery.pk]), TYPED, content_type="application/json"
    )
    assert told.status_code == 403 and "Comune" not in told.json()["detail"]


def test_what_a_body_declares_is_the_source_s_word_on_the_public_page(cast, ats):
    published(cast, ats, union_file())
    shown = text(Client().get(f"/servizi/{Service.objects.first().public_id}/"))
    assert "Dichiarata dalla fonte" in shown and "dal comune" not in shown


def test_a_body_is_asked_for_a_file_and_not_for_a_plan(ats):
    asked = text(client_of(ats.operator).get(reverse("deliveries:new")))
    assert "File da consegnare" in asked and "File del piano" not in asked
