"""Signing in, second factor, delegation, notices, corrections and remarks, in a real browser."""

import datetime as dt
import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from deliveries import workflow
from deliveries.models import Delivery
from notices.models import Notice
from people.models import Mandate, User
from services import corrections
from services.models import Correction, Remark, Service
from tests import builders
from tests.browser.conftest import PATIENCE_MS, WIDTHS, clean, signed_in
from tests.processes import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.slow]
EACH_WIDTH = pytest.mark.parametrize("width", list(WIDTHS))
PASSWORD = "una-frase-lunga"


def visitor(browser: Browser, width: str = "computer") -> Page:
    """A page of somebody who has not signed in."""
    columns, rows = WIDTHS[width]
    context = browser.new_context(
        viewport={"width": columns, "height": rows}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.problems = []
    page.on("console", lambda m: m.type == "error" and page.problems.append(m.text))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    return page


def whole(page: Page) -> None:
    """Clean, and nothing hangs out of the screen."""
    clean(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def sign_in(page: Page, address: str, email: str, password: str) -> None:
    page.goto(f"{address}/accesso/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("input[name=password]").press("Enter")


def letter_to(email: str) -> str:
    """The last letter to that address, when it is there."""
    folder = settings.MEDIA_ROOT / "mail"
    end = time.monotonic() + 20
    while time.monotonic() < end:
        letters = sorted(folder.glob("*.log"), key=lambda p: p.stat().st_mtime, reverse=True)
        for letter in letters:
            text = letter.read_text(encoding="utf-8")
            if f"To: {email}" in text:
                return text.replace("=\n", "")
        time.sleep(0.2)
    raise AssertionError(f"no letter to {email}")


def code_of(secret: str) -> str:
    """The six figures that a telephone would show now."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


@EACH_WIDTH
def test_signing_in_and_ones_own_pages(served, live_cast, browser, width):
    mine = live_cast.operator
    # Hashed as the server does it, not in the quick way of the tests.
    mine.password = PBKDF2PasswordHasher().encode(PASSWORD, "sale")
    mine.save()
    EmailAddress.objects.create(user=mine, email=mine.email, verified=True, primary=True)
    page = visitor(browser, width)
    page.goto(f"{served}/accesso/login/")
    whole(page)
    sign_in(page, served, live_cast.operator.email, "sbagliata-ma-lunga")
    expect(page.get_by_role("alert").first).to_be_visible()
    whole(page)
    sign_in(page, served, live_cast.operator.email, PASSWORD)
    page.wait_for_url(re.compile(r"/consegne/$"))
    whole(page)
    for path in ("/profilo/", "/profilo/persone/", "/avvisi/", "/accesso/2fa/",
                 "/accesso/password/change/"):  # fmt: skip
        page.goto(f"{served}{path}")
        assert page.locator("h1").count() == 1, path
        whole(page)
    page.goto(f"{served}/en/profilo/")
    page.get_by_label("none: I read them in the portal").check()
    page.get_by_role("button", name="Save the choices").press("Enter")
    expect(page.get_by_text("Choices about messages saved.")).to_be_visible()
    assert User.objects.get(pk=live_cast.operator.pk).post == "none"
    page = visitor(browser, width)
    page.goto(f"{served}/accesso/password/reset/")
    whole(page)


def invite(page: Page, served: str, email: str, role: str, until: dt.date | None = None) -> str:
    """Invited on the page of people; the path of the link in the letter."""
    page.goto(f"{served}/profilo/persone/")
    page.get_by_label("Indirizzo e-mail").fill(email)
    page.get_by_label("Ruolo").select_option(role)
    if until:
        page.get_by_label("Valido fino al").fill(until.isoformat())
    page.get_by_role("button", name="Spedisci l’invito").press("Enter")
    expect(page.get_by_text(f"Invito spedito a {email}.")).to_be_visible()
    whole(page)
    return re.search(r"/invito/[\w-]+/", letter_to(email)).group(0)


def accept(page: Page, served: str, link: str, name: str) -> None:
    page.goto(served + link)
    whole(page)
    page.get_by_label("Nome e cognome").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Ripeti la password").fill(PASSWORD)
    page.get_by_label("Ripeti la password").press("Enter")


def set_second_factor_up(page: Page) -> None:
    """As whoever was invited is sent to do before anything else."""
    page.wait_for_url(re.compile(r"/accesso/reauthenticate/"))
    whole(page)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(re.compile(r"/accesso/2fa/totp/activate/"))
    whole(page)
    secret = page.locator("#authenticator_secret, [name=secret]").first.input_value()
    page.locator("input[name=code]").fill(code_of(secret))
    page.locator("input[name=code]").press("Enter")
    page.wait_for_url(re.compile(r"/recovery-codes/"))
    whole(page)


@EACH_WIDTH
def test_a_comune_delegates_a_consultant_until_it_takes_that_back(
    served, live_cast, browser, width
):
    operator = signed_in(browser, served, live_cast.operator, width)
    soon = timezone.localdate() + dt.timedelta(days=30)
    link = invite(operator, served, "ada@studio.example", "consultant", soon)
    page = visitor(browser, width)
    accept(page, served, link, "Ada Neri")
    set_second_factor_up(page)
    page.goto(f"{served}/consegne/nuova/")
    content = {"name": "piano.csv", "mimeType": "text/csv", "buffer": builders.plan_file(4).read()}
    page.set_input_files("input[type=file]", content)
    page.get_by_role("button", name="Carica e controlla").press("Enter")
    page.wait_for_url(re.compile(r"/consegne/[0-9a-f-]{36}/"))
    wait_for(lambda: Delivery.objects.filter(status="checked").exists())
    delivery = Delivery.objects.get()
    ada = User.objects.get(email="ada@studio.example")
    assert delivery.by == delivery.events.get(verb="receive").by == ada
    page.goto(f"{served}/consegne/{delivery.pk}/invia/")
    expect(page.get_by_text("spetta a un operatore")).to_be_visible()
    operator.goto(f"{served}/consegne/{delivery.pk}/")
    expect(operator.get_by_text("nelle mani di Ada Neri")).to_be_visible()
    mandate = Mandate.objects.get(user=ada)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    Mandate.objects.filter(pk=mandate.pk).update(valid_from=yesterday, valid_to=yesterday)
    assert page.goto(f"{served}/consegne/{delivery.pk}/").status == 404
    Mandate.objects.filter(pk=mandate.pk).update(valid_to=soon)
    assert page.goto(f"{served}/consegne/{delivery.pk}/").status == 200
    operator.goto(f"{served}/profilo/persone/")
    operator.get_by_role("button", name="Revoca Ada Neri").press("Enter")
    expect(operator.get_by_text("Mandato revocato da ora.")).to_be_visible()
    assert page.goto(f"{served}/consegne/{delivery.pk}/").status == 404
    page.goto(f"{served}/profilo/")
    expect(page.get_by_role("cell", name="revocato")).to_be_visible()


@EACH_WIDTH
def test_a_new_operator_sets_a_second_factor_up_before_acting(served, live_cast, browser, width):
    operator = signed_in(browser, served, live_cast.operator, width)
    link = invite(operator, served, "nuova@sesto.example", "operator")
    page = visitor(browser, width)
    accept(page, served, link, "Bea Verdi")
    set_second_factor_up(page)
    page.goto(f"{served}/accesso/2fa/")
    whole(page)
    page.goto(f"{served}/consegne/")
    expect(page.get_by_role("heading", name="Consegne", exact=True)).to_be_visible()
    page.get_by_role("button", name="Esci").press("Enter")
    again = visitor(browser, width)
    sign_in(again, served, "nuova@sesto.example", PASSWORD)
    again.wait_for_url(re.compile(r"/2fa/authenticate/"))
    whole(again)


@EACH_WIDTH
def test_a_notice_is_counted_read_and_leads_on(served, live_cast, browser, width):
    delivery = builders.ready(live_cast)
    workflow.record(delivery, "message", by=live_cast.reviewer, note="Di che anno è il rilievo?")
    page = signed_in(browser, served, live_cast.operator, width)
    page.goto(f"{served}/consegne/")
    page.set_viewport_size({"width": 320, "height": 700})  # 1280 at 400 %, with a count to show
    expect(page.get_by_role("link", name="Area riservata 1")).to_be_visible()
    whole(page)
    page.get_by_role("link", name="Avvisi 1 da leggere").press("Enter")
    expect(page.get_by_text("Di che anno è il rilievo?")).to_be_visible()
    whole(page)
    page.get_by_role("link", name=re.compile("Nuovo messaggio")).press("Enter")
    page.wait_for_url(f"{served}/consegne/{delivery.pk}/")
    expect(page.get_by_role("link", name="Avvisi", exact=True)).to_be_visible()
    assert Notice.objects.get(person=live_cast.operator).read_at


@EACH_WIDTH
def test_a_citizen_points_the_office_corrects_the_comune_reads(served, live_cast, browser, width):
    builders.published(live_cast)
    service = Service.objects.get(states__name="Biblioteca 1")
    citizen = visitor(browser, width)
    citizen.goto(f"{served}/servizi/{service.public_id}/")
    whole(citizen)
    citizen.get_by_role("link", name="Non è così?").press("Enter")
    whole(citizen)
    citizen.get_by_label("un dato è sbagliato").check()
    citizen.get_by_label("Racconta in breve").fill("Si chiama Biblioteca Ariosto")
    citizen.get_by_role("button", name="Manda la segnalazione").press("Enter")
    expect(citizen.get_by_role("heading", name="Grazie")).to_be_visible()
    whole(citizen)
    office = signed_in(browser, served, live_cast.reviewer, width)
    office.goto(f"{served}/istruttoria/")
    whole(office)
    office.get_by_role("link", name="1 segnalazione da guardare").press("Enter")
    whole(office)
    office.get_by_role("link", name="Rettifica").press("Enter")
    whole(office)
    office.get_by_label("Nome", exact=True).fill("Biblioteca Ariosto")
    office.get_by_label("Motivo della rettifica").fill("Segnalazione di un cittadino, verificata")
    office.get_by_role("button", name="Pubblica la rettifica").press("Enter")
    expect(office.get_by_text("Rettifica pubblicata")).to_be_visible()
    whole(office)
    office.goto(f"{served}/istruttoria/segnalazioni/")
    office.get_by_label("Risposta a chi ha segnalato").fill("Grazie, corretto.")
    office.get_by_role("button", name=re.compile("Chiudi la segnalazione")).press("Enter")
    expect(office.get_by_text("Nessuna segnalazione da guardare.")).to_be_visible()
    office.goto(f"{served}/istruttoria/nuovo-servizio/")
    whole(office)
    citizen.reload()
    expect(citizen.get_by_text("Grazie, corretto.")).to_be_visible()
    citizen.goto(f"{served}/servizi/{service.public_id}/")
    expect(citizen.get_by_role("heading", name="Biblioteca Ariosto", level=1)).to_be_visible()
    expect(citizen.get_by_text("Segnalazione di un cittadino, verificata").first).to_be_visible()
    whole(citizen)
    comune = signed_in(browser, served, live_cast.operator, width)
    comune.goto(f"{served}/avvisi/")
    comune.get_by_role("link", name=re.compile("Rettifica d'ufficio")).press("Enter")
    expect(comune.get_by_role("heading", name="Rettifica d'ufficio")).to_be_visible()
    expect(comune.get_by_role("button", name="Annulla con un'altra rettifica")).to_have_count(0)
    whole(comune)
    assert Remark.objects.get().outcome == Remark.Outcome.RIGHT
    assert Correction.objects.get().edition.act == corrections.ACT
