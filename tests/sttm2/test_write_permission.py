"""Who may write over HTTP, on every address of the API that writes."""

import uuid
from collections.abc import Iterator

import pytest
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

from people.access import ScopedView
from people.tokens import issue_token

pytestmark = pytest.mark.django_db

#: What anybody may do: have a file checked without account, and say «Non è così?».
PUBLIC = {"api-checks", "api-service-remarks"}
#: A value for each converter and group that an address of the API has.
VALUES = {"uuid": uuid.uuid4(), "int": 1, "slug": "x", "str": "x"}
UNSAFE = ("post", "put", "patch", "delete")


def patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address below a resolver, with what stands before it."""
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        else:
            yield route, entry


def methods(pattern: URLPattern) -> list[str]:
    """The methods with which an address of the API may be written to; none elsewhere."""
    view = getattr(pattern.callback, "cls", None)
    if view is None:
        return []
    actions = getattr(pattern.callback, "actions", None) or {}
    return [name for name in UNSAFE if hasattr(view, name) or name in actions]


def path_of(route: str, pattern: URLPattern) -> str:
    """The address with something in every place of it."""
    for name, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower()
        value = str(VALUES["str" if kind == "string" else kind])
        kinds = ("str", "uuid", "int", "slug")
        for spelled in [f"<{name}>", *(f"<{kind}:{name}>" for kind in kinds)]:
            route = route.replace(spelled, value)
    return "/" + route


WRITING = [
    pytest.param(method, path_of(route, pattern), id=f"{method} {pattern.name}")
    for route, pattern in patterns(get_resolver())
    for method in methods(pattern)
    if pattern.name not in PUBLIC
]


@pytest.mark.parametrize(("method", "path"), WRITING)
def test_nobody_writes_without_an_account_nor_with_a_key_that_only_reads(cast, method, path):
    asked = {"content_type": "application/json"}
    assert getattr(Client(), method)(path, {}, **asked).status_code == 401
    key = issue_token(cast.operator, name="lettura", scopes=["read"])
    headers = {"authorization": f"Bearer {key}"}
    answer = getattr(Client(), method)(path, {}, **asked, headers=headers)
    assert answer.status_code == 403


def test_the_walk_sees_the_addresses_that_write():
    assert len(WRITING) > 15
    assert not [path for _method, path in (one.values for one in WRITING) if "<" in path]


class _Undeclared(APIView):
    def post(self, request):
        raise AssertionError("written")

    delete = post


class _NoScope(ScopedView):
    def delete(self, request):
        raise AssertionError("written")


@pytest.mark.parametrize(
    ("view", "method"), [(_Undeclared, "post"), (_Undeclared, "delete"), (_NoScope, "delete")]
)
def test_a_view_that_does_not_say_who_may_write_lets_nobody(cast, view, method):
    key = issue_token(cast.manager, name="tutto", scopes=["read", "upload", "review"])
    headers = {"authorization": f"Bearer {key}"}
    request = getattr(RequestFactory(), method)("/", headers=headers)
    assert view.as_view()(request).status_code == 403


def test_a_method_that_an_address_does_not_have_is_said_to_be_that():
    assert Client().delete("/api/v1/zones/").status_code == 405
