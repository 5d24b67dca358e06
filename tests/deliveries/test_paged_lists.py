"""Long lists come a page at a time: nothing is out of reach, the newest ended ones come first."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from deliveries.models import Delivery
from services.actions import plan_source
from tests.deliveries.pages import text

pytestmark = pytest.mark.django_db


def ended(cast, how_many: int) -> list[str]:
    """Withdrawn deliveries, one a day, the newest first."""
    now, source = timezone.now(), plan_source(cast.comune)
    made = Delivery.objects.bulk_create(
        Delivery(
            source=source,
            by=cast.operator,
            status="withdrawn",
            file_name=f"piano-{day}.csv",
            submitted_at=now - dt.timedelta(days=day),
            created_at=now - dt.timedelta(days=day),
        )
        for day in range(how_many)
    )
    return [str(one.pk) for one in made]


def keys(answer, where: str) -> list[str]:
    """The deliveries that a page links to, in its order."""
    return list(dict.fromkeys(re.findall(rf"{where}([0-9a-f-]{{36}})/", text(answer))))


def test_the_office_reads_the_concluded_ones_newest_first_page_by_page(cast):
    made = ended(cast, 60)
    client = Client()
    client.force_login(cast.reviewer)
    first = client.get("/istruttoria/?coda=concluse")
    assert keys(first, "/istruttoria/") == made[:50]
    assert "coda=concluse&amp;pagina=2" in text(first)
    second = client.get("/istruttoria/?coda=concluse&pagina=2")
    assert keys(second, "/istruttoria/") == made[50:]


def test_the_comune_reads_its_ended_deliveries_page_by_page(cast, operator):
    made = ended(cast, 40)
    assert keys(operator.get("/consegne/"), "/consegne/") == made[:30]
    assert keys(operator.get("/consegne/?pagina=2"), "/consegne/") == made[30:]
