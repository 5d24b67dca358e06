"""Invitations, mandates and API keys: who may let whom in, and what a link is worth."""

import datetime as dt
import re
from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core import mail
from django.test import Client
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from core.errors import Away, Invalid, NotAllowed
from people.actions import NewInvitation, invite, revoke_mandate
from people.models import ApiToken, Body, DelegationScope, Invitation, Mandate, Role, User
from people.policies import is_consultant
from people.tokens import TokenAuthentication, issue_token
from services.models import Source
from tests.people.letters import link_of_last, mail_is_away

pytestmark = pytest.mark.django_db
SOON = timezone.localdate() + dt.timedelta(days=60)
PASSWORD = "una-frase-lunga-davvero"


@pytest.fixture
def sent(django_capture_on_commit_callbacks):
    """Invites, and answers the path of the link in the message that went out."""

    def send(by: User, asked: NewInvitation) -> str:
        with django_capture_on_commit_callbacks(execute=True):
            invite(by, asked)
        return re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body).group(1)

    return send


def consultant(cast, email="nuovo@studio.example", until=SOON):
    return NewInvitation(email, Role.CONSULTANT, cast.comune, until)


@pytest.fixture
def made_up(db) -> User:
    """An account of the demonstration, whose password everybody knows."""
    user = User.objects.create_user("leda@comune.example", PASSWORD)
    user.is_demonstration = True
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def enter(client: Client, user: User, address: str, name: str) -> bool:
    client.post(address, {name: user.email, "password": PASSWORD})
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(("address", "name"), [("/accesso/login/", "login")])
def test_production_lets_nobody_of_the_demonstration_in(made_up, settings, address, name):
    assert enter(Client(), made_up, address, name)
    inside, key = Client(), issue_token(made_up, name="prova", scopes=["read"])
    inside.force_login(made_up)
    settings.PRODUCTION, settings.SECURE_SSL_REDIRECT = True, False
    assert not enter(Client(), made_up, address, name)
    assert inside.get("/profilo/").status_code == 302, "the session from before ends"
    asked = Client(headers={"Authorization": f"Bearer {key}"}).get("/api/v1/uploads/")
    assert asked.status_code == 401


def test_an_operator_invites_a_consultant_who_sets_a_password_and_gets_the_mandate(
    client, cast, sent
):
    link = sent(cast.operator, consultant(cast))
    assert mail.outbox[-1].to == ["nuovo@studio.example"]
    page = client.get(link)
    assert cast.comune.name in page.content.decode()
    form = {"name": "Ada Neri", "password": PASSWORD, "password_again": PASSWORD}
    answer = client.post(link, form)
    assert answer.status_code == 302
    mandate = Mandate.objects.get(user__email="nuovo@studio.example")
    assert (mandate.role, mandate.municipality, mandate.valid_to) == (
        Role.CONSULTANT,
        cast.comune,
        SOON,
    )
    assert mandate.granted_by == cast.operator
    assert client.get("/profilo/").url == "/accesso/2fa/totp/activate/"


def test_who_was_invited_with_a_capital_letter_sets_the_second_factor_up_and_signs_in(
    client, cast, sent
):
    link = sent(cast.operator, consultant(cast, "Ada.Neri@Studio.example"))
    client.post(link, {"name": "Ada", "password": PASSWORD, "password_again": PASSWORD})
    set_up = "/accesso/2fa/totp/activate/"
    form = {"password": PASSWORD, "next": set_up}
    assert client.post("/accesso/reauthenticate/", form).url == set_up
    assert client.get(set_up).status_code == 200
    again = Client()
    again.post("/accesso/login/", {"login": "Ada.Neri@Studio.example", "password": PASSWORD})
    assert "_auth_user_id" in again.session


def test_addresses_from_before_are_lowered(cast):
    other = cast.neighbour
    User.objects.filter(pk=cast.consultant.pk).update(email="Ada@Studio.example")
    kept = [(cast.consultant, "Ada@Studio.example", True), (cast.consultant, "X@a.example", False)]
    kept += [(cast.consultant, "x@a.example", False), (other, "Leo@b.example", True)]
    EmailAddress.objects.filter(user__in=(cast.consultant, other)).delete()
    for user, email, first in kept:
        EmailAddress.objects.create(user=user, email=email, verified=first, primary=first)
    import_module("people.migrations.0006_lower_addresses").lower(apps, None)
    cast.consultant.refresh_from_db()
    assert cast.consultant.email == "ada@studio.example"
    mine = EmailAddress.objects.filter(user__in=(cast.consultant, other), verified=True)
    assert {one.email for one in mine} == {"ada@studio.example", "leo@b.example"}
    assert EmailAddress.objects.filter(user=cast.consultant).count() == 2


