"""The write API as another system uses it: send, look,
mend, answer, submit, review; problems in problem+json."""

import json
from functools import partial

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from deliveries import tasks
from deliveries.models import Delivery
from people.models import Mandate
from people.tokens import issue_token
from tests import builders
from tests.queries import cost

CONTACT = {"contact_name": "A", "contact_email": "a@b.it", "act": "D"}
PROBLEM = "application/problem+json"


@pytest.fixture
def operator(cast) -> Client:
    key = issue_token(cast.operator, name="gestionale", scopes=["read", "upload"])
    return Client(headers={"authorization": f"Bearer {key}"})


@pytest.fixture
def office(cast) -> Client:
    key = issue_token(cast.reviewer, name="ufficio", scopes=["read", "review"])
    return Client(headers={"authorization": f"Bearer {key}"})


def send(client: Client, file=None, *, municipality="015209", **headers):
    body = {"file": file or builders.plan_file(), "municipality": municipality}
    return client.post(reverse("api-uploads"), body, headers=headers)


def api(name: str, delivery: Delivery) -> str:
    return reverse(f"api-{name}", args=[delivery.pk])


def post(client: Client, name: str, delivery: Delivery, body):
    return client.post(api(name, delivery), json.dumps(body), content_type="application/json")


def test_a_file_is_taken_and_its_address_told(operator):
    answer = send(operator)
    assert answer.status_code == 202
    shown = operator.get(answer.headers["Location"]).json()
    assert shown["status"] == "received"
    assert shown["municipality"] == {"istat": "015209", "name": "Sesto San Giovanni"}
    assert shown["links"]["findings"].endswith(f"{shown['id']}/findings/")


def test_the_same_file_and_the_same_key_are_the_same_delivery(operator):
    first, again = send(operator), send(operator)
    assert again.headers["Location"] == first.headers["Location"]
    tasks.check_delivery(first.json()["id"])
    keyed = send(operator, builders.plan_file(3), **{"Idempotency-Key": "ordine-7"})
    tasks.check_delivery(keyed.json()["id"])
    again = send(operator, builders.plan_file(3), **{"Idempotency-Key": "ordine-7"})
    assert again.headers["Location"] == keyed.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"


def test_another_file_under_a_used_key_is_refused_in_words(cast, operator):
    key = {"Idempotency-Key": "ordine-8"}
    first = send(operator, builders.plan_file(3), **key)
    other = send(operator, builders.plan_file(4), **key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-used")
    assert "hai già mandato un altro file" in other.json()["detail"]
    Mandate.objects.create(user=cast.operator, municipality=cast.neighbour_comune, role="operator")
    elsewhere = send(operator, builders.plan_file(3), municipality="015077", **key)
    assert elsewhere.status_code == 422
    too_long = send(operator, builders.plan_file(3), **{"Idempotency-Key": "x" * 81})
    assert too_long.status_code == 400
    assert Delivery.objects.count() == 1
    assert first.status_code == 202


def test_a_withdrawn_delivery_answers_no_request(operator):
    key = {"Idempotency-Key": "ordine-9"}
    first = send(operator, builders.plan_file(3), **key)
    post(operator, "withdraw", Delivery.objects.get(), {})
    again = send(operator, builders.plan_file(3), **key)
    assert again.status_code == 202
    assert again.headers["Idempotency-Replayed"] == "false"
    assert again.headers["Location"] != first.headers["Location"]


def test_a_colleague_who_goes_on_does_not_take_the_key_with_it(cast, operator):
    key = {"Idempotency-Key": "ordine-10"}
    first = send(operator, builders.plan_file(3), **key)
    mine = issue_token(cast.colleague, name="gestionale", scopes=["read", "upload"])
    colleague = Client(headers={"authorization": f"Bearer {mine}"})
    post(colleague, "take-over", Delivery.objects.get(), {})
    again = send(operator, builders.plan_file(3), **key)
    assert again.headers["Location"] == first.headers["Location"]


def test_what_cannot_be_taken_is_said_in_problem_json(operator):
    no_file = operator.post(reverse("api-uploads"), {"municipality": "015209"})
    assert (no_file.status_code, no_file.headers["Content-Type"]) == (400, PROBLEM)
    assert "file" in no_file.json()["errors"]
    elsewhere = send(operator, municipality="015077")
    assert (elsewhere.status_code, elsewhere.headers["Content-Type"]) == (403, PROBLEM)
    with override_settings(UPLOAD_MAX_BYTES=10):
        large = send(operator)
    assert (large.status_code, large.headers["Content-Type"]) == (413, PROBLEM)
    assert "limite" in large.json()["detail"]


def test_a_delivery_goes_from_file_to_desk_by_api_alone(operator, office):
    answer = send(operator, builders.plan_file(5, wrong_status=(2,), without_act=(3,)))
    delivery = Delivery.objects.get(pk=answer.json()["id"])
    tasks.check_delivery(str(delivery.pk))
    shown = operator.get(api("upload", delivery)).json()
    assert shown["counts"] == {"rows": 5, "errors": 1, "warnings": 1, "blocked_rows": 1}
    assert shown["verdict"] == "1 riga da correggere; le altre 4 puoi già inviarle."
    given = {"code": "ATT-08", "reason": "L'atto arriva a marzo"}
    assert post(operator, "answers", delivery, given).json() == {"answers": 1}
    blocked = post(operator, "submit", delivery, CONTACT)
    assert blocked.status_code == 409
    sent = post(operator, "submit", delivery, {
        "act": "Delibera 12/2025", "act_date": "2025-03-14", "only_correct_rows": True,
        "reference_date": "2026-01-31",
        "contact_name": "Ufficio", "contact_email": "piano@c.example",
    })  # fmt: skip
    assert sent.json()["status"] == "submitted"
    assert sent.json()["receipt"]["number"]
    listed = office.get(api("review", delivery)).json()
    assert listed["numberMatched"] == 4
    decisions = [
        {"proposal": one["proposal"], "decision": "accepted", "reason": ""}
        for one in listed["results"][:3]
    ]
    decisions.append(
        {
            "proposal": listed["results"][3]["proposal"],
            "decision": "refused",
            "reason": "duplicate",
        }
    )
    assert post(office, "review", delivery, decisions).json()["decided"] == 4
    assert post(office, "publish", delivery, {}).status_code == 202
    delivery.refresh_from_db()
    assert delivery.status == "decided"


def test_findings_come_by_keyset_and_as_a_stream(cast, operator):
    delivery = builders.checked(cast, rows=7, wrong_status=(1, 2, 3, 4, 5))
    first = operator.get(f"{api('findings', delivery)}?code=ATT-07&limit=2").json()
    assert (first["numberMatched"], first["numberReturned"]) == (5, 2)
    assert first["results"][0]["identifier"] == "B001"
    assert "«chissà»" in first["results"][0]["message"]
    second = operator.get(first["next"]).json()
    assert {f["row"] for f in second["results"]} == {3, 4}
    stream = operator.get(f"{api('findings', delivery)}?code=ATT-07&format=ndjson")
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["row"] for line in lines] == [1, 2, 3, 4, 5]


