"""From a planner's file to the public map by the pages, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from deliveries.models import Delivery
from services.models import ServiceState
from tests import builders
from tests.browser.conftest import PATIENCE_MS, WIDTHS, clean, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.slow]


def send_file(page: Page, address: str) -> str:
    """Choose the file, follow the check to its report; the delivery's address."""
    page.goto(f"{address}/consegne/nuova/")
    clean(page)
    file = builders.plan_file(6, wrong_status=(2,), without_act=(4,))
    content = {"name": "piano.csv", "mimeType": "text/csv", "buffer": file.read()}
    page.set_input_files("input[type=file]", content)
    page.get_by_role("button", name="Carica e controlla").press("Enter")
    page.wait_for_url(re.compile(r"/controlli/#esito$"), timeout=PATIENCE_MS)
    return page.url.removesuffix("controlli/#esito")


def mend_and_answer(page: Page, delivery: str) -> None:
    expect(page.locator(".verdict")).to_have_text(
        "1 riga da correggere; le altre 5 puoi già inviarle."
    )
    page.locator("#m-ATT-08 > summary").press("Enter")
    row = page.locator("#m-ATT-08 tbody tr").first
    row.get_by_text("Rispondi").press("Enter")
    row.get_by_label("Motivo").fill("L'atto arriva a marzo")
    clean(page)
    row.get_by_role("button", name="Registra la risposta").press("Enter")
    expect(page.get_by_text("Risposta registrata")).to_be_visible()
    page.goto(f"{delivery}correggi/")
    clean(page)
    page.locator(".mend-row > .field").get_by_label("Stato").select_option("esistente")
    page.get_by_role("button", name="Salva e ricontrolla").press("Enter")
    page.wait_for_url(re.compile(r"/controlli/#esito$"), timeout=PATIENCE_MS)
    expect(page.locator(".verdict")).to_contain_text("Puoi inviarla: nessun errore")


def submit(page: Page, delivery: str) -> None:
    page.goto(f"{delivery}invia/")
    clean(page)
    page.get_by_label("Atto di approvazione del piano").fill("Delibera C.C. n. 12/2025")
    page.get_by_label("Data dell'atto").fill("2025-02-03")
    page.get_by_label("A quando si riferiscono i dati").fill("2025-12-31")
    page.get_by_label("Referente", exact=True).fill("Ufficio di piano")
    page.get_by_label("E-mail d'ufficio del referente").fill("piano@comune.example")
    page.get_by_role("button", name="Invia all'ufficio").press("Enter")
    expect(page.get_by_role("heading", name="Ricevuta della consegna")).to_be_visible()
    clean(page)


def review(page: Page, desk: str) -> None:
    """Take, accept the first row by its key, the rest in bulk, close."""
    page.goto(desk)
    page.get_by_role("button", name="Prendi in carico").press("Enter")
    page.locator("tr[data-proposal]").first.focus()
    page.keyboard.press("a")
    expect(page.locator(".desk-counters")).to_contain_text("1 accettato")
    clean(page)
    page.get_by_text("Accetta in blocco").press("Enter")
    page.get_by_role("button", name=re.compile("tutto ciò che resta")).press("Enter")
    expect(page.locator(".desk-counters")).to_contain_text("0 da decidere")
    page.get_by_role("button", name="Chiudi e pubblica").press("Enter")
    expect(page.get_by_text(re.compile(r"Edizione n\. 1 pubblicata"))).to_be_visible(
        timeout=PATIENCE_MS
    )
    clean(page)


@pytest.mark.parametrize("width", list(WIDTHS))
def test_a_plan_goes_from_the_planners_file_to_the_public_map(served, live_cast, browser, width):
    page = signed_in(browser, served, live_cast.operator, width)
    delivery = send_file(page, served)
    clean(page)
    mend_and_answer(page, delivery)
    submit(page, delivery)
    desk = signed_in(browser, served, live_cast.reviewer, width)
    review(desk, delivery.replace("/consegne/", "/istruttoria/"))
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.edition.number) == ("published", 1)
    assert ServiceState.objects.at(None).filter(municipality="015209").count() == 6
    citizen = browser.new_context().new_page()
    citizen.goto(f"{served}/servizi/?municipality=015209")
    expect(citizen.get_by_text("Biblioteca di quartiere 2").first).to_be_visible()
