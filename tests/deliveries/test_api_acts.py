"""What the pages can do, done by API alone: a whole delivery with a key, and what is around it."""

import datetime as dt
import hashlib

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliveries import tasks
from deliveries.actions import answers, review
from deliveries.models import Answer, Delivery
from people.tokens import issue_token
from tests import builders

pytestmark = pytest.mark.django_db
JSON = "application/json"


def caller(user, *scopes: str) -> Client:
    key = issue_token(user, name="x", scopes=list(scopes))
    return Client(headers={"authorization": f"Bearer {key}"})


def url(name: str, delivery: Delivery) -> str:
    return reverse(f"api-{name}", args=[delivery.pk])


def planned(name: str = "uno.csv"):
    return builders.plan_file(5, without_act=(3, 4), name=name)


@pytest.fixture
def second(cast) -> Delivery:
    """A second delivery whose two warnings were answered in the first."""
    first = builders.checked(cast, planned())
    layer = first.rows.first().layer
    for row, reason in ((3, "L'atto è in corso"), (4, "Lo mandiamo")):
        answers.answer(
            first, user=cast.operator, code="ATT-08", layer=layer, rows=[row], reason=reason
        )
    review.submit(first, user=cast.operator, statement=builders.statement())
    builders.publish(first, cast)
    again = planned()
    content = again.read() + b"\n"
    again.seek(0)
    again.file = type(again.file)(content)
    again.size = len(content)
    return builders.checked(cast, again)


def test_offered_answers_are_listed_and_taken_one_or_all(cast, second):
    client = caller(cast.consultant, "read", "upload")
    found = client.get(url("offered", second)).json()["results"]
    one = client.get(url("offered", second), {"limit": 1}).json()
    assert (one["numberMatched"], one["numberReturned"]) == (2, 1)
    other = client.get(one["next"]).json()
    assert one["results"] + other["results"] == found
    assert {one["reason"] for one in found} == {"L'atto è in corso", "Lo mandiamo"}
    assert {one["given_in"] for one in found} != {str(second.pk)}
    first = {"ids": [found[0]["id"]]}
    assert client.post(url("offered", second), first, content_type=JSON).json() == {"taken": 1}
    assert [one["id"] for one in client.get(url("offered", second)).json()["results"]] == [
        found[1]["id"]
    ]
    nothing = client.post(url("offered", second), {"code": "ATT-01"}, content_type=JSON)
    assert nothing.json() == {"taken": 0}
    assert client.post(url("offered", second), {}, content_type=JSON).status_code == 201
    assert {one.by for one in Answer.objects.filter(delivery=second)} == {cast.consultant}
    assert client.get(url("offered", second)).json()["numberMatched"] == 0
    taken = client.get(url("answers", second), {"limit": 1}).json()
    assert (taken["numberMatched"], len(taken["results"])) == (2, 1)


def test_a_whole_delivery_goes_by_api_alone(cast):
    client = caller(cast.operator, "read", "upload")
    body = {"file": builders.plan_file(4, wrong_status=(2,)), "municipality": cast.comune.pk}
    sent = client.post("/api/v1/uploads/", body).json()
    delivery = Delivery.objects.get(pk=sent["id"])
    tasks.check_delivery(str(delivery.pk))
    layer = delivery.rows.first().layer
    row = {"layer": layer, "row": 2, "changes": {"status": "esistente"}}
    assert client.post(url("rows", delivery), row, content_type=JSON).status_code == 202
    tasks.check_delivery(str(delivery.pk))
    impact = client.get(url("impact", delivery)).json()
    assert impact["kinds"] == {"new": 4}
    assert impact["changes"] == 4
    sheet = next(one for one in impact["sheets"] if one["name"] == "Sesto San Giovanni")
    assert {"before", "after", "label", "rate"} == set(sheet["figures"][0])
    assert client.get(url("receipt", delivery)).status_code == 404
    today = timezone.localdate()
    statement = {
        "act": "Delibera C.C. n. 12/2025",
        "act_date": str(today - dt.timedelta(days=90)),
        "reference_date": str(today),
        "contact_name": "Ufficio di piano",
        "contact_email": "piano@comune.example",
    }
    assert client.post(url("submit", delivery), statement, content_type=JSON).status_code == 200
    receipt = client.get(url("receipt", delivery)).json()
    assert receipt["number"] == delivery.receipts.get().number
    pdf = client.get(url("receipt-pdf", delivery))
    assert pdf.content.startswith(b"%PDF-") and receipt["number"] in pdf["Content-Disposition"]
    original = b"".join(client.get(url("original", delivery)))
    assert hashlib.sha256(original).hexdigest() == receipt["sha256"] == sent["sha256"]
    assert client.get(url("impact", delivery)).status_code == 409
    office = caller(cast.reviewer, "read", "review")
    assert office.post(url("take", delivery), {}, content_type=JSON).status_code == 200
    said = office.post(url("messages", delivery), {"text": "Di che anno?"}, content_type=JSON)
    assert [one["verb"] for one in said.json()] == ["submit", "take", "message"]
    back = office.post(url("send-back", delivery), {"note": "Manca una riga"}, content_type=JSON)
    assert back.json()["status"] == "returned"
    again = client.post(url("recheck", delivery), {}, content_type=JSON)
    assert again.status_code == 202, "a returned delivery is taken up again"
    assert "reopen" in [one["verb"] for one in client.get(url("messages", delivery)).json()]
    delivery.refresh_from_db()
    tasks.check_delivery(str(delivery.pk))
    gone = client.post(url("withdraw", delivery), {"note": "Rifacciamo"}, content_type=JSON)
    assert gone.json()["status"] == "withdrawn"