def test_page_and_api_give_the_same_report_byte_by_byte(cast, operator):
    delivery = builders.checked(cast, rows=4, wrong_status=(2,))
    by_api = operator.get(api("report-json", delivery)).getvalue()
    browser = Client()
    browser.force_login(cast.operator)
    assert browser.get(reverse("deliveries:report-json", args=[delivery.pk])).getvalue() == by_api
    assert json.loads(by_api)["rows_with_errors"] == 1


def test_a_wrong_state_is_a_409(cast, operator, office):
    delivery = builders.on_desk(cast)
    again = post(operator, "submit", delivery, CONTACT)
    assert (again.status_code, again.headers["Content-Type"]) == (409, PROBLEM)
    undecided = post(office, "publish", delivery, {})
    assert undecided.status_code == 409
    assert undecided.json()["pending"] == 2


def test_a_refusal_without_reason_is_asked_for_one(cast, office):
    delivery = builders.on_desk(cast)
    one = delivery.proposals.first().pk
    bare = post(office, "review", delivery, [{"proposal": one, "decision": "refused"}])
    assert (bare.status_code, bare.json()["code"]) == (400, "reason-missing")
    free = post(
        office, "review", delivery, [{"proposal": one, "decision": "refuse", "reason": "È chiusa"}]
    )
    assert free.status_code == 200
    assert delivery.proposals.get(pk=one).note == "È chiusa"


def test_a_rule_decides_many_at_once(cast, office):
    delivery = builders.on_desk(cast)
    assert (
        post(office, "review", delivery, {"rule": "new", "decision": "accepted"}).json()["decided"]
        == 2
    )


def test_a_row_is_mended_and_checked_again(cast, operator):
    delivery = builders.checked(cast, rows=3, wrong_status=(2,))
    row = delivery.rows.get(row=2)
    answer = post(
        operator,
        "rows",
        delivery,
        {"layer": row.layer, "row": 2, "changes": {"status": "esistente"}},
    )
    assert answer.status_code == 202
    tasks.check_delivery(str(delivery.pk))
    delivery.refresh_from_db()
    assert (delivery.status, delivery.blocked_count) == ("checked", 0)


def test_columns_are_confirmed_and_unknown_fields_refused(cast, operator):
    delivery = builders.ready(cast)
    wrong = post(operator, "columns", delivery, {"piano": {"ID": "sconosciuto"}})
    assert (wrong.status_code, wrong.headers["Content-Type"]) == (400, PROBLEM)
    good = post(operator, "columns", delivery, {"piano": {"ID": None}})
    assert good.status_code == 202
    delivery.refresh_from_db()
    assert delivery.options["columns"]["piano"] == {
        "ID": None, "TIPOLOGIA": "type", "DENOMINAZIONE": "name", "STATO": "status",
    }  # fmt: skip


def test_the_list_is_paged_and_asks_as_many_questions_for_three_as_for_one(cast, operator):
    for _ in range(4):
        builders.ready(cast, status="withdrawn")
    url = reverse("api-uploads")
    operator.get(url)  # fills what is kept by process
    one, three = (cost(partial(operator.get, url, {"limit": limit})) for limit in (1, 3))
    assert one == three
    first = operator.get(url, {"limit": 3}).json()
    assert len(first["results"]) == 3
    assert len(operator.get(first["next"]).json()["results"]) == 1
