"""A new password, by change or by reset: what ends, what is offered, which letters go."""

import re
import secrets

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from people.adapters import SocialAdapter
from people.letters import MOST
from people.models import ApiToken, User
from people.tokens import issue_token
from tests.people.letters import mail_is_away

pytestmark = pytest.mark.django_db
OLD, NEW = "una-frase-lunga-davvero", "lampada tramonto cinghia veliero"
CHANGE, ASK = "/accesso/password/change/", "/accesso/password/reset/"


def browser(**more) -> Client:
    """From where no earlier test, nor an earlier run, was counted."""
    words = ":".join(secrets.token_hex(2) for _part in range(4))
    return Client(REMOTE_ADDR=f"{words}::1", **more)


def somebody() -> str:
    """An address that no earlier run has written to."""
    return f"{secrets.token_hex(6)}@comune.example"


@pytest.fixture
def ada(db) -> User:
    user = User.objects.create_user(somebody(), OLD, name="Ada Neri")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def inside(ada: User) -> Client:
    client = browser()
    client.post("/accesso/login/", {"login": ada.email, "password": OLD})
    assert "_auth_user_id" in client.session
    return client


def changes(client: Client, **more: str):
    form = {"oldpassword": OLD, "password1": NEW, "password2": NEW, **more}
    return client.post(CHANGE, form)


def link() -> str:
    return re.search(r"https?://\S+/password/reset/key/\S+", mail.outbox[-1].body)[0]


def resets(client: Client, **more: str):
    client.post(ASK, {"email": User.objects.get().email})
    page = client.get(re.sub(r"^https?://[^/]+", "", link()), follow=True)
    there = page.redirect_chain[-1][0]
    return client.post(there, {"password1": NEW, "password2": NEW, **more})


def test_without_mail_a_new_password_holds_and_a_link_is_told_to_wait(ada, settings):
    client = inside(ada)
    mail_is_away(settings)
    assert changes(client).status_code == 302
    ada.refresh_from_db()
    assert ada.check_password(NEW)
    asked = browser().post(ASK, {"email": ada.email})
    assert asked.status_code == 503
    assert int(asked["Retry-After"]) > 0
    assert "Il server di posta non risponde" in asked.content.decode()


@pytest.mark.parametrize("act", [changes, resets])
def test_other_sessions_end_and_a_letter_goes(ada, act):
    here, elsewhere = inside(ada), inside(ada)
    assert elsewhere.get("/profilo/").status_code == 200
    assert act(here).status_code == 302
    assert elsewhere.get("/profilo/").status_code == 302
    ada.refresh_from_db()
    assert ada.check_password(NEW)
    letter = mail.outbox[-1]
    assert letter.to == [ada.email]
    assert letter.subject == "La tua password è cambiata"
    assert "/profilo/#keys-title" in letter.body


def test_who_changes_it_stays_inside(ada):
    here = inside(ada)
    changes(here)
    assert here.get("/profilo/").status_code == 200


@pytest.mark.parametrize("act", [changes, resets])
def test_keys_end_where_the_person_says_so(ada, act):
    issue_token(ada, name="x", scopes=["read"])
    client = inside(ada)
    act(client)
    assert ApiToken.objects.get().revoked_at is None
    ada.set_password(OLD)
    ada.save()
    act(inside(ada), revoke_keys="on")
    assert ApiToken.objects.get().revoked_at is not None


def test_ending_keys_is_offered_to_who_has_some(ada):
    client = inside(ada)
    assert "Revoca anche le mie chiavi" not in client.get(CHANGE).content.decode()
    issue_token(ada, name="x", scopes=["read"])
    assert "Revoca anche le mie chiavi" in client.get(CHANGE).content.decode()


@pytest.mark.parametrize("act", [changes, resets])
def test_a_guessable_one_is_refused(ada, act):
    client = inside(ada)
    answer = act(client, password1="Benvenuto2026", password2="Benvenuto2026")
    assert answer.status_code == 200
    assert "quattro parole" in answer.content.decode()
    ada.refresh_from_db()
    assert ada.check_password(OLD)


def test_links_are_built_from_the_configured_address(ada, settings):
    settings.PUBLIC_URL = "https://portale.example"
    settings.ALLOWED_HOSTS = ["*"]
    client = browser(headers={"Host": "cattivo.example"})
    client.post(ASK, {"email": ada.email})
    assert link().startswith("https://portale.example/accesso/password/reset/key/")
    assert "cattivo" not in mail.outbox[-1].body + mail.outbox[-1].subject


def test_a_link_works_once(ada):
    client = browser()
    client.post(ASK, {"email": ada.email})
    path = re.sub(r"^https?://[^/]+", "", link())
    there = client.get(path, follow=True).redirect_chain[-1][0]
    client.post(there, {"password1": NEW, "password2": NEW})
    other = browser().get(path, follow=True)
    assert not other.redirect_chain
    assert "password1" not in other.content.decode()


def test_for_an_unknown_address_few_letters_that_invite_to_nothing(db):
    client, nobody = browser(), somebody()
    answers = {client.post(ASK, {"email": nobody}).status_code for _turn in range(6)}
    assert answers == {302}
    assert len(mail.outbox) == MOST
    letter = mail.outbox[-1]
    assert "serve un invito" in letter.body
    assert "signup" not in letter.body and "http" not in letter.body


def test_who_asks_for_many_accounts_is_told_to_wait(db):
    client = browser()
    answers = [client.post(ASK, {"email": somebody()}) for _turn in range(21)]
    assert {answer.status_code for answer in answers[:20]} == {302}
    assert answers[20].status_code == 429
    assert "Troppe richieste" in answers[20].content.decode()


def test_strangers_who_ask_deny_the_owner_nothing(ada):
    """Neither an answer nor a way in: few letters go, and the links in them hold."""
    home = inside(ada)
    home.post("/accesso/logout/")
    for _turn in range(5):
        stranger = browser().post(ASK, {"email": ada.email})
    assert len(mail.outbox) == MOST
    elsewhere = browser()
    owner = elsewhere.post(ASK, {"email": ada.email})
    assert (owner.status_code, owner.url) == (stranger.status_code, stranger.url)
    assert len(mail.outbox) == MOST
    home.post(ASK, {"email": ada.email})
    assert len(mail.outbox) == MOST + 1, "a device of the owner's is counted by itself"
    mail.outbox.pop()
    path = re.sub(r"^https?://[^/]+", "", link())
    there = elsewhere.get(path, follow=True).redirect_chain[-1][0]
    elsewhere.post(there, {"password1": NEW, "password2": NEW})
    ada.refresh_from_db()
    assert ada.check_password(NEW)


def test_both_get_the_same_answer(ada):
    known = browser().post(ASK, {"email": ada.email})
    unknown = browser().post(ASK, {"email": somebody()})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)


def test_nobody_signs_up(client):
    form = {"email": "x@comune.example", "password1": NEW, "password2": NEW}
    answer = client.post("/accesso/signup/", form)
    assert "Si entra su invito" in answer.content.decode()
    assert not User.objects.filter(email="x@comune.example").exists()
    assert not SocialAdapter().is_open_for_signup(None, None), "nor by an identity provider"
