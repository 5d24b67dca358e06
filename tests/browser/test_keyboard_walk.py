"""A planner without a mouse: from the file to the receipt, and the check without account; at both
widths, axe after every change."""

import json
import re

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from deliveries.models import Answer, Delivery, StagedRow
from tests.browser.conftest import PATIENCE_MS, WIDTHS, clean, signed_in
from tests.browser.keyboard import Keyboard

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.slow]
EAST, NORTH = 9.236, 45.536


def point(step: int) -> dict:
    return {"type": "Point", "coordinates": [EAST + step / 1000, NORTH]}


def bow_tie() -> dict:
    """An outline that crosses itself: of its two wings one is larger."""
    corners = [(0, 0), (9, 9), (9, 0), (0, 4), (0, 0)]
    ring = [[EAST + 0.02 + x / 10_000, NORTH + y / 10_000] for x, y in corners]
    return {"type": "Polygon", "coordinates": [ring]}


#: identifier, type, name, status, geometry; what is wrong with it, if anything
ROWS = [
    ("B001", "Biblioteca", "Biblioteca 1", "chissà", point(1)),  # a word that is none of the list
    ("B002", "Qwerty zxcv", "Corte Nuova", "esistente", point(2)),  # a type that nobody knows
    ("B003", "Biblioteca", "Biblioteca 3", "esistente", {"type": "Point", "coordinates": [0, 0]}),
    ("P004", "Parco", "Parco Adriano", "esistente", bow_tie()),
    ("B005", "Biblioteca", "  Biblioteca 5", "previsto", point(5)),  # no act; spaces
    ("B006", "Biblioteca", "Biblioteca 6", "previsto", point(6)),
    ("B007", "Biblioteca", "Biblioteca 7", "esistente", point(7)),
]
SITES = {"B007": "sul sito del Comune"}  # no address of a site


def plan() -> dict:
    names = ("ID", "TIPOLOGIA", "DENOMIN", "STATO", "SITO_WEB")
    features = [
        {
            "type": "Feature",
            "properties": dict(zip(names, (*row[:4], SITES.get(row[0])), strict=True)),
            "geometry": row[4],
        }
        for row in ROWS
    ]
    body = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    return {"name": "piano.geojson", "mimeType": "application/geo+json", "buffer": body}


def arrived(page: Page, step: str) -> None:
    """The next step has come by itself, whole."""
    try:
        page.wait_for_url(re.compile(rf"/{step}/(#\w+)?$"), timeout=PATIENCE_MS)
    except PlaywrightTimeout:
        pytest.fail(f"{step} did not come: {page.get_by_role('main').inner_text()}")
    page.wait_for_load_state("networkidle")
    clean(page)


def sent_back(page: Page) -> None:
    """What was typed came back with a word; the browser notes the refusal (400), no more."""
    page.wait_for_load_state("networkidle")
    assert [said for said in page.problems if "400 (Bad Request)" not in said] == []
    assert page.problems
    page.problems.clear()
    clean(page)


def upload_file(keys: Keyboard, address: str) -> None:
    page = keys.page
    page.goto(f"{address}/consegne/")
    clean(page)
    keys.begin()
    keys.to(page.get_by_role("main").get_by_role("link", name="Consegna un file").first)
    keys.press("Enter")
    arrived(page, "nuova")
    keys.begin()
    field = page.locator("input[type=file]")
    keys.to(field)
    button = page.get_by_role("button", name="Carica e controlla")
    keys.to(button)
    keys.press("Enter")
    assert keys.at(field), "a missing file keeps the focus on its field"
    field.set_input_files(plan())  # the system's own dialogue, that Enter opened
    keys.to(button)
    keys.press("Enter")
    arrived(page, "controlli")
    keys.lands(page.locator(".verdict"))
    expect(page.locator(".verdict")).to_contain_text("3 righe da correggere")


def confirm_columns(keys: Keyboard) -> None:
    """The doubtful column is said to be the name; the spaces stay as they were."""
    page = keys.page
    keys.to(page.get_by_role("link", name="Cosa abbiamo capito").last)
    keys.press("Enter")
    arrived(page, "colonne")
    keys.begin()
    keys.choose(page.get_by_label("La tua colonna «DENOMIN» è:"), "Denominazione")
    keys.to(page.get_by_role("button", name="Conferma le colonne e ricontrolla"))
    keys.press("Enter")
    arrived(page, "controlli")
    keys.lands(page.locator(".verdict"))


