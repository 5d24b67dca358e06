"""The API's document: what it says of every operation holds, and it is there however many ask."""

import json
import re
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from sttm2 import description
from tests import builders, world
from tests.routes import PLACE, Route, routes

pytestmark = pytest.mark.django_db
SCHEMA = "/api/v1/schema/"
#: What regular expressions of JSON Schema (ECMA 262) do not know.
NOT_ECMA = re.compile(r"\(\?[aiLmsux-]+[):]|\\[AZz]|\(\?P[<=>]|\(\?#|[*+?}]\+|\(\?>")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return dict(Client().get(SCHEMA).json())


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def inside(part: Any) -> Iterator[dict[str, Any]]:
    """Every object of a document."""
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part:
        if isinstance(inner, dict | list):
            yield from inside(inner)


def test_every_operation_says_each_code_of_a_refusal_as_a_problem(document):
    for path, method, operation in operations(document):
        where, said = f"{method} {path}", operation["responses"]
        assert {"400", "406", "429", "500", "502", "503", "504"} <= set(said), where
        assert ("401" in said) == ("403" in said) == any(operation.get("security", ())), where
        assert ("415" in said) == ("requestBody" in operation), where
        assert ("413" in said) == (method == "post"), where
        assert "404" in said or "{" not in path, where
        refusals = {code: one for code, one in said.items() if code[0] in "45"}
        for code, one in refusals.items():
            assert list(one["content"]) == ["application/problem+json"], f"{where} {code}"
            assert one["description"], f"{where} {code}"


def test_a_file_that_finds_no_room_is_told_where_files_are_taken(document):
    taken = {
        path for path, method, operation in operations(document) if "507" in operation["responses"]
    }
    assert taken == {"/api/v1/uploads/", "/api/v1/checks/"}


def test_patterns_are_of_ecma(document):
    patterns = [
        part["pattern"] for part in inside(document) if isinstance(part.get("pattern"), str)
    ]
    assert patterns
    assert [one for one in patterns if NOT_ECMA.search(one)] == []


def test_forty_at_once_are_answered_alike(monkeypatch):
    monkeypatch.setattr(description, "_made", {})

    def asked(number: int) -> tuple[int, bytes]:
        try:
            answer = Client().get(f"{SCHEMA}?n={number}")
            return answer.status_code, answer.content
        finally:
            connections.close_all()

    with ThreadPoolExecutor(40) as many:
        answers = list(many.map(asked, range(40)))
    assert len(set(answers)) == 1
    assert answers[0][0] == 200


def test_it_is_made_once_for_each_language_and_form(monkeypatch):
    made = []
    monkeypatch.setattr(description, "_made", {})
    make = description._make
    monkeypatch.setattr(description, "_make", lambda *asked: made.append(asked) or make(*asked))
    client = Client()
    for _time in range(3):
        italian = client.get(SCHEMA, headers={"accept-language": "it"})
        english = client.get(SCHEMA, headers={"accept-language": "en"})
        assert client.get(f"{SCHEMA}?lang=en").content == english.content
        client.get("/api/v1/schema.yaml")
    assert len(made) == 3
    assert "aspett" not in english.content.decode()
    assert b"Too many requests" in english.content
    assert "Troppe richieste" in italian.content.decode()


