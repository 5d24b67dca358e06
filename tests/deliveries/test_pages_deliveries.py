"""The pages of the comune: list, new delivery, report, mending, submission, receipt, rule book."""

import io
from html import unescape

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from deliveries import leases, tasks
from deliveries.actions import review
from deliveries.models import Delivery, Finding, StagedRow
from deliveries.reports import story
from tests import builders
from tests.deliveries.pages import TYPED, of_row, page, text
from validator.rules import registry


def test_an_empty_list_says_what_will_be_there(operator):
    shown = text(operator.get(reverse("deliveries:list")))
    assert "Nessuna consegna in corso" in shown
    assert "Confermo che nulla è cambiato" in shown


def test_the_list_says_whose_turn_it_is(cast, operator):
    builders.ready(cast)
    shown = text(operator.get(reverse("deliveries:list")))
    assert "Tocca a chi consegna" in shown
    assert "1 riga da correggere" in shown


def test_a_file_sent_from_the_page_leads_to_its_progress(operator):
    answer = operator.post(
        reverse("deliveries:new"),
        {"sender": "015209", "file": builders.plan_file()},
        follow=True,
    )
    assert answer.redirect_chain[0][0].startswith("/consegne/")
    assert 'hx-trigger="load delay:1s"' in text(answer)


def test_without_a_file_or_over_the_limit_the_page_says_what_to_do(operator):
    url = reverse("deliveries:new")
    empty = operator.post(url, {"sender": "015209"})
    assert empty.status_code == 400
    assert "Scegli il file da consegnare." in text(empty)
    with override_settings(UPLOAD_MAX_BYTES=10):
        large = operator.post(url, {"sender": "015209", "file": builders.plan_file()})
    assert "il limite è" in text(large)


def test_an_unreadable_file_is_told_in_words(operator):
    answer = operator.post(
        reverse("deliveries:new"),
        {
            "sender": "015209",
            "file": builders.SimpleUploadedFile("piano.zip", b"PK\x03\x04rotto"),
        },
    )
    delivery = Delivery.objects.get(pk=answer.url.strip("/").split("/")[-1])
    tasks.check_delivery(str(delivery.pk))
    shown = text(operator.get(page("detail", delivery)))
    assert "Non siamo riusciti a leggere il file" in shown
    assert "Manda un altro file" in shown


def test_a_failure_of_ours_has_a_reference_and_a_retry(cast, operator):
    delivery = builders.ready(cast, status="failed", error_reference="ab12cd34")
    shown = text(operator.get(page("detail", delivery)))
    assert "ab12cd34" in shown
    assert "Riprova il controllo" in shown
    operator.post(page("retry", delivery))
    delivery.refresh_from_db()
    assert delivery.status == "checking"


def test_the_report_opens_with_the_verdict_and_tells_a_mistake_once(cast, operator):
    delivery = builders.checked(cast, rows=8, wrong_status=(1, 2, 3), without_act=(5,))
    shown = text(operator.get(page("checks", delivery)))
    assert "3 righe da correggere; le altre 5 puoi già inviarle." in shown
    assert shown.count('id="m-ATT-07"') == 1
    assert shown.index('id="m-ATT-07"') < shown.index('id="m-ATT-08"')
    assert "controlli superati" in shown


def test_a_mistake_opens_on_its_rows_by_the_planners_own_names(cast, operator):
    delivery = builders.ready(cast)
    whole = operator.get(page("checks", delivery) + "ATT-07/")
    fragment = operator.get(page("checks", delivery) + "ATT-07/", headers={"HX-Request": "true"})
    assert "B001 Biblioteca 1" in text(whole)
    assert "<html" in text(whole)
    assert "«chissà»" in text(fragment)
    assert "<html" not in text(fragment)


def test_the_report_asks_as_many_questions_for_many_findings_as_for_few(
    cast, operator, django_assert_num_queries
):
    delivery = builders.ready(cast, rows=40)
    url = page("checks", delivery)
    operator.get(url)
    with CaptureQueriesContext(connection) as few:
        operator.get(url)
    Finding.objects.bulk_create(
        Finding(delivery=delivery, code="ATT-08", severity="warning", layer="piano", rows=[n])
        for n in range(3, 41)
    )
    with django_assert_num_queries(len(few)):
        operator.get(url)


def test_places_are_geojson_in_degrees(cast, operator):
    delivery = builders.ready(cast)
    found = operator.get(page("places", delivery), {"code": "ATT-08"}).json()["features"]
    points = [f for f in found if f["geometry"]["type"] == "Point"]
    lon, lat = points[0]["geometry"]["coordinates"]
    assert 9.1 < lon < 9.4
    assert 45.4 < lat < 45.7


