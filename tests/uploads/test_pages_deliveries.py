"""The pages of the comune: list, new delivery, report, mending, submission, receipt, rule book."""

import io

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from services.uploads import tasks
from services.uploads.models import Finding, StagedRow, Upload
from services.uploads.rules import registry
from tests import builders

TYPED = {
    "act": "Delibera C.C. 12/2025",
    "act_date": "2025-02-03",
    "reference_date": "2025-12-31",
    "contact_name": "Ufficio di piano",
    "contact_email": "piano@comune.example",
}


@pytest.fixture
def operator(cast) -> Client:
    client = Client()
    client.force_login(cast.operator)
    return client


def page(name: str, upload: Upload) -> str:
    return reverse(f"uploads:{name}", args=[upload.pk])


def text(answer) -> str:
    return answer.content.decode()


def said(answer) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def test_an_empty_list_says_what_will_be_there(operator):
    shown = text(operator.get(reverse("uploads:list")))
    assert "Nessuna consegna in corso" in shown
    assert "Confermo che nulla è cambiato" in shown


def test_the_list_says_whose_turn_it_is(cast, operator):
    builders.ready(cast)
    shown = text(operator.get(reverse("uploads:list")))
    assert "Tocca al Comune" in shown
    assert "1 riga da correggere" in shown


def test_a_file_sent_from_the_page_leads_to_its_progress(operator):
    answer = operator.post(
        reverse("uploads:new"),
        {"municipality": "015209", "file": builders.plan_file()},
        follow=True,
    )
    assert answer.redirect_chain[0][0].startswith("/consegne/")
    assert 'hx-trigger="load delay:1s"' in text(answer)


def test_without_a_file_or_over_the_limit_the_page_says_what_to_do(operator):
    url = reverse("uploads:new")
    empty = operator.post(url, {"municipality": "015209"})
    assert empty.status_code == 400
    assert "Scegli il file da consegnare." in text(empty)
    with override_settings(UPLOAD_MAX_BYTES=10):
        large = operator.post(url, {"municipality": "015209", "file": builders.plan_file()})
    assert "il limite è" in text(large)


def test_an_unreadable_file_is_told_in_words(operator):
    answer = operator.post(
        reverse("uploads:new"),
        {
            "municipality": "015209",
            "file": builders.SimpleUploadedFile("piano.zip", b"PK\x03\x04rotto"),
        },
    )
    upload = Upload.objects.get(pk=answer.url.strip("/").split("/")[-1])
    tasks.check_upload(str(upload.pk))
    shown = text(operator.get(page("detail", upload)))
    assert "Non siamo riusciti a leggere il file" in shown
    assert "Manda un altro file" in shown


def test_a_failure_of_ours_has_a_reference_and_a_retry(cast, operator):
    upload = builders.ready(cast, status="failed", error_reference="ab12cd34")
    shown = text(operator.get(page("detail", upload)))
    assert "ab12cd34" in shown
    assert "Riprova il controllo" in shown
    operator.post(page("retry", upload))
    upload.refresh_from_db()
    assert upload.status == "checking"


def test_the_report_opens_with_the_verdict_and_tells_a_mistake_once(cast, operator):
    upload = builders.checked(cast, rows=8, wrong_status=(1, 2, 3), without_act=(5,))
    shown = text(operator.get(page("checks", upload)))
    assert "3 righe da correggere; le altre 5 puoi già inviarle." in shown
    assert shown.count('id="m-ATT-07"') == 1
    assert shown.index('id="m-ATT-07"') < shown.index('id="m-ATT-08"')
    assert "controlli superati" in shown


def test_a_mistake_opens_on_its_rows_by_the_planners_own_names(cast, operator):
    upload = builders.ready(cast)
    whole = operator.get(page("checks", upload) + "ATT-07/")
    fragment = operator.get(page("checks", upload) + "ATT-07/", headers={"HX-Request": "true"})
    assert "B001 Biblioteca 1" in text(whole)
    assert "<html" in text(whole)
    assert "«chissà»" in text(fragment)
    assert "<html" not in text(fragment)