def test_a_link_works_once(client, cast, sent):
    link = sent(cast.operator, consultant(cast))
    form = {"name": "Ada Neri", "password": PASSWORD, "password_again": PASSWORD}
    client.post(link, form)
    client.logout()
    assert client.get(link).status_code == 409
    assert client.post(link, form).status_code == 409
    assert User.objects.filter(email="nuovo@studio.example").count() == 1


def test_an_expired_or_withdrawn_link_says_so(client, cast, sent):
    link = sent(cast.operator, consultant(cast))
    Invitation.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    assert client.get(link).status_code == 409
    Invitation.objects.update(
        expires_at=timezone.now() + dt.timedelta(days=1), revoked_at=timezone.now()
    )
    assert client.get(link).status_code == 404
    assert client.get("/invito/inventato/").status_code == 404


def test_an_invitation_to_a_mandate_that_is_over_says_so(client, cast, sent):
    link = sent(cast.operator, consultant(cast))
    page = Client().get(link)
    Invitation.objects.update(mandate_until=timezone.localdate() - dt.timedelta(days=1))
    form = {"name": "Ada Neri", "password": PASSWORD, "password_again": PASSWORD}
    for answer in (client.get(link), client.post(link, form)):
        assert answer.status_code == 409
        assert "Il mandato offerto è già scaduto" in answer.content.decode()
    assert page.status_code == 200 and not User.objects.filter(name="Ada Neri").exists()


def test_an_invitation_that_no_letter_brought_ends_and_is_told(cast, sent, settings):
    mail_is_away(settings)
    with pytest.raises(Away, match="Il server di posta non risponde"):
        sent(cast.operator, consultant(cast))
    assert Invitation.objects.get().revoked_at, "it may be made again"


def test_a_confirmed_address_of_an_account_is_its_own(client, cast, sent):
    other = "anna@altra.example"
    EmailAddress.objects.create(user=cast.neighbour, email=other, verified=True)
    link = sent(cast.operator, NewInvitation(other, Role.OPERATOR, cast.comune))
    assert "/accesso/login/" in client.post(link).url, "no second account"
    client.force_login(cast.neighbour)
    assert client.post(link).status_code == 302
    assert cast.neighbour.mandates.filter(municipality=cast.comune, role=Role.OPERATOR).exists()


def test_another_address_takes_the_place_of_the_one(client, made_up):
    client.post("/accesso/login/", {"login": made_up.email, "password": PASSWORD})
    client.post("/accesso/reauthenticate/", {"password": PASSWORD})
    for email in ("sbagliata@comune.example", "Nuova@comune.example"):
        client.post("/accesso/email/", {"action_add": "", "email": email})
    assert EmailAddress.objects.filter(user=made_up).count() == 2, "the last one waits"
    client.post(link_of_last())
    made_up.refresh_from_db()
    assert made_up.email == EmailAddress.objects.get(user=made_up).email == "nuova@comune.example"


def test_a_weak_password_is_refused_and_nothing_is_created(client, cast, sent):
    link = sent(cast.operator, consultant(cast))
    answer = client.post(
        link, {"name": "Ada", "password": "12345678", "password_again": "12345678"}
    )
    assert answer.status_code == 422
    assert not User.objects.filter(email="nuovo@studio.example").exists()


def test_who_has_an_account_accepts_by_signing_in(client, cast, sent):
    asked = NewInvitation(cast.neighbour.email.upper(), Role.OPERATOR, cast.comune)
    link = sent(cast.operator, asked)
    answer = client.post(link)
    assert answer.status_code == 302
    assert "/accesso/login/" in answer.url and "invito" in answer.url
    client.force_login(cast.neighbour)
    assert client.post(link).status_code == 302
    assert cast.neighbour.mandates.filter(municipality=cast.comune, role=Role.OPERATOR).exists()


