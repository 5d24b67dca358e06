"""The README's five-minute tour, walked in a real browser on a running portal; its screenshots are
taken on the way.

    bin/run                                    in one shell
    .venv/bin/python docs/tour.py              in another: writes docs/tour/*.png

It delivers, mends, submits, accepts and publishes for Legnano, so run it on a fresh demonstration.
"""

import argparse
import re
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
SHOTS = ROOT / "docs" / "tour"
DELIVERY = ROOT / "fixtures" / "consegne" / "legnano_da_correggere.zip"
OPERATOR, REVIEWER = "operatore@legnano.example", "istruttore@cmm.example"
PATIENCE_MS = 60_000


def password() -> str:
    """The demonstration's password, as bin/run printed it."""
    accounts = (ROOT / ".local" / "accounts.txt").read_text(encoding="utf-8")
    found = re.search(r"password di tutti: (\S+)", accounts)
    if found is None:
        sys.exit("No demonstration accounts: start the portal with bin/run first.")
    return found[1]


def signed_in(browser: Browser, address: str, email: str) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 860}, locale="it-IT")
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{address}/accesso/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password())
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/consegne/|/istruttoria/"))
    return page


def shot(page: Page, name: str, at: str = "body") -> None:
    """A picture of the page from that element on."""
    page.wait_for_load_state("networkidle")
    page.locator(at).first.evaluate("element => element.scrollIntoView()")
    page.wait_for_timeout(400)
    page.screenshot(path=SHOTS / f"{name}.png")


def deliver(page: Page, address: str) -> str:
    page.goto(f"{address}/consegne/nuova/")
    page.set_input_files("input[type=file]", DELIVERY)
    shot(page, "1-consegna")
    page.get_by_role("button", name="Carica e controlla").click()
    page.wait_for_url(re.compile(r"/controlli/(#|$)"))
    shot(page, "2-controlli")
    delivery = page.url.partition("controlli/")[0]
    page.goto(f"{delivery}colonne/")
    shot(page, "3-capito")
    page.get_by_role("button", name=re.compile("Conferma")).click()
    page.wait_for_url(re.compile(r"/controlli/(#|$)"))
    page.goto(f"{delivery}correggi/")
    shot(page, "4-correggi")
    return delivery


def submit(page: Page, delivery: str) -> None:
    page.goto(f"{delivery}invia/")
    page.get_by_label("Atto di approvazione del piano").fill("Delibera C.C. n. 12/2025")
    page.get_by_label("Data dell'atto").fill("2025-02-03")
    page.get_by_label("A quando si riferiscono i dati").fill("2025-12-31")
    page.get_by_label("Referente", exact=True).fill("Ufficio di piano")
    page.get_by_label("E-mail d'ufficio del referente").fill("piano@comune.example")
    only_correct = page.get_by_label(re.compile("righe corrette"))
    if only_correct.count():
        only_correct.first.check()
    page.get_by_role("button", name=re.compile("Invia")).last.click()
    expect(page.get_by_role("heading", name="Ricevuta della consegna")).to_be_visible()
    shot(page, "5-ricevuta")


def review(page: Page, address: str, delivery: str) -> None:
    page.goto(f"{address}/istruttoria/{delivery.rstrip('/').rsplit('/', 1)[-1]}/")
    page.get_by_role("button", name="Prendi in carico").click()
    page.locator("tr[data-proposal]").first.wait_for()
    shot(page, "6-istruttoria", at="#proposals-title")
    page.get_by_text("Accetta in blocco").click()
    page.get_by_role("button", name=re.compile("tutto ciò che resta")).click()
    expect(page.locator(".desk-counters")).to_contain_text("0 da decidere")
    page.get_by_role("button", name="Chiudi e pubblica").click()
    expect(page.get_by_text(re.compile(r"Edizione n\. \d+ pubblicata"))).to_be_visible()


def public(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 860}, locale="it-IT")
    page.goto(f"{address}/?municipality=015118&reading=1")
    page.wait_for_timeout(1500)
    shot(page, "7-mappa")
    page.goto(f"{address}/zone/alto-milanese/")
    page.wait_for_timeout(1000)
    shot(page, "8-zona")
    phone = browser.new_page(viewport={"width": 390, "height": 844}, locale="it-IT")
    phone.goto(f"{address}/")
    phone.wait_for_timeout(1500)
    shot(phone, "9-telefono")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    address = parser.parse_args().address
    SHOTS.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        operator = signed_in(chromium, address, OPERATOR)
        delivery = deliver(operator, address)
        submit(operator, delivery)
        review(signed_in(chromium, address, REVIEWER), address, delivery)
        public(chromium, address)
        chromium.close()
    print(f"{len(list(SHOTS.glob('*.png')))} screenshots in {SHOTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