def take_a_change_back(keys: Keyboard) -> None:
    """What was changed by itself is left as it was sent, and changed again."""
    page = keys.page
    go_to_step(keys, "Cosa abbiamo capito", "colonne")
    for state in ("sent", "changed"):
        keys.to(page.get_by_role("checkbox", name="lascia com'era"))
        keys.press("Space")
        keys.to(page.get_by_role("button", name="Applica e ricontrolla").first)
        keys.press("Enter")
        page.wait_for_url(re.compile("poi=capito"), timeout=PATIENCE_MS)
        arrived(page, "colonne")
        keys.lands(page.locator("[data-arrival]"))
        name = StagedRow.objects.get(row=5).name
        assert name == {"sent": "  Biblioteca 5", "changed": "Biblioteca 5"}[state]


def mend_three_rows(keys: Keyboard) -> None:
    """A cell, a place (wrong at first) and a proposed repair, saved at once; then a type."""
    page = keys.page
    go_to_step(keys, "Correggi", "correggi")
    keys.choose(
        page.locator("section", has_text="Riga 1").get_by_label("Stato", exact=True), "esistente"
    )
    third = page.locator("section", has_text="Riga 3")
    keys.to(third.get_by_label("Longitudine"))
    keys.type("nove")
    keys.to(third.get_by_label("Latitudine"))
    keys.type("45,5361")
    keys.press("Enter")
    page.wait_for_url("**/correggi/riga/")
    sent_back(page)
    keys.lands(page.get_by_text("Scrivi la posizione in gradi, per esempio"))
    expect(
        page.locator("section", has_text="Riga 1").get_by_label("Stato", exact=True)
    ).to_have_value("esistente")
    expect(third.get_by_label("Latitudine")).to_have_value("45,5361")
    keys.to(third.get_by_label("Longitudine"))
    keys.type("9,2391")
    keys.to(page.get_by_role("checkbox", name="Accetta la riparazione proposta"))
    keys.press("Space")
    keys.to(page.locator("section", has_text="Riga 4").get_by_role("button", name="Salva"))
    keys.press("Enter")
    arrived(page, "controlli")
    keys.lands(page.locator(".verdict"))
    expect(page.locator(".verdict")).to_contain_text("Puoi inviarla: nessun errore")
    pick_a_type(keys)


def pick_a_type(keys: Keyboard) -> None:
    """From the warning to its row, and back to the report."""
    page = keys.page
    opened(keys, "ATT-04")
    keys.to(page.get_by_role("link", name="Correggi la riga 2"))
    keys.press("Enter")
    page.wait_for_url("**riga=2")
    page.wait_for_load_state("networkidle")
    clean(page)
    keys.begin()
    keys.choose(page.get_by_label("Tipo di servizio"), "Musei")
    keys.to(page.get_by_role("button", name="Salva e ricontrolla"))
    keys.press("Enter")
    arrived(page, "controlli")
    keys.lands(page.locator(".verdict"))


def opened(keys: Keyboard, code: str) -> None:
    """A mistake of the report, opened where one stands."""
    summary = keys.page.locator(f"#m-{code} > summary")
    keys.to(summary)
    keys.press("Enter")
    expect(keys.page.locator(f"#m-{code} table")).to_be_visible()
    keys.page.wait_for_load_state("networkidle")
    assert keys.at(summary)
    clean(keys.page)


def answer_two_warnings(keys: Keyboard) -> None:
    """One is right as it is, the other will be mended by a day."""
    answered(keys, "ATT-08", "L'atto arriva a marzo")
    answered(keys, "ATT-14", "Lo correggiamo con la variante", until="12122030")


def answered(keys: Keyboard, code: str, reason: str, until: str = "") -> None:
    page = keys.page
    opened(keys, code)
    mistake = page.locator(f"#m-{code}")
    keys.to(mistake.locator("summary", has_text="Rispondi").first)
    keys.press("Enter")
    clean(page)
    keys.to(mistake.get_by_role("radio", name="È giusto così"))
    if until:
        keys.press("ArrowDown")
        expect(mistake.get_by_role("radio", name="Sarà corretto")).to_be_checked()
    keys.to(mistake.get_by_label("Motivo"))
    page.keyboard.type(reason)
    send = mistake.get_by_role("button", name="Registra la risposta")
    if until:
        keys.to(send)
        keys.press("Enter")
        page.wait_for_url("**/risposte/")
        sent_back(page)
        keys.lands(page.get_by_text("Indica entro quando lo correggerai."))
        expect(page.get_by_label("Motivo")).to_have_value(reason)
        keys.to(page.get_by_label(re.compile("^Entro il")))
        page.keyboard.type(until)
        send = page.get_by_role("button", name="Registra la risposta")
    keys.to(send)
    keys.press("Enter")
    expect(page.locator("[data-arrival]")).to_contain_text("Risposta registrata")
    page.wait_for_load_state("networkidle")
    clean(page)
    keys.lands(page.locator("[data-arrival]"))


