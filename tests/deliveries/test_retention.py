"""What is kept of each kind of delivery, and for how long."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from deliveries import workflow
from deliveries.models import Delivery, Proposal
from people import tasks
from people.models import RetentionRun
from tests import builders

pytestmark = pytest.mark.django_db


def after(delivery: Delivery, days: int) -> Delivery:
    """The delivery as the nightly task leaves it so many days after its last change."""
    then = timezone.now() - dt.timedelta(days=days)
    Delivery.objects.filter(pk=delivery.pk).update(updated_at=then)
    tasks.forget_expired()
    delivery.refresh_from_db()
    return delivery


@pytest.mark.parametrize("status", ["withdrawn", "superseded"])
def test_a_delivery_that_led_to_nothing_keeps_its_name_size_and_hash_alone(cast, settings, status):
    delivery = builders.ready(cast, status=status)
    stored, storage = delivery.file.name, delivery.file.storage
    settings.RETENTION_DAYS_UNPUBLISHED = 90
    assert after(delivery, 89).file
    assert storage.exists(stored)
    gone = after(delivery, 91)
    assert not gone.file and not storage.exists(stored)
    assert (gone.file_name, gone.file_size, gone.sha256) == ("piano.csv", 1234, "ab" * 32)
    assert gone.status == status


@pytest.mark.parametrize(
    "status", ["published", "checked", "returned", "submitted", "in_review", "failed"]
)
def test_what_is_published_or_still_open_keeps_its_file(cast, status):
    delivery = after(builders.ready(cast, status=status), 4000)
    assert delivery.file and delivery.file.storage.exists(delivery.file.name)


def test_the_log_stays_and_a_second_night_changes_nothing(cast):
    delivery = builders.ready(cast)
    from_log = workflow.record(delivery, "message", by=cast.operator, note="Resta")
    Delivery.objects.filter(pk=delivery.pk).update(status="withdrawn")
    for _night in range(2):
        after(delivery, 100)
    assert list(delivery.events.all()) == [from_log]


@pytest.mark.parametrize(
    ("status", "days"), [("withdrawn", 7), ("superseded", 7), ("published", 90)]
)
def test_the_rows_of_what_is_over_go_after_their_days(cast, operator, status, days):
    delivery = builders.on_desk(cast, rows=4, status=status)
    refused, other = delivery.proposals.order_by("pk")[:2]
    Proposal.objects.filter(pk=refused.pk).update(decision="refused", reason_code="duplicate")
    Proposal.objects.filter(pk=other.pk).update(decision="accepted")
    report = reverse("deliveries:report-gpkg", args=[delivery.pk])
    assert operator.get(report).getvalue()[:6] == b"SQLite"
    for ago, left in ((days - 1, 4), (days + 1, 1)):
        then = timezone.now() - dt.timedelta(days=ago)
        Delivery.objects.filter(pk=delivery.pk).update(updated_at=then)
        tasks.forget_expired()
        assert delivery.rows.count() == left
    tasks.forget_expired()
    counted = RetentionRun.objects.filter(pk__in=("rows", "published-rows"))
    assert [run.total for run in counted if run.total] == [1], "what stays is counted once"
    assert delivery.proposals.get() == refused, "what was refused is asked about again"
    assert delivery.findings.count() == 2
    for page in ("detail", "checks", "report-pdf", "report-json"):
        assert operator.get(reverse(f"deliveries:{page}", args=[delivery.pk])).status_code == 200
    gone = operator.get(report)
    assert gone.status_code == 410
    assert "non sono più conservate" in gone.content.decode()
    assert operator.get(reverse("api-report-gpkg", args=[delivery.pk])).status_code == 410


@pytest.mark.parametrize("status", ["checked", "returned", "submitted", "in_review", "decided"])
def test_the_rows_of_what_is_open_stay(cast, status):
    delivery = builders.ready(cast, status=status)
    Delivery.objects.update(updated_at=timezone.now() - dt.timedelta(days=4000))
    tasks.forget_expired()
    assert delivery.rows.count() == 3
