"""Whatever is sent to the API, every answer is in words: never a 500, a problem document for what
cannot be honoured. The addresses, methods and bodies come from the OpenAPI document itself."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import builders

pytestmark = [pytest.mark.django_db, pytest.mark.long]
JSON = "application/json"
METHODS = ("get", "post", "put", "patch", "delete")
thorough = settings(
    max_examples=int(__import__("os").environ.get("N", 400)),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
#: What has broken servers: bytes that PostgreSQL or UTF-8 refuse, numbers too big for a column.
NASTY: list[Any] = [
    None, True, "", "\0", "a\0b", "\ud800", "\u202e", "' OR 1=1 --", "{{7*7}}", "%", "../..",
    0, -1, 2**31, 2**63, 2**64, 10**400, -(2**63) - 1, 1e308, float("inf"), float("nan"),
    "1e999", "nan", "Infinity", "9" * 40, "2026-02-30", "0000-00-00", "9999-12-31T23:59:59+14:00",
    "0001-01-01", "2026-11-22T00:00:00 00:00", "015209", "x" * 5000, [], {}, [None], [[]], [{}],
    {"\0": "\0"}, {"": None}, {"\ud800": 1}, "EPSG:3003", "EPSG:999999", "biblioteche",
]  # fmt: skip
atoms = st.sampled_from(NASTY) | st.text(max_size=8) | st.integers() | st.floats()
values = st.recursive(
    atoms,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


class Operations:
    """Every operation that the OpenAPI document names."""

    def __init__(self) -> None:
        self.document = SchemaGenerator().get_schema(request=None, public=True)
        self.all = list(self._listed())

    def _listed(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for path, methods in sorted(self.document["paths"].items()):
            for method in METHODS:
                if method in methods:
                    yield path, method, methods[method]

    def resolved(self, schema: Any) -> Any:
        while "$ref" in schema:
            schema = self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return schema

    def body(self, operation: dict[str, Any]) -> st.SearchStrategy[Any]:
        """Bodies like those described with some parts replaced, or anything at all."""
        content = operation.get("requestBody", {}).get("content", {})
        kinds = [kind["schema"] for kind in content.values() if "schema" in kind]
        if not kinds:
            return values
        return st.one_of(self.like(kinds[0]), values)

    def like(self, schema: Any, depth: int = 0) -> st.SearchStrategy[Any]:
        schema = self.resolved(schema)
        if parts := schema.get("allOf") or schema.get("oneOf") or schema.get("anyOf"):
            return st.one_of(*(self.like(part, depth + 1) for part in parts), values)
        if depth > 4:
            return values
        right = self._right(schema, depth)
        return st.integers(0, 9).flatmap(lambda n: values if n < 2 else right)

    def _right(self, schema: Any, depth: int) -> st.SearchStrategy[Any]:
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        kind = schema.get("type")
        if kind == "array":
            return st.lists(self.like(schema.get("items", {}), depth + 1), max_size=3)
        if kind == "object":
            known = schema.get("properties", {})
            more = schema.get("additionalProperties")
            if not known:
                inner = self.like(more, depth + 1) if isinstance(more, dict) else values
                names = st.sampled_from(["piano", "ID", "name", "kind", "lon", "lat", "*", "\0"])
                return st.dictionaries(names | st.text(max_size=4), inner, max_size=3)
            return st.fixed_dictionaries(
                {}, optional={name: self.like(part, depth + 1) for name, part in known.items()}
            )
        if kind == "integer":
            return st.integers(0, 5) | st.integers()
        if kind == "number":
            return st.floats(allow_nan=False) | st.just(9.2)
        if kind == "boolean":
            return st.booleans()
        if schema.get("format") in ("date", "date-time"):
            return st.sampled_from(["2025-02-03", "2099-01-01", "2025-02-03T10:00:00Z"])
        return st.text(max_size=20) | st.sampled_from(["biblioteche", "piano", "a@b.example"])


@pytest.fixture(scope="module")
def operations() -> Operations:
    return Operations()


def address(path: str, delivery: str, draw: Any) -> str:
    """The path with its parameters filled: mostly with what there is, sometimes with junk."""
    known = {"id": delivery, "istat": "015209", "extension": "csv"}
    parts = []
    for part in path.split("/"):
        for name in re.findall(r"{(\w+)}", part):
            junk = draw(st.integers(0, 9)) == 0
            text = str(draw(atoms)) if junk else known.get(name, "1")
            filled = quote(text.encode("utf-8", "replace")[:200], safe="") or "x"
            part = part.replace("{" + name + "}", filled)
        parts.append(part)
    return "/".join(parts)


def query(operation: dict[str, Any], draw: Any) -> str:
    names = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
    chosen = draw(st.lists(st.sampled_from(names), max_size=3, unique=True)) if names else []
    pairs = {name: str(draw(atoms)).encode("utf-8", "replace") for name in chosen}
    return urlencode(pairs)


def in_words(response: Any, told: str) -> None:
    assert response.status_code < 500, told
    if response.streaming:
        list(response.streaming_content)
    elif response.status_code >= 400:
        assert response["Content-Type"] == "application/problem+json", told
        body = json.loads(response.content)
        assert body["status"] == response.status_code, told
        assert body["code"], told
        assert body["detail"], told


@pytest.fixture
def neighbours(cast):
    """The same cast, with the neighbour's comune in the place of Sesto."""
    return replace(cast, comune=cast.neighbour_comune, operator=cast.neighbour)


