"""The check without account: same report, its file gone at once, its result after the hour."""

import io
import json
import os
import re
import time

import openpyxl
import pytest
from django.conf import settings
from django.core.cache import cache, caches
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from core.queue import PRECHECKS, app, waiting
from deliveries import leases, precheck, works
from deliveries.models import Errand
from tests.processes import wait_for
from zones.management.reference import FIXTURES

CONSEGNE = FIXTURES / "consegne"
#: In EPSG:32632, inside Sesto San Giovanni; the second row has no known type and a fiscal code.
ROWS = """ID;TIPOLOGIA;DENOMINAZIONE;NOTE;COORD_X;COORD_Y
B1;Biblioteche;Biblioteca centrale;;521000;5042500
B2;Xyzzy;=cmd;RSSMRA85T10A562S;521200;5042600
"""


@pytest.fixture(autouse=True)
def clean_cache():
    """Only our own keys: the queue lives in the same Redis."""
    translation.activate("it")
    forget()
    yield
    forget()


def forget() -> None:
    client = cache._cache.get_client()
    for key in client.scan_iter(f"{settings.CACHES['default']['KEY_PREFIX']}:*"):
        client.delete(key)
    for name in stored():
        default_storage.delete(f"{precheck.FOLDER}/{name}")


@pytest.fixture
def browser(db) -> Client:
    return Client()


