"""Wrong passwords slow down who types them, and nobody else."""

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from axes.models import AccessAttempt
from django.core import mail
from django.test import Client

from people.delays import FIRST_WAIT, FREE, LONGEST_WAIT, TOLD, wait_after
from people.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "una-frase-lunga-davvero"
SIGN_IN = "/accesso/login/"


@pytest.fixture(autouse=True)
def counted(settings):
    settings.AXES_ENABLED = True
    settings.ACCOUNT_RATE_LIMITS = {"login": "1000/m/ip"}


@pytest.fixture
def ada(db) -> User:
    user = User.objects.create_user("ada@comune.example", PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def at(address: str) -> Client:
    return Client(REMOTE_ADDR=address)


def types(client: Client, password: str, email: str = "ada@comune.example"):
    return client.post(SIGN_IN, {"login": email, "password": password})


def is_inside(client: Client) -> bool:
    return "_auth_user_id" in client.session


def time_passes(seconds: int) -> None:
    for attempt in AccessAttempt.objects.all():
        earlier = attempt.attempt_time - dt.timedelta(seconds=seconds)
        AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=earlier)


def test_a_stranger_does_not_lock_the_owner_out(ada):
    stranger = at("203.0.113.7")
    for _turn in range(30):
        types(stranger, "sbagliata")
    assert types(stranger, PASSWORD).status_code == 429, "not even the right one is looked at"
    owner = at("198.51.100.4")
    types(owner, PASSWORD)
    assert is_inside(owner)


def test_behind_one_address_a_known_device_is_not_slowed_down(ada):
    """As in an office, or behind a proxy that nobody counted."""
    owner, stranger = at("192.0.2.1"), at("192.0.2.1")
    types(owner, PASSWORD)
    owner.post("/accesso/logout/")
    for _turn in range(12):
        types(stranger, "sbagliata")
    assert types(stranger, PASSWORD).status_code == 429
    types(owner, PASSWORD)
    assert is_inside(owner)


def test_a_known_device_waits_for_its_own_mistakes(ada):
    owner = at("192.0.2.1")
    types(owner, PASSWORD)
    owner.post("/accesso/logout/")
    for _turn in range(FREE):
        answer = types(owner, "sbagliata")
    assert answer.status_code == 429


def test_the_device_of_one_account_is_none_of_another(ada):
    other = User.objects.create_user("leo@comune.example", PASSWORD)
    EmailAddress.objects.create(user=other, email=other.email, verified=True, primary=True)
    thief = at("192.0.2.9")
    types(thief, PASSWORD, "leo@comune.example")
    thief.post("/accesso/logout/")
    for _turn in range(FREE):
        types(at("192.0.2.9"), "sbagliata")
    assert types(thief, PASSWORD).status_code == 429


def test_one_account_does_not_slow_down_another(ada):
    other = User.objects.create_user("leo@comune.example", PASSWORD)
    EmailAddress.objects.create(user=other, email=other.email, verified=True, primary=True)
    here = at("192.0.2.1")
    for _turn in range(12):
        types(here, "sbagliata")
    types(here, PASSWORD, "leo@comune.example")
    assert is_inside(here)


def test_writing_the_address_otherwise_is_no_new_try(ada):
    here = at("192.0.2.1")
    for email in ("ada@comune.example", "ADA@comune.example", "Ada@Comune.Example") * 2:
        answer = types(here, "sbagliata", email)
    assert answer.status_code == 429


def test_the_wait_is_told_ends_and_grows(ada):
    here = at("192.0.2.1")
    for turn in range(FREE):
        answer = types(here, "sbagliata")
        assert answer.status_code == (429 if turn == FREE - 1 else 200)
    assert 0 < int(answer["Retry-After"]) <= FIRST_WAIT
    assert "aspetta 1 minuto" in answer.content.decode()
    time_passes(FIRST_WAIT + 1)
    assert int(types(here, "sbagliata")["Retry-After"]) > FIRST_WAIT
    time_passes(2 * FIRST_WAIT + 1)
    types(here, PASSWORD)
    assert is_inside(here)
    assert not AccessAttempt.objects.exists(), "who got in begins anew"


def test_in_english_too(ada):
    here = at("192.0.2.1")
    for _turn in range(FREE):
        answer = here.post(f"/en{SIGN_IN}", {"login": ada.email, "password": "wrong"})
    assert answer.status_code == 429
    assert "wait" in answer.content.decode()


def test_tries_while_one_waits_lengthen_nothing():
    waits = [wait_after(failures) for failures in range(40)]
    assert waits[: FREE + 3] == [0] * FREE + [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT]
    assert waits[-1] == LONGEST_WAIT


def test_the_owner_gets_one_letter(ada):
    here = at("203.0.113.7")
    for _turn in range(TOLD + 4):
        types(here, "sbagliata")
        time_passes(LONGEST_WAIT + 1)
    told = [letter for letter in mail.outbox if letter.to == [ada.email]]
    assert len(told) == 1
    assert "203.0.113.7" in told[0].body
    assert "/accesso/password/reset/" in told[0].body


def test_nobody_is_told_of_an_account_that_is_not(ada):
    here = at("203.0.113.7")
    for _turn in range(TOLD + 2):
        types(here, "sbagliata", "nessuno@comune.example")
        time_passes(LONGEST_WAIT + 1)
    assert mail.outbox == []


def test_neither_password_nor_secret_address_is_kept(ada):
    wrong = {"login": ada.email, "password": "sbagliata-ma-quasi"}
    at("192.0.2.1").post(f"{SIGN_IN}?next=/invito/segreto/", wrong)
    kept = AccessAttempt.objects.get()
    assert "sbagliata-ma-quasi" not in kept.post_data
    assert "segreto" not in kept.get_data


@pytest.mark.parametrize(("proxies", "asks"), [(0, "192.0.2.1"), (1, "203.0.113.7")])
def test_one_setting_says_whose_mistakes_are_counted(ada, settings, proxies, asks):
    settings.PROXIES = proxies
    proxy = Client(REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": "1.1.1.1, 203.0.113.7"})
    types(proxy, "sbagliata")
    assert AccessAttempt.objects.get().ip_address == asks


def test_behind_a_proxy_twelve_wrong_passwords_lock_nobody_else_out(ada, settings):
    settings.PROXIES = 1
    stranger = Client(REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": "203.0.113.7"})
    for _turn in range(12):
        types(stranger, "sbagliata")
    owner = Client(REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": "198.51.100.4"})
    types(owner, PASSWORD)
    assert is_inside(owner)
