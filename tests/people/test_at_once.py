"""Several at once: of eight acceptances of one invitation one wins, the others read so."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from people.actions import NewInvitation, invite
from people.models import Mandate, Role, User
from tests.people.letters import link_of_last

AT_ONCE = 8
PASSWORD = "una-frase-lunga-davvero"


def all_at_once(act) -> list:
    """What each of eight threads got, all begun together, each with its own connection."""
    start = Barrier(AT_ONCE)

    def run(number: int):
        start.wait()
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


@pytest.fixture
def link(live_cast) -> str:
    invite(live_cast.operator, NewInvitation("nuova@x.example", Role.OPERATOR, live_cast.comune))
    return link_of_last()


def test_a_newcomer_is_made_once(link):
    form = {"name": "Ada Neri", "password": PASSWORD, "password_again": PASSWORD}
    answers = all_at_once(lambda _number: Client().post(link, form))
    assert sorted(answer.status_code for answer in answers) == [302] + [409] * (AT_ONCE - 1)
    assert all("già" in one.content.decode() for one in answers if one.status_code == 409)
    assert User.objects.filter(email="nuova@x.example").count() == 1
    assert Mandate.objects.filter(user__email="nuova@x.example").count() == 1


def test_who_has_an_account_gets_the_mandate_once(link):
    user = User.objects.create_user("nuova@x.example", PASSWORD)
    clients = [Client() for _number in range(AT_ONCE)]
    for client in clients:
        client.force_login(user)
    answers = all_at_once(lambda number: clients[number].post(link))
    welcomed = [one for one in answers if getattr(one, "url", "") == reverse("people:profile")]
    assert len(welcomed) == 1
    # Who comes after the mandate was given owes its second factor before anything else.
    late = [one for one in answers if one not in welcomed]
    assert all(one.status_code == 409 or "/2fa/" in one.url for one in late)
    assert user.mandates.count() == 1


def test_two_invitations_of_one_address_make_one_account(live_cast):
    links = []
    for comune in (live_cast.comune, live_cast.neighbour_comune):
        invite(live_cast.manager, NewInvitation("doppia@x.example", Role.OPERATOR, comune))
        links.append(link_of_last())
    form = {"name": "Ada Neri", "password": PASSWORD, "password_again": PASSWORD}
    answers = all_at_once(lambda number: Client().post(links[number % 2], form))
    assert {answer.status_code for answer in answers} <= {302, 409}
    assert User.objects.filter(email="doppia@x.example").count() == 1
