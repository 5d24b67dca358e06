"""The «Correggi» step: cells, types, places and repairs, each change checked again."""

from deliveries import tasks
from deliveries.models import Delivery, Finding, StagedRow
from services.models import Record
from tests import builders
from tests.deliveries.pages import TYPED, of_row, page, said, text


def test_a_row_to_mend_is_drawn_with_its_shape_and_what_its_findings_point_at(cast, operator):
    delivery = builders.ready(cast)
    finding = Finding.objects.of(delivery).filter(position__isnull=False).exclude(layer="").first()
    row = finding.rows[0]
    asked = {"strato": finding.layer, "riga": row}
    found = operator.get(page("places", delivery), asked).json()["features"]
    roles = {f["properties"].get("role", "outline") for f in found}
    assert {"outline", "row", "finding"} <= roles
    (mine,) = [f for f in found if f["properties"].get("role") == "row"]
    assert mine["properties"]["row"] == row
    assert finding.code in {f["properties"].get("code") for f in found}
    nowhere = operator.get(page("places", delivery), {"strato": "x", "riga": "99999"}).json()
    assert [f["properties"].keys() for f in nowhere["features"]] == [{"outline"}]


def test_a_cell_is_mended_and_only_what_changed_travels(cast, operator):
    delivery = builders.ready(cast)
    shown = text(operator.get(page("mend", delivery)))
    assert "Hai mandato «chissà»." in shown
    row = StagedRow.objects.get(delivery=delivery, row=1)
    typed = of_row(1, **{"f-status": "esistente", "f-name": row.name, "kind": row.kind})
    answer = operator.post(page("edit", delivery), typed)
    assert answer.url == f"{page('detail', delivery)}?poi=correggi"
    delivery.refresh_from_db()
    assert delivery.status == "checking"
    assert list(delivery.options["edits"].values()) == [{"status": "esistente"}]


def test_an_outline_becomes_a_point_only_when_that_is_said(cast, operator):
    square = ((0, 0), (90, 0), (90, 90), (0, 90))
    delivery = builders.checked(cast, builders.area_file(cast.comune.pk, square))
    layer = StagedRow.objects.get(delivery=delivery).layer
    typed = of_row(1, layer=layer, lon="9,24", lat="45,53")
    answer = operator.post(page("edit", delivery), typed)
    assert answer.status_code == 400
    assert "Questa riga ha un contorno" in text(answer)
    assert 'value="9,24"' in text(answer)
    answer = operator.post(page("edit", delivery), {**typed, "1-point": "1"})
    delivery.refresh_from_db()
    assert list(delivery.options["edits"].values()) == [{"lon": 9.24, "lat": 45.53}]


def test_nothing_typed_changes_nothing(cast, operator):
    delivery = builders.ready(cast)
    answer = operator.post(page("edit", delivery), of_row(1, **{"f-status": ""}))
    assert "Non hai cambiato nulla" in said(answer)
    delivery.refresh_from_db()
    assert delivery.status == "checked"


def test_rows_are_mended_together_and_checked_once(cast, operator):
    delivery = builders.ready(cast)
    typed = of_row(1, **{"f-status": "esistente"}) | of_row(3, key="2", lon="9,24", lat="45,53")
    operator.post(page("edit", delivery), typed | {"key": ["1", "2"]})
    delivery.refresh_from_db()
    edits = {"status": "esistente"}, {"lon": 9.24, "lat": 45.53}
    assert tuple(delivery.options["edits"].values()) == edits
    assert [e.verb for e in delivery.events.all()].count("recheck") == 1
    assert delivery.events.filter(verb="edit").count() == 2


def test_a_place_that_is_none_is_told_and_nothing_typed_is_lost(cast, operator):
    delivery = builders.ready(cast)
    wrong = of_row(1, lon="nove", lat="45,5", **{"f-status": "previsto"})
    answer = operator.post(page("edit", delivery), wrong)
    assert answer.status_code == 400
    shown = text(answer)
    assert "Scrivi la posizione in gradi" in shown
    assert 'value="nove"' in shown
    assert "<option selected>previsto</option>" in shown
    delivery.refresh_from_db()
    assert delivery.status == "checked"


def test_a_proposed_repair_is_taken_for_its_row(cast, operator):
    delivery = builders.ready(cast)
    change = {"before": 10.0, "after": 12.5, "reason": "Self-intersection"}
    Finding.objects.create(
        delivery=delivery, code="GEO-04", severity="error", layer="piano", rows=[1], params=change
    )
    told = "Accetta la riparazione proposta: l&#x27;area passa da 10,0 a 12,5 m²"
    assert told.replace("&#x27;", "'") in text(operator.get(page("mend", delivery)))
    operator.post(page("edit", delivery), of_row(1, repair="1"))
    delivery.refresh_from_db()
    assert delivery.options["accepted"] == [{"what": "repair", "layer": "piano", "row": 1}]
    assert delivery.status == "checking"


def test_a_bow_tie_is_repaired_from_the_report_to_the_published_place(cast, operator):
    delivery = builders.checked(cast, builders.area_file(cast.comune.pk, builders.BOW_TIE))
    assert "2.250,0 a 3.357,7 m²" in text(operator.get(page("mend", delivery)))
    asked = {"strato": "piano", "riga": 1}
    drawn = operator.get(page("places", delivery), asked).json()["features"]
    kinds = {one["properties"].get("role"): one["geometry"] for one in drawn}
    assert kinds["row"]["type"] == "MultiPolygon"
    crossing = kinds["sent"]["coordinates"]
    crossing = crossing[0] if kinds["sent"]["type"] == "MultiLineString" else crossing
    assert (
        len(crossing) == len(builders.BOW_TIE) + 1
    )  # as it was sent: the repair has a vertex where it crosses
    assert all(9.1 < lon < 9.4 and 45.4 < lat < 45.7 for lon, lat in crossing)
    assert "il contorno come l" in text(operator.get(page("mend", delivery)))
    typed = {"key": "1", "1-layer": "piano", "1-row": "1", "1-repair": "1"}
    operator.post(page("edit", delivery), typed)
    tasks.check_delivery(str(delivery.pk))
    delivery.refresh_from_db()
    assert (delivery.status, delivery.blocked_count) == ("checked", 0)
    operator.post(page("submit", delivery), TYPED)
    builders.publish(Delivery.objects.get(pk=delivery.pk), cast)
    record = Record.objects.current().get(name="Parco Adriano")
    assert record.geometry.valid
    assert round(record.geometry.area, 1) == 3357.7
