"""Wrong passwords slow down who types them, and nobody else."""

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from axes.models import AccessAttempt
from django.core import mail
from django.test import Client
from django.utils import timezone

from people.delays import (
    ACCOUNT_FREE,
    ACCOUNT_LONGEST,
    AGAIN,
    FIRST_WAIT,
    FREE,
    LONGEST_WAIT,
    TOLD,
    TOLD_DAYS,
    wait_after,
)
from people.models import User
from tests.people.letters import link_of_last, mail_is_away

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


def from_everywhere(number: int, email: str = "ada@comune.example") -> None:
    """Wrong passwords, each from an address of its own."""
    for turn in range(number):
        types(at(f"203.0.113.{turn + 1}"), "sbagliata", email)


def test_guessing_from_many_addresses_is_slowed_down_and_told(ada):
    """The owner's own device does not notice; elsewhere one waits, but not long."""
    owner = at("192.0.2.1")
    types(owner, PASSWORD)
    owner.post("/accesso/logout/")
    from_everywhere(ACCOUNT_FREE + 10)
    answer = types(at("198.51.100.9"), PASSWORD)
    assert answer.status_code == 429, "from an address that never tried, with the right one"
    assert 0 < int(answer["Retry-After"]) <= FIRST_WAIT
    assert "anche da altrove" in answer.content.decode()
    types(owner, PASSWORD)
    assert is_inside(owner)
    assert len([letter for letter in mail.outbox if letter.to == [ada.email]]) == 1


def test_the_wait_of_all_grows_to_its_most_and_no_further(ada):
    from_everywhere(ACCOUNT_FREE)
    for turn in range(8):
        time_passes(ACCOUNT_LONGEST + 1)
        answer = types(at(f"198.51.100.{turn + 1}"), "sbagliata")
        assert answer.status_code == 200
    told = int(types(at("198.51.100.200"), PASSWORD)["Retry-After"])
    assert FIRST_WAIT < told <= ACCOUNT_LONGEST
    time_passes(ACCOUNT_LONGEST + 1)
    owner = at("198.51.100.200")
    types(owner, PASSWORD)
    assert is_inside(owner)


def test_who_chooses_a_password_by_the_link_of_a_letter_is_known_there(ada):
    from_everywhere(ACCOUNT_FREE + 1)
    owner, new = at("198.51.100.9"), "lampada tramonto cinghia veliero"
    owner.post("/accesso/password/reset/", {"email": ada.email})
    there = owner.get(link_of_last(), follow=True).redirect_chain[-1][0]
    owner.post(there, {"password1": new, "password2": new})
    from_everywhere(ACCOUNT_FREE + 1)
    types(owner, new)
    assert is_inside(owner)


def test_an_account_that_is_not_is_slowed_down_alike(ada):
    from_everywhere(ACCOUNT_FREE, "nessuno@comune.example")
    assert types(at("198.51.100.9"), "x", "nessuno@comune.example").status_code == 429
    assert types(at("198.51.100.9"), "x").status_code == 200, "and no other account"
    assert mail.outbox == []


def test_a_name_of_a_browser_makes_no_known_device(ada):
    from_everywhere(ACCOUNT_FREE)
    liar = Client(REMOTE_ADDR="198.51.100.9", headers={"User-Agent": "device 0123456789abcdef"})
    assert types(liar, PASSWORD).status_code == 429


def test_a_network_of_the_new_addresses_is_one(ada):
    for turn in range(FREE + 1):
        answer = types(at(f"2001:db8:1:2::{turn + 1:x}"), "sbagliata")
    assert answer.status_code == 429
    owner = at("2001:db8:1:3::1")
    types(owner, PASSWORD)
    assert is_inside(owner)


def test_the_owner_is_told_again_after_days_only(ada):
    from_everywhere(TOLD + 5)
    assert len(mail.outbox) == 1
    earlier = timezone.now() - dt.timedelta(days=TOLD_DAYS, hours=1)
    User.objects.update(warned_at=earlier)
    types(at("198.51.100.9"), "sbagliata")
    assert len(mail.outbox) == 2
    assert f"prima di {TOLD_DAYS} giorni" in " ".join(mail.outbox[-1].body.split())


def test_the_office_sees_how_many_accounts_are_tried(ada, cast):
    office = Client()
    office.force_login(cast.reviewer)

    def shown() -> str:
        page = " ".join(office.get("/istruttoria/stato/").content.decode().split())
        return page.split(">Accessi</h2>")[1].split("</section>")[0]

    assert "da guardare" not in shown()
    from_everywhere(ACCOUNT_FREE)
    assert "da guardare" in shown()
    assert f">{ACCOUNT_FREE}<" in shown().replace("> ", ">").replace(" <", "<")


def test_while_the_mail_is_away_people_sign_in_and_the_owner_is_told_later(ada, settings):
    usual = settings.EMAIL_BACKEND
    mail_is_away(settings)
    from_everywhere(TOLD + 1)
    settings.EMAIL_BACKEND = usual
    from_everywhere(1)
    assert mail.outbox == [], "not at each wrong password"
    ada.refresh_from_db()
    User.objects.update(warned_at=ada.warned_at - AGAIN)
    types(at("198.51.100.9"), "sbagliata")
    assert len(mail.outbox) == 1
    owner = at("192.0.2.1")
    types(owner, PASSWORD)
    assert is_inside(owner)


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