def test_nobody_accepts_an_invitation_meant_for_another(client, cast, sent):
    link = sent(cast.operator, NewInvitation(cast.neighbour.email, Role.OPERATOR, cast.comune))
    client.force_login(cast.consultant)
    assert client.post(link).status_code == 403


@pytest.mark.parametrize("who", ["consultant", "neighbour", "reviewer"])
def test_others_do_not_invite_for_the_comune(cast, who):
    with pytest.raises(NotAllowed):
        invite(getattr(cast, who), consultant(cast))


def test_a_consultant_always_has_an_expiry_and_it_is_not_past(cast):
    for until in (None, timezone.localdate() - dt.timedelta(days=1)):
        with pytest.raises(Invalid):
            invite(cast.operator, consultant(cast, until=until))


def test_a_manager_invites_the_first_operator_and_the_office_but_no_consultant(cast, sent):
    sent(cast.manager, NewInvitation("primo@comune.example", Role.OPERATOR, cast.neighbour_comune))
    sent(cast.manager, NewInvitation("nuova@cmm.example", Role.REVIEWER))
    with pytest.raises(NotAllowed):
        invite(cast.manager, consultant(cast))


def test_an_operator_does_not_make_metropolitan_staff(cast):
    with pytest.raises(NotAllowed):
        invite(cast.operator, NewInvitation("x@cmm.example", Role.MANAGER))


def test_an_invitation_dies_with_the_mandate_of_who_sent_it(client, cast, sent):
    link = sent(cast.colleague, consultant(cast))
    revoke_mandate(cast.operator, cast.colleague.mandates.get())
    form = {"name": "Ada Neri", "password": PASSWORD, "password_again": PASSWORD}
    assert client.post(link, form).status_code == 409
    assert not User.objects.filter(email="nuovo@studio.example").exists()


def test_revoking_a_mandate_takes_effect_at_once_and_only_for_ones_own_comune(cast):
    mandate = cast.consultant.mandates.get()
    with pytest.raises(NotAllowed):
        revoke_mandate(cast.neighbour, mandate)
    revoke_mandate(cast.operator, mandate)
    assert not cast.consultant.mandates.in_force().exists()


def test_the_page_of_people_shows_only_ones_own_comune(client, cast):
    cast.consultant.mandates.update(granted_at=dt.datetime(2024, 3, 5, 12, tzinfo=dt.UTC))
    client.force_login(cast.operator)
    page = client.get("/profilo/persone/").content.decode()
    assert cast.consultant.email in page
    assert cast.neighbour.email not in page
    assert "05/03/2024" in page, "since when"
    client.force_login(cast.consultant)
    assert client.get("/profilo/persone/").status_code == 403


def test_a_neighbour_cannot_revoke_through_the_page_what_they_cannot_see(client, cast):
    client.force_login(cast.neighbour)
    mandate = cast.consultant.mandates.get()
    assert client.post(f"/profilo/mandati/{mandate.pk}/revoca/").status_code == 404
    assert cast.consultant.mandates.in_force().exists()


def test_an_api_key_is_shown_once_and_works_until_it_is_revoked(client, cast, rf):
    client.force_login(cast.operator)
    form = {"name": "script", "scopes": ["read"], "days": "90"}
    page = client.post("/profilo/chiavi/", form).content.decode()
    key = re.search(r"sttm2_[0-9a-f]{8}_[\w-]+", page).group(0)
    assert key not in client.get("/profilo/").content.decode()
    token = ApiToken.objects.get()
    secret = key.split("_", 2)[2]  # it may have a `_` of its own, also at its beginning
    assert len(secret) > 30
    assert secret not in token.token_hash
    asked = Request(rf.get("/", headers={"Authorization": f"Bearer {key}"}))
    assert TokenAuthentication().authenticate(asked)[0] == cast.operator
    client.post(f"/profilo/chiavi/{token.pk}/revoca/")
    with pytest.raises(AuthenticationFailed):
        TokenAuthentication().authenticate(asked)


def test_one_does_not_revoke_the_keys_of_others(client, cast):
    issue_token(cast.operator, name="mia", scopes=["read"])
    client.force_login(cast.neighbour)
    assert client.post(f"/profilo/chiavi/{ApiToken.objects.get().pk}/revoca/").status_code == 404
    assert ApiToken.objects.get().revoked_at is None


