"""How often a rule speaks is public; whose delivery it was is not."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliveries.models import Delivery, Finding
from deliveries.reports import frequency
from services.actions import plan_source
from zones.models import Municipality


@pytest.fixture(autouse=True)
def counted_anew():
    cache.delete(frequency.KEY)
    yield
    cache.delete(frequency.KEY)


def checked(cast, istat: str, *, age: int = 1, rows: tuple[int, ...] = (1, 2)) -> None:
    comune = Municipality.objects.get(pk=istat)
    delivery = Delivery.objects.create(
        source=plan_source(comune), by=cast.operator, file_name="p.csv",
        status="withdrawn", checked_at=timezone.now() - dt.timedelta(days=age),
    )  # fmt: skip
    if rows:
        Finding.objects.create(
            delivery=delivery, code="ATT-11", severity="warning", rows=list(rows)
        )


def page() -> str:
    return Client().get(reverse("deliveries:rule", args=["ATT-11"])).content.decode()


def test_of_few_comuni_nothing_is_said(cast):
    checked(cast, "015146")
    checked(cast, "015209")
    assert not frequency.of("ATT-11").known
    assert "troppo pochi Comuni" in page()


def test_a_rule_that_spoke_in_few_comuni_is_not_counted(cast):
    checked(cast, "015146")
    checked(cast, "015209", rows=())
    checked(cast, "015182", rows=())
    fired = frequency.of("ATT-11")
    assert (fired.known, fired.few, fired.deliveries, fired.rows) == (True, True, 0, 0)
    assert "in meno di tre Comuni" in page()


def test_deliveries_and_rows_of_the_last_twelve_months_are_counted(cast):
    for istat in ("015146", "015209", "015182"):
        checked(cast, istat)
    checked(cast, "015118", age=400)
    fired = frequency.of("ATT-11")
    assert (fired.checked, fired.deliveries, fired.rows) == (3, 3, 6)
    assert "in 3 consegne controllate su 3, di 6 righe in tutto" in page()
    assert frequency.of("ATT-12").deliveries == 0
