"""Answers travel: an unchanged row finds its answer again, a changed one does not."""

import datetime as dt
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.signals import post_init
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.errors import NotAllowed
from deliveries.actions import answers, review
from deliveries.models import Answer, Delivery, Finding
from services.actions import plan_source
from tests import builders
from tests.queries import cost

SOON = timezone.localdate() + dt.timedelta(days=30)


def planned(*, moved: int = 0, name: str = "uno.csv", extra: str = "") -> SimpleUploadedFile:
    """Five libraries, the third and fourth planned and without an act (ATT-08)."""
    lines = builders.plan_file(5, without_act=(3, 4)).read().decode().splitlines()
    if moved:
        cells = lines[moved].split(";")
        cells[-1] = str(float(cells[-1]) + 20)
        lines[moved] = ";".join(cells)
    return SimpleUploadedFile(name, ("\n".join(lines) + extra).encode())


@pytest.fixture
def answered(cast):
    """A published delivery whose two warnings were answered: one right, one promised."""
    delivery = builders.checked(cast, planned())
    given = {"user": cast.operator, "code": "ATT-08", "layer": "uno"}
    answers.answer(delivery, **given, rows=[3], reason="L'atto è in corso")
    answers.answer(delivery, **given, rows=[4], kind="will_fix", reason="Lo mandiamo", until=SOON)
    review.submit(delivery, user=cast.operator, statement=builders.statement())
    return builders.publish(delivery, cast)


def offered(delivery) -> set[str]:
    return {one.reason for one in answers.offered(delivery)}


def test_the_same_row_finds_its_answer_again_and_one_click_takes_all(cast, answered):
    delivery = builders.checked(cast, planned(extra="\n"))
    assert offered(delivery) == {"L'atto è in corso", "Lo mandiamo"}
    client = Client()
    client.force_login(cast.colleague)
    page = reverse("deliveries:checks", args=[delivery.pk])
    shown = client.get(page).content.decode()
    assert "2 risposte già date valgono ancora" in shown
    rows = client.get(page + "ATT-08/").content.decode()
    assert "L&#x27;atto è in corso</textarea>" in rows
    client.post(reverse("deliveries:take-answers", args=[delivery.pk]))
    taken = Answer.objects.filter(delivery=delivery)
    assert {one.reason for one in taken} == {"L'atto è in corso", "Lo mandiamo"}
    assert {one.by for one in taken} == {cast.colleague}
    assert not answers.offered(delivery)
    assert "valgono ancora" not in client.get(page).content.decode()


def test_a_changed_geometry_drops_the_answer(cast, answered):
    delivery = builders.checked(cast, planned(moved=3))
    assert offered(delivery) == {"Lo mandiamo"}


def test_a_promise_expires_on_its_day(cast, answered):
    Answer.objects.filter(kind="will_fix").update(
        until=timezone.localdate() - dt.timedelta(days=1)
    )
    delivery = builders.checked(cast, planned(extra="\n"))
    assert offered(delivery) == {"L'atto è in corso"}


def test_an_answer_already_given_here_is_not_offered_again(cast, answered):
    delivery = builders.checked(cast, planned(extra="\n"))
    answers.answer(
        delivery, user=cast.operator, code="ATT-08", layer="uno", rows=[3], reason="Detto meglio"
    )
    assert offered(delivery) == {"Lo mandiamo"}


def test_what_another_comune_answered_is_nobody_elses(cast, answered):
    Answer.objects.update(source=plan_source(cast.neighbour_comune))
    delivery = builders.checked(cast, planned(extra="\n"))
    assert not answers.offered(delivery)
    with pytest.raises(NotAllowed):
        answers.take_offered(delivery, user=cast.neighbour)


def many(cast, rows: int):
    """A delivery in which every row has the same warning."""
    delivery = builders.ready(cast, rows=rows)
    delivery.findings.all().delete()
    Finding.objects.bulk_create(
        Finding(delivery=delivery, code="ATT-08", severity="warning", layer="piano", rows=[row])
        for row in range(1, rows + 1)
    )
    return delivery


def test_answering_many_rows_costs_as_few_statements_as_answering_one(cast):
    costs = []
    for rows in (2, 250):
        Delivery.objects.update(status="withdrawn")
        delivery = many(cast, rows)
        give = partial(answers.answer, delivery, user=cast.operator, code="ATT-08", reason="Sì")
        costs.append(cost(give))
        assert delivery.answers.count() == rows
    assert costs[1] <= costs[0] + 2, costs
    again = answers.answer(
        delivery, user=cast.colleague, code="ATT-08", rows=[7], kind="will_fix", reason="Poi",
        until=SOON,
    )  # fmt: skip
    assert again == 250
    changed = delivery.answers.get(by=cast.colleague)
    assert (changed.kind, changed.reason, changed.until) == ("will_fix", "Poi", SOON)


def test_answers_offered_are_taken_again_with_few_statements(cast):
    costs = []
    for rows in (2, 120):
        Delivery.objects.update(status="withdrawn")
        answers.answer(many(cast, rows), user=cast.operator, code="ATT-08", reason="Va bene")
        Delivery.objects.update(status="withdrawn")
        again = many(cast, rows)
        costs.append(cost(partial(answers.take_offered, again, user=cast.colleague)))
        assert again.answers.filter(by=cast.colleague, reason="Va bene").count() == rows
    assert costs[1] <= costs[0] + 2, costs


def test_a_page_of_a_mistake_loads_only_the_answers_that_it_shows(cast, operator):
    delivery = many(cast, 250)
    answers.answer(delivery, user=cast.operator, code="ATT-08", reason="Va bene")
    loaded = []

    def count(instance, **_kwargs):
        loaded.append(instance.pk)

    post_init.connect(count, sender=Answer)
    try:
        for page in ("", "ATT-08/", "ATT-08/?pagina=2"):
            del loaded[:]
            address = reverse("deliveries:checks", args=[delivery.pk]) + page
            assert operator.get(address).status_code == 200
            assert len(loaded) <= 100
    finally:
        post_init.disconnect(count, sender=Answer)
    assert len(loaded) == 100
