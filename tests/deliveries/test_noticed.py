"""What the reader noticed and no rule speaks of: on the page, in the JSON report, on paper."""

import html

import jsonschema
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from deliveries.reports import document, noticed, pdf
from tests import builders
from tests.deliveries.test_same_report import SCHEMA, by_command

TITLE = "Piano dei servizi, elenco al 50%"
TOLD = {
    "title-rows": f"Righe di titolo sopra la tabella, saltate: {TITLE}.",
    "blank-rows": "Righe vuote saltate: 1.",
    "crs-alike": "Il file non dichiara il sistema di riferimento: abbiamo preso EPSG:32632.",
}
OF_THE_FILE = "Il nome finisce in .geojson ma il contenuto è CSV: vale il contenuto."


def plan() -> bytes:
    header, *rows = builders.plan_file(rows=4).read().decode().splitlines()
    return "\n".join([TITLE + ";" * 7, header, *rows[:2], ";" * 7, *rows[2:]]).encode()


@pytest.fixture
def delivery(cast):
    return builders.checked(cast, SimpleUploadedFile("piano.geojson", plan()))


def said(notes) -> dict[str, str]:
    return {note["code"]: note["message"] for note in notes}


def test_the_json_report_says_it_for_the_file_and_for_each_layer(delivery):
    told = document.document(document.of_delivery(delivery))
    jsonschema.Draft202012Validator(SCHEMA).validate(told)
    assert said(told["notes"]) == {"extension-differs": OF_THE_FILE}
    layer = said(told["layers"][0]["notes"])
    assert set(layer) == set(TOLD)
    assert all(layer[code].startswith(words) for code, words in TOLD.items())


def test_english_readers_get_it_in_english(delivery):
    told = document.document(document.of_delivery(delivery), language="en")
    assert said(told["layers"][0]["notes"])["blank-rows"] == "Empty rows skipped: 1."
    assert said(told["notes"])["extension-differs"].startswith("The name ends in .geojson")


def test_the_command_gives_the_same_bytes(delivery, monkeypatch, tmp_path):
    path = tmp_path / "piano.geojson"
    path.write_bytes(plan())
    for language in ("it", "en"):
        stored = document.as_bytes(document.of_delivery(delivery), language=language)
        assert by_command(path, "015209", monkeypatch, language=language) == stored


def test_the_page_says_it_too(cast, delivery):
    browser = Client()
    browser.force_login(cast.operator)
    page = browser.get(reverse("deliveries:columns", args=[delivery.pk])).content.decode()
    for words in (OF_THE_FILE, *TOLD.values()):
        assert words in html.unescape(page)


def test_the_paper_says_it_too(delivery):
    flat = " ".join(html.unescape(pdf.markup(delivery)).split())
    for words in ("Durante la lettura", OF_THE_FILE, f"Strato «piano»: {TOLD['blank-rows']}"):
        assert words in flat
    assert pdf.document(delivery).startswith(b"%PDF")


def test_what_is_told_on_paper_is_grouped_by_layer(delivery):
    [(file, of_file), (layer, of_layer)] = noticed.by_layer(delivery.facts)
    assert (file, of_file, layer, len(of_layer)) == ("", [OF_THE_FILE], "piano", 3)
