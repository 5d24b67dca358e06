"""What the API answers to whoever writes, and its lists for them, are as its schema declares."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve, reverse
from django.utils.http import urlencode
from drf_spectacular.generators import SchemaGenerator

from deliveries import tasks
from people.tokens import issue_token
from services.models import Service
from tests import builders

pytestmark = pytest.mark.django_db
STATEMENT = {
    "act": "Delibera 12/2025",
    "act_date": "2025-03-14",
    "reference_date": "2025-03-01",
    "contact_name": "Ufficio",
    "contact_email": "piano@c.example",
    "only_correct_rows": True,
}


class Declared:
    """Calls the API for somebody, and holds each answer against the schema."""

    def __init__(self, schema: dict[str, Any], user: Any) -> None:
        self.schema = schema
        key = issue_token(user, name="x", scopes=["read", "upload", "review"])
        self.client = Client(headers={"authorization": f"Bearer {key}"})

    def get(self, address: str, **query: Any) -> Any:
        return self._held("get", address, self.client.get(f"{address}?{urlencode(query)}"))

    def post(self, address: str, body: Any = None, *, form: bool = False) -> Any:
        if form:
            return self._held("post", address, self.client.post(address, body))
        sent = self.client.post(address, json.dumps(body or {}), content_type="application/json")
        return self._held("post", address, sent)

    def _held(self, method: str, address: str, answer: Any) -> Any:
        where = f"{method} {address}"
        assert answer.status_code < 300, f"{where}: {answer.content.decode()}"
        route = "/" + resolve(address).route
        path = next(p for p in self.schema["paths"] if _same(p, route))
        said = self.schema["paths"][path][method]["responses"]
        assert str(answer.status_code) in said, (
            f"{where} answers {answer.status_code}: {list(said)}"
        )
        content = said[str(answer.status_code)]["content"]["application/json"]
        unlike = list(self._unlike(content["schema"], answer.json(), "answer"))
        assert unlike == [], where
        return answer.json()

    def _unlike(self, declared: dict[str, Any], body: Any, at: str) -> Iterator[str]:
        """Where keys are not those that are declared."""
        if "$ref" in declared:
            declared = self.schema["components"]["schemas"][declared["$ref"].rsplit("/", 1)[1]]
        if body is None and declared.get("nullable"):
            return
        if declared.get("type") == "array":
            if not isinstance(body, list):
                yield f"{at}: a list is declared"
            for item in body[:2] if isinstance(body, list) else ():
                yield from self._unlike(declared["items"], item, f"{at}[]")
        elif "properties" in declared and isinstance(body, dict):
            properties = declared["properties"]
            yield from (f"{at}.{name} is not declared" for name in set(body) - set(properties))
            missing = set(declared.get("required", ())) - set(body)
            yield from (f"{at}.{name} does not come" for name in missing)
            for name in set(body) & set(properties):
                yield from self._unlike(properties[name], body[name], f"{at}.{name}")
        elif "properties" in declared and body is not None:
            yield f"{at}: an object is declared"


def _same(path: str, route: str) -> bool:
    """Whether a path of the schema is that route of Django."""
    return [_part(one) for one in path.split("/")] == [_part(one) for one in route.split("/")]


def _part(text: str) -> str:
    return "*" if text[:1] in "{<" and text else text


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    made = SchemaGenerator().get_schema(request=None, public=True)
    found: dict[str, Any] = json.loads(json.dumps(made, default=str))
    return found


def api(name: str, *args: Any) -> str:
    return reverse(f"api-{name}", args=args)


def test_a_delivery_from_file_to_decisions_answers_as_declared(cast, schema):
    sender, office = Declared(schema, cast.operator), Declared(schema, cast.reviewer)
    file = builders.plan_file(5, without_act=(2, 3))
    sent = sender.post(api("uploads"), {"file": file, "municipality": cast.comune.pk}, form=True)
    pk = sent["id"]
    tasks.check_delivery(pk)
    answered = {"code": "ATT-08", "reason": "L'atto arriva a marzo"}
    assert sender.post(api("answers", pk), answered) == {"answers": 2}
    for name in ("answers", "offered", "findings", "impact", "columns", "messages"):
        sender.get(api(name, pk))
    sender.get(api("uploads"))
    sender.post(api("messages", pk), {"text": "Buongiorno"})
    sender.post(api("submit", pk), STATEMENT)
    proposals = office.get(api("review", pk))
    first = proposals["results"][0]["proposal"]
    one = [{"proposal": first, "decision": "accepted"}]
    assert office.post(api("review", pk), one)["decided"] == 1
    office.post(api("review", pk), {"rule": "all_pending", "decision": "accepted"})
    office.post(api("messages", pk), {"text": "Ricevuto"})
    office.get(api("notices"))
    office.post(api("notices-read"))


def test_corrections_and_remarks_answer_as_declared(cast, schema):
    builders.published(cast)
    service, office = Service.objects.published().first(), Declared(schema, cast.reviewer)
    asked = {"service": service.public_id, "reason": "Visto", "changes": {"name": "Altro nome"}}
    made = office.post(api("corrections"), asked)
    office.get(api("corrections"))
    office.get(api("correction", made["id"]))
    office.post(api("correction-messages", made["id"]), {"text": "Ecco"})
    office.post(api("correction-undo", made["id"]), {"reason": "Errore"})
    office.post(api("service-remarks", service.public_id), {"kind": "type", "text": "È un museo"})
    waiting = office.get(api("remarks"))["results"]
    closing = {"outcome": "wrong", "answer": "È una biblioteca"}
    office.post(api("remark-close", waiting[0]["id"]), closing)
