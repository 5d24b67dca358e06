"""What is kept of each kind of delivery, and for how long (MODEL.md, Retention)."""

import datetime as dt

import pytest
from django.utils import timezone

from services.uploads import tasks
from services.uploads.models import Upload
from tests import builders

pytestmark = pytest.mark.django_db


def after(upload: Upload, days: int) -> Upload:
    """The delivery as the nightly task leaves it so many days after its last change."""
    then = timezone.now() - dt.timedelta(days=days)
    Upload.objects.filter(pk=upload.pk).update(updated_at=then)
    tasks.forget()
    upload.refresh_from_db()
    return upload


@pytest.mark.parametrize("status", ["withdrawn", "superseded"])
def test_a_delivery_that_led_to_nothing_keeps_its_name_size_and_hash_alone(cast, settings, status):
    upload = builders.ready(cast, status=status)
    stored, storage = upload.file.name, upload.file.storage
    settings.RETENTION_DAYS_UNPUBLISHED = 90
    assert after(upload, 89).file
    assert storage.exists(stored)
    gone = after(upload, 91)
    assert not gone.file and not storage.exists(stored)
    assert (gone.file_name, gone.file_size, gone.sha256) == ("piano.csv", 1234, "ab" * 32)
    assert gone.status == status


@pytest.mark.parametrize(
    "status", ["published", "checked", "returned", "submitted", "in_review", "failed"]
)
def test_what_is_published_or_still_open_keeps_its_file(cast, status):
    upload = after(builders.ready(cast, status=status), 4000)
    assert upload.file and upload.file.storage.exists(upload.file.name)


def test_the_log_stays_and_a_second_night_changes_nothing(cast):
    upload = builders.ready(cast)
    from_log = upload.events.create(verb="message", by=cast.operator, note="Resta")
    Upload.objects.filter(pk=upload.pk).update(status="withdrawn")
    for _night in range(2):
        after(upload, 100)
    assert list(upload.events.all()) == [from_log]
