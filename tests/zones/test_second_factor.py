"""People with a role set a second factor up before they act, by session or by key, and so does
whoever may enter the administration; the demonstration is not asked."""

import datetime as dt

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.utils import timezone

from people.models import Mandate, Role, User
from people.tokens import issue_token

PASSWORD = "una-frase-lunga-davvero"


@pytest.fixture
def real_operator(cast):
    cast.operator.is_demonstration = False
    cast.operator.save()
    client = Client()
    client.force_login(cast.operator)
    return client


@pytest.mark.parametrize("path", ["/consegne/", "/en/consegne/", "/profilo/"])
def test_an_operator_without_second_factor_is_sent_to_set_one_up(real_operator, path):
    answer = real_operator.get(path)
    assert answer.status_code == 302
    assert "/2fa/totp/activate/" in answer["Location"]


@pytest.mark.parametrize("path", ["/consegne/", "/en/consegne/", "/profilo/"])
def test_a_consultant_is_asked_for_it_as_an_operator(cast, path):
    cast.consultant.is_demonstration = False
    cast.consultant.save()
    client = Client()
    client.force_login(cast.consultant)
    assert "/2fa/totp/activate/" in client.get(path)["Location"]
    assert client.post("/api/v1/uploads/", {"municipality": "015209"}).status_code == 403


def test_nothing_is_written_before_the_second_factor(real_operator):
    answer = real_operator.post("/api/v1/uploads/", {"municipality": "015209"})
    assert answer.status_code == 403


def test_public_pages_stay_open(real_operator):
    assert real_operator.get("/").status_code == 200


def test_the_demonstration_is_not_asked(cast):
    client = Client()
    client.force_login(cast.operator)
    assert client.get("/consegne/").status_code == 200


def with_key(user, *scopes: str) -> Client:
    key = issue_token(user, name="gestionale", scopes=list(scopes))
    return Client(headers={"Authorization": f"Bearer {key}"})


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.CONSULTANT, Role.REVIEWER])
def test_a_key_made_before_the_mandate_is_refused_until_the_second_factor_is_there(cast, role):
    newcomer = User.objects.create_user("nuova@studio.example", PASSWORD)
    program = with_key(newcomer, "read", "upload")
    assert program.get("/api/v1/uploads/").status_code == 200
    comune = None if role == Role.REVIEWER else cast.comune
    until = timezone.localdate() + dt.timedelta(days=9)
    Mandate.objects.create(user=newcomer, municipality=comune, role=role, valid_to=until)
    sent = program.post("/api/v1/uploads/", {"municipality": cast.comune.pk})
    read = program.get("/api/v1/uploads/")
    for answer in (sent, read):
        assert answer.status_code == 403
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "second-factor"
        assert "secondo fattore" in answer.json()["detail"]
    TOTP.activate(newcomer, generate_totp_secret())
    assert program.get("/api/v1/uploads/").status_code == 200


def test_the_key_of_a_demonstration_account_is_not_asked(cast):
    assert with_key(cast.operator, "read").get("/api/v1/uploads/").status_code == 200


def test_a_superuser_without_second_factor_does_not_enter_the_administration(client, db):
    chief = User.objects.create_superuser("capo@cmm.example", PASSWORD)
    client.force_login(chief)
    for address in ("/admin/", "/admin/login/", "/admin/services/source/add/", "/profilo/"):
        assert "/2fa/totp/activate/" in client.get(address)["Location"]
    assert with_key(chief, "read").get("/api/v1/uploads/").status_code == 403
    TOTP.activate(chief, generate_totp_secret())
    assert client.get("/admin/").status_code == 200


def test_the_administration_has_no_sign_in_of_its_own(client, administrator):
    typed = {"username": administrator.email, "password": PASSWORD, "next": "/admin/"}
    answer = client.post("/admin/login/?next=/admin/", typed)
    assert answer.status_code == 302 and answer["Location"].startswith("/accesso/login/")
    assert "_auth_user_id" not in client.session
    asked = client.post("/accesso/login/", {**typed, "login": administrator.email})
    assert "/2fa/authenticate/" in asked["Location"]
    assert "_auth_user_id" not in client.session


def test_nobody_takes_anothers_session_through_the_administration(client, cast, administrator):
    client.force_login(administrator)
    other = User.objects.create_superuser("altro@cmm.example", PASSWORD)
    client.post("/admin/login/", {"username": other.email, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(administrator.pk)
    client.force_login(cast.operator)
    assert client.get("/admin/login/").status_code == 403