def test_the_report_asks_as_many_questions_for_many_findings_as_for_few(
    cast, operator, django_assert_num_queries
):
    upload = builders.ready(cast, rows=40)
    url = page("checks", upload)
    operator.get(url)
    with CaptureQueriesContext(connection) as few:
        operator.get(url)
    Finding.objects.bulk_create(
        Finding(upload=upload, code="ATT-08", severity="warning", layer="piano", rows=[n])
        for n in range(3, 41)
    )
    with django_assert_num_queries(len(few)):
        operator.get(url)


def test_places_are_geojson_in_degrees(cast, operator):
    upload = builders.ready(cast)
    found = operator.get(page("places", upload), {"code": "ATT-08"}).json()["features"]
    points = [f for f in found if f["geometry"]["type"] == "Point"]
    lon, lat = points[0]["geometry"]["coordinates"]
    assert 9.1 < lon < 9.4
    assert 45.4 < lat < 45.7


def test_a_row_to_mend_is_drawn_with_its_shape_and_what_its_findings_point_at(cast, operator):
    upload = builders.ready(cast)
    finding = Finding.objects.of(upload).filter(position__isnull=False).exclude(layer="").first()
    row = finding.rows[0]
    asked = {"strato": finding.layer, "riga": row}
    found = operator.get(page("places", upload), asked).json()["features"]
    roles = {f["properties"].get("role", "outline") for f in found}
    assert {"outline", "row", "finding"} <= roles
    (mine,) = [f for f in found if f["properties"].get("role") == "row"]
    assert mine["properties"]["row"] == row
    assert finding.code in {f["properties"].get("code") for f in found}
    nowhere = operator.get(page("places", upload), {"strato": "x", "riga": "99999"}).json()
    assert [f["properties"].keys() for f in nowhere["features"]] == [{"outline"}]


def test_a_warning_is_answered_with_a_reason(cast, operator):
    upload = builders.ready(cast)
    given = {"code": "ATT-08", "layer": "piano", "rows": "2", "kind": "right", "reason": "Va bene"}
    operator.post(page("answer", upload), given)
    assert upload.answers.get().reason == "Va bene"
    without_day = operator.post(page("answer", upload), {**given, "kind": "will_fix"})
    assert "Indica entro quando" in said(without_day)


def test_a_cell_is_mended_and_only_what_changed_travels(cast, operator):
    upload = builders.ready(cast)
    shown = text(operator.get(page("mend", upload)))
    assert "Hai mandato «chissà»." in shown
    row = StagedRow.objects.get(upload=upload, row=1)
    typed = {
        "layer": "piano",
        "row": "1",
        "f-status": "esistente",
        "f-name": row.name,
        "kind": row.kind,
    }
    operator.post(page("edit", upload), typed)
    upload.refresh_from_db()
    assert upload.status == "checking"
    assert list(upload.options["edits"].values()) == [{"status": "esistente"}]


def test_nothing_typed_changes_nothing(cast, operator):
    upload = builders.ready(cast)
    answer = operator.post(page("edit", upload), {"layer": "piano", "row": "1", "f-status": ""})
    assert "Non hai cambiato nulla" in said(answer)
    upload.refresh_from_db()
    assert upload.status == "checked"


def test_a_place_that_is_none_is_told(cast, operator):
    upload = builders.ready(cast)
    typed = {"layer": "piano", "row": "1", "lon": "nove", "lat": "45,5"}
    assert "Scrivi la posizione in gradi" in said(operator.post(page("edit", upload), typed))


def test_doubtful_columns_are_asked_and_the_answer_is_kept(cast, operator):
    upload = builders.ready(cast)
    upload.mapping["piano"]["columns"][2]["doubtful"] = True
    upload.save()
    assert "1 colonna da confermare" in text(operator.get(page("columns", upload)))
    operator.post(page("columns", upload), {"c-0-2": "notes"})
    upload.refresh_from_db()
    assert upload.options["columns"]["piano"]["DENOMINAZIONE"] == "notes"
    assert upload.options["columns"]["piano"]["STATO"] == "status"


