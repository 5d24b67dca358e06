"""Looking does not write: every GET of the portal, inside a transaction where nothing can be
written."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError
from django.test import Client
from django.utils import timezone

from notices.models import Notice
from people.models import ApiToken
from people.tokens import issue_token
from tests import builders, routes, world

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

#: The GETs that write, and what for. A large return file is besides asked of a worker; a key's
#: last use is noted every few minutes.
WRITES = {
    "notices:follow": "a notice that is followed is read",
    "deliveries:report-progress": "a large file that a worker lost is asked of another",
}
#: Sign-in and the administration keep their own books.
OTHERS = ("/accesso/", "/admin/", "/i18n/")


@pytest.fixture
def things(cast, django_capture_on_commit_callbacks) -> list[world.Values]:
    """Something behind every address: deliveries in three hands, and one of everything else."""
    published = builders.published(cast)
    on_commit = django_capture_on_commit_callbacks(execute=True)
    everything = world.of_everything(cast, on_commit=on_commit)
    desk = replace(cast, comune=cast.neighbour_comune, operator=cast.neighbour)
    delivered = (builders.checked(cast, rows=4), published, builders.on_desk(desk))
    codes, endings = ("CMP-01", "ATT-08", "DOC-01"), ("geojson", "ndjson", "csv")
    return [
        everything
        | world.of_delivery(delivery)
        | {("controlli", "code"): code, ("regole", "code"): code, ("export.", "extension"): ending}
        for delivery, code, ending in zip(delivered, codes, endings, strict=True)
    ]


@contextmanager
def reading_only() -> Iterator[None]:
    """In it the database refuses to write."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        yield
        transaction.set_rollback(True)


def answered(client: Client, address: str) -> int:
    """The status of an answer, read to its end, in a transaction that can only read."""
    # A key's last use is the other exception; it is kept no more often than this.
    ApiToken.objects.update(last_used_at=timezone.now())
    with reading_only():
        answer = client.get(address)
        if answer.streaming:
            answer.getvalue()
    return answer.status_code


def clients_of(cast) -> list[Client]:
    """A passer-by, an operator, the office, and a program with a key that only reads."""
    clients = [Client(raise_request_exception=False) for _turn in range(3)]
    clients[1].force_login(cast.operator)
    clients[2].force_login(cast.reviewer)
    key = issue_token(cast.operator, name="lettura", scopes=["read"])
    bearer = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {key}"})
    return [*clients, bearer]


def test_in_the_walk_nothing_can_be_written(cast):
    with pytest.raises(InternalError, match="read-only"), reading_only():
        Notice.objects.create(person=cast.operator, event_id=1)


def test_no_get_writes(cast, things):
    clients = clients_of(cast)
    wrong, unseen = {}, set()
    for route in routes.routes():
        if route.template.startswith(OTHERS) or route.name in WRITES:
            continue
        answers = {
            address: [answered(client, address) for client in clients]
            for address in {route.filled(values) for values in things}
        }
        wrong |= {address: given for address, given in answers.items() if max(given) >= 500}
        # Not there for anybody: the address stands for nothing, and nothing was seen.
        if all(status == 404 for given in answers.values() for status in given):
            unseen.add(route.name)
    assert not wrong
    assert not unseen
