"""Looking does not write: every GET of the portal, inside a transaction where nothing can be
written."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.utils import InternalError
from django.test import Client
from django.utils import timezone

from deliveries import precheck
from funding.models import Programme, Project
from lum.models import Lum
from notices.models import Notice
from people.models import ApiToken
from people.tokens import issue_token
from services import remarks
from services.models import Edition, MacroCategory, Service, ServiceType, Source
from tests import builders, routes
from zones.models import Zone

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

#: The GETs that write, and what for.
WRITES = {"notices:follow": "a notice that is followed is read"}
#: Sign-in and the administration keep their own books.
OTHERS = ("accesso/", "admin/", "i18n/")
#: Addresses of one thing each whose thing no test makes: an invitation's link.
UNMADE = {"people:invitation"}


@pytest.fixture
def things(cast) -> dict[str, list[str]]:
    """Something behind every address: deliveries in three hands, and the reference data."""
    for command in ("load_lum", "load_funding"):
        call_command(command, verbosity=0)
    published = builders.published(cast)
    service = Service.objects.published().first()
    remark = remarks.say(service, kind="closed", text="Chiuso")
    desk = replace(cast, comune=cast.neighbour_comune, operator=cast.neighbour)
    delivered = (builders.checked(cast, rows=4), published, builders.on_desk(desk))
    keys = [str(one.pk) for one in delivered]
    ticket = precheck.receive(builders.plan_file(3), municipality=cast.comune)
    return {
        "uuid:pk": keys,
        "str:public_id": [service.public_id],
        "slug:token": [ticket.token],
        "str:token": [remark.token],
        "slug:istat": [cast.comune.pk],
        "slug:key": [cast.comune.pk],
        "str:istat": [cast.comune.pk],
        "str:code": ["CMP-01", "ATT-08", "DOC-01"],
        "slug:code": [Lum.objects.public().first().code],
        "slug:format": ["xlsx"],
        "int:pk": [str(Notice.objects.first().pk), str(remark.pk)],
        "slug:layer": ["servizi"],
        "int:z": ["10"],
        "int:x": ["538"],
        "int:y": ["366"],
        "extension": ["geojson", "ndjson", "csv"],
        "slug": [
            model.objects.first().slug for model in (Zone, ServiceType, MacroCategory, Programme)
        ],
        "slug:slug": [Zone.objects.first().slug, Programme.objects.first().slug],
        "istat": [cast.comune.pk],
        "pk": [str(Edition.objects.first().pk)],
        "code": [Lum.objects.public().first().code, Project.objects.first().code],
    } | {"sources": [Source.objects.first().slug]}


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
    for route, name in routes.patterns():
        if route.startswith(OTHERS) or name in WRITES:
            continue
        answers = {
            address: [answered(client, address) for client in clients]
            for address in routes.addresses(route, things)
        }
        wrong |= {address: given for address, given in answers.items() if max(given) >= 500}
        # Not there for anybody: the address stands for nothing, and nothing was seen.
        if all(status == 404 for given in answers.values() for status in given):
            unseen.add(name)
    assert not wrong
    assert unseen <= UNMADE
