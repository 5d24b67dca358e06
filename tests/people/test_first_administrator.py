"""The first administrator of an installation gets in, with a second factor."""

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.test import Client

from people.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "una-frase-lunga-davvero"


def made(password: str, monkeypatch, email: str = "capo@cmm.example") -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
    call_command("createsuperuser", "--noinput", "--email", email, verbosity=0)


@pytest.mark.parametrize("email", ["capo@cmm.example", "Capo@CMM.example"])
def test_who_was_made_by_the_command_signs_in_and_sets_the_second_factor_up(monkeypatch, email):
    made(PASSWORD, monkeypatch, email)
    client = Client()
    client.post("/accesso/login/", {"login": "capo@cmm.example", "password": PASSWORD})
    assert "_auth_user_id" in client.session
    assert client.get("/admin/").url == "/accesso/2fa/totp/activate/"


def test_one_that_was_made_before_gets_in_too(monkeypatch):
    User.objects.create_superuser("vecchia@cmm.example", PASSWORD)
    made(PASSWORD, monkeypatch)
    assert EmailAddress.objects.filter(email="vecchia@cmm.example", verified=True).exists()


def test_a_guessable_password_of_the_environment_is_refused(monkeypatch):
    with pytest.raises(CommandError, match="quattro parole"):
        made("Benvenuto2026", monkeypatch)
    assert not User.objects.exists()
