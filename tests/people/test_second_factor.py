"""The second factor: encrypted at rest, shown nowhere, used up, and nobody without it."""

import json
from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.apps import apps
from django.db import connection
from django.test import Client

from people import ciphers
from people.models import Mandate, Role, User
from people.tokens import issue_token
from tests import builders

pytestmark = pytest.mark.django_db
PASSWORD = "una-frase-lunga-davvero"
SIGN_IN, CODE, SET_UP = "/accesso/login/", "/accesso/2fa/authenticate/", "mfa_activate_totp"


@pytest.fixture
def ada(db) -> User:
    user = User.objects.create_user("ada@comune.example", PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def in_table() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(data::text, ' ') FROM mfa_authenticator")
        return str(cursor.fetchone()[0])


def enters(secret: str) -> bool:
    client = Client()
    client.post(SIGN_IN, {"login": "ada@comune.example", "password": PASSWORD})
    client.post(CODE, {"code": code_of(secret)})
    return "_auth_user_id" in client.session


def test_what_lies_in_the_table_is_encrypted_and_opens_the_door(ada):
    secret = generate_totp_secret()
    TOTP.activate(ada, secret)
    codes = RecoveryCodes.activate(ada)
    assert secret not in in_table()
    assert ciphers.decrypt(codes.instance.data["seed"]) not in in_table()
    assert len(codes.generate_codes()) == 10
    assert enters(secret)


def in_clear(ada: User) -> str:
    """A second factor as it was kept before."""
    secret = generate_totp_secret()
    Authenticator.objects.create(user=ada, type="totp", data={"secret": secret})
    seed = {"seed": "ab" * 40, "used_mask": 3}
    Authenticator.objects.create(user=ada, type="recovery_codes", data=seed)
    return secret


def test_one_from_before_goes_on_working(ada):
    assert enters(in_clear(ada))


def test_the_migration_encrypts_those_from_before(ada):
    secret = in_clear(ada)
    codes = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes()
    migration = import_module("people.migrations.0003_encrypt_second_factors")
    for _turn in range(2):
        migration.encrypt(apps, None)
    assert secret not in in_table() and "abababab" not in in_table()
    kept = Authenticator.objects.get(type="recovery_codes")
    assert RecoveryCodes(kept).get_unused_codes() == codes
    assert enters(secret)


def test_a_former_secret_still_reads_and_none_does_not_let_in(ada, settings):
    secret = generate_totp_secret()
    TOTP.activate(ada, secret)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another" * 8
    settings.SECRET_KEY_FALLBACKS = [former]
    assert enters(secret)
    settings.SECRET_KEY_FALLBACKS = []
    client = Client()
    client.post(SIGN_IN, {"login": ada.email, "password": PASSWORD})
    answer = client.post(CODE, {"code": code_of("")})
    assert answer.status_code == 409
    assert "_auth_user_id" not in client.session


def test_the_administration_shows_no_secret(client, administrator):
    client.force_login(administrator)
    kept = Authenticator.objects.get(user=administrator)
    answer = client.get(f"/admin/mfa/authenticator/{kept.pk}/change/")
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert kept.data["secret"] not in shown
    assert ciphers.decrypt(kept.data["secret"]) not in shown


def by_its_page(client: Client, pk: int) -> None:
    client.post(f"/admin/mfa/authenticator/{pk}/delete/", {"post": "yes"})


def by_the_list(client: Client, pk: int) -> None:
    form = {"action": "delete_selected", "_selected_action": [pk], "post": "yes"}
    client.post("/admin/mfa/authenticator/", form)


@pytest.mark.parametrize("take_away", [by_its_page, by_the_list])
def test_whose_lost_factor_was_taken_away_sets_up_another(
    client, administrator, cast, ada, take_away
):
    Mandate.objects.create(user=ada, role=Role.OPERATOR, municipality=cast.comune)
    factor = TOTP.activate(ada, generate_totp_secret()).instance
    RecoveryCodes.activate(ada)
    client.force_login(administrator)
    take_away(client, factor.pk)
    assert not Authenticator.objects.filter(user=ada).exists(), "nor the codes that replace it"
    hers = Client()
    hers.post(SIGN_IN, {"login": ada.email, "password": PASSWORD})
    assert hers.get("/consegne/").url == "/accesso/2fa/totp/activate/"


def test_recovery_codes_alone_are_no_second_factor(cast, ada):
    Mandate.objects.create(user=ada, role=Role.OPERATOR, municipality=cast.comune)
    RecoveryCodes.activate(ada)
    client = Client()
    client.post(SIGN_IN, {"login": ada.email, "password": PASSWORD})
    assert client.get("/consegne/").url == "/accesso/2fa/totp/activate/"


def test_the_code_that_set_it_up_is_used_up(ada):
    client = Client()
    client.post(SIGN_IN, {"login": ada.email, "password": PASSWORD})
    client.post("/accesso/reauthenticate/", {"password": PASSWORD})
    client.get("/accesso/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    code = code_of(secret)
    assert client.post("/accesso/2fa/totp/activate/", {"code": code}).status_code == 302
    assert Authenticator.objects.filter(user=ada, type="totp").exists()
    again = Client()
    again.post(SIGN_IN, {"login": ada.email, "password": PASSWORD})
    again.post(CODE, {"code": code})
    assert "_auth_user_id" not in again.session


@pytest.fixture
def owing(cast) -> Client:
    """Signed in as Sesto's consultant, the second factor still to be set up."""
    User.objects.filter(pk=cast.consultant.pk).update(is_demonstration=False)
    client = Client()
    client.force_login(cast.consultant)
    return client


def test_who_owes_it_is_nobody_to_every_page(owing, cast):
    assert cast.consultant.email not in owing.get("/").content.decode()
    assert "/accesso/login/" in owing.get("/").content.decode()
    assert owing.get("/consegne/").url == "/accesso/2fa/totp/activate/"
    set_up = owing.get("/accesso/2fa/totp/activate/", follow=True)
    assert set_up.status_code == 200, "there one is oneself"


def test_who_owes_it_reads_nothing_by_the_api(owing, cast):
    delivery = builders.ready(cast)
    for part in ("", "findings/", "original/", "answers/", "report.json"):
        answer = owing.get(f"/api/v1/uploads/{delivery.pk}/{part}")
        assert answer.status_code == 403
        assert json.loads(answer.content)["code"] == "second-factor"
    assert owing.get("/api/v1/uploads/").status_code == 403
    assert owing.get("/api/v1/zones/").status_code == 200, "as anybody"


def test_nor_by_a_key(cast):
    User.objects.filter(pk=cast.consultant.pk).update(is_demonstration=False)
    key = issue_token(cast.consultant, name="x", scopes=["read"])
    answer = Client(headers={"authorization": f"Bearer {key}"}).get("/api/v1/uploads/")
    assert answer.status_code == 403


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.CONSULTANT, Role.REVIEWER, Role.MANAGER])
def test_every_role_owes_it(ada, cast, role):
    until = cast.consultant.mandates.get().valid_to
    comune = cast.comune if role in (Role.OPERATOR, Role.CONSULTANT) else None
    Mandate.objects.create(user=ada, role=role, municipality=comune, valid_to=until)
    client = Client()
    client.force_login(ada)
    assert client.get("/profilo/").url == "/accesso/2fa/totp/activate/"


