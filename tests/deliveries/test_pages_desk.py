"""The office's desk: queue, proposals, decisions one by one and in bulk, sending back, closing."""

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import builders
from tests.deliveries.pages import page, text

HTMX = {"HX-Request": "true"}


@pytest.fixture
def office(cast) -> Client:
    client = Client()
    client.force_login(cast.reviewer)
    return client


def test_the_queue_shows_what_waits_and_its_filters_narrow_it(cast, office):
    builders.on_desk(cast, status="submitted")
    url = reverse("deliveries:reviews")
    assert "Sesto San Giovanni" in office.get(url).content.decode()
    assert "Sesto San Giovanni" in office.get(url, {"q": "sesto"}).content.decode()
    assert "Nessuna consegna qui" in office.get(url, {"coda": "restituite"}).content.decode()


def test_a_delivery_is_taken_before_it_is_decided(cast, office):
    delivery = builders.on_desk(cast, status="submitted")
    assert "Prendi in carico" in office.get(page("review", delivery)).content.decode()
    office.post(page("take", delivery))
    delivery.refresh_from_db()
    assert (delivery.status, delivery.reviewer) == ("in_review", cast.reviewer)


def test_one_row_is_accepted_by_its_button_and_the_counters_follow(cast, office):
    delivery = builders.on_desk(cast)
    one = delivery.proposals.first()
    answer = office.post(page("decide", delivery), {"one": f"{one.pk}:accepted"}, headers=HTMX)
    shown = answer.content.decode()
    assert "<html" not in shown
    assert "1 proposta decisa." in shown
    one.refresh_from_db()
    assert (one.decision, one.by) == ("accepted", cast.reviewer)


def test_a_refusal_asks_for_its_reason_and_keeps_it(cast, office):
    delivery = builders.on_desk(cast)
    one = delivery.proposals.first()
    bare = office.post(
        page("decide", delivery), {"p": one.pk, "decision": "refused"}, headers=HTMX
    )
    assert "ha bisogno di un motivo" in bare.content.decode()
    office.post(
        page("decide", delivery), {"p": one.pk, "decision": "refused", "reason_code": "duplicate"}
    )
    one.refresh_from_db()
    assert (one.decision, one.reason_code) == ("refused", "duplicate")
    assert "doppione" in office.get(page("review", delivery)).content.decode()


def test_all_of_a_filter_are_decided_beyond_the_page(cast, office):
    delivery = builders.on_desk(cast, rows=61)
    assert "Tutte le 60 del filtro" in office.get(page("review", delivery)).content.decode()
    office.post(
        page("decide", delivery), {"all_in_filter": "1", "tipo": "new", "decision": "accepted"}
    )
    assert delivery.proposals.filter(decision="accepted").count() == 60


def test_a_bulk_rule_says_how_many_before_and_decides_them(cast, office):
    delivery = builders.on_desk(cast)
    assert "Accetta i nuovi: 2 proposte" in office.get(page("review", delivery)).content.decode()
    office.post(page("bulk", delivery), {"rule": "new", "decision": "accepted"})
    assert delivery.proposals.filter(decision="accepted").count() == 2


def test_unanswered_warnings_are_shown_as_such(cast, office):
    delivery = builders.on_desk(cast)
    assert "senza risposta" in office.get(page("review", delivery)).content.decode()


def test_a_page_of_fifty_asks_as_many_questions_as_a_page_of_two(cast, office):
    costs = []
    for rows, shown in ((3, 2), (61, 50)):
        delivery = builders.on_desk(cast, rows=rows)
        office.get(page("review", delivery))
        with CaptureQueriesContext(connection) as seen:
            answer = office.get(page("review", delivery))
        costs.append(len(seen))
        assert answer.content.decode().count("data-proposal=") == shown
        delivery.receipts.all().delete()
        delivery.delete()
    assert costs[1] <= costs[0], costs
    assert costs[1] <= 40