def a_file(text: str = ROWS, name: str = "piano.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def stored() -> list[str]:
    try:
        return default_storage.listdir(precheck.FOLDER)[1]
    except FileNotFoundError:
        return []


def sent_by_page(browser: Client, file=None) -> str:
    """The token of a check that was asked for on the page."""
    answer = browser.post(
        reverse("deliveries:precheck"), {"municipality": "015209", "file": file or a_file()}
    )
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"].strip("/").split("/")[-1]


def test_workers_log_no_token(browser, empty_queues):
    """What its message is called stands in the log of whoever takes it: the token opens it."""
    token = sent_by_page(browser)
    assert token not in works.PRECHECK.message_id(token, 1)
    assert works.PRECHECK.message_id(token, 1) != works.PRECHECK.message_id(token + "x", 1)
    app.control.purge()
    works.PRECHECK.send(token, 1)
    assert waiting(PRECHECKS) == {works.PRECHECK.message_id(token, 1)}


def test_anybody_sends_a_file_and_reads_the_report(browser):
    token = sent_by_page(browser)
    waiting = browser.get(reverse("deliveries:precheck-report", args=[token]))
    assert "hx-get" in waiting.content.decode()
    assert "HX-Redirect" not in browser.get(reverse("deliveries:precheck-progress", args=[token]))
    precheck.run(token)
    done = browser.get(reverse("deliveries:precheck-progress", args=[token]))
    assert done["HX-Redirect"] == reverse("deliveries:precheck-report", args=[token])
    answer = browser.get(reverse("deliveries:precheck-report", args=[token]))
    page = answer.content.decode()
    assert 'class="verdict' in page
    assert "piano.csv" in page
    assert "ATT-04" in page
    assert "agli avvisi si risponde dopo aver consegnato il file" in page
    assert answer["X-Robots-Tag"] == "noindex"
    assert "no-store" in answer["Cache-Control"]


def test_the_report_is_there_in_english(browser):
    token = sent_by_page(browser)
    precheck.run(token)
    page = browser.get(f"/en/verifica/{token}/").content.decode()
    assert "Report of the check" in page
    assert "Che cosa" not in page
    assert "Il file" not in page
    assert "Check without signing in" in browser.get("/en/verifica/").content.decode()


def test_the_file_is_gone_as_soon_as_it_is_checked(browser):
    token = sent_by_page(browser)
    assert stored() == [token]
    precheck.run(token)
    assert stored() == []


def test_a_personal_code_is_told_but_not_shown(browser):
    token = sent_by_page(browser)
    precheck.run(token)
    report = browser.get(reverse("deliveries:precheck-json", args=[token])).content.decode()
    assert "ATT-15" in report
    assert "RSSMRA85T10A562S" not in report
    page = browser.get(reverse("deliveries:precheck-report", args=[token])).content.decode()
    assert "RSSMRA85T10A562S" not in page


def test_the_workbook_runs_no_formula(browser):
    token = sent_by_page(browser)
    precheck.run(token)
    answer = browser.get(reverse("deliveries:precheck-xlsx", args=[token]))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.sheetnames == ["Cosa fare", "Rilievi"]
    cells = [cell.value for sheet in book for row in sheet for cell in row]
    assert not [text for text in cells if isinstance(text, str) and text[:1] in "=+@"]


def test_an_unreadable_file_is_refused_in_words(browser):
    token = sent_by_page(browser, a_file("PK\x03\x04 not a zip", "rotto.zip"))
    precheck.run(token)
    page = browser.get(reverse("deliveries:precheck-report", args=[token])).content.decode()
    assert "Non siamo riusciti a leggere il file." in page
    assert "FIL-01" in page
    assert stored() == []


def test_a_crash_of_ours_says_a_reference_and_keeps_no_file(browser, monkeypatch):
    token = sent_by_page(browser)

    def broken(*args, **kwargs):
        raise RuntimeError("power cut")

    monkeypatch.setattr(precheck.examination, "examine", broken)
    precheck.run(token)
    reference = precheck.ticket_of(token).reference
    page = browser.get(reverse("deliveries:precheck-report", args=[token])).content.decode()
    assert reference in page
    assert browser.get(reverse("api-check", args=[token])).status_code == 500
    assert stored() == []


def with_the_cache_away(monkeypatch, token: str) -> None:
    """The check while Redis does not answer."""
    with monkeypatch.context() as patch:
        patch.setattr(caches["default"], "_rests_until", time.monotonic() + 600)
        precheck.run(token)


def test_what_could_not_be_kept_is_checked_again(browser, monkeypatch):
    """It was told as done, and then as deleted."""
    token = sent_by_page(browser)
    with_the_cache_away(monkeypatch, token)
    waits = browser.get(reverse("deliveries:precheck-report", args=[token]))
    assert "hx-get" in waits.content.decode()
    assert stored() == [token]
    precheck.run(token)
    assert stored() == [token], "not before its pause is over"
    Errand.objects.update(lease_until=timezone.now())
    precheck.run(token)
    page = browser.get(reverse("deliveries:precheck-report", args=[token])).content.decode()
    assert 'class="verdict' in page
    assert stored() == []


def test_what_can_never_be_kept_ends_with_a_reference(browser, monkeypatch):
    token = sent_by_page(browser)
    Errand.objects.update(attempts=leases.MAX_ATTEMPTS - 1)
    with_the_cache_away(monkeypatch, token)
    reference = precheck.ticket_of(token).reference
    page = browser.get(reverse("deliveries:precheck-report", args=[token])).content.decode()
    assert reference and reference in page
    assert stored() == []


def test_after_its_hour_nothing_is_left(browser, settings):
    settings.PRECHECK_SECONDS = 1
    token = sent_by_page(browser)
    precheck.run(token)
    time.sleep(1.6)
    assert browser.get(reverse("deliveries:precheck-report", args=[token])).status_code == 404
    assert browser.get(reverse("api-check", args=[token])).status_code == 404
    assert not [key for key in cache._cache.get_client().keys("*") if token.encode() in key]
    precheck.sweep()
    assert not Errand.objects.exists()


def test_a_check_that_comes_after_its_hour_deletes_its_file(browser):
    token = sent_by_page(browser)
    Errand.objects.update(until=timezone.now())
    precheck.run(token)
    assert stored() == []


def test_the_sweep_takes_files_that_nobody_checked(browser):
    token = sent_by_page(browser)
    precheck.sweep()
    assert stored() == [token]
    Errand.objects.update(until=timezone.now())
    precheck.sweep()
    assert stored() == [token], "its row may just be on its way"
    aged = time.time() - precheck.ROWLESS.total_seconds() - 1
    os.utime(default_storage.path(f"{precheck.FOLDER}/{token}"), (aged, aged))
    precheck.sweep()
    assert stored() == []


def test_a_token_cannot_be_guessed_and_an_unknown_one_is_not_found(browser):
    first, second = sent_by_page(browser), sent_by_page(browser)
    assert first != second
    assert re.fullmatch(r"[-\w]{32,}", first)
    assert browser.get(reverse("deliveries:precheck-report", args=["x" * 32])).status_code == 404


def test_too_many_checks_are_refused_on_page_and_api_together(browser, monkeypatch):
    monkeypatch.setattr(precheck.PrecheckThrottle, "rate", "2/hour", raising=False)
    sent_by_page(browser)
    asked = {"municipality": "015209", "file": a_file()}
    assert browser.post("/api/v1/checks/", asked).status_code == 202
    answer = browser.post(
        reverse("deliveries:precheck"),
        {"municipality": "015209", "file": a_file()},
        headers={"X-Forwarded-For": "203.0.113.7"},
    )
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "troppe verifiche" in answer.content.decode()
    answer = browser.post("/api/v1/checks/", {"municipality": "015209", "file": a_file()})
    assert answer.status_code == 429
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"municipality": "015209"}, "Scegli il file"),
        ({"file": "x"}, "Scegli di quale Comune"),
        ({"municipality": "015209", "file": ""}, "Il file è vuoto"),
    ],
)
def test_what_is_missing_is_said_on_the_page(browser, given, told):
    if "file" in given:
        given = {**given, "file": a_file(given["file"])}
    answer = browser.post(reverse("deliveries:precheck"), given)
    assert answer.status_code == 400
    assert told in answer.content.decode()


