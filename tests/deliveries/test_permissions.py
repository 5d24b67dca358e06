"""Who gets what on every address of the deliveries:
pages, downloads, acts and API, for the whole cast."""

import pytest
from django.test import Client
from django.urls import reverse

from deliveries.models import Delivery
from people.tokens import issue_token
from tests import builders

READ = [
    "detail",
    "progress",
    "original",
    "columns",
    "checks",
    "places",
    "report-xlsx",
    "report-json",
    "mend",
    "submit",
]
ACTS = [
    "retry",
    "take-over",
    "withdraw",
    "message",
    "choices",
    "answer",
    "edit",
    "submit",
    "columns",
]
DESK = ["review", "proposal-places"]
DESK_ACTS = ["take", "decide", "bulk", "send-back", "close"]
API_READ = ["upload", "findings", "report-xlsx", "report-json", "answers", "columns"]
API_ACTS = [
    "answers",
    "columns",
    "rows",
    "recheck",
    "submit",
    "withdraw",
    "review",
    "take",
    "send-back",
    "publish",
]
CITIZEN = None


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


@pytest.mark.parametrize("name", READ)
def test_operator_colleague_and_consultant_read_a_delivery(cast, delivery, name):
    for user in (cast.operator, cast.colleague, cast.consultant):
        assert status(user, page(name, delivery)) == 200


@pytest.mark.parametrize("name", READ)
def test_the_neighbour_and_the_office_do_not_find_a_draft(cast, delivery, name):
    for user in (cast.neighbour, cast.reviewer, cast.manager):
        assert status(user, page(name, delivery)) == 404


@pytest.mark.parametrize("name", [*READ, *DESK])
def test_the_citizen_is_asked_to_sign_in(delivery, name):
    answer = client_of(CITIZEN).get(page(name, delivery))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("name", [*ACTS, *DESK_ACTS])
def test_the_neighbour_does_nothing_and_is_told_nothing(cast, delivery, name):
    answer = client_of(cast.neighbour).post(page(name, delivery), {"note": "x"})
    assert answer.status_code == 404
    delivery.refresh_from_db()
    assert delivery.status == "checked"


@pytest.mark.parametrize("name", [*DESK, *DESK_ACTS])
def test_the_comune_does_not_sit_at_the_desk(cast, name):
    delivery = builders.on_desk(cast)
    client = client_of(cast.operator)
    answer = (
        client.get(page(name, delivery)) if name in DESK else client.post(page(name, delivery))
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("name", DESK)
def test_the_office_sees_what_was_submitted(cast, name):
    delivery = builders.on_desk(cast, status="submitted")
    assert status(cast.reviewer, page(name, delivery)) == 200
    assert status(cast.neighbour, page(name, delivery)) == 404


def test_only_the_office_has_a_queue(cast):
    url = reverse("deliveries:reviews")
    assert status(cast.reviewer, url) == 200
    assert status(cast.operator, url) == 403
    assert status(CITIZEN, url) == 302


def test_the_consultant_prepares_but_does_not_send(cast, delivery):
    client = client_of(cast.consultant)
    shown = client.get(page("submit", delivery)).content.decode()
    assert "spetta a un operatore del Comune" in shown
    assert 'name="contact_email"' not in shown
    assert client.post(page("submit", delivery), {}).status_code == 403
    assert client.post(page("withdraw", delivery), {}).status_code == 403
    delivery.refresh_from_db()
    assert delivery.status == "checked"


@pytest.mark.parametrize("name", API_READ)
def test_the_api_shows_a_delivery_to_its_comune_alone(cast, delivery, name):
    url = api(name, delivery)
    assert status(cast.operator, url) == 200
    assert status(cast.neighbour, url) == 404
    assert status(cast.reviewer, url) == 404
    assert status(CITIZEN, url) == 401


@pytest.mark.parametrize("name", API_ACTS)
def test_the_api_does_nothing_for_strangers(cast, delivery, name):
    url = api(name, delivery)
    assert (
        client_of(cast.neighbour).post(url, {}, content_type="application/json").status_code == 404
    )
    assert client_of(CITIZEN).post(url, {}, content_type="application/json").status_code == 401


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


@pytest.mark.parametrize("name", [*ACTS, *DESK_ACTS])
def test_every_act_asks_for_its_csrf_token(cast, delivery, name):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.operator)
    assert client.post(page(name, delivery), {}).status_code == 403
