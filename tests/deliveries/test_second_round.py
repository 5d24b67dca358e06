"""Sent back, mended and sent again: what the office decided stays where nothing has changed."""

import pytest
from django.test import Client

from deliveries import tasks
from deliveries.actions import review
from deliveries.models import Delivery, Proposal
from tests import builders
from tests.deliveries.pages import of_row, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(cast) -> Client:
    client = Client()
    client.force_login(cast.reviewer)
    return client


@pytest.fixture
def judged(cast, desk) -> Delivery:
    """A second plan in review, wholly decided: row 1 edited, 2 to 4 as they were, 5 kept out by an
    error, 6 new, and what stood in row 5 of the first plan is no longer there."""
    builders.published(cast, builders.plan_file(5, first_name="Biblioteca civica"))
    lines = builders.plan_file(7, wrong_status=(6,)).read().decode().splitlines()
    del lines[5]
    file = builders.SimpleUploadedFile("piano.csv", "\n".join(lines).encode())
    delivery = builders.in_review(cast, file)
    for kind, decision, reason in (
        ("edited", "refused", "duplicate"),
        ("new", "held", "not_enough"),
        ("withdrawn", "refused", "other"),
        ("unchanged", "accepted", ""),
    ):
        chosen = delivery.proposals.filter(kind=kind).values_list("pk", flat=True)
        asked = {
            "p": list(chosen),
            "decision": decision,
            "reason_code": reason,
            "note": "Vedi nota",
        }
        assert desk.post(page("decide", delivery), asked).status_code == 302
    assert not delivery.proposals.filter(decision="pending").exists()
    return delivery


def decisions(delivery: Delivery) -> dict:
    """What is decided, by what it is about: kind, row, item."""
    found = Proposal.objects.filter(delivery=delivery).order_by("pk")
    told = found.values_list(
        "kind", "staged_row__row", "item_id", "decision", "reason_code", "note", "by", "at"
    )
    return {line[:3]: line[3:] for line in told}


def again(delivery: Delivery, desk: Client, operator: Client, *, row: int, **mended) -> dict:
    """The second round: sent back, a row mended on the page, sent and taken again."""
    desk.post(page("send-back", delivery), {"note": "Manca lo stato della riga 5"})
    form = of_row(row, **mended)
    assert operator.post(page("edit", delivery), form).status_code == 302
    tasks.check_delivery(str(delivery.pk))
    delivery.refresh_from_db()
    statement = builders.statement(only_correct_rows=True)
    review.submit(delivery, user=delivery.by, statement=statement)
    desk.post(page("take", delivery))
    delivery.refresh_from_db()
    assert delivery.status == "in_review"
    return decisions(delivery)


def test_only_what_was_mended_is_to_be_decided_anew(judged, desk, operator):
    before = decisions(judged)
    assert {key[0] for key in before} == {"edited", "new", "withdrawn", "unchanged"}
    after = again(judged, desk, operator, row=5, **{"f-status": "previsto"})
    fresh = {key: after.pop(key) for key in list(after) if key[1] == 5}
    assert [line[0] for line in fresh.values()] == ["pending"]
    assert after == before
    third = again(judged, desk, operator, row=2, **{"f-name": "Biblioteca dei ragazzi"})
    changed = {key: third.pop(key) for key in list(third) if key[1] in (2, 5)}
    assert {(key[:2], line[0]) for key, line in changed.items()} == {
        (("edited", 2), "pending"),
        (("new", 5), "pending"),
    }
    assert third == {key: line for key, line in before.items() if key[1] != 2}


def test_a_row_of_another_type_is_to_be_decided_anew(judged, desk, operator):
    before = decisions(judged)
    (new,) = (key for key in before if key[0] == "new")
    after = again(judged, desk, operator, row=new[1], kind="musei")
    assert after.pop(new)[0] == "pending"
    before.pop(new)
    assert after == before


def test_the_second_round_ends_in_what_both_rounds_decided(judged, desk, operator):
    again(judged, desk, operator, row=5, **{"f-status": "previsto"})
    waiting = judged.proposals.filter(decision="pending").values_list("pk", flat=True)
    desk.post(page("decide", judged), {"p": list(waiting), "decision": "accepted"})
    assert desk.post(page("close", judged)).status_code == 302
    tasks.publish_delivery(str(judged.pk))
    published = judged.proposals.filter(published_in__isnull=False)
    assert set(published.values_list("kind", flat=True)) == {"unchanged", "new"}