def test_the_api_answers_with_a_place_and_then_with_the_report(browser):
    asked = {"municipality": "015209", "file": a_file(), "crs": "EPSG:32632", "date": "2026-11-22"}
    answer = browser.post("/api/v1/checks/", asked)
    assert answer.status_code == 202
    assert answer.json()["status"] == "waiting"
    place = answer["Location"]
    assert browser.get(place).status_code == 202
    precheck.run(answer.json()["id"])
    report = browser.get(place)
    assert report.status_code == 200
    assert report.json()["file"] == "piano.csv"
    assert report.json()["rows"] == 2


@pytest.mark.parametrize(
    "wrong", [{"municipality": "999999"}, {"crs": "abc"}, {"date": "ieri"}, {"file": ""}]
)
def test_the_api_says_what_it_cannot_use(browser, wrong):
    asked = {"municipality": "015209", "file": a_file(), **wrong}
    answer = browser.post("/api/v1/checks/", asked)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_who_waits_reads_how_many_are_before(browser):
    first, second = sent_by_page(browser), sent_by_page(browser)
    page = browser.get(reverse("deliveries:precheck-report", args=[second])).content.decode()
    assert "Davanti c&#x27;è 1 file" in page or "Davanti c'è 1 file" in page
    page = browser.get(reverse("deliveries:precheck-report", args=[first])).content.decode()
    assert "È il prossimo" in page


@pytest.mark.worker
@pytest.mark.slow
def test_a_worker_in_another_process_checks_it(committed_db, worker):
    browser = Client()
    file = SimpleUploadedFile("sesto.gpkg", (CONSEGNE / "sesto_buona.gpkg").read_bytes())
    answer = browser.post("/api/v1/checks/", {"municipality": "015209", "file": file})
    place = answer["Location"]
    report = wait_for(lambda: (a := browser.get(place)).status_code == 200 and a)
    assert json.loads(report.content)["file"] == "sesto.gpkg"
    assert stored() == []