def test_production_exempts_no_account_of_the_demonstration(cast, settings):
    settings.PRODUCTION, settings.SECURE_SSL_REDIRECT = True, False
    client = Client()
    client.force_login(cast.operator)
    assert client.get("/consegne/").status_code == 302


def test_the_administration_is_entered_by_the_portals_sign_in_alone(client, ada):
    User.objects.filter(pk=ada.pk).update(is_staff=True, is_superuser=True)
    form = {"username": ada.email, "password": PASSWORD, "login": ada.email}
    answer = client.post("/admin/login/", form)
    assert answer.status_code == 302 and answer.url.startswith(SIGN_IN)
    assert "_auth_user_id" not in client.session
    client.post(SIGN_IN, {"login": ada.email, "password": PASSWORD})
    assert client.get("/admin/").url == "/accesso/2fa/totp/activate/"


@pytest.mark.parametrize(
    "path",
    [
        "/accesso/email/",
        "/accesso/password/change/",
        "/accesso/3rdparty/",
        "/accesso/oidc/ente/login/?process=connect",
        "/accesso/reauthenticate/",
        "/accesso/2fa/reauthenticate/",
        "/en/accesso/reauthenticate/?next=/profilo/",
    ],
)
def test_who_owes_it_changes_nothing_of_the_account_before(ada, cast, path):
    Mandate.objects.create(user=ada, role=Role.OPERATOR, municipality=cast.comune)
    client = Client()
    client.post(SIGN_IN, {"login": ada.email, "password": PASSWORD})
    for answer in (client.get(path), client.post(path, {"password": PASSWORD})):
        assert answer.status_code == 302
        assert answer.url.endswith("/accesso/2fa/totp/activate/")
    waiting = client.session
    waiting["account_reauthentication_state"] = {"callback": "nobody.asks", "state": {}}
    waiting.save()
    again = client.get("/accesso/2fa/totp/activate/")
    assert again.url.startswith("/accesso/reauthenticate/?next=%2Faccesso%2F2fa%2F")
    page = client.get(again.url)
    assert page.status_code == 200
    form = {"password": PASSWORD, "next": "/accesso/2fa/totp/activate/"}
    assert client.post("/accesso/reauthenticate/", form, follow=True).status_code == 200
    assert "mfa.totp.secret" in client.session
    assert "account_reauthentication_state" not in client.session, "done once it is told"
