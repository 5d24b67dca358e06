"""Every address of the resolver, asked as each person of the cast, answers as the policies say."""

import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from people.models import User
from people.tokens import issue_token
from tests import builders, world
from tests.areas import AREAS, SAFE, anybody, area_of, desk
from tests.routes import UNSAFE, Route, routes

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
OURS = [route for route in routes() if route.is_ours]
PRIVATE = [route for route in OURS if area_of(route)]
PUBLIC = [route for route in OURS if not area_of(route)]
OF_DELIVERIES = [
    route
    for route in PRIVATE
    if {("consegne", "pk"), ("istruttoria", "pk"), ("uploads", "pk")} & {*route.places}
]
#: What is written for who asks, whatever they ask: the session, when a key was last used.
OF_THE_CALLER = re.compile(r"\b(?:django_session|people_apitoken|people_user)\b")
WRITES = re.compile(r"^\s*(?:WITH\b.*)?(?:INSERT|UPDATE|DELETE)\b", re.DOTALL)


@dataclass
class Visitor:
    """A person at a browser, or a program with a key of theirs."""

    name: str
    user: User | None = None
    scopes: tuple[str, ...] = ()
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        key = issue_token(self.user, name=self.name, scopes=[*self.scopes]) if self.scopes else ""
        headers = {"authorization": f"Bearer {key}"} if key else {}
        # From where no earlier test, nor an earlier run, was counted.
        address = f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1"
        self.client = Client(raise_request_exception=False, headers=headers, REMOTE_ADDR=address)
        if self.user and not key:
            self.client.force_login(self.user)

    def asks(self, route: Route) -> bool:
        """Keys are for the API; it is asked with one or by session."""
        return route.is_api or not self.scopes


@dataclass(frozen=True)
class Answer:
    """What came of a visit; nothing of it stays."""

    status: int
    location: str
    text: str
    written: list[str]


def visit(visitor: Visitor, method: str, url: str, *, is_api: bool) -> Answer:
    asked = {"content_type": "application/json"} if is_api and method not in SAFE else {}
    statements: list[str] = []

    def heard(execute: Any, sql: Any, *asked: Any) -> Any:
        statements.append(sql if isinstance(sql, str) else sql.as_string(connection.connection))
        return execute(sql, *asked)

    with transaction.atomic(), connection.execute_wrapper(heard):
        answer = getattr(visitor.client, method)(url, {}, **asked)
        body = answer.getvalue()
        transaction.set_rollback(True)
    found = [sql for sql in statements if WRITES.match(sql) and not OF_THE_CALLER.search(sql)]
    text = body.decode(errors="ignore") if answer.status_code == 404 else ""
    return Answer(answer.status_code, answer.headers.get("Location", ""), text, found)


def expected(route: Route, method: str, visitor: Visitor, key: Any) -> str:
    """What the policies say: sign-in, 404, 403, or that the question may be asked."""
    area = area_of(route)
    if area is None:
        return "open"
    if visitor.user is None:
        return "sign-in"
    if visitor.scopes and not _covers(visitor.scopes, method):
        return "403"
    if not area.knows(visitor.user, key, method):
        return "404"
    return "open" if area.may(visitor.user, key, method) else "403"


def _covers(scopes: tuple[str, ...], method: str) -> bool:
    return "read" in scopes if method in SAFE else bool({"upload", "review"} & {*scopes})


def is_as_expected(answer: Answer, what: str, route: Route, method: str) -> bool:
    """A method that an address does not have is told to who is signed in, and to nobody else."""
    is_sign_in = answer.location.startswith(reverse("account_login"))
    if what == "sign-in":
        return answer.status == 401 if route.is_api else is_sign_in
    if answer.status == 405:
        return True
    if what in ("403", "404"):
        return answer.status == int(what) and not answer.written
    # Here a 403 is a finer policy's, about an act; it never keeps from reading. A 404 is about
    # something else than what the address names.
    kept_out = {401, 403} if method in SAFE else {401}
    is_unknown = re.search(r"Qui non c(?:'|’|&#x27;)è|Questo avviso non c", answer.text)
    return answer.status < 500 and answer.status not in kept_out and not (is_sign_in or is_unknown)


def walked(
    visitors: list[Visitor], among: list[Route], values: world.Values
) -> Iterator[tuple[Visitor, Route, str, Answer]]:
    """What each got at each address, asked in every way."""
    for route in among:
        url = route.filled(values)
        for method in ("get", *route.writes):
            for visitor in (one for one in visitors if one.asks(route)):
                answer = visit(visitor, method, url, is_api=route.is_api)
                yield visitor, route, method, answer


Found = tuple[Visitor, Route, str, Answer]


def against_policies(walk: Iterable[Found], values: world.Values) -> Iterator[str]:
    """What answered otherwise than the policies say."""
    for visitor, route, method, answer in walk:
        key = values[route.places[0]] if route.places else None
        what = expected(route, method, visitor, key)
        if not is_as_expected(answer, what, route, method):
            yield f"{told(visitor, route, method, answer)}, not {what}"