def test_the_comune_chooses_what_its_consultant_may_do(client, cast):
    client.force_login(cast.operator)
    form = {"email": "nuovo@studio.example", "role": "consultant", "municipality": cast.comune.pk}
    form |= {"until": SOON.isoformat()}
    assert client.post("/profilo/persone/invita/", form).status_code == 422
    assert client.post("/profilo/persone/invita/", {**form, "scope": ["mend"]}).status_code == 302
    assert Invitation.objects.get().scope == ["mend"]
    mandate = cast.consultant.mandates.get()
    page = client.get("/profilo/persone/").content.decode()
    assert "consegnare file, correggere righe" in page, "a mandate that names none lets both"
    mandate.scope = ["mend"]
    mandate.save()
    assert is_consultant(cast.consultant, cast.comune)
    assert is_consultant(cast.consultant, cast.comune, DelegationScope.MEND)
    assert not is_consultant(cast.consultant, cast.comune, DelegationScope.DELIVER)


@pytest.fixture
def body(db) -> Body:
    return Body.objects.create(slug="ats", name="ATS di prova", kind=Body.Kind.HEALTH)


def test_a_manager_invites_an_operator_for_a_body_who_then_acts_for_it(
    client, cast, body, django_capture_on_commit_callbacks
):
    client.force_login(cast.manager)
    form = {"email": "nuovo@ats.example", "role": "operator", "body": body.pk}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/profilo/persone/invita/", form).status_code == 302
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body).group(1)
    assert "Ente: ATS di prova." in mail.outbox[-1].body
    assert "ATS di prova" in client.get("/profilo/persone/").content.decode()
    client.logout()
    assert "Agirai per ATS di prova" in client.get(link).content.decode()
    form = {"name": "Ada Neri", "password": PASSWORD, "password_again": PASSWORD}
    assert client.post(link, form).status_code == 302
    mandate = Mandate.objects.get(user__email="nuovo@ats.example")
    assert (mandate.principal, mandate.role) == (body, Role.OPERATOR)


def test_nobody_is_invited_for_two_at_once_nor_by_who_does_not_act_for_it(client, cast, body):
    client.force_login(cast.manager)
    both = {"email": "x@ats.example", "role": "operator", "body": body.pk}
    both["municipality"] = cast.comune.pk
    answer = client.post("/profilo/persone/invita/", both)
    assert answer.status_code == 422 and "non tutti e due" in answer.content.decode()
    with pytest.raises(NotAllowed):
        invite(cast.operator, NewInvitation("x@ats.example", Role.OPERATOR, body))
    assert not Invitation.objects.exists()


def test_a_source_without_territory_is_refused_where_sources_are_made(
    client, cast, body, administrator
):
    client.force_login(administrator)
    given = {"slug": "registro", "name": "Registro", "reading": 2, "placed_by": "position"}
    given["body"] = body.pk
    address = "/admin/services/source/add/"
    assert "Indica di quali Comuni parla" in client.post(address, given).content.decode()
    assert client.post(address, {**given, "covers_all": "on"}).status_code == 302
    assert Source.objects.get(slug="registro").territory().count() == 133


def test_the_page_of_people_comes_a_page_at_a_time(client, cast):
    people = User.objects.bulk_create(
        User(email=f"p{n:03}@comune.example", password="!") for n in range(60)
    )
    Mandate.objects.bulk_create(
        Mandate(user=one, municipality=cast.comune, role=Role.OPERATOR) for one in people
    )
    for number in range(55):
        Invitation.objects.create(
            email=f"i{number:03}@comune.example",
            municipality=cast.comune,
            role=Role.OPERATOR,
            token_hash=f"{number:064}",
            invited_by=cast.operator,
            expires_at=timezone.now() + dt.timedelta(days=5),
        )
    client.force_login(cast.operator)

    def read(query: str) -> set[str]:
        text = client.get(f"/profilo/persone/{query}").content.decode()
        return set(re.findall(r"[ip]\d{3}@comune\.example", text))

    first, mandates, invitations = read(""), read("?pagina=2"), read("?inviti=2")
    assert max(len(first), len(mandates), len(invitations)) <= 100
    assert first < first | mandates and len(first | mandates | invitations) == 115
    text = client.get("/profilo/persone/").content.decode()
    assert "/profilo/persone/?pagina=2" in text and "/profilo/persone/?inviti=2" in text