def test_closing_needs_every_row_decided(cast, office):
    delivery = builders.on_desk(cast)
    answer = office.post(page("close", delivery), follow=True)
    assert answer.redirect_chain[-1][0] == f"{page('review', delivery)}?decisione=pending"
    assert "Restano 2 proposte da decidere." in text(answer)
    assert 'name="p"' in text(answer), "here they can be decided"
    delivery.refresh_from_db()
    assert delivery.status == "in_review"
    delivery.proposals.filter(pk=delivery.proposals.first().pk).update(decision="accepted")
    left = office.post(page("close", delivery), follow=True)
    assert "Resta 1 proposta da decidere" in text(left)
    office.post(page("bulk", delivery), {"rule": "all_pending", "decision": "accepted"})
    office.post(page("close", delivery))
    delivery.refresh_from_db()
    assert delivery.status == "decided"


def test_sending_back_needs_a_note_and_the_comune_reads_it(cast, office):
    delivery = builders.on_desk(cast)
    empty = office.post(page("send-back", delivery), {"note": " "})
    assert "Scrivi che cosa deve fare chi consegna" in " ".join(
        str(m) for m in get_messages(empty.wsgi_request)
    )
    office.post(page("send-back", delivery), {"note": "Manca il parco Nord"})
    comune = Client()
    comune.force_login(cast.operator)
    shown = comune.get(page("detail", delivery)).content.decode()
    assert "Manca il parco Nord" in shown
    assert "Correggi qui" in shown


def test_both_sides_write_in_one_thread(cast, office):
    delivery = builders.on_desk(cast)
    office.post(page("message", delivery), {"note": "Di quale atto si tratta?", "from": "desk"})
    assert "Di quale atto si tratta?" in office.get(page("review", delivery)).content.decode()


def test_before_and_after_are_on_the_map(cast, office):
    delivery = builders.on_desk(cast)
    found = office.get(page("proposal-places", delivery)).json()["features"]
    assert {f["properties"].get("when") for f in found if f["geometry"]["type"] == "Point"} == {
        "after"
    }


def test_a_published_delivery_names_its_edition_and_the_public_map(cast, office):
    delivery = builders.published(cast, rows=4)
    shown = office.get(page("review", delivery)).content.decode()
    assert f"Edizione n. {delivery.edition.number}" in shown
    assert reverse("zones:municipality", args=["015209"]) in shown


def test_the_last_decisions_are_taken_back_one_batch_after_the_other(cast, office):
    delivery = builders.on_desk(cast, rows=6)
    first, *_others = delivery.proposals.all()
    refusal = {"p": first.pk, "decision": "refused", "reason_code": "duplicate"}
    office.post(page("decide", delivery), refusal, headers=HTMX)
    bulk = {"rule": "all_pending", "decision": "accepted", "note": "Visti in riunione"}
    shown = office.post(page("bulk", delivery), bulk, headers=HTMX).content.decode()
    assert "Annulla le ultime 4 decisioni" in shown
    assert shown.count("Visti in riunione") == 4
    assert (
        "4 decisioni annullate."
        in office.post(page("undo", delivery), headers=HTMX).content.decode()
    )
    assert [p.decision for p in delivery.proposals.order_by("pk")] == ["refused", *["pending"] * 4]
    office.post(page("undo", delivery), headers=HTMX)
    first.refresh_from_db()
    assert (first.decision, first.reason_code, first.note, first.by) == ("pending", "", "", None)
    refused = office.post(page("undo", delivery))
    assert "da annullare" in " ".join(str(m) for m in get_messages(refused.wsgi_request))


def test_nobody_takes_back_what_a_colleague_decided(cast, office):
    delivery = builders.on_desk(cast)
    builders.review.decide_in_bulk(delivery, user=cast.manager, rule="new", decision="accepted")
    assert "data-undo" not in office.get(page("review", delivery)).content.decode()
    office.post(page("undo", delivery))
    assert delivery.proposals.filter(decision="accepted").count() == 2


def test_choosing_a_kind_keeps_the_rest_of_the_filter(cast, office):
    delivery = builders.on_desk(cast)
    shown = office.get(page("review", delivery), {"decisione": "pending", "q": "biblio"})
    text = shown.content.decode()
    assert 'href="?tipo=new&amp;decisione=pending&amp;q=biblio"' in text
    assert 'href="?decisione=pending&amp;q=biblio"' in text