def test_a_warning_is_answered_with_a_reason(cast, operator):
    delivery = builders.ready(cast)
    given = {"code": "ATT-08", "layer": "piano", "rows": "2", "kind": "right", "reason": "Va bene"}
    operator.post(page("answer", delivery), given)
    assert delivery.answers.get().reason == "Va bene"
    without_day = operator.post(
        page("answer", delivery), {**given, "kind": "will_fix", "reason": "Con la variante"}
    )
    assert without_day.status_code == 400
    assert "Indica entro quando" in text(without_day)
    assert "Con la variante</textarea>" in text(without_day)
    assert delivery.answers.get().reason == "Va bene"


def test_the_files_of_the_report_are_saved_under_their_own_name(cast, operator):
    delivery = builders.ready(cast)
    for kind in ("gpkg", "xlsx", "pdf", "json"):
        answer = operator.get(page(f"report-{kind}", delivery))
        assert b"".join(answer), kind
        name = f"rapporto-sesto-san-giovanni-{delivery.created_at:%Y%m%d}.{kind}"
        assert answer["Content-Disposition"] == f'attachment; filename="{name}"'


def test_samples_of_columns_are_cut_between_characters(cast, operator):
    delivery = builders.ready(cast)
    samples = [f'{"d" * length}\'Olmo & "Nord"' for length in range(70, 95)]
    columns = delivery.mapping["piano"]["columns"]
    delivery.mapping["piano"]["columns"] = [
        {**columns[0], "column": sample[:-14], "samples": [sample]} for sample in samples
    ]
    delivery.save()
    read = unescape(operator.get(page("columns", delivery)).content.decode())
    assert "ddd'Olmo" in read
    assert "&#" not in read
    assert "&quot" not in read


@pytest.mark.parametrize(
    ("why", "km", "share", "words"),
    [
        ("declared", 0.0, 1.0, "lo dichiara il file; con questo i dati cadono nel Comune"),
        ("declared", 0.0, 0.6, "con questo i dati cadono in parte nel Comune"),
        ("absent", 10.4, 0.0, "con questo i dati cadono a 10,4 km dal territorio di chi"),
        ("absent", None, 0.0, "il file non lo dichiara"),
    ],
)
def test_a_reference_system_is_told_with_where_the_rows_fall(
    cast, operator, why, km, share, words
):
    delivery = builders.ready(cast)
    (layer,) = delivery.facts["layers"]
    layer["crs"] |= {"km": km, "why": {"code": why, "params": {"share_municipality": share}}}
    delivery.save()
    read = text(operator.get(page("columns", delivery)))
    assert words in read
    assert ("cadono nel Comune" in read) == (share == 1)


def test_doubtful_columns_are_asked_and_the_answer_is_kept(cast, operator):
    delivery = builders.ready(cast)
    delivery.mapping["piano"]["columns"][2]["doubtful"] = True
    delivery.save()
    assert "1 colonna da confermare" in text(operator.get(page("columns", delivery)))
    operator.post(page("columns", delivery), {"c-0-2": "notes"})
    delivery.refresh_from_db()
    assert delivery.options["columns"]["piano"]["DENOMINAZIONE"] == "notes"
    assert delivery.options["columns"]["piano"]["STATO"] == "status"


def test_sending_keeps_what_was_typed_when_something_is_missing(cast, operator):
    delivery = builders.ready(cast)
    answer = operator.post(
        page("submit", delivery), {**TYPED, "contact_email": "non-un-indirizzo"}
    )
    assert answer.status_code == 400
    assert "Delibera C.C. 12/2025" in text(answer)
    assert "L&#x27;indirizzo non è completo" in text(answer)


def test_good_rows_are_sent_and_the_receipt_proves_it(cast, operator):
    delivery = builders.ready(cast)
    stopped = operator.post(page("submit", delivery), TYPED)
    assert stopped.status_code == 409
    assert "1 riga ha errori" in text(stopped)
    operator.post(page("submit", delivery), {**TYPED, "only_correct_rows": "on"})
    receipt = delivery.receipts.get()
    shown = text(operator.get(page("receipt", delivery)))
    assert receipt.number in shown
    assert delivery.sha256 in shown
    pdf = operator.get(page("receipt-pdf", delivery))
    assert pdf.content.startswith(b"%PDF")


