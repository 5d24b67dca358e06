"""What the API documents it does, whoever asks: schemathesis with all its checks, on a database of
its own. What is left stands, with its reason, in docs/api-contract.md, and nowhere else.

EXAMPLES says how many examples an operation gets beside those of its edges.
"""

import os
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest
from rest_framework.throttling import SimpleRateThrottle

from people.tokens import issue_token
from services.models import Service
from tests import builders, databases, world
from tests.conftest import _cast
from tests.contract import Examination, Undone, table

pytestmark = pytest.mark.long
EXAMPLES = int(os.environ.get("EXAMPLES", "3"))
SCOPES = ["read", "upload", "review"]


@pytest.fixture
def thrown_away(django_db_setup, django_db_blocker, reader, empty_queues) -> Iterator[None]:
    """A database of the test's own, which all its threads see."""
    name = f"contract_{os.getpid()}"
    with django_db_blocker.unblock():
        databases.copy(name, of="reference")
        with databases.on(name):
            yield
        databases.drop(name)


@pytest.fixture
def unlimited(monkeypatch) -> None:
    """So many calls in a minute are nobody's."""
    for scope in SimpleRateThrottle.THROTTLE_RATES:
        monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, scope, None)


@pytest.fixture
def asked(thrown_away, unlimited) -> dict[str, Any]:
    """Who asks, and what there is."""
    cast = _cast()
    values = world.of_everything(cast, on_commit=nullcontext())
    published, open_one = builders.published(cast), builders.ready(cast)
    beside = replace(cast, comune=cast.neighbour_comune, operator=cast.neighbour)
    desk = builders.on_desk(beside)
    deliveries = {
        "operator": [published.pk, open_one.pk],
        "reviewer": [published.pk, desk.pk],
        "citizen": [published.pk],
    }
    keys = {
        name: issue_token(getattr(cast, name), name="x", scopes=SCOPES)
        for name in ("operator", "reviewer")
    }
    return {"values": values, "deliveries": deliveries, "keys": keys}


def examination(asked: dict[str, Any], who: str, application: Any, **more: Any) -> Examination:
    key = asked["keys"].get(who)
    places = {
        (before, "id" if name == "pk" else name): [str(value)]
        for (before, name), value in asked["values"].items()
    }
    shown = Service.objects.published().values_list("public_id", flat=True)
    places["services", "public_id"] = [*shown]
    places["uploads", "id"] = [str(one) for one in asked["deliveries"][who]]
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return Examination(application, headers, places, EXAMPLES, **more)


@pytest.mark.parametrize("who", ["citizen", "operator", "reviewer"])
def test_the_api_does_what_it_documents(asked, who):
    with Undone() as application:
        made = examination(asked, who, application)
        made.run()
    print(f"{who}: {sum(made.called.values())} calls, {dict(application.answers)}")
    print(*(f"not held: {one}" for one in sorted(made.found)), sep="\n")
    assert len(made.called) > 60
    left = {one: told for one, told in made.found.items() if one not in table()}
    assert not left, "\n\n".join(f"{one}: {told}" for one, told in sorted(left.items()))
