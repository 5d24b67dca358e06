"""A person who asks to be forgotten: erased, or nameless where what they did has to stay."""

import io
from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from axes.models import AccessLog
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from deliveries.actions import intake
from deliveries.models import Receipt
from notices.models import Event, Notice
from people.models import ApiToken, Invitation, Role, User
from people.tokens import issue_token
from tests import builders

pytestmark = pytest.mark.django_db
FORMER = "anna.verdi@altra.example"


def forgotten(email: str, *options: str) -> str:
    out = io.StringIO()
    call_command("forget_person", email, *options, stdout=out)
    return out.getvalue()


def _invited(cast, email: str) -> None:
    Invitation.objects.create(
        email=email, municipality=cast.comune, role=Role.OPERATOR, token_hash=email,
        invited_by=cast.colleague, expires_at="2030-01-01T00:00Z",
    )  # fmt: skip


@pytest.fixture
def known(cast):
    """The operator, with a delivery sent in their own name and everything that knows them."""
    mine = cast.operator
    mine.name = "Anna Verdi"
    mine.save()
    EmailAddress.objects.create(user=mine, email=mine.email, verified=True, primary=True)
    issue_token(mine, name="mia", scopes=["read"])
    EmailAddress.objects.create(user=mine, email=FORMER, verified=True)
    for address in (mine.email, FORMER):
        AccessLog.objects.create(username=address)
        _invited(cast, address)
    Client().force_login(mine)
    builders.submitted(cast)
    Receipt.objects.update(contact_name="Anna Verdi", contact_email=mine.email)
    return mine


def test_a_person_with_deliveries_becomes_nameless_everywhere(cast, known):
    email = known.email
    told = forgotten(email.upper())
    assert "account senza nome" in told
    known.refresh_from_db()
    assert known.name == "persona cancellata" and not known.is_active
    assert not known.has_usable_password()
    for model in (EmailAddress, ApiToken, AccessLog, Invitation):
        assert not model.objects.exists(), model
    owners = {one.get_decoded().get("_auth_user_id") for one in Session.objects.all()}
    assert str(known.pk) not in owners
    assert not Notice.objects.filter(person=known).exists()
    assert not known.mandates.filter(revoked_at=None).exists()
    receipt = Receipt.objects.get()
    assert (receipt.contact_name, receipt.contact_email) == ("", "")
    client = Client()
    client.force_login(cast.colleague)
    page = client.get(reverse("deliveries:detail", args=[receipt.delivery_id])).content.decode()
    assert "persona cancellata" in page
    assert email not in page and "Anna Verdi" not in page


def test_a_trial_says_what_would_happen_and_changes_nothing(known):
    before = User.objects.values().get(pk=known.pk)
    told = forgotten(known.email, "--dry-run")
    assert "account senza nome" in told and "chiavi API" in told and "Prova" in told
    assert User.objects.values().get(pk=known.pk) == before
    assert ApiToken.objects.exists() and Receipt.objects.get().contact_email


def test_a_person_is_found_by_a_former_address_too(known):
    Receipt.objects.update(contact_name="Ufficio di piano", contact_email=FORMER.upper())
    assert "account senza nome" in forgotten(FORMER)
    assert Receipt.objects.get().contact_email == ""


def test_who_went_before_in_a_delivery_is_named_by_no_line_of_its_log(cast):
    User.objects.filter(pk=cast.operator.pk).update(name="Anna Verdi")
    delivery = builders.ready(cast)
    intake.take_over(delivery, user=cast.colleague)
    before = Event.objects.create(
        subject_kind="delivery", subject_id=delivery.pk, verb="take_over", note="Anna Verdi"
    )
    migration = import_module("notices.migrations.0005_empty_notes_of_take_over").Migration
    with connection.cursor() as cursor:
        cursor.execute(migration.operations[0].sql)
    before.refresh_from_db()
    forgotten(cast.operator.email)
    assert "Anna Verdi" not in str(Event.objects.values_list("note", "payload"))
    assert before.note == ""


def test_a_person_who_did_nothing_is_erased(cast):
    told = forgotten(cast.colleague.email)
    assert "account cancellato" in told
    assert not User.objects.filter(pk=cast.colleague.pk).exists()


def test_nobody_is_forgotten_by_mistake(cast):
    with pytest.raises(CommandError, match="nessun account"):
        forgotten("nessuno@x.example")


def test_the_last_administrator_is_not_forgotten(cast):
    User.objects.filter(is_staff=True).delete()
    User.objects.filter(pk=cast.manager.pk).update(is_staff=True)
    with pytest.raises(CommandError, match="ultima persona"):
        forgotten(cast.manager.email)
    User.objects.filter(pk=cast.reviewer.pk).update(is_staff=True)
    assert "account cancellato" in forgotten(cast.manager.email)
