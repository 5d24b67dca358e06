"""A row placed by hand and one by the geocoder, in a real browser, until the finding is gone."""

import re

import pytest
from playwright.sync_api import Page, expect

from deliveries.models import Delivery
from tests import builders, geocoder
from tests.browser.conftest import PATIENCE_MS, WIDTHS, clean, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.slow, pytest.mark.long]
BUTTON = "Proponi una posizione dall'indirizzo"


@pytest.fixture
def service(monkeypatch, committed_db):
    """A geocoder that the served portal and its worker are told of."""
    geocoder.forget()
    with geocoder.serving() as told:
        monkeypatch.setenv("STTM2_GEOCODER_URL", told.url)
        monkeypatch.setenv("STTM2_GEOCODER_HOSTS", "127.0.0.1")
        near, far = geocoder.inside(0), geocoder.inside(1)
        told.answer = [geocoder.house(*near), geocoder.street(*far)]
        yield told


def send_file(page: Page, address: str) -> str:
    """A file whose rows 2 to 5 have their address alone, checked; the delivery's address."""
    lines = builders.plan_file(6).read().decode().splitlines()
    for row in (2, 3, 4, 5):
        lines[row] = ";".join([*lines[row].split(";")[:-2], "", ""])
    content = {"name": "piano.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}
    page.goto(f"{address}/consegne/nuova/")
    page.set_input_files("input[type=file]", content)
    page.get_by_role("button", name="Carica e controlla").press("Enter")
    page.wait_for_url(re.compile(r"/controlli/#esito$"), timeout=PATIENCE_MS)
    return page.url.removesuffix("controlli/#esito")


def save(page: Page) -> None:
    page.get_by_role("button", name="Salva e ricontrolla").press("Enter")
    page.wait_for_url(re.compile(r"/controlli/#esito$"), timeout=PATIENCE_MS)


def by_hand(page: Page, delivery: str) -> None:
    lon, lat = geocoder.inside(5)
    page.goto(f"{delivery}correggi/?strato=piano&riga=2")
    page.get_by_label("Longitudine").fill(str(lon))
    page.get_by_label("Latitudine").fill(str(lat))
    save(page)


def by_geocoder(page: Page, delivery: str) -> None:
    page.goto(f"{delivery}correggi/?strato=piano&riga=3")
    expect(page.get_by_text("vengono mandati a 127.0.0.1")).to_be_visible()
    page.get_by_role("button", name=BUTTON).press("Enter")
    proposals = page.get_by_role("group", name=re.compile("propone per"))
    expect(proposals.get_by_role("radio")).to_have_count(3)
    expect(page.locator(".leaflet-tooltip")).to_have_text(["1", "2"])
    expect(page.get_by_label("Nessuna di queste")).to_be_checked()
    clean(page)
    proposals.get_by_role("radio").nth(1).check()
    lon, lat = geocoder.inside(1)
    expect(page.get_by_label("Longitudine")).to_have_value(f"{lon:.6f}")
    expect(page.get_by_label("Latitudine")).to_have_value(f"{lat:.6f}")
    page.get_by_label("Longitudine").fill(f"{lon + 0.0001:.6f}")
    page.get_by_label("Latitudine").focus()
    expect(page.get_by_label("Nessuna di queste")).to_be_checked()
    proposals.get_by_role("radio").first.check()
    save(page)


def many(page: Page, delivery: str) -> None:
    page.goto(f"{delivery}correggi/")
    page.get_by_role("link", name="Righe senza posizione").press("Enter")
    clean(page)
    page.get_by_role("button", name="Chiedi le posizioni di 2 indirizzi").press("Enter")
    shown = page.get_by_role("link", name="Mostra le proposte")
    shown.wait_for(timeout=PATIENCE_MS)
    clean(page)
    shown.press("Enter")
    expect(page.get_by_text("Chiesti 2 indirizzi.")).to_be_visible()
    clean(page)
    page.get_by_role("link", name=re.compile("Segna in questa pagina")).press("Enter")
    page.wait_for_url(re.compile("scelte=civici"))
    expect(page.locator("[data-place-number='1']:checked")).to_have_count(2)
    clean(page)
    page.get_by_role("button", name="Metti le posizioni scelte").press("Enter")
    expect(page.get_by_text("Ogni riga con un indirizzo ha la sua posizione.")).to_be_visible(
        timeout=PATIENCE_MS
    )


@pytest.mark.parametrize("width", list(WIDTHS))
def test_rows_are_placed_by_hand_and_by_the_geocoder(service, served, live_cast, browser, width):
    page = signed_in(browser, served, live_cast.operator, width)
    delivery = send_file(page, served)
    expect(page.locator("#m-GEO-01")).to_be_visible()
    by_hand(page, delivery)
    assert service.questions == []
    by_geocoder(page, delivery)
    assert [sent["q"] for _path, sent in service.questions] == [
        "via Roma 3, Sesto San Giovanni",
    ]
    many(page, delivery)
    page.goto(f"{delivery}controlli/")
    expect(page.locator(".verdict")).to_contain_text("Puoi inviarla: nessun errore")
    expect(page.locator("#m-GEO-01")).to_have_count(0)
    page.goto(f"{delivery}colonne/")
    clean(page)
    placed = page.get_by_role("region", name="Elenco delle posizioni").locator("tbody tr")
    expect(placed).to_have_count(4)
    expect(placed.nth(0)).to_contain_text("messa a mano")
    expect(placed.nth(1)).to_contain_text("proposta da 127.0.0.1")
    accuracy = dict(Delivery.objects.get().rows.values_list("row", "attributes__accuracy"))
    assert (accuracy[2], accuracy[3]) == (None, "civico")


def test_without_scripts_a_position_is_proposed_and_chosen_too(
    service, served, live_cast, browser
):
    page = signed_in(browser, served, live_cast.operator)
    delivery = send_file(page, served)
    still = signed_in(browser, served, live_cast.operator, java_script_enabled=False)
    still.goto(f"{delivery}correggi/?strato=piano&riga=3")
    still.get_by_role("button", name=BUTTON).click()
    still.get_by_role("radio", name=re.compile(r"^2\. Via Roma")).check()
    still.get_by_role("button", name="Salva e ricontrolla").click()
    page.goto(delivery)
    page.wait_for_url(re.compile(r"/controlli/"), timeout=PATIENCE_MS)
    assert Delivery.objects.get().rows.get(row=3).attributes["accuracy"] == "strada"
