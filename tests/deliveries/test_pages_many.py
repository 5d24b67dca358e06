"""The report's pages when there is much to tell: pages of rows, numbers in the reader's form, what
has an answer and what has none."""

import re

import pytest
from django.urls import reverse

from deliveries.actions import answers
from deliveries.forms import ReasonForm
from deliveries.models import Delivery, Finding, StagedRow
from deliveries.reports.page import as_ranges
from tests import builders

MANY = 230


@pytest.fixture
def crowded(cast) -> Delivery:
    """A delivery with a warning on each of 231 rows, every other one with a place."""
    delivery = builders.ready(cast, rows=MANY + 1)
    place = StagedRow.objects.get(delivery=delivery, row=2).point
    Finding.objects.bulk_create(
        Finding(
            delivery=delivery, code="ATT-08", severity="warning", layer="piano", rows=[row],
            column="STATO", position=place if row % 2 else None,
        )
        for row in range(3, MANY + 2)
    )  # fmt: skip
    return delivery


def address(delivery: Delivery, code: str = "ATT-08") -> str:
    return reverse("deliveries:finding-group", args=[delivery.pk, code])


def text(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def test_an_opened_mistake_goes_on_over_its_pages_and_so_does_its_map(crowded, operator):
    first = text(operator.get(address(crowded), headers={"HX-Request": "true"}))
    assert "230 casi, ne mostriamo 100." in first
    assert "Sulla mappa: 51 casi su 230, di quelli in questa pagina." in first
    assert f'href="{address(crowded)}?pagina=2"' in first
    last = text(operator.get(address(crowded) + "?pagina=3"))
    assert "Qui da 201 a 230;" in last
    assert "231 · " in last
    assert "Successiva" not in last
    drawn = re.search(r'data-findings-map="([^"]+)"', last)[1].replace("&amp;", "&")
    places = operator.get(drawn).json()
    assert (places["numberMatched"], places["numberReturned"]) == (116, 15)
    named = [one["properties"].get("label", "") for one in places["features"]]
    assert any(label.startswith("231 · ") for label in named)


def test_after_an_answer_the_page_stays_where_rows_are_left_to_answer(crowded, operator):
    def answer(rows: str, page: int):
        where = reverse("deliveries:answer", args=[crowded.pk]) + f"?pagina={page}"
        told = {"code": "ATT-08", "layer": "piano", "rows": rows, "kind": "right", "reason": "Sì"}
        return operator.post(where, told)

    assert answer("105", 2).url == address(crowded) + "?pagina=2"
    assert answer("2-101", 1).url == address(crowded) + "?pagina=2"
    assert answer("102-201", 2).url == address(crowded) + "?pagina=3"
    assert answer("202-231", 3).url == reverse("deliveries:checks", args=[crowded.pk])


def test_a_refused_answer_comes_back_on_its_own_page(crowded, operator):
    where = reverse("deliveries:answer", args=[crowded.pk]) + "?pagina=3"
    told = {"code": "ATT-08", "layer": "piano", "rows": "231", "kind": "will_fix"}
    shown = operator.post(where, {**told, "reason": "Lo sistemiamo noi"})
    assert shown.status_code == 400
    assert "Lo sistemiamo noi</textarea>" in text(shown)


def test_a_mistake_that_names_every_row_weighs_little_and_says_how_many_there_are(cast, operator):
    delivery = builders.ready(cast)
    Finding.objects.filter(delivery=delivery, code="ATT-08").update(rows=list(range(1, 100_001)))
    Delivery.objects.filter(pk=delivery.pk).update(row_count=100_000)
    shown = operator.get(address(delivery), headers={"HX-Request": "true"})
    assert len(shown.content) < 20_000
    assert 'name="rows" value="1-100000"' in text(shown)
    assert "e altre 99.990 righe" in text(shown)


def test_a_reason_that_holds_several_checks_back_is_told_once(cast, operator):
    delivery = builders.ready(cast)
    cup, accepted = {"reason": "no_column", "params": {"field": "cup"}}, {"reason": "no_accepted"}
    held = [{"code": "SEM-10", **cup}, {"code": "CMP-01", **accepted}, {"code": "SEM-11", **cup}]
    Delivery.objects.filter(pk=delivery.pk).update(outcome={**delivery.outcome, "not_run": held})
    shown = text(operator.get(reverse("deliveries:checks", args=[delivery.pk])))
    assert shown.count("Manca la colonna «CUP»:") == 1
    assert shown.index("Manca la colonna") < shown.index("SEM-10") < shown.index("SEM-11")
    assert "Non c&#x27;è ancora una versione accettata con cui confrontare:" in shown


def test_rows_travel_as_runs_and_come_back_as_numbers():
    rows = [120, 3, 9, 8, 10, 119]
    assert as_ranges(rows) == "3,8-10,119-120"

    def read(typed: str) -> ReasonForm:
        return ReasonForm({"code": "ATT-08", "rows": typed, "kind": "right", "reason": "Sì"})

    form = read(as_ranges(rows))
    assert form.is_valid()
    assert form.cleaned_data["rows"] == sorted(rows)
    for wrong in ("1-", "-3", "uno", "1-9999999,1-9999999", "٣"):
        assert not read(wrong).is_valid(), wrong


def test_warnings_without_an_answer_are_counted_one_by_one(cast, crowded, operator):
    Delivery.objects.filter(pk=crowded.pk).update(blocked_count=0)
    answers.answer(
        crowded, user=cast.operator, code="ATT-08", layer="piano", rows=[2, 3], reason="Va bene"
    )
    told = text(operator.get(reverse("deliveries:submit", args=[crowded.pk])))
    assert "Puoi inviarla: nessun errore, 230 avvisi da leggere." in told
    assert "228 avvisi sono senza risposta" in told
    assert "2 risposte" in text(operator.get(reverse("deliveries:checks", args=[crowded.pk])))


@pytest.mark.parametrize(("language", "said"), [("", "12.345 righe"), ("/en", "12,345 rows")])
def test_a_large_number_in_the_verdict_is_in_the_readers_form(cast, operator, language, said):
    delivery = builders.ready(cast)
    Delivery.objects.filter(pk=delivery.pk).update(row_count=20_000, blocked_count=12_345)
    shown = operator.get(language + reverse("deliveries:checks", args=[delivery.pk]))
    assert f"{said} " in re.search(r'class="verdict[^>]*>([^<]+)', text(shown))[1]
