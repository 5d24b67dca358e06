"""What is kept of each kind of delivery, and for how long."""

import datetime as dt

import pytest
from django.utils import timezone

from deliveries import tasks, workflow
from deliveries.models import Delivery
from tests import builders

pytestmark = pytest.mark.django_db


def after(delivery: Delivery, days: int) -> Delivery:
    """The delivery as the nightly task leaves it so many days after its last change."""
    then = timezone.now() - dt.timedelta(days=days)
    Delivery.objects.filter(pk=delivery.pk).update(updated_at=then)
    tasks.forget()
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
