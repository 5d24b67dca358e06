"""How many queries a page costs does not depend on how many rows or deliveries it has."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from deliveries.models import Delivery, Finding
from people.models import Mandate, Role
from services.actions import plan_source
from tests import builders
from zones.models import Municipality

FEW, MANY = 10, 300
#: More than this is a page that asks row by row, whatever it asks.
MOST = 60
REPORT = ["checks", "mend", "columns", "detail", "places", "report-json", "submit"]


def client(user) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def queries(browser: Client, url: str, **headers) -> int:
    """Queries of the second request: the first fills what is kept by process."""
    browser.get(url, headers=headers)
    with CaptureQueriesContext(connection) as seen:
        answer = browser.get(url, headers=headers)
        assert answer.status_code == 200, url
        answer.getvalue()
    return len(seen)


def with_findings(cast, rows: int, **fields) -> Delivery:
    """A delivery whose every row has an error, a warning with a place, and a repeated note."""
    delivery = builders.ready(cast, rows=rows, **fields)
    points = dict(delivery.rows.values_list("row", "point"))
    kinds = (
        ("ATT-07", "error", "STATO"),
        ("ATT-08", "warning", "STATO"),
        ("SEM-03", "warning", ""),
    )
    Finding.objects.bulk_create(
        Finding(
            delivery=delivery, code=code, severity=severity, layer="piano",
            rows=[row], column=column,
            params={"value": f"chissà {row}", "expected": "esistente", "limit": 3},
            position=points[row],
        )
        for row in range(3, rows + 1)
        for code, severity, column in kinds
    )  # fmt: skip
    return delivery


@pytest.mark.parametrize("name", REPORT)
def test_the_pages_of_a_report(cast, name):
    costs = []
    for rows in (FEW, MANY):
        delivery = with_findings(cast, rows)
        browser = client(cast.operator)
        costs.append(queries(browser, reverse(f"deliveries:{name}", args=[delivery.pk])))
        delivery.delete()
    assert costs[1] <= costs[0] + 2, costs
    assert costs[1] <= MOST


def test_one_mistake_and_its_rows(cast):
    costs = []
    for rows in (FEW, MANY):
        delivery = with_findings(cast, rows)
        url = reverse("deliveries:finding-group", args=[delivery.pk, "ATT-08"])
        costs.append(queries(client(cast.operator), url, hx_request="true"))
        delivery.delete()
    assert costs[1] <= costs[0] + 2, costs
    assert costs[1] <= MOST


@pytest.mark.parametrize("name", ["api-findings", "api-upload", "api-report-json", "api-answers"])
def test_the_api_of_a_report(cast, name):
    costs = []
    for rows in (FEW, MANY):
        delivery = with_findings(cast, rows)
        costs.append(queries(client(cast.operator), reverse(name, args=[delivery.pk])))
        delivery.delete()
    assert costs[1] <= costs[0] + 2, costs


@pytest.mark.parametrize("name", ["review", "proposal-places"])
def test_the_desk(cast, name):
    costs = []
    for rows in (FEW, MANY):
        delivery = builders.on_desk(cast, rows=rows, reviewer=cast.reviewer)
        costs.append(
            queries(client(cast.reviewer), reverse(f"deliveries:{name}", args=[delivery.pk]))
        )
        delivery.receipts.all().delete()
        delivery.delete()
    assert costs[1] <= costs[0] + 2, costs
    assert costs[1] <= MOST


def deliveries(cast, number: int) -> None:
    """So many deliveries of as many comuni, waiting for the office."""
    for comune in Municipality.objects.order_by("pk")[:number]:
        if comune != cast.comune:
            Mandate.objects.get_or_create(
                user=cast.operator, municipality=comune, role=Role.OPERATOR
            )
        Delivery.objects.get_or_create(
            source=plan_source(comune),
            status="in_review",
            defaults={
                "by": cast.operator,
                "submitted_by": cast.operator,
                "submitted_at": "2026-11-01T10:00:00+01:00",
                "reviewer": cast.reviewer,
                "sha256": uuid.uuid4().hex,
            },
        )


@pytest.mark.parametrize("name", ["deliveries:list", "deliveries:reviews", "api-uploads"])
def test_the_lists_of_deliveries(cast, name):
    browser = client(cast.reviewer if name == "deliveries:reviews" else cast.operator)
    costs = []
    for number in (5, 60):
        deliveries(cast, number)
        costs.append(queries(browser, reverse(name)))
    assert costs[1] <= costs[0] + 2, costs
    assert costs[1] <= MOST