def test_an_earlier_receipt_stays_as_it_was_when_the_delivery_is_sent_again(cast, operator):
    delivery = builders.in_review(cast, wrong_status=(2,))
    review.send_back(delivery, user=cast.reviewer, note="Manca una riga")
    operator.post(page("edit", delivery), of_row(2, **{"f-status": "esistente"}, layer="piano"))
    tasks.check_delivery(str(delivery.pk))
    operator.post(page("submit", delivery), {**TYPED, "contact_name": "Nuovo referente"})
    first, last = delivery.receipts.order_by("at")
    assert f"?numero={first.number}" in text(operator.get(page("detail", delivery)))
    then = text(operator.get(page("receipt", delivery) + f"?numero={first.number}"))
    assert "1 esclusa perché da correggere" in then
    assert "Delibera C.C. n. 12 del 03/02/2025" in then
    assert "Nuovo referente" not in then
    assert "ricevuta di un invio precedente" in then
    now = text(operator.get(page("receipt", delivery)))
    assert last.number in now
    assert "Nuovo referente" in now
    assert "esclusa" not in now
    assert operator.get(page("receipt", delivery) + "?numero=2020-1").status_code == 404


def test_the_workbook_has_what_to_do_findings_and_harmless_rows(cast, operator):
    delivery = builders.ready(cast)
    row = StagedRow.objects.get(delivery=delivery, row=3)
    row.raw["DENOMINAZIONE"] = "=HYPERLINK(1)"
    row.save()
    body = operator.get(page("report-xlsx", delivery)).getvalue()
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
    body = operator.get(reverse("deliveries:example"), {"comune": "015209"}).content
    delivery = builders.checked(cast, builders.SimpleUploadedFile("esempio.csv", body))
    assert (delivery.status, delivery.blocked_count, delivery.row_count) == ("checked", 0, 3)


def test_the_rule_book_has_a_page_for_every_rule(db):
    client = Client()
    listed = text(client.get(reverse("deliveries:rules")))
    for rule in registry.registered():
        assert rule.code in listed
        assert client.get(reverse("deliveries:rule", args=[rule.code])).status_code == 200
    assert client.get(reverse("deliveries:rule", args=["XYZ-99"])).status_code == 404


def test_nothing_changed_is_confirmed_with_a_contact_alone(cast, operator):
    first = builders.published(cast, rows=3)
    answer = operator.post(reverse("deliveries:confirm"), {"sender": "015209"})
    delivery = Delivery.objects.get(kind="confirmation")
    assert answer.url == page("submit", delivery)
    shown = text(operator.get(answer.url))
    assert "Conferma e invia" in shown
    assert 'name="act"' not in shown
    contact = {name: TYPED[name] for name in ("contact_name", "contact_email")}
    operator.post(answer.url, contact)
    delivery.refresh_from_db()
    assert delivery.status != "checked"
    assert delivery.receipts.exists()
    assert not delivery.proposals.filter(kind="withdrawn").exists()
    assert first.edition is not None


def test_every_stage_that_a_worker_names_has_words(cast, monkeypatch):
    named, beat = [], leases.beat

    def noted(lease, stage, *figures):
        named.append(stage)
        beat(lease, stage, *figures)

    monkeypatch.setattr(leases, "beat", noted)
    builders.published(cast)
    assert set(named) == set(story.STAGES) - {""}


def test_a_running_check_is_told_on_the_list_and_ends_there(cast, operator):
    delivery = builders.ready(
        cast, status="checking", progress_stage="GEO", progress_done=5, progress_total=8
    )
    listed = text(operator.get(reverse("deliveries:list")))
    assert f'hx-get="{page("status", delivery)}"' in listed
    assert "controlli: Geometria di una riga" in listed
    assert "passo 6 di 8" in listed
    Delivery.objects.filter(pk=delivery.pk).update(status="checked")
    ended = text(operator.get(page("status", delivery)))
    assert "hx-get" not in ended
    assert 'data-said="Sesto San Giovanni: Il controllo è finito' in ended
    assert "Leggi il rapporto" in ended


@pytest.mark.parametrize(
    ("then", "blocked", "ends"),
    [
        ("", 1, "controlli/#esito"),
        ("correggi", 1, "correggi/"),
        ("correggi", 0, "controlli/#esito"),
        ("capito", 1, "colonne/"),
        ("altrove", 1, "controlli/#esito"),
    ],
)
def test_after_a_check_the_work_goes_on_where_it_was(cast, operator, then, blocked, ends):
    delivery = builders.ready(cast)
    Delivery.objects.filter(pk=delivery.pk).update(blocked_count=blocked)
    answer = operator.get(page("progress", delivery), {"poi": then})
    assert answer["HX-Redirect"] == page("detail", delivery) + ends