def test_who_has_it_already_is_told_so(client):
    for there in (SCHEMA, "/api/v1/schema.yaml"):
        first = client.get(there)
        assert first["Cache-Control"] == "public, no-cache"
        again = client.get(there, headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    english = client.get(SCHEMA, headers={"accept-language": "en"})
    assert english["ETag"] != client.get(SCHEMA)["ETag"]


def test_a_language_that_it_does_not_speak_is_told(client):
    answer = client.get(f"{SCHEMA}?lang=de")
    assert answer.status_code == 400
    assert answer.json()["parameter"] == "lang"


#: What each of these parameters cannot be, by the document.
WRONG = {
    "limit": ("true", "0", "-1", "1.5", "9999999", "", "١"),
    "after": ("true", "-1", "1 or 1", ""),
    "before": ("ieri", "2026-13-45", "-1", ""),
    "unread": ("sì", "2", ""),
    "language": ("de", "ita"),
    "severity": ("grave",),
    "status": ("perso",),
    "outcome": ("boh",),
    "kind": ("x",),
    "decision": ("x",),
    "page": ("true", "0", "-1"),
    "excel": ("true",),
    "format": ("xml",),
    "cursor": ("boh",),
}


def test_a_parameter_that_is_none_is_refused_by_its_name(cast, document):
    delivery = builders.on_desk(cast)
    client, tried = Client(), set()
    client.force_login(cast.reviewer)
    for path, method, operation in operations(document):
        if method != "get" or re.search(r"{(?!id}|extension})", path):
            continue
        there = path.replace("{id}", str(delivery.pk)).replace("{extension}", "csv")
        for name in {one["name"] for one in operation.get("parameters", [])} & set(WRONG):
            for value in WRONG[name]:
                answer = client.get(there, {name: value})
                # The id is none of a delivery; a form sends what is empty.
                if answer.status_code == 404 or (value == "" and "/services/" in there):
                    continue
                assert answer.status_code == 400, f"{there}?{name}={value}"
                assert answer.json()["parameter"] == name, f"{there}?{name}={value}"
                tried.add(name)
    assert tried == set(WRONG)


@pytest.fixture
def addresses(cast, django_capture_on_commit_callbacks) -> dict[str, str]:
    """The addresses of the document, filled with what there is."""
    on_commit = django_capture_on_commit_callbacks(execute=True)
    values = world.of_everything(cast, on_commit=on_commit)
    values |= world.of_delivery(builders.on_desk(cast))
    api = [route for route in routes() if route.template.startswith("/api/v1/")]
    return {_as_documented(route): route.filled(values) for route in api}


def _as_documented(route: Route) -> str:
    return PLACE.sub("{}", route.template)


def test_every_media_type_that_is_told_may_be_asked_for(cast, document, addresses):
    reviewer, operator = Client(), Client()
    reviewer.force_login(cast.reviewer)
    operator.force_login(cast.operator)
    tried = 0
    for path, method, operation in operations(document):
        if method != "get":
            continue
        there = addresses[re.sub(r"{\w+}", "{}", path)]
        for status, said in operation["responses"].items():
            for media in said.get("content", {}) if status.startswith("2") else ():
                answers = [
                    client.get(there, headers={"accept": media}) for client in (reviewer, operator)
                ]
                for answer in answers:
                    answer.getvalue()
                assert 406 not in {one.status_code for one in answers}, f"{there} {media}"
                tried += 1
    assert tried > 40


def test_an_array_where_an_object_is_due_is_refused_and_the_other_way_round(
    cast, document, addresses
):
    # From where no other test counts what is sent.
    there = f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1"
    client, office, tried = Client(REMOTE_ADDR=there), Client(REMOTE_ADDR=there), 0
    client.force_login(cast.operator)
    office.force_login(cast.reviewer)
    for path, _method, operation in operations(document):
        if "application/json" not in operation.get("requestBody", {}).get("content", {}):
            continue
        there = addresses[re.sub(r"{\w+}", "{}", path)]
        for wrong in ([1], "x", 1, True):
            for one in (client, office):
                answer = one.post(there, json.dumps(wrong), content_type="application/json")
                told = f"{there} {wrong} {answer.content.decode()[:200]}"
                assert answer.status_code in (400, 403, 404, 429), told
                tried += answer.status_code == 400
    assert tried > 50


def test_in_json_a_number_is_no_text_and_a_text_no_number(cast):
    delivery, client = builders.ready(cast), Client()
    client.force_login(cast.operator)
    there = f"/api/v1/uploads/{delivery.pk}"
    bodies = {
        f"{there}/messages/": {"text": 12},
        f"{there}/rows/": {"layer": "piano", "row": "1", "changes": {"name": "x"}},
        f"{there}/answers/": {"code": "ATT-08", "reason": "x", "rows": ["2"]},
        f"{there}/submit/": {"only_correct_rows": "true"},
        f"{there}/recheck/": {"crs": {"piano": "3003"}},
        "/api/v1/notices/read/": {"ids": [True]},
        "/api/v1/confirmations/": {"municipality": 15209},
    }
    for path, body in bodies.items():
        answer = client.post(path, json.dumps(body), content_type="application/json")
        assert answer.status_code == 400, path
        assert set(answer.json()["errors"]) <= set(body), path
    # A form knows texts alone.
    said = client.post(f"{there}/messages/", {"text": 12})
    assert said.status_code == 201


def test_every_parameter_and_body_is_described(document):
    for path, method, operation in operations(document):
        for one in operation.get("parameters", ()):
            assert one["schema"], f"{method} {path} {one['name']}"
        for media, said in operation.get("requestBody", {}).get("content", {}).items():
            assert said["schema"] not in ({}, {"type": "object"}), f"{method} {path} {media}"