def test_sending_keeps_what_was_typed_when_something_is_missing(cast, operator):
    upload = builders.ready(cast)
    answer = operator.post(page("submit", upload), {**TYPED, "contact_email": "non-un-indirizzo"})
    assert answer.status_code == 400
    assert "Delibera C.C. 12/2025" in text(answer)
    assert "L&#x27;indirizzo non è completo" in text(answer)


def test_good_rows_are_sent_and_the_receipt_proves_it(cast, operator):
    upload = builders.ready(cast)
    stopped = operator.post(page("submit", upload), TYPED)
    assert stopped.status_code == 409
    assert "hanno errori" in text(stopped)
    operator.post(page("submit", upload), {**TYPED, "only_correct_rows": "on"})
    receipt = upload.receipts.get()
    shown = text(operator.get(page("receipt", upload)))
    assert receipt.number in shown
    assert upload.sha256 in shown
    pdf = operator.get(page("receipt-pdf", upload))
    assert pdf.content.startswith(b"%PDF")


def test_the_workbook_has_what_to_do_findings_and_harmless_rows(cast, operator):
    upload = builders.ready(cast)
    row = StagedRow.objects.get(upload=upload, row=3)
    row.raw["DENOMINAZIONE"] = "=HYPERLINK(1)"
    row.save()
    body = operator.get(page("report-xlsx", upload)).getvalue()
    book = load_workbook(io.BytesIO(body))
    assert book.sheetnames == ["Cosa fare", "Rilievi", "piano"]
    sheet = book["piano"]
    assert [cell.value for cell in sheet[1]] == [
        "Riga",
        "Esito",
        "ID",
        "TIPOLOGIA",
        "DENOMINAZIONE",
        "STATO",
    ]
    assert sheet["E4"].value == "'=HYPERLINK(1)"
    assert sheet["F2"].fill.fgColor.rgb.endswith("F5B7B1")
    assert "chissà" in sheet["F2"].comment.text
    assert book["Rilievi"].max_row == 3


def test_the_example_file_passes_its_own_check(cast, operator):
    body = operator.get(reverse("uploads:example"), {"comune": "015209"}).content
    upload = builders.checked(cast, builders.SimpleUploadedFile("esempio.csv", body))
    assert (upload.status, upload.blocked_count, upload.row_count) == ("checked", 0, 3)


def test_the_rule_book_has_a_page_for_every_rule(db):
    client = Client()
    listed = text(client.get(reverse("uploads:rules")))
    for rule in registry.registered():
        assert rule.code in listed
        assert client.get(reverse("uploads:rule", args=[rule.code])).status_code == 200
    assert client.get(reverse("uploads:rule", args=["XYZ-99"])).status_code == 404


def test_nothing_changed_is_confirmed_with_a_contact_alone(cast, operator):
    first = builders.published(cast, rows=3)
    answer = operator.post(reverse("uploads:confirm"), {"municipality": "015209"})
    upload = Upload.objects.get(sort="confirmation")
    assert answer.url == page("submit", upload)
    shown = text(operator.get(answer.url))
    assert "Conferma e invia" in shown
    assert 'name="act"' not in shown
    contact = {name: TYPED[name] for name in ("contact_name", "contact_email")}
    operator.post(answer.url, contact)
    upload.refresh_from_db()
    assert upload.status != "checked"
    assert upload.receipts.exists()
    assert not upload.proposals.filter(kind="withdrawn").exists()
    assert first.edition is not None


def test_a_proposed_repair_is_taken_for_its_row(cast, operator):
    upload = builders.ready(cast)
    Finding.objects.create(upload=upload, code="GEO-04", severity="error", layer="piano", rows=[1])
    assert "Accetta la riparazione proposta" in text(operator.get(page("mend", upload)))
    operator.post(page("choices", upload), {"accept": "repair", "layer": "piano", "row": "1"})
    upload.refresh_from_db()
    assert upload.options["accepted"] == [{"what": "repair", "layer": "piano", "row": 1}]
    assert upload.status == "checking"
