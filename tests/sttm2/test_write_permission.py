"""Who may write over HTTP, on every address of the API that writes."""

import pytest
from django.test import Client, RequestFactory
from rest_framework.views import APIView

from people.access import ScopedView
from people.tokens import issue_token
from tests.areas import area_of
from tests.routes import routes

pytestmark = pytest.mark.django_db

#: What anybody may do: have a file checked without account, and say «Non è così?».
PUBLIC = {"api-checks", "api-service-remarks"}


def test_only_what_is_said_to_be_public_is_written_without_an_account():
    """All other addresses that write are asked for in `test_routes`, by everybody."""
    writing = [route for route in routes() if route.is_api and route.is_ours and route.writes]
    assert {route.name for route in writing if not area_of(route)} == PUBLIC


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
