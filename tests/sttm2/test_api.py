"""What a client of the whole API notices: every
collection answers, and the schema says what comes."""

import json
from typing import Any

import jsonschema
import pytest
from django.core.management import call_command

from sttm2.layers import LAYERS
from tests.services.catalogue import Thing, publish

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def schema(tmp_path_factory) -> dict[str, Any]:
    """The OpenAPI document; a warning while it is made is a failure."""
    path = tmp_path_factory.mktemp("schema") / "schema.json"
    call_command(
        "spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", "--file", path
    )
    return json.loads(path.read_text())


def strict(schema: Any) -> Any:
    """OpenAPI 3.0 as JSON schema: `nullable` becomes a type, and nothing unsaid may come."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: strict(value) for key, value in schema.items()}
    if result.pop("nullable", False):
        return {"anyOf": [result, {"type": "null"}]}
    return result


def check(schema: dict[str, Any], name: str, body: Any) -> None:
    components = strict(schema["components"])
    jsonschema.validate(body, {"$ref": f"#/components/schemas/{name}", "components": components})


def test_every_link_of_the_root_answers(client):
    links = client.get("/api/v1/").json()
    assert {"services", "zones", "municipalities", "categories", "schema"} <= set(links)
    for name, link in links.items():
        if name != "console":
            assert client.get(link).status_code == 200, name


def test_the_schema_describes_the_contract(schema):
    paths = schema["paths"]
    for collection in ("services", "zones", "municipalities", "categories", "lum", "programmes"):
        assert f"/api/v1/{collection}/" in paths
    names = {parameter["name"] for parameter in paths["/api/v1/services/"]["get"]["parameters"]}
    contract = {"zone", "municipality", "category", "type", "reading", "valence", "q", "bbox"}
    assert contract | {"al", "limit", "after"} <= names


def test_the_schema_is_served_as_json_and_yaml(client):
    assert client.get("/api/v1/schema/").json()["openapi"].startswith("3.")
    assert client.get("/api/v1/schema.yaml").content.startswith(b"openapi: 3.")


def test_answers_are_as_the_schema_says(client, schema):
    publish([Thing("Biblioteca", address="via Roma"), Thing("Senza posto", lon=None)])
    page = client.get("/api/v1/services/").json()
    check(schema, "ServiceCollection", page)
    detail = client.get(f"/api/v1/services/{page['features'][0]['id']}/").json()
    check(schema, "ServiceDetail", detail)
    check(schema, "Problem", client.get("/api/v1/services/?zone=boh").json())


def test_the_layers_say_their_fields_and_licence(client):
    layers = {layer["id"]: layer for layer in client.get("/api/v1/layers/").json()["items"]}
    assert list(layers) == [layer.id for layer in LAYERS] and len(layers) >= 4
    assert all(layer["licence"] and layer["attribution"] for layer in layers.values())
    assert layers["servizi"]["tiles"] == "/tiles/servizi/{z}/{x}/{y}.mvt"


def test_an_unknown_address_of_the_api_is_not_found(client):
    assert client.get("/api/v1/astronavi/").status_code == 404


def test_reading_needs_no_account_and_writing_is_not_offered(client):
    assert client.get("/api/v1/zones/", headers={"Authorization": "Bearer boh"}).status_code == 200
    for method in (client.post, client.put, client.delete):
        assert method("/api/v1/services/").status_code in (403, 405)