def test_nothing_sent_to_the_api_breaks_it(cast, neighbours, operations):
    deliveries = (
        (builders.ready(cast), [cast.operator, cast.consultant, cast.neighbour, None]),
        (builders.on_desk(neighbours), [cast.reviewer, cast.neighbour]),
    )

    @thorough
    @given(st.data())
    def run(data: Any) -> None:
        draw = data.draw
        path, method, operation = draw(st.sampled_from(operations.all))
        delivery, people = draw(st.sampled_from(deliveries))
        client = Client(raise_request_exception=False)
        if (who := draw(st.sampled_from(people))) is not None:
            client.force_login(who)
        there = f"{address(path, str(delivery.pk), draw)}?{query(operation, draw)}"
        language = {"accept-language": draw(st.sampled_from(["it", "en"]))}
        body = "" if method == "get" else json.dumps(draw(operations.body(operation)))
        response = client.generic(method.upper(), there, body, content_type=JSON, headers=language)
        in_words(response, f"{method.upper()} {there} {body[:300]} by {who}")

    run()


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_letters_that_no_table_keeps_are_refused_wherever_they_stand(cast, text):
    delivery, client = builders.ready(cast), Client()
    client.force_login(cast.operator)
    there = f"/api/v1/uploads/{delivery.pk}"
    bodies = {
        "answers/": {"code": "ATT-08", "kind": text, "reason": "x"},
        "columns/": {text: {"ID": "identifier"}},
        "rows/": {"layer": "piano", "row": 1, "changes": {text: "x"}},
        "recheck/": {"crs": {text: 3003}},
        "messages/": {"text": text},
    }
    for name, body in bodies.items():
        answer = client.post(f"{there}/{name}", json.dumps(body), content_type=JSON)
        in_words(answer, name)
        assert answer.status_code == 400, name
    form = client.post("/api/v1/confirmations/", {"municipality": "01\x005209"})
    in_words(form, "form")
    assert form.status_code == 400


def test_a_body_without_bottom_is_refused(cast):
    client = Client()
    client.force_login(cast.operator)
    for depth in (60, 100_000):
        body = "[" * depth + "]" * depth
        answer = client.post("/api/v1/confirmations/", body, content_type=JSON)
        in_words(answer, str(depth))
        assert answer.status_code in (400, 413)


@pytest.mark.parametrize("there", ["uploads/?municipality=%00", "municipalities/?zone=a%00b"])
def test_an_address_with_a_nul_is_refused_in_words(cast, there):
    client = Client()
    client.force_login(cast.operator)
    answer = client.get(f"/api/v1/{there}")
    in_words(answer, there)
    assert answer.status_code == 400


def test_a_page_asked_for_with_a_nul_says_so(client):
    answer = client.get("/servizi/?q=%00")
    assert answer.status_code == 400
    assert "text/html" in answer["Content-Type"]


@pytest.mark.parametrize(("language", "word"), [("it", "non c’è"), ("en", "not here")])
def test_an_unknown_address_of_the_api_is_a_problem_in_both_languages(client, language, word):
    answer = client.get("/api/v1/uploads/none/", headers={"accept-language": language})
    in_words(answer, language)
    assert answer.status_code == 404
    assert word in answer.json()["detail"]