def test_every_link_of_a_delivery_leads_somewhere(cast):
    delivery = builders.ready(cast)
    client = caller(cast.operator, "read")
    links = client.get(url("upload", delivery)).json()["links"]
    assert {"original", "impact", "receipt", "messages", "offered_answers"} <= set(links)
    for name, address in links.items():
        if name == "page":
            continue
        answer = client.get(address)
        if answer.streaming:
            answer.getvalue()
        assert answer.status_code in (200, 403, 404, 405), (name, answer.status_code)
        if answer.status_code == 404:
            assert answer.json()["code"] in ("no-receipt",)


def test_a_proposed_repair_is_accepted_by_api(cast):
    delivery = builders.ready(cast)
    client = caller(cast.operator, "upload")
    body = {"accepted": [{"what": "repair", "layer": "piano", "row": 2}]}
    assert client.post(url("recheck", delivery), body, content_type=JSON).status_code == 202
    delivery.refresh_from_db()
    assert delivery.options["accepted"] == body["accepted"]
    wrong = {"accepted": [{"what": "magia"}]}
    assert client.post(url("recheck", delivery), wrong, content_type=JSON).status_code == 400


def test_a_colleague_goes_on_by_api_and_nobody_with_what_is_over(cast):
    delivery = builders.ready(cast)
    client = caller(cast.colleague, "read", "upload")
    assert client.post(url("take-over", delivery), {}, content_type=JSON).status_code == 200
    delivery.refresh_from_db()
    assert delivery.by == cast.colleague
    Delivery.objects.filter(pk=delivery.pk).update(status="published", by=cast.operator)
    late = client.post(url("take-over", delivery), {}, content_type=JSON)
    assert (late.status_code, late.json()["code"]) == (409, "wrong-state")
    delivery.refresh_from_db()
    assert delivery.by == cast.operator


def test_taking_over_ones_own_delivery_is_no_event(cast):
    delivery = builders.ready(cast)
    client = caller(cast.operator, "upload")
    assert client.post(url("take-over", delivery), {}, content_type=JSON).status_code == 200
    assert not delivery.events.filter(verb="take_over").exists()


@pytest.mark.parametrize(
    "name", ["offered", "impact", "receipt", "receipt-pdf", "original", "messages"]
)
def test_strangers_find_nothing(cast, name):
    delivery = builders.ready(cast)
    for user in (cast.neighbour, cast.reviewer):
        assert caller(user, "read").get(url(name, delivery)).status_code == 404
    assert Client().get(url(name, delivery)).status_code == 401


@pytest.mark.parametrize("name", ["offered", "messages", "take-over"])
def test_strangers_do_nothing(cast, name):
    delivery = builders.ready(cast)
    body = {"text": "x"}
    neighbour = caller(cast.neighbour, "upload").post(url(name, delivery), body, content_type=JSON)
    assert neighbour.status_code == 404
    reading = caller(cast.operator, "read").post(url(name, delivery), body, content_type=JSON)
    assert reading.status_code == 403
    assert Client().post(url(name, delivery), body, content_type=JSON).status_code == 401


def test_the_document_of_the_api_has_them_all(client):
    paths = client.get("/api/v1/schema/?format=json").json()["paths"]
    one = "/api/v1/uploads/{id}/"
    wanted = ["answers/offered/", "impact/", "receipt/", "receipt.pdf", "original/", "messages/",
              "take-over/", "report.gpkg", "report.pdf", "rows/", "recheck/"]  # fmt: skip
    assert [name for name in wanted if one + name not in paths] == []
    assert {"/api/v1/notices/", "/api/v1/corrections/"} <= set(paths)