def told(visitor: Visitor, route: Route, method: str, answer: Answer) -> str:
    return f"{method} {route.template} as {visitor.name}: {answer.status} {answer.location}"


@pytest.fixture
def visitors(cast) -> list[Visitor]:
    """Nobody, the cast, and programs with the operator's and the neighbour's keys."""
    people = ("operator", "colleague", "consultant", "neighbour", "reviewer", "manager")
    return [
        Visitor("nobody"),
        *(Visitor(name, getattr(cast, name)) for name in people),
        Visitor("a key that reads", cast.operator, ("read",)),
        Visitor("a key that sends", cast.operator, ("upload",)),
        Visitor("a neighbour's key", cast.neighbour, ("read", "upload", "review")),
    ]


@pytest.fixture
def everything(cast, django_capture_on_commit_callbacks) -> world.Values:
    on_commit = django_capture_on_commit_callbacks(execute=True)
    return world.of_everything(cast, on_commit=on_commit)


@pytest.mark.parametrize("state", ["draft", "on the desk"])
def test_the_addresses_of_a_delivery_answer_as_the_policies_say(cast, visitors, state):
    delivery = builders.ready(cast) if state == "draft" else builders.on_desk(cast)
    values = world.of_delivery(delivery)
    walk = list(walked(visitors, OF_DELIVERIES, values))
    assert list(against_policies(walk, values)) == []
    # The comune reads all there is: no receipt before it is sent, no effects and nothing of the
    # review outside of it, no position without a geocoder.
    missing = "ricevuta|receipt" if state == "draft" else "impact"
    policies = (anybody,) if state == "draft" else (anybody, desk)
    read = [
        found
        for found in walk
        if found[0].name in ("operator", "colleague", "consultant") and found[2] == "get"
        if area_of(found[1]).may in policies
        if not re.search(rf"{missing}|posizioni/avanzamento|places/", found[1].template)
    ]
    assert len(read) > 100
    assert [told(*found) for found in read if found[-1].status not in (200, 405)] == []


def test_all_other_private_addresses_answer_as_the_policies_say(visitors, everything):
    among = [route for route in PRIVATE if route not in OF_DELIVERIES]
    assert list(against_policies(walked(visitors, among, everything), everything)) == []


def test_what_is_public_answers_everybody(cast, everything):
    some = [Visitor("nobody"), Visitor("operator", cast.operator)]
    everywhere = list(walked(some, PUBLIC, everything))
    broken = [told(*found) for found in everywhere if found[-1].status >= 500]
    assert broken == []
    # Whatever is not to be read by anybody belongs to an area.
    read = [found for found in everywhere if found[2] == "get"]
    assert [told(*found) for found in read if found[-1].status not in (200, 405)] == []


def test_no_address_of_a_package_breaks():
    nobody = Visitor("nobody")
    others = [route for route in routes() if not route.is_ours and not route.places]
    some = [route for route in others if not route.template.startswith("/admin/jsi18n")]
    assert len(some) > 20
    answers = {
        route.template: visit(nobody, "get", route.template, is_api=False) for route in some
    }
    assert {where: one.status for where, one in answers.items() if one.status >= 500} == {}


def test_nothing_private_answers_before_the_second_factor(cast, everything):
    User.objects.update(is_demonstration=False)
    values = everything | world.of_delivery(builders.on_desk(cast))
    people = [Visitor(who, getattr(cast, who)) for who in ("operator", "consultant", "reviewer")]
    for visitor, route, method, answer in walked(people, PRIVATE, values):
        is_sent_there = answer.location.startswith(reverse("mfa_activate_totp"))
        is_told = answer.status == 403 if route.is_api else is_sent_there
        assert is_told or answer.status == 405, told(visitor, route, method, answer)


def test_every_act_asks_for_its_csrf_token(cast, everything):
    values = everything | world.of_delivery(builders.ready(cast))
    browser = Visitor("a browser led astray", cast.operator)
    browser.client.handler.enforce_csrf_checks = True
    for route in PRIVATE:
        for method in route.writes:
            answer = visit(browser, method, route.filled(values), is_api=route.is_api)
            assert answer.status == 403, told(browser, route, method, answer)
            assert not answer.written


def test_no_other_method_does_anything(visitors, everything, cast):
    """What a view does not declare, whoever asks, breaks nothing and writes nothing."""
    values = everything | world.of_delivery(builders.on_desk(cast))
    done, some = [], ("nobody", "operator", "reviewer")
    for route in OURS:
        url = route.filled(values)
        for method in {*UNSAFE} - {*route.writes}:
            for visitor in (one for one in visitors if one.name in some):
                answer = visit(visitor, method, url, is_api=route.is_api)
                if answer.status >= 500 or answer.written:
                    done.append(told(visitor, route, method, answer))
    assert done == []


def test_the_walk_sees_private_and_public_addresses_that_write():
    deliveries = [route.template for route in OF_DELIVERIES]
    assert len({*deliveries}) > 60
    assert len([route for route in PRIVATE if route.is_api and route.writes]) > 15
    assert {area_of(route) for route in PRIVATE} == {*AREAS}, "an area without an address"