def submit(keys: Keyboard) -> None:
    page = keys.page
    go_to_step(keys, "Invia", "invia")
    expect(page.get_by_text("Scheda di Sesto San Giovanni")).to_be_visible()
    clean(page)
    typed = {  # days whose day and month are the same: their order is the system's
        "Atto di approvazione del piano": "Delibera C.C. n. 12/2025",
        "Data dell'atto": "03032025",
        "A quando si riferiscono i dati": "12122025",
        "Referente": "Ufficio di piano",
        "E-mail d'ufficio del referente": "piano@comune",
    }
    for label, text in typed.items():
        keys.to(page.get_by_label(label, exact=True))
        page.keyboard.type(text)
    keys.press("Enter")
    mail = page.get_by_label("E-mail d'ufficio del referente")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("L'indirizzo non è completo")).to_be_visible()
    sent_back(page)
    keys.lands(mail)
    keys.type("piano@comune.example")
    keys.to(page.get_by_role("button", name="Invia all'ufficio"))
    keys.press("Enter")
    arrived(page, "ricevuta")
    keys.lands(page.locator("[data-arrival]"))
    keys.to(page.get_by_role("link", name="Scarica il PDF"))


def go_to_step(keys: Keyboard, name: str, path: str) -> None:
    """By the stepper, from the top of the page."""
    page = keys.page
    step = page.locator(".steps").get_by_role("link", name=name)
    keys.to(step, back=keys.passed(step))
    keys.press("Enter")
    arrived(page, path)
    keys.begin()


def visitor(browser: Browser, width: str) -> Page:
    columns, rows = WIDTHS[width]
    context = browser.new_context(
        viewport={"width": columns, "height": rows}, locale="it-IT", reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.problems = []
    page.on("console", lambda m: m.type == "error" and page.problems.append(m.text))
    return page


@pytest.mark.long
@pytest.mark.parametrize("width", list(WIDTHS))
def test_a_planner_without_a_mouse_goes_from_the_file_to_the_receipt(
    served, live_cast, browser, width
):
    keys = Keyboard(signed_in(browser, served, live_cast.operator, width, locale="it-IT"))
    upload_file(keys, served)
    confirm_columns(keys)
    take_a_change_back(keys)
    mend_three_rows(keys)
    answer_two_warnings(keys)
    submit(keys)
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.blocked_count) == ("submitted", 0)
    kinds = {row.identifier: row.kind for row in delivery.rows.all()}
    assert kinds["B002"] == "musei"
    assert delivery.rows.get(identifier="P004").geometry.valid
    given = {(one.code, one.kind) for one in delivery.answers.all()}
    assert given == {("ATT-08", Answer.Kind.RIGHT), ("ATT-14", Answer.Kind.WILL_FIX)}
    assert keys.keys < 1000


@pytest.mark.parametrize("width", list(WIDTHS))
def test_whoever_has_no_account_and_no_mouse_checks_a_file(served, browser, width):
    keys = Keyboard(page := visitor(browser, width))
    page.goto(served)
    keys.to(page.get_by_role("link", name="Verifica un file").first, within=400)
    keys.press("Enter")
    arrived(page, "verifica")
    keys.begin()
    button = page.get_by_role("button", name="Verifica", exact=True)
    keys.choose(page.get_by_label("Comune", exact=True), "Sesto San Giovanni")
    field = page.locator("input[type=file]")
    keys.to(field)
    field.set_input_files(plan())
    keys.to(button)
    keys.press("Enter")
    expect(page.locator(".verdict")).to_be_visible(timeout=PATIENCE_MS)
    page.wait_for_load_state("networkidle")
    clean(page)
    keys.lands(page.locator(".verdict"))
    summary = page.locator("#m-ATT-07 > summary")
    keys.to(summary)
    keys.press("Enter")
    expect(page.locator("#m-ATT-07 table")).to_be_visible()
    clean(page)
    keys.to(page.locator("#m-ATT-07 .finding-group-body a.code"))
    page.goto(page.url.replace(served, f"{served}/en"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Report of the check")
    clean(page)
