"""The demonstration's accounts: right password, right mandates, refused in production."""

import pytest
from django.core.management import CommandError, call_command

from people import policies
from people.management.demonstration import PEOPLE, demo_password, make_demo_accounts
from people.models import DelegationScope, User
from zones.models import Municipality

pytestmark = pytest.mark.django_db


def test_the_printed_password_opens_every_account(client, capsys):
    call_command("demo_accounts")
    printed = capsys.readouterr().out
    assert demo_password() in printed
    for person in PEOPLE:
        assert person.email in printed
        assert User.objects.get(email=person.email).check_password(demo_password())


def test_mandates_follow_the_cast():
    make_demo_accounts()
    consultant = User.objects.get(email="consulente@studio.example")
    comuni = Municipality.objects.in_bulk()
    sesto, legnano, cinisello = (comuni[code] for code in ("015209", "015118", "015077"))
    assert policies.is_consultant(consultant, legnano)
    assert policies.is_consultant(consultant, sesto)
    assert all(policies.is_consultant(consultant, sesto, scope) for scope in DelegationScope)
    assert not policies.is_operator(consultant, sesto)
    assert all(m.valid_to and m.granted_by for m in consultant.mandates.all())
    neighbour = User.objects.get(email="operatore@cinisello.example")
    assert policies.is_operator(neighbour, cinisello)
    assert not policies.is_operator(neighbour, sesto)
    assert policies.is_reviewer(User.objects.get(email="istruttore@cmm.example"))
    assert policies.is_manager(User.objects.get(email="responsabile@cmm.example"))


def test_a_second_start_makes_nothing_again():
    assert make_demo_accounts() == len(PEOPLE)
    assert make_demo_accounts() == 0
    assert User.objects.get(email="consulente@studio.example").mandates.count() == 2


def test_production_refuses(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError):
        call_command("demo_accounts")
    assert not User.objects.filter(is_demonstration=True).exists()
