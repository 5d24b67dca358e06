"""Command line, page, API and check without account give the same bytes for the same file."""

import io
import json
import sys
from pathlib import Path

import jsonschema
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from deliveries import precheck, tasks
from deliveries.actions import intake
from deliveries.models import Delivery
from deliveries.reports import document
from people.models import Mandate, Role
from zones.management.reference import FIXTURES
from zones.models import Municipality

ROOT = Path(__file__).resolve().parents[2]
CONSEGNE = FIXTURES / "consegne"
SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
PLANS = {
    "pds_costruito_legnano.gpkg": "015118",
    "pds_costruito_sesto_san_giovanni.zip": "015209",
    "pds_costruito_rho.csv": "015182",
}


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


def by_command(path: Path, istat: str, monkeypatch, *, language: str = "it") -> bytes:
    day, out = timezone.localdate().isoformat(), io.StringIO()
    asked = ["--municipality", istat, "--format", "json", "--date", day, "--language", language]
    with pytest.raises(SystemExit):
        call_command("check_delivery", str(path), *asked, stdout=out)
    return out.getvalue().encode()


def delivered(cast, path: Path, istat: str) -> Delivery:
    comune = Municipality.objects.get(pk=istat)
    Mandate.objects.get_or_create(user=cast.operator, municipality=comune, role=Role.OPERATOR)
    file = SimpleUploadedFile(path.name, path.read_bytes())
    delivery = intake.receive(cast.operator, sender=comune, file=file).delivery
    tasks.check_delivery(str(delivery.pk))
    delivery.refresh_from_db()
    return delivery


def by_precheck(browser: Client, path: Path, istat: str) -> tuple[bytes, bytes]:
    """From the API and from the page's download."""
    file = SimpleUploadedFile(path.name, path.read_bytes())
    answer = browser.post("/api/v1/checks/", {"municipality": istat, "file": file})
    token = answer.json()["id"]
    precheck.run(token)
    page = browser.get(reverse("deliveries:precheck-json", args=[token]))
    return browser.get(answer["Location"]).content, page.content


def every_way(cast, path: Path, istat: str, monkeypatch) -> dict[str, bytes]:
    browser = Client()
    told = {"command": by_command(path, istat, monkeypatch)}
    told["check"], told["check page"] = by_precheck(browser, path, istat)
    delivery = delivered(cast, path, istat)
    browser.force_login(cast.operator)
    told["page"] = browser.get(reverse("deliveries:report-json", args=[delivery.pk])).getvalue()
    told["api"] = browser.get(reverse("api-report-json", args=[delivery.pk])).getvalue()
    return told


def agree(told: dict[str, bytes]) -> None:
    first = told["command"]
    assert {way for way, body in told.items() if body != first} == set()
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(first))


@pytest.mark.parametrize("name", ["legnano_da_correggere.zip", "rho_foglio.xlsx"])
def test_every_way_out_gives_the_same_bytes_for_an_example(cast, monkeypatch, name):
    istat = "015118" if name.startswith("legnano") else "015182"
    agree(every_way(cast, CONSEGNE / name, istat, monkeypatch))


@pytest.mark.real_data
@pytest.mark.slow
@pytest.mark.parametrize("name", PLANS)
def test_every_way_out_gives_the_same_bytes_for_a_plan(cast, monkeypatch, shared_data, name):
    agree(every_way(cast, shared_data / "piani" / name, PLANS[name], monkeypatch))


def test_a_refused_file_gives_the_same_bytes(cast, monkeypatch, tmp_path):
    path = tmp_path / "rotto.zip"
    path.write_bytes(b"PK\x03\x04 not a zip at all")
    told = {"command": by_command(path, "015209", monkeypatch)}
    told["check"], told["check page"] = by_precheck(Client(), path, "015209")
    delivery = delivered(cast, path, "015209")
    told["stored"] = document.as_bytes(document.of_delivery(delivery))
    agree(told)


PLACE = "521000;5042500"
AWKWARD = {
    "long identifier": f"ID;TIPOLOGIA;COORD_X;COORD_Y\n{'B' * 300};Biblioteche;{PLACE}\n",
    "NUL": f"ID;TIPOLOGIA;COORD_X;COORD_Y\nB\0;Biblio\0teche;{PLACE}\n",
    "numbers": "ID;TIPOLOGIA;COORD_X;COORD_Y\n1;Musei;1e300;-1e22\n2;Scuole;1e-9;-0.0\n",
    "large area": f"ID;TIPOLOGIA;SUPERFICIE;COORD_X;COORD_Y\n1;Musei;1e16;{PLACE}\n",
    "long column": f"ID;TIPOLOGIA;{'NOTE' * 60};X;Y\n1;Musei;RSSMRA85T10A562S;{PLACE}\n",
    "NUL in a header": f"ID;TIPO\0LOGIA;COORD_X;COORD_Y\n1;Musei;{PLACE}\n",
    "odd letters": f"ID;TIPOLOGIA;X;Y\n\U0001f3db;Musei \ud7ff\ufffd;{PLACE}\n",
}


@pytest.mark.parametrize("text", AWKWARD.values(), ids=AWKWARD)
def test_odd_values_come_back_from_the_database_as_they_went_in(cast, monkeypatch, tmp_path, text):
    path = tmp_path / "piano.csv"
    path.write_bytes(text.encode())
    delivery = delivered(cast, path, "015209")
    assert delivery.status in ("checked", "unreadable")
    stored = document.as_bytes(document.of_delivery(delivery))
    assert by_command(path, "015209", monkeypatch) == stored


def test_a_file_refused_after_it_was_read_tells_nothing_of_the_earlier_check(cast, tmp_path):
    path = CONSEGNE / "sesto_buona.gpkg"
    delivery = delivered(cast, path, "015209")
    with delivery.file.storage.open(delivery.file.name, "wb") as stored:
        stored.write(b"spoilt on the disk")
    intake.recheck(delivery, user=cast.operator)
    tasks.check_delivery(str(delivery.pk))
    delivery.refresh_from_db()
    report = document.document(document.of_delivery(delivery))
    assert delivery.status == "unreadable"
    assert (report["rows"], report["layers"], report["autofixes"]) == (0, [], [])


def test_english_is_the_same_everywhere_too(cast, monkeypatch):
    path = CONSEGNE / "rho_foglio.xlsx"
    file = SimpleUploadedFile(path.name, path.read_bytes())
    browser = Client()
    answer = browser.post("/api/v1/checks/", {"municipality": "015182", "file": file})
    precheck.run(answer.json()["id"])
    told = browser.get(answer["Location"] + "?language=en").content
    assert told == by_command(path, "015182", monkeypatch, language="en")


def test_the_schema_is_served_and_is_a_schema(db):
    answer = Client().get("/api/v1/report.schema.json")
    assert answer.json() == SCHEMA
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_terminal_writes_the_same_bytes_whatever_its_encoding(db, monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    path = CONSEGNE / "rho_foglio.xlsx"
    asked = ["--municipality", "015182", "--format", "json"]
    with pytest.raises(SystemExit):
        call_command("check_delivery", str(path), *asked)
    assert raw.getvalue() == by_command(path, "015182", monkeypatch)
