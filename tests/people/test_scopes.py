"""What a mandate or a key lets do: scopes exist or are refused, reading writes nothing."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from core.errors import Invalid
from deliveries.actions import intake
from deliveries.models import Delivery
from people.actions import NewInvitation, invite
from people.management.demonstration import make_demo_accounts
from people.models import DelegationScope, Mandate, Role, User
from people.tokens import issue_token
from tests import builders
from tests.routes import routes

pytestmark = pytest.mark.django_db


def test_a_scope_that_is_none_is_refused_when_a_mandate_is_made(cast):
    today = timezone.localdate()
    with pytest.raises(Invalid):
        asked = NewInvitation(
            "nuovo@studio.example", Role.CONSULTANT, cast.comune, today, ("upload",)
        )
        invite(cast.operator, asked)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.create(
            user=cast.consultant,
            municipality=cast.comune,
            role=Role.CONSULTANT,
            scope=["upload"],
            valid_to=today,
        )


def test_the_consultant_of_the_demonstration_delivers(reader):
    make_demo_accounts()
    consultant = User.objects.get(email="consulente@studio.example")
    scopes = {scope for mandate in consultant.mandates.all() for scope in mandate.scope}
    assert scopes == {*DelegationScope.values}
    comune = consultant.mandates.first().municipality
    received = intake.receive(consultant, sender=comune, file=builders.plan_file())
    assert Delivery.objects.for_user(consultant).filter(pk=received.delivery.pk).exists()


def test_a_key_that_reads_writes_nowhere(cast):
    key = issue_token(cast.operator, name="x", scopes=["read"])
    client = Client(headers={"authorization": f"Bearer {key}"})
    places = {"pk": builders.ready(cast).pk, "key": cast.comune.pk}
    asked = []
    for route in routes():
        names = {name for _part, name in route.places}
        if not route.is_api or not route.is_ours or not names <= places.keys():
            continue
        path = route.filled({place: places[place[1]] for place in route.places})
        if any(part in path for part in ("/checks/", "/corrections/", "/remarks/")):
            continue  # for anybody, or of something else
        for method in route.writes:
            answer = getattr(client, method)(path, {}, content_type="application/json")
            asked.append((method, path, answer.status_code))
    assert ("post", "/api/v1/notices/read/", 403) in asked
    assert len(asked) > 15
    assert [one for one in asked if one[2] != 403] == []


def test_a_withdrawn_draft_is_not_the_offices_to_read(cast):
    delivery = builders.ready(cast)
    intake.withdraw(delivery, user=cast.operator, note="")
    client = Client()
    client.force_login(cast.reviewer)
    for path in (f"/consegne/{delivery.pk}/", f"/api/v1/uploads/{delivery.pk}/"):
        assert client.get(path).status_code == 404
    assert client.get(f"/api/v1/uploads/{delivery.pk}/original/").status_code == 404
