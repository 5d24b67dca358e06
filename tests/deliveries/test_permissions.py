"""Finer policies of the deliveries: who may send, scopes of keys, mandates that ended. Who gets
what on every address: `tests/sttm2/test_routes.py`."""

import pytest
from django.test import Client
from django.urls import reverse

from deliveries.models import Delivery
from people.tokens import issue_token
from tests import builders

DESK = ["review", "proposal-places"]


def client_of(user) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def status(user, url: str) -> int:
    """What a GET answers; a download is read to its end, as a browser would."""
    answer = client_of(user).get(url)
    if answer.streaming:
        answer.getvalue()
    return answer.status_code


def page(name: str, delivery: Delivery) -> str:
    return reverse(f"deliveries:{name}", args=[delivery.pk])


def api(name: str, delivery: Delivery) -> str:
    return reverse(f"api-{name}", args=[delivery.pk])


@pytest.fixture
def delivery(cast) -> Delivery:
    return builders.ready(cast)


@pytest.mark.parametrize("name", DESK)
def test_the_office_sees_what_was_submitted(cast, name):
    delivery = builders.on_desk(cast, status="submitted")
    assert status(cast.reviewer, page(name, delivery)) == 200
    assert status(cast.neighbour, page(name, delivery)) == 404


def test_the_consultant_prepares_but_does_not_send(cast, delivery):
    client = client_of(cast.consultant)
    shown = client.get(page("submit", delivery)).content.decode()
    assert "spetta a un operatore" in shown
    assert 'name="contact_email"' not in shown
    assert client.post(page("submit", delivery), {}).status_code == 403
    assert client.post(page("withdraw", delivery), {}).status_code == 403
    delivery.refresh_from_db()
    assert delivery.status == "checked"


def test_the_api_does_not_send_for_the_consultant(cast, delivery):
    answer = client_of(cast.consultant).post(
        api("submit", delivery), {}, content_type="application/json"
    )
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not-operator"


def test_a_token_does_only_what_its_scopes_say(cast, delivery):
    reading = issue_token(cast.operator, name="lettura", scopes=["read"])
    headers = {"authorization": f"Bearer {reading}"}
    client = Client()
    assert client.get(api("upload", delivery), headers=headers).status_code == 200
    answer = client.post(
        api("withdraw", delivery), {}, content_type="application/json", headers=headers
    )
    assert answer.status_code == 403
    sending = issue_token(cast.operator, name="consegna", scopes=["upload"])
    headers = {"authorization": f"Bearer {sending}"}
    assert client.get(api("upload", delivery), headers=headers).status_code == 403
    assert (
        client.post(
            api("withdraw", delivery), {}, content_type="application/json", headers=headers
        ).status_code
        == 200
    )


def test_a_mandate_that_ended_opens_nothing(cast, delivery):
    cast.consultant.mandates.update(valid_to=cast.consultant.mandates.get().valid_from)
    cast.consultant.mandates.update(revoked_at=delivery.created_at)
    assert client_of(cast.consultant).get(page("detail", delivery)).status_code == 404
